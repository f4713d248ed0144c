//! From the lines that changes touch to the hunks of a diff.

use ropey::Rope;
use similar::{DiffOp, group_diff_ops};

use super::agreement::agreement;
use super::regions::{Region, regions};
use super::{Hunk, Line, LineKind, breaks};
use crate::executor::Staged;

/// How many unchanged lines a hunk shows before and after what changes.
const CONTEXT: usize = 3;

/// What a diff does to a text, line by line.
#[derive(Default)]
struct Script {
    operations: Vec<DiffOp>,
    /// For each replacement among the operations: where it begins.
    places: Vec<Offset>,
    old_line: usize,
    new_line: usize,
}

/// One place in both texts, in bytes.
#[derive(Clone, Copy)]
struct Offset {
    old: usize,
    new: usize,
}

pub(super) fn hunks(staged: &Staged) -> Vec<Hunk> {
    let (before, after) = (staged.before().rope(), staged.after().rope());
    let Script { operations, places, .. } = script(staged);
    let mut places = places.into_iter().peekable();
    let groups = group_diff_ops(operations, CONTEXT);
    let hunk_of = |group: Vec<DiffOp>| {
        let mut lines = Vec::new();
        let changed_from = places.peek().map_or(0, |place| place.old);
        let mut at = match group.first() {
            Some(DiffOp::Equal { len, .. }) => lines_back(before, changed_from, *len),
            _ => changed_from,
        };
        for operation in &group {
            let (old_len, new_len) = (operation.old_range().len(), operation.new_range().len());
            if matches!(operation, DiffOp::Equal { .. }) {
                at = show(LineKind::Context, before, at, old_len, &mut lines);
            } else if let Some(place) = places.next() {
                at = show(LineKind::Removed, before, place.old, old_len, &mut lines);
                show(LineKind::Added, after, place.new, new_len, &mut lines);
            }
        }
        let (first, last) = (group.first()?, group.last()?);
        Some(Hunk {
            old: first.old_range().start..last.old_range().end,
            new: first.new_range().start..last.new_range().end,
            lines,
        })
    };
    groups.into_iter().filter_map(hunk_of).collect()
}

fn script(staged: &Staged) -> Script {
    let before = staged.before().rope();
    let mut script = Script::default();
    let mut unchanged_from = 0;
    for region in regions(staged) {
        script.keep(breaks::count(before, unchanged_from..region.old.start));
        unchanged_from = region.old.end;
        script.change(staged, region);
    }
    let mut end = unchanged_from;
    for _ in 0..CONTEXT {
        if end < before.len_bytes() {
            end = breaks::next_line_start(before, end);
            script.keep(1);
        }
    }
    script
}

impl Script {
    fn keep(&mut self, lines: usize) {
        let (old_index, new_index) = (self.old_line, self.new_line);
        self.old_line += lines;
        self.new_line += lines;
        match self.operations.last_mut() {
            _ if lines == 0 => {}
            Some(DiffOp::Equal { len, .. }) => *len += lines,
            _ => self.operations.push(DiffOp::Equal { old_index, new_index, len: lines }),
        }
    }

    fn change(&mut self, staged: &Staged, region: Region) {
        let old_start = Offset { old: region.old.start, new: region.new.start };
        let old_text = breaks::copy(staged.before().rope(), region.old);
        let new_text = breaks::copy(staged.after().rope(), region.new);
        let old: Vec<&str> = old_text.split_inclusive('\n').collect();
        let new: Vec<&str> = new_text.split_inclusive('\n').collect();
        let (mut at, mut old_done, mut new_done) = (old_start, 0, 0);
        let end = (old.len(), new.len());
        for (old_kept, new_kept) in agreement(&old, &new).into_iter().chain([end]) {
            let (gone, come) = (&old[old_done..old_kept], &new[new_done..new_kept]);
            self.replace(at, gone.len(), come.len());
            let kept = old.get(old_kept).map_or(0, |line| line.len());
            at.old += gone.iter().map(|line| line.len()).sum::<usize>() + kept;
            at.new += come.iter().map(|line| line.len()).sum::<usize>() + kept;
            if (old_kept, new_kept) != end {
                self.keep(1);
            }
            (old_done, new_done) = (old_kept + 1, new_kept + 1);
        }
    }

    fn replace(&mut self, at: Offset, old_len: usize, new_len: usize) {
        if old_len + new_len == 0 {
            return;
        }
        let (old_index, new_index) = (self.old_line, self.new_line);
        self.operations.push(DiffOp::Replace { old_index, old_len, new_index, new_len });
        self.places.push(at);
        self.old_line += old_len;
        self.new_line += new_len;
    }
}

fn lines_back(text: &Rope, from: usize, lines: usize) -> usize {
    (0..lines).fold(from, |at, _| breaks::line_start(text, at.saturating_sub(1)))
}

/// Adds the lines from a byte on, and gives the byte after them.
fn show(kind: LineKind, text: &Rope, from: usize, count: usize, lines: &mut Vec<Line>) -> usize {
    (0..count).fold(from, |at, _| {
        let next = breaks::next_line_start(text, at);
        lines.push(Line { kind, text: breaks::copy(text, at..next) });
        next
    })
}
