//! A breach put into words.

use super::comparison::{BLANKS_ONLY, Comparison};
use super::search::{Found, Place};
use super::subject::{Subject, expect_of, lines_of};
use crate::batch::{Expect, NamedLines, Patch};
use crate::semantics::Breach;
use crate::text::{Position, Range, lines};

/// What is wrong, in a sentence. `found` says where the patch's `expect`
/// stands, where that was looked for.
pub(super) fn message(
    judged: &Subject<'_>,
    breach: &Breach,
    patch: Option<&Patch>,
    found: Option<&Found>,
) -> String {
    let snapshot = judged.snapshot;
    let subject = patch.map_or_else(|| "the document".to_owned(), subject);
    let message = match breach {
        Breach::OtherText { expected } => format!(
            "the document is not the one the batch was written for: the batch names {expected}, \
             the text is {}",
            snapshot.token()
        ),
        Breach::OtherVersion { expected, found: Some(found) } => format!(
            "the document is not the one the batch was written for: the batch names version \
             {expected}, the document is at version {found}"
        ),
        Breach::OtherVersion { expected, found: None } => format!(
            "the batch names version {expected}, but the document is not open in an editor and \
             has no version; name its text by `snapshot` instead"
        ),
        Breach::LineOutOfRange => {
            format!(
                "the patch names {subject}, and the document has {}",
                count(snapshot.line_count())
            )
        }
        Breach::InsertOutOfBounds => {
            let append = snapshot.line_count() + 1;
            format!(
                "{subject} is outside [1, {append}]: an insert goes before the line that it \
                 names, and {append} appends"
            )
        }
        Breach::PositionOutOfRange { lines } => format!(
            "{subject} reaches past the end of the document, whose last line is {}",
            lines.saturating_sub(1)
        ),
        Breach::PositionInsideCharacter { starts_at } => {
            let found = snapshot.rope().get_byte_slice(*starts_at..).and_then(|s| s.get_char(0));
            format!("{subject} cuts the character U+{:04X} in two", found.map_or(0, u32::from))
        }
        Breach::ExpectMismatch => {
            let difference = patch.and_then(|patch| difference(judged, patch)).unwrap_or_default();
            format!("`expect` differs from {subject}{difference}")
        }
        Breach::LineNamedTwice { with } => {
            let one_of = if subject.starts_with("lines") { "one of " } else { "" };
            format!("patch {with} names {one_of}{subject} too, and a line may be named once")
        }
        Breach::Overlapping { with } => {
            format!("patch {with} changes text that this one touches too, at {subject}")
        }
        Breach::InsertsAtOneOffset { with } => format!(
            "patch {with} inserts at the same place, {subject}, and nothing says which goes first"
        ),
        Breach::RebaseConflict => format!("{subject} cannot be carried over to this text"),
        Breach::TooLarge { bytes, limit } if snapshot.len_bytes() == *bytes => {
            format!("the document has {bytes} bytes, and the limit is {limit}")
        }
        Breach::TooLarge { bytes, limit } => {
            format!("the batch would make {bytes} bytes of the document, and the limit is {limit}")
        }
    };
    match found {
        // Where only blanks differ, the text was found where it should be.
        Some(Found::Nowhere) if message.ends_with(BLANKS_ONLY) => message,
        Some(found) => format!("{message}; {}", whereabouts(judged, patch, found)),
        None => message,
    }
}

/// How what the patch expects differs from what is there.
fn difference(judged: &Subject<'_>, patch: &Patch) -> Option<String> {
    if let (Some(Expect::Lines(text)), Some(named)) = (expect_of(patch), lines_of(patch)) {
        let (expected, named) = (lines(text).count(), named.count());
        if expected != named {
            return Some(format!(": it says {}, and the patch names {named}", count(expected)));
        }
    }
    Comparison::of(judged, patch)?.difference()
}

/// Where the text stands that the patch expects.
fn whereabouts(judged: &Subject<'_>, patch: Option<&Patch>, found: &Found) -> String {
    match found {
        Found::Nowhere => "the expected text is nowhere in the document".to_owned(),
        Found::Several => "the expected text stands at several other places".to_owned(),
        Found::Once(Place::Bytes { start, .. }) => {
            let Position { line, character } = judged.snapshot.position_of(*start, judged.encoding);
            format!("the expected text stands at {line}:{character} (from 0)")
        }
        Found::Once(Place::Line(line)) if *line > judged.snapshot.line_count() => {
            format!("what is expected is the end of the document, line {line}")
        }
        Found::Once(Place::Line(line)) => {
            let last = match patch.and_then(expect_of) {
                Some(Expect::Lines(text)) => line + lines(text).count() - 1,
                _ => line + patch.and_then(lines_of).map_or(0, |named| named.count() - 1),
            };
            format!("the expected text stands at {}", numbered(*line, last))
        }
    }
}

/// The lines as they are called in a sentence.
pub(crate) fn numbered(first: usize, last: usize) -> String {
    if first == last { format!("line {first}") } else { format!("lines {first} to {last}") }
}

/// What the patch names, as its author counts.
fn subject(patch: &Patch) -> String {
    let named = |lines: &NamedLines| numbered(lines.first(), lines.last());
    match patch {
        Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => named(lines),
        Patch::Insert { line, .. } => format!("line {line}"),
        Patch::Edit { range: Range { start, end }, .. } => {
            let place = |position: &Position| format!("{}:{}", position.line, position.character);
            match (place(start), place(end)) {
                (start, end) if start == end => format!("position {start} (from 0)"),
                (start, end) => format!("range {start} to {end} (from 0)"),
            }
        }
    }
}

/// So many lines, in words.
pub(crate) fn count(count: usize) -> String {
    match count {
        0 => "no lines".to_owned(),
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}
