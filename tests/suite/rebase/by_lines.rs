//! Against an oracle that knows a text as a list of lines, and of each line
//! whether it is one of the old ones.

use std::cell::Cell;

use batchpatch::change::{Builder, ChangeSet};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::Newer;
use crate::counts::runner;
use crate::oracle::{self, Breach, Patch};
use crate::{bridge, generate};

/// What somebody does to a line.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Insert,
    Delete,
    Modify,
}

#[derive(Clone, Debug)]
struct Edit {
    kind: Kind,
    at: Index,
    terminator: &'static str,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let kind =
        prop_oneof![3 => Just(Kind::Insert), 2 => Just(Kind::Delete), 2 => Just(Kind::Modify)];
    let terminator = prop_oneof![Just("\n"), Just("\r\n")];
    let edit = (kind, any::<Index>(), terminator).prop_map(|(kind, at, terminator)| Edit {
        kind,
        at,
        terminator,
    });
    vec(edit, 0..4)
}

/// A line, with its old number if it is an old one.
#[derive(Clone, Debug)]
struct Line {
    old: Option<usize>,
    content: String,
    terminator: String,
}

impl Line {
    fn text(&self) -> String {
        self.content.clone() + &self.terminator
    }
}

/// Two texts as lists of lines.
struct Lines {
    bom: &'static str,
    was: Vec<Line>,
    now: Vec<Line>,
}

impl Lines {
    fn of(text: &str) -> Lines {
        let lines = oracle::lines(text).into_iter().zip(1..);
        let was: Vec<Line> = lines
            .map(|((content, terminator), old)| Line { old: Some(old), content, terminator })
            .collect();
        let bom = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
        Lines { bom, now: was.clone(), was }
    }

    fn edit(&mut self, number: usize, edit: &Edit) {
        let mark = format!("§{number}§");
        let count = self.now.len();
        match edit.kind {
            Kind::Insert => {
                let at = edit.at.index(count + 1);
                let mut terminator = edit.terminator.to_owned();
                if let Some(last) = self.now.last_mut()
                    && at == count
                    && last.terminator.is_empty()
                {
                    last.old = None;
                    // Or it could be the old line above, of which it is a copy.
                    last.content.push_str(&mark);
                    std::mem::swap(&mut last.terminator, &mut terminator);
                }
                self.now.insert(at, Line { old: None, content: mark, terminator });
            }
            Kind::Delete if count > 0 => drop(self.now.remove(edit.at.index(count))),
            Kind::Modify if count > 0 => {
                let line = &mut self.now[edit.at.index(count)];
                line.old = None;
                line.content.push_str(&mark);
            }
            _ => {}
        }
    }

    fn text(&self, lines: &[Line]) -> String {
        lines.iter().fold(self.bom.to_owned(), |text, line| text + &line.text())
    }

    /// Whether each line is still a line when the text is read again: a `\r`
    /// and a blank line with `\n` that come together are not.
    fn is_stable(&self) -> bool {
        let read = oracle::lines(&self.text(&self.now));
        let now = self.now.iter().map(|line| (line.content.clone(), line.terminator.clone()));
        read.into_iter().eq(now)
    }

    /// For the lines between two that are kept: which old ones went, and what
    /// is there now.
    fn gaps(&self) -> Vec<(std::ops::Range<usize>, String)> {
        let mut gaps = vec![(0..0, String::new())];
        let mut old = 0;
        for line in &self.now {
            match line.old {
                None => gaps.last_mut().unwrap().1.push_str(&line.text()),
                Some(kept) => {
                    gaps.last_mut().unwrap().0 = old..kept - 1;
                    old = kept;
                    gaps.push((old..old, String::new()));
                }
            }
        }
        gaps.last_mut().unwrap().0 = old..self.was.len();
        gaps
    }

    /// What leads from the one text to the other. `as_typed` is how lines come
    /// and go that are typed, or taken back, from the end of the line above.
    fn changes(&self, as_typed: bool) -> ChangeSet {
        let size = |lines: &[Line]| self.text(lines).len();
        let mut changes = Builder::new(size(&self.was));
        // Behind the last change, and never where it ends: two that touch are
        // one, and nobody could say which line between them was there before.
        let mut free_from = 0;
        for (old, mut new) in self.gaps() {
            let mut span = size(&self.was[..old.start])..size(&self.was[..old.end]);
            let above = old.start.checked_sub(1).map(|above| &self.was[above]);
            let terminator = above.map_or("", |above| above.terminator.as_str());
            let is_free = as_typed && free_from <= span.start - terminator.len();
            if let Some(above) = above.filter(|_| is_free) {
                let behind = |at: usize| at - terminator.len();
                let ends = self.was[old.clone()].last();
                match ends {
                    None if oracle::lines(&new).last().is_some_and(|it| it.1 == terminator) => {
                        span = behind(span.start)..behind(span.end);
                        new = terminator.to_owned() + &new[..new.len() - terminator.len()];
                    }
                    // Which of two like lines went, nobody could say.
                    Some(last)
                        if new.is_empty()
                            && last.terminator == *terminator
                            && last.content != above.content =>
                    {
                        span = behind(span.start)..behind(span.end);
                    }
                    _ => {}
                }
            }
            if !span.is_empty() || !new.is_empty() {
                free_from = span.end + 1;
            }
            changes.replace(span, &new).unwrap();
        }
        changes.finish()
    }

    /// How far a patch moves; `None` if it cannot be carried over.
    fn shift(&self, patch: &Patch, strict: bool) -> Option<isize> {
        let count = self.was.len();
        let is_terminated = self.was.last().is_none_or(|last| !last.terminator.is_empty());
        // Old lines, where the number behind the last one is the end.
        let (mut first, mut last, end) = match patch {
            Patch::Replace { line, end_line, .. } | Patch::Delete { line, end_line, .. } => {
                (*line, *end_line, count)
            }
            Patch::Insert { line, .. } if *line == count + 1 => {
                (count.max(1), count + 1, count + 1)
            }
            Patch::Insert { line, .. } => (*line, *line, count),
            Patch::Edit { start, end, .. } => {
                (start.0 + 1, end.0 + 1, count + usize::from(is_terminated))
            }
        };
        if first < 1 || last > end {
            return None;
        }
        let is_edit = matches!(patch, Patch::Edit { .. });
        let own_first = first;
        let mut from_start = is_edit && !self.bom.is_empty() && first == 1;
        let mut to_end = last > count;
        if strict {
            from_start |= first == 1;
            to_end |= last >= count;
            (first, last) = (first.max(2) - 1, last + 1);
        }
        let places: Vec<Option<usize>> = (first..=last.min(count))
            .map(|old| self.now.iter().position(|line| line.old == Some(old)))
            .collect();
        let places: Vec<usize> = places.into_iter().collect::<Option<_>>()?;
        let is_contiguous = places.windows(2).all(|pair| pair[0] + 1 == pair[1]);
        let is_last = places.last().is_none_or(|last| last + 1 == self.now.len());
        let (gone, put) = self.gaps().pop().unwrap();
        let is_free_end = !gone.is_empty() || put.is_empty();
        // The end itself, where no line goes with it.
        let place = places.first().copied().unwrap_or(self.now.len());
        let is_right = is_contiguous
            && (!to_end || (is_last && is_free_end))
            && (!from_start || place == 0)
            // A byte order mark would come or go in the columns.
            && (!is_edit || self.bom.is_empty() || (place == 0) == (first == 1));
        let own = own_first.min(count + 1);
        let moved = isize::try_from(place).unwrap() + 1 - isize::try_from(first.min(own)).unwrap();
        is_right.then_some(moved)
    }
}

fn shifted(patch: &Patch, by: isize) -> Patch {
    let to = |line: usize| line.checked_add_signed(by).unwrap();
    let mut patch = patch.clone();
    match &mut patch {
        Patch::Replace { line, end_line, .. } | Patch::Delete { line, end_line, .. } => {
            (*line, *end_line) = (to(*line), to(*end_line));
        }
        Patch::Insert { line, .. } => *line = to(*line),
        Patch::Edit { start, end, .. } => (start.0, end.0) = (to(start.0), to(end.0)),
    }
    patch
}

#[test]
fn a_patch_is_carried_over_exactly_if_its_lines_are_still_there_side_by_side() {
    let (carried, conflicts) = (Cell::new(0), Cell::new(0));
    let strategy = (generate::batch(), generate::encoding(), edits(), any::<bool>(), any::<bool>());
    let mut runner = runner("batches carried over", 4_000, 300_000);
    runner
        .run(&strategy, |((was, patches), encoding, edits, as_typed, strict)| {
            let mut lines = Lines::of(&was);
            for (number, edit) in edits.iter().enumerate() {
                lines.edit(number, edit);
            }
            if !lines.is_stable() {
                return Ok(());
            }
            let now = lines.text(&lines.now);
            let newer = Newer { was: &was, now: &now, changes: lines.changes(as_typed), strict };
            let mut expected = Vec::new();
            let mut indices = Vec::new();
            let mut left = Vec::new();
            for (index, patch) in patches.iter().enumerate() {
                if let Some(by) = lines.shift(patch, strict) {
                    indices.push(index);
                    left.push(shifted(patch, by));
                } else {
                    let code = "rebase-conflict";
                    expected.push(Breach { patch: index, law: 1, code, conflicts_with: None });
                }
            }
            if !edits.is_empty() {
                carried.set(carried.get() + left.len());
                conflicts.set(conflicts.get() + expected.len());
            }
            let conflict_count = expected.len();
            let (text, dropped) = oracle::best_effort(&now, &left, encoding);
            let text = text.filter(|_| !left.is_empty() || patches.is_empty());
            expected.extend(dropped.into_iter().map(|breach| Breach {
                patch: indices[breach.patch],
                conflicts_with: breach.conflicts_with.map(|other| indices[other]),
                ..breach
            }));
            expected.sort();
            match (text, newer.stage(&patches, "bestEffort", encoding)) {
                (Some(text), Ok(staged)) => {
                    assert_eq!(bridge::text_after(&staged), text);
                    assert_eq!(bridge::breaches(&staged.outcome()), expected);
                }
                (None, Err(refusal)) => {
                    assert_eq!(bridge::breaches(&refusal.outcome), expected);
                }
                (text, found) => panic!("the oracle says {text:?}, the engine {found:?}"),
            }
            let atomic = newer.stage(&patches, "atomic", encoding);
            match oracle::apply(&now, &left, encoding) {
                Ok(text) if conflict_count == 0 => {
                    assert_eq!(bridge::text_after(&atomic.unwrap()), text);
                }
                _ => {
                    let outcome = atomic.unwrap_err().outcome;
                    assert!(conflict_count == 0 || outcome.repaired_batch.is_none());
                }
            }
            Ok(())
        })
        .unwrap();
    let (carried, conflicts) = (carried.get(), conflicts.get());
    assert!(carried > 2_000 && conflicts > 2_000, "{carried} carried, {conflicts} conflicts");
}
