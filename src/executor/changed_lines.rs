//! Which lines a change set changed, as a person counts them.

use std::ops::Range;

use super::Staged;
use crate::text::Snapshot;

/// The changed lines of all changes, those that adjoin put together.
pub(super) fn changed_lines(staged: &Staged) -> Vec<[usize; 2]> {
    let mut all: Vec<[usize; 2]> = Vec::with_capacity(staged.changes.len());
    for change in staged.changes.ascending() {
        let old = Block::around(&staged.before, &change.span);
        let new = Block::around(&staged.after, &change.new_span());
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
        let most = self.lines.len().min(other.lines.len());
        let head = (0..most)
            .take_while(|step| {
                self.agrees(other, self.lines.start + step, other.lines.start + step)
            })
            .count();
        let tail = (1..=most - head)
            .take_while(|step| self.agrees(other, self.lines.end - step, other.lines.end - step))
            .count();
        let (first, end) = (self.lines.start + head, self.lines.end - tail);
        if first == end && other.lines.len() == self.lines.len() {
            // Nothing but terminators changed.
            return [self.lines.start + 1, self.lines.end];
        }
        [first + 1, end]
    }

    fn agrees(&self, other: &Block<'_>, line: usize, other_line: usize) -> bool {
        self.content(line) == other.content(other_line)
    }

    fn content(&self, line: usize) -> Option<ropey::RopeSlice<'a>> {
        let line = self.snapshot.lsp_line(line)?;
        self.snapshot.slice(line.start..line.content_end)
    }
}
