//! The patches that suggestions move, and those that stay.

use std::collections::{BTreeMap, BTreeSet};

use super::search::{Found, search};
use super::subject::{Subject, at_line, lines_of};
use crate::batch::{Patch, Suggestion};
use crate::semantics::Breach;
use crate::text::{Position, Range};

/// How many places are tried for the patches that stay.
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
    moved: Vec<(&'a Patch, Shift)>,
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
            let shifted =
                own.and_then(|(patch, instead)| Some((patch, Shift::between(patch, instead)?)));
            moved.extend(shifted);
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
    /// gone at several places. Then a patch is certain if its `expect` stands
    /// nowhere else. If not, it can be off by no more than the next patch below
    /// it that is certain or is moved, and by any number of lines if there is
    /// none; and at none of these places must it hold.
    pub(super) fn leave_the_others_in_place(&self, subject: &Subject<'_>) -> bool {
        let shifts: BTreeSet<Shift> = self.moved.iter().map(|(_, shift)| *shift).collect();
        if shifts.is_empty() {
            return true;
        }
        let mut trials = Trials { subject, left: TRIALS };
        let stay = self.others.iter().all(|patch| {
            subject.is_confirmed(patch) && !shifts.iter().any(|by| trials.holds(patch, *by))
        });
        let is_known = subject.document.snapshot.is_some() || subject.document.version.is_some();
        stay && (is_known || self.are_held_from_below(subject, &mut trials)) && trials.left > 0
    }

    fn are_held_from_below(&self, subject: &Subject<'_>, trials: &mut Trials<'_>) -> bool {
        let found = search(subject.snapshot, self.others.iter().copied().enumerate());
        let mut by_line: BTreeMap<i64, Vec<(Option<&Patch>, i64)>> = BTreeMap::new();
        for (index, patch) in self.others.iter().enumerate() {
            let is_anchored = matches!(found.get(&index), Some(Found::Once(_)));
            let uncertain = (!is_anchored).then_some(*patch);
            by_line.entry(first_line(patch)).or_default().push((uncertain, 0));
        }
        for (patch, shift) in &self.moved {
            by_line.entry(first_line(patch)).or_default().push((None, shift.lines));
        }
        let lines = i64::try_from(subject.snapshot.line_count()).unwrap_or(i64::MAX);
        let any = |sign: i64| self.moved.iter().any(|(_, shift)| shift.lines * sign > 0);
        let (mut up, mut down) = (if any(-1) { -lines } else { 0 }, if any(1) { lines } else { 0 });
        for patches in by_line.values().rev() {
            for patch in patches.iter().filter_map(|(uncertain, _)| *uncertain) {
                let mut between = (up..=down).filter(|lines| *lines != 0);
                if between.any(|lines| trials.holds(patch, Shift { lines, columns: 0 })) {
                    return false;
                }
            }
            let certain = patches.iter().filter(|(uncertain, _)| uncertain.is_none());
            if let Some(lines) = certain.map(|(_, lines)| *lines).max_by_key(|lines| lines.abs()) {
                (up, down) = (lines.min(0), lines.max(0));
            }
        }
        true
    }
}

/// Tries patches at other places, up to a number of times; then every place is
/// one where the patch could be.
struct Trials<'a> {
    subject: &'a Subject<'a>,
    left: usize,
}

impl Trials<'_> {
    fn holds(&mut self, patch: &Patch, by: Shift) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left == 0 || by.of(patch).is_some_and(|shifted| self.subject.is_confirmed(&shifted))
    }
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
fn first_line(patch: &Patch) -> i64 {
    match (patch, lines_of(patch)) {
        (Patch::Edit { range, .. }, _) => i64::from(range.start.line) + 1,
        (_, Some(named)) => i64::try_from(*named.start()).unwrap_or(i64::MAX),
        (_, None) => 0,
    }
}
