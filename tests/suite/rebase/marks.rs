//! Marks that somebody put into the text meanwhile: taken out again, they
//! leave what the batch makes of the old text.

use std::cell::Cell;
use std::ops::Range;

use batchpatch::change::Builder;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::Newer;
use crate::counts::runner;
use crate::oracle::{self, Encoding, Patch};
use crate::{bridge, generate};

/// A mark of its own, as a line or as a part of one.
fn mark(number: usize, is_line: bool) -> String {
    if is_line { format!("§{number}§\n") } else { format!("¶{number}¶") }
}

/// The text with marks at places of it, the places, and the old text again.
struct Marked {
    now: String,
    marks: Vec<(usize, String)>,
}

impl Marked {
    fn new(was: &str, places: &[(Index, bool)]) -> Marked {
        let starts: Vec<usize> = [0]
            .into_iter()
            .chain(was.match_indices('\n').map(|(at, _)| at + 1))
            .filter(|at| !was[*at..].starts_with('\u{feff}'))
            .collect();
        let bytes: Vec<usize> = (0..=was.len())
            .filter(|at| was.is_char_boundary(*at) && !was[*at..].starts_with('\u{feff}'))
            .collect();
        let mut places: Vec<(usize, bool)> = places
            .iter()
            .map(|(at, is_line)| {
                let all = if *is_line { &starts } else { &bytes };
                (*at.get(all), *is_line)
            })
            .collect();
        places.sort_unstable();
        places.dedup_by_key(|(at, _)| *at);
        let marks = places.iter().enumerate();
        let marks: Vec<_> =
            marks.map(|(number, (at, is_line))| (*at, mark(number, *is_line))).collect();
        let mut now = was.to_owned();
        for (at, mark) in marks.iter().rev() {
            now.insert_str(*at, mark);
        }
        Marked { now, marks }
    }

    fn newer<'a>(&'a self, was: &'a str) -> Newer<'a> {
        let mut changes = Builder::new(was.len());
        for (at, mark) in &self.marks {
            changes.replace(*at..*at, mark).unwrap();
        }
        Newer { was, now: &self.now, changes: changes.finish(), strict: false }
    }

    /// The text without the marks, each of which must be there once.
    fn taken_out(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (_, mark) in &self.marks {
            assert_eq!(text.matches(mark.as_str()).count(), 1, "{mark:?} in {text:?}");
            text = text.replace(mark.as_str(), "");
        }
        text
    }
}

/// The bytes from the start of the first line that a patch names or touches to
/// the end of the last; `None` if they are not there.
fn concerned(was: &str, patch: &Patch) -> Option<Range<usize>> {
    let mut starts: Vec<usize> = vec![0];
    starts.extend(was.match_indices('\n').map(|(at, _)| at + 1));
    // All texts here are terminated, so the last of them starts at the end.
    let count = starts.len() - 1;
    let line = |number: usize| starts[number - 1]..*starts.get(number).unwrap_or(&was.len());
    let (first, last) = match patch {
        Patch::Replace { line, end_line, .. } | Patch::Delete { line, end_line, .. } => {
            (*line, *end_line)
        }
        Patch::Insert { line, .. } if *line == count + 1 => (count.max(1), count + 1),
        Patch::Insert { line, .. } => (*line, *line),
        Patch::Edit { start, end, .. } => (start.0 + 1, end.0 + 1),
    };
    let is_edit = matches!(patch, Patch::Edit { .. } | Patch::Insert { .. });
    let is_there = first >= 1 && last <= count + usize::from(is_edit);
    is_there.then(|| line(first).start..line(last).end)
}

/// A terminated text with one kind of terminator.
fn text() -> impl Strategy<Value = String> {
    generate::text().prop_map(|text| {
        let lines = oracle::lines(&text);
        lines.into_iter().map(|(content, _)| content.replace('\u{feff}', "") + "\n").collect()
    })
}

#[test]
fn what_somebody_else_wrote_meanwhile_stays_and_the_rest_is_as_if_it_were_not_there() {
    let (carried, conflicts) = (Cell::new(0), Cell::new(0));
    let batch = (text(), generate::drafts());
    let marks = vec((any::<Index>(), any::<bool>()), 1..4);
    runner("batches carried over marks", 4_000, 300_000)
        .run(&(batch, marks, generate::encoding()), |((was, drafts), places, encoding)| {
            let marked = Marked::new(&was, &places);
            let newer = marked.newer(&was);
            // Alone, a patch breaks no law by its neighbours.
            for patch in drafts.for_text(&was) {
                let alone = std::slice::from_ref(&patch);
                let Ok(expected) = oracle::apply(&was, alone, encoding) else { continue };
                match newer.stage(alone, "atomic", encoding) {
                    Ok(staged) => {
                        let text = marked.taken_out(&bridge::text_after(&staged));
                        assert_eq!(text, expected);
                        carried.set(carried.get() + 1);
                    }
                    Err(refusal) => {
                        let code = refusal.outcome.violations[0].code.as_str();
                        assert_eq!(code, "rebase-conflict");
                        let lines = concerned(&was, &patch).expect("the oracle found them");
                        let touched = |at: usize| lines.start <= at && at <= lines.end;
                        assert!(marked.marks.iter().any(|(at, _)| touched(*at)));
                        conflicts.set(conflicts.get() + 1);
                    }
                }
            }
            let patches = drafts.for_text(&was);
            if let Ok(staged) = newer.stage(&patches, "atomic", encoding) {
                let text = marked.taken_out(&bridge::text_after(&staged));
                assert_eq!(Ok(text), oracle::apply(&was, &patches, encoding));
            }
            Ok(())
        })
        .unwrap();
    let (carried, conflicts) = (carried.get(), conflicts.get());
    assert!(carried > 1_000 && conflicts > 1_000, "{carried} carried, {conflicts} conflicts");
}

#[test]
fn a_mark_inside_the_line_is_a_conflict_and_one_beside_it_is_none() {
    let was = "a\nbb\nc\n";
    let patch = Patch::Replace { line: 2, end_line: 2, text: "x".into(), expect: None };
    for at in 0..=was.len() {
        let mut changes = Builder::new(was.len());
        changes.replace(at..at, "§").unwrap();
        let mut now = was.to_owned();
        now.insert(at, '§');
        let newer = Newer { was, now: &now, changes: changes.finish(), strict: false };
        let is_inside = (2..=4).contains(&at);
        let staged = newer.stage(std::slice::from_ref(&patch), "atomic", Encoding::Utf16);
        assert_eq!(staged.is_err(), is_inside, "at {at}");
        let newer = Newer { strict: true, ..newer };
        let staged = newer.stage(std::slice::from_ref(&patch), "atomic", Encoding::Utf16);
        assert_eq!(staged.is_err(), at < was.len(), "strictly, at {at}");
    }
}
