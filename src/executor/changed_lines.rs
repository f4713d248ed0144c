//! Which lines a change set changed, as a person counts them.

use std::ops::Range;

use ropey::RopeSlice;

use super::Staged;
use crate::text::{LineSpan, Snapshot};

/// The changed lines of all changes, those that adjoin put together.
pub(super) fn changed_lines(staged: &Staged) -> Vec<[usize; 2]> {
    let mut groups: Vec<(Block<'_>, Block<'_>)> = Vec::with_capacity(staged.changes.len());
    for change in staged.changes.ascending() {
        let old = Block::around(&staged.before, &change.span);
        let new = Block::around(&staged.after, &change.new_span());
        match groups.last_mut() {
            // Two changes that touch one old line have to share it.
            Some((old_group, new_group)) if old.lines.start < old_group.lines.end => {
                old_group.lines.end = old.lines.end;
                new_group.lines.end = new.lines.end;
            }
            _ => groups.push((old, new)),
        }
    }
    let mut all: Vec<[usize; 2]> = Vec::with_capacity(groups.len());
    for (old, new) in groups {
        let [first, last] = new.without_what_agrees(&old);
        match all.last_mut() {
            Some([_, end]) if first <= *end + 1 => *end = last.max(*end),
            _ => all.push([first, last]),
        }
    }
    all
}

/// The lines that a span touches, zero-based and half-open.
struct Block<'a> {
    snapshot: &'a Snapshot,
    lines: Range<usize>,
}

impl<'a> Block<'a> {
    fn around(snapshot: &'a Snapshot, span: &Range<usize>) -> Block<'a> {
        let line_of = |byte| snapshot.rope().try_byte_to_line(byte).unwrap_or(0);
        let start = line_of(span.start);
        // What LSP counts as a line behind a final terminator is none here.
        let end = (line_of(span.end) + 1).min(snapshot.line_count());
        Block { snapshot, lines: start..end.max(start) }
    }

    /// The one-based lines of this block that the other one does not have. A
    /// span touches its neighbours where it begins or ends with a whole line,
    /// and those have not changed.
    fn without_what_agrees(&self, other: &Block<'_>) -> [usize; 2] {
        let content = |line: LineSpan| line.start..line.content_end;
        let mut left = self.trimmed(other, content);
        if left.is_empty() && self.lines.len() == other.lines.len() {
            // Nothing but terminators changed.
            left = self.trimmed(other, |line| line.start..line.end);
        }
        [left.start + 1, left.end]
    }

    /// The lines of this block without those at its start and its end that
    /// agree with the other's in the part that is looked at.
    fn trimmed(&self, other: &Block<'_>, part: fn(LineSpan) -> Range<usize>) -> Range<usize> {
        let agrees = |line, other_line| self.part(line, part) == other.part(other_line, part);
        let most = self.lines.len().min(other.lines.len());
        let head = (0..most)
            .take_while(|step| agrees(self.lines.start + step, other.lines.start + step))
            .count();
        let tail = (1..=most - head)
            .take_while(|step| agrees(self.lines.end - step, other.lines.end - step))
            .count();
        self.lines.start + head..self.lines.end - tail
    }

    fn part(&self, line: usize, part: fn(LineSpan) -> Range<usize>) -> Option<RopeSlice<'a>> {
        self.snapshot.slice(part(self.snapshot.lsp_line(line)?))
    }
}
