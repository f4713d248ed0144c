//! What a patch was certainly meant to be.

use std::collections::BTreeMap;

use super::comparison::Comparison;
use super::merge;
use super::search::{Found, Place};
use super::subject::{Subject, at_line, expect_of, lines_of};
use crate::batch::{Expect, NamedLines, Patch, Suggestion};
use crate::semantics::Breach;
use crate::text::{Range, lines};

/// What to send instead of a patch that breaks a law, seen by itself. `found`
/// says where its `expect` stands.
///
/// In a document that is known to hold another text than the patch was written
/// for, nothing but an `expect` is to be believed: not its number, not its end.
pub(super) fn suggest(
    subject: &Subject<'_>,
    index: usize,
    breach: &Breach,
    found: Option<&Found>,
    is_stale: bool,
) -> Option<Suggestion> {
    let patch = subject.patch(index)?;
    let instead = |patch| Suggestion { patches: BTreeMap::from([(index, Some(patch))]) };
    let relocated = || found.and_then(|found| relocated(subject, patch, found));
    match breach {
        Breach::ExpectMismatch => {
            let blanks = Comparison::of(subject, patch).filter(Comparison::is_same_but_blanks);
            match (blanks, found) {
                (Some(comparison), Some(Found::Nowhere)) if !is_stale => {
                    Some(instead(comparison.mended(patch)))
                }
                (Some(_), _) => None,
                (None, _) => relocated().map(instead),
            }
        }
        Breach::LineOutOfRange | Breach::PositionOutOfRange { .. } => {
            let clipped = if is_stale { None } else { clipped(subject, patch) };
            // What says no more than the first and the last line can hold up to
            // the end, and elsewhere in the patch's full length.
            let says_ends = matches!(expect_of(patch), Some(Expect::Ends { .. }));
            if clipped.is_some() && says_ends && found != Some(&Found::Nowhere) {
                return None;
            }
            clipped.or_else(relocated).map(instead)
        }
        Breach::InsertOutOfBounds | Breach::PositionInsideCharacter { .. } => {
            relocated().map(instead)
        }
        Breach::LineNamedTwice { with }
        | Breach::Overlapping { with }
        | Breach::InsertsAtOneOffset { with } => {
            let other = subject.patch(*with)?;
            if merge::is_same(subject, other, patch) {
                return Some(Suggestion { patches: BTreeMap::from([(index, None)]) });
            }
            let merged = if is_stale { None } else { merge::merged(subject, other, patch) };
            merged.map(|merged| Suggestion {
                patches: BTreeMap::from([(index, Some(merged)), (*with, None)]),
            })
        }
        Breach::OtherText { .. }
        | Breach::OtherVersion { .. }
        | Breach::RebaseConflict
        | Breach::TooLarge { .. } => None,
    }
}

/// The patch at the one place where the text is what it expects.
fn relocated(subject: &Subject<'_>, patch: &Patch, found: &Found) -> Option<Patch> {
    match (found, patch) {
        (Found::Once(Place::Line(line)), _) => {
            let expected = match expect_of(patch)? {
                Expect::Lines(text) => lines(text).count(),
                Expect::Ends { .. } => lines_of(patch)?.count(),
            };
            let names_as_many = expected == lines_of(patch)?.count();
            names_as_many.then(|| at_line(patch, *line)).flatten()
        }
        (
            Found::Once(Place::Bytes { start, end, whole: true }),
            Patch::Edit { new_text, expect, .. },
        ) => Some(Patch::Edit {
            range: subject.snapshot.range_of(*start..*end, subject.encoding),
            new_text: new_text.clone(),
            expect: expect.clone(),
        }),
        _ => None,
    }
}

/// The patch that ends with the document, if only its end is past that and its
/// `expect`, where it has one, holds there.
fn clipped(subject: &Subject<'_>, patch: &Patch) -> Option<Patch> {
    let mut clipped = patch.clone();
    let expects = match &mut clipped {
        Patch::Replace { lines, expect, .. } | Patch::Delete { lines, expect } => {
            let last = u32::try_from(subject.snapshot.line_count()).ok()?;
            let first = u32::try_from(lines.first()).ok().filter(|first| *first > 0)?;
            *lines = NamedLines::new(first, last)?;
            expect.is_some()
        }
        Patch::Edit { range, expect, .. } => {
            let end = subject.snapshot.len_bytes();
            let end = subject.snapshot.position_of(end, subject.encoding);
            subject.snapshot.offset_of(range.start, subject.encoding).ok()?;
            // A column past the end of the last line is written as that end.
            *range = Range { start: range.start.min(end), end };
            expect.is_some()
        }
        Patch::Insert { .. } => return None,
    };
    (!expects || subject.is_confirmed(&clipped)).then_some(clipped)
}
