//! The patches that suggestions move, and those that stay.

use std::collections::BTreeSet;

use super::search::{Found, search};
use super::subject::{Subject, at_line, lines_of};
use crate::batch::{Patch, Suggestion};
use crate::semantics::Breach;
use crate::text::{Position, Range};

/// How many patches are tried at how many shifts.
const TRIALS: usize = 1_000_000;

/// How far a patch is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shift {
    lines: i64,
    columns: i64,
}

/// The patches that suggestions move, and those that no suggestion concerns.
#[derive(Debug)]
pub(super) struct Moves<'a> {
    moved: Vec<Shift>,
    others: Vec<&'a Patch>,
}

impl<'a> Moves<'a> {
    pub(super) fn of(
        subject: &Subject<'a>,
        breaches: &[(Option<usize>, Breach)],
        suggestions: &[Option<Suggestion>],
    ) -> Moves<'a> {
        let mut moved = Vec::new();
        let mut concerned = BTreeSet::new();
        for ((index, breach), suggestion) in breaches.iter().zip(suggestions) {
            let Some(suggestion) = suggestion else { continue };
            concerned.extend(suggestion.patches.keys().copied());
            // A merged patch begins elsewhere and has not moved.
            let own = index.filter(|_| breach.conflicts_with().is_none());
            let own = own.and_then(|index| {
                Some((subject.patch(index)?, suggestion.patches.get(&index)?.as_ref()?))
            });
            moved.extend(own.and_then(|(patch, instead)| Shift::between(patch, instead)));
        }
        let patches = subject.document.patches.iter().enumerate();
        let others =
            patches.filter(|(index, _)| !concerned.contains(index)).map(|(_, patch)| patch);
        Moves { moved, others: others.collect() }
    }

    /// The patches that no suggestion concerns.
    pub(super) fn others(&self) -> impl Iterator<Item = &'a Patch> {
        self.others.iter().copied()
    }

    /// Whether none of the others could be off as well, where a patch is moved.
    ///
    /// Each must have an `expect`, and it must not hold at the shift of any
    /// patch that is moved. Where neither a token nor a version says that the
    /// document is the one the batch was written for, lines may have come and
    /// gone at several places, and then it must stand nowhere else at all.
    pub(super) fn leave_the_others_in_place(&self, subject: &Subject<'_>) -> bool {
        let shifts: BTreeSet<Shift> = self.moved.iter().copied().collect();
        if shifts.is_empty() {
            return true;
        }
        let is_known = subject.document.snapshot.is_some() || subject.document.version.is_some();
        if !is_known {
            return all_stand_once(subject, self.others());
        }
        let holds_at = |patch: &Patch, by: &Shift| {
            by.of(patch).is_some_and(|shifted| subject.is_confirmed(&shifted))
        };
        shifts.len().saturating_mul(self.others.len()) <= TRIALS
            && self.others.iter().all(|patch| {
                subject.is_confirmed(patch) && !shifts.iter().any(|by| holds_at(patch, by))
            })
    }
}

/// Whether each patch expects what stands at one place in the document.
pub(super) fn all_stand_once<'p>(
    subject: &Subject<'_>,
    patches: impl IntoIterator<Item = &'p Patch>,
) -> bool {
    let patches: Vec<&Patch> = patches.into_iter().collect();
    let found = search(subject.snapshot, patches.iter().copied().enumerate());
    (0..patches.len()).all(|index| matches!(found.get(&index), Some(Found::Once(_))))
}

impl Shift {
    /// How far `instead` is from the patch; `None` where it begins at the same
    /// place.
    pub(super) fn between(patch: &Patch, instead: &Patch) -> Option<Shift> {
        let columns = match (patch, instead) {
            (Patch::Edit { range, .. }, Patch::Edit { range: moved, .. }) => {
                i64::from(moved.start.character) - i64::from(range.start.character)
            }
            _ => 0,
        };
        let by = Shift { lines: first_line(instead) - first_line(patch), columns };
        (by.lines != 0 || by.columns != 0).then_some(by)
    }

    /// The patch as far away; `None` where the shift does not concern it.
    fn of(self, patch: &Patch) -> Option<Patch> {
        match patch {
            Patch::Edit { range, new_text, expect } => {
                let columns = if self.lines == 0 { self.columns } else { 0 };
                let moved = |position: Position| {
                    Some(Position {
                        line: u32::try_from(i64::from(position.line) + self.lines).ok()?,
                        character: u32::try_from(i64::from(position.character) + columns).ok()?,
                    })
                };
                Some(Patch::Edit {
                    range: Range { start: moved(range.start)?, end: moved(range.end)? },
                    new_text: new_text.clone(),
                    expect: expect.clone(),
                })
            }
            _ if self.lines == 0 => None,
            _ => at_line(patch, usize::try_from(first_line(patch) + self.lines).ok()?),
        }
    }
}

/// The first line that the patch names, one-based.
pub(super) fn first_line(patch: &Patch) -> i64 {
    match (patch, lines_of(patch)) {
        (Patch::Edit { range, .. }, _) => i64::from(range.start.line) + 1,
        (_, Some(named)) => i64::try_from(*named.start()).unwrap_or(i64::MAX),
        (_, None) => 0,
    }
}
