//! Is a case one that the rules promise to repair? Said anew, and as simply as
//! it can be, from `docs/rules.md` alone. Where a rule leaves something to the
//! engine, nothing is claimed.

use std::collections::BTreeSet;

use super::case::Case;
use super::place::{Place, contents, distance, has_expect, moved};
use crate::oracle::{Expect, Patch};

/// R1, R8 and R10: the patches that are reported move, each to the one place
/// where its `expect` stands, and none of the others may have to move as well.
pub(super) fn moves(case: &Case) -> bool {
    let place = Place::new(&case.right.text, case.right.encoding);
    let breaches = case.breaches();
    if breaches.is_empty() && !case.is_stale() {
        return false;
    }
    let reported: BTreeSet<usize> = breaches.iter().map(|breach| breach.patch).collect();
    let shift = |index: &usize| distance(&case.sent[*index], &case.right.patches[*index]);
    let shifts: BTreeSet<isize> = reported.iter().map(shift).collect();
    let is_current = case.written_for.is_some() && !case.is_stale();
    let holds_moved = |patch: &Patch, by| moved(patch, by).is_some_and(|it| place.holds(&it));
    let stays = |patch: &Patch| {
        has_expect(patch)
            && shifts.iter().all(|by| !holds_moved(patch, *by))
            && (is_current || stands_once(&place, patch))
    };
    let goes = |patch: &Patch| stands_once(&place, patch) && !place.is_alike_there(patch);
    breaches.iter().all(|breach| breach.law != 5)
        && (!case.is_stale() || case.sent.iter().all(says_all))
        && case.sent.iter().enumerate().all(|(index, patch)| {
            if reported.contains(&index) { goes(patch) } else { stays(patch) }
        })
}

/// Between the first and the last of its lines there is none that it does not
/// speak of.
fn says_all(patch: &Patch) -> bool {
    match patch {
        Patch::Replace { line, end_line, expect: Some(Expect::FirstLast(..)), .. }
        | Patch::Delete { line, end_line, expect: Some(Expect::FirstLast(..)) } => {
            end_line - line < 2
        }
        _ => has_expect(patch),
    }
}

/// As whole lines, or as text that is no part of a longer word.
fn stands_once(place: &Place, patch: &Patch) -> bool {
    let cuts_word = match patch {
        Patch::Edit { expect: Some(expect), .. } => place.cuts_word(expect),
        _ => false,
    };
    place.count(patch) == 1 && !cuts_word
}

/// R3: the `expect` differs from the named place in blanks alone, is not blank,
/// and what it says to the letter stands nowhere.
pub(super) fn blanks(case: &Case) -> bool {
    let place = Place::new(&case.right.text, case.right.encoding);
    let breaches = case.breaches();
    let is_alike = |index: usize| {
        let patch = &case.sent[index];
        place.is_alike_there(patch) && place.count(patch) == 0 && !is_blank(patch)
    };
    !breaches.is_empty() && breaches.iter().all(|it| it.law == 1 && is_alike(it.patch))
}

fn is_blank(patch: &Patch) -> bool {
    match patch {
        Patch::Edit { expect, .. } => expect.as_ref().is_none_or(|it| it.trim().is_empty()),
        Patch::Replace { expect, .. }
        | Patch::Insert { expect, .. }
        | Patch::Delete { expect, .. } => match expect {
            Some(Expect::Text(text)) => text.trim().is_empty(),
            Some(Expect::FirstLast(first, last)) => (first.clone() + last).trim().is_empty(),
            None => true,
        },
    }
}

/// R5 and R8: nothing but the copy is reported, and it is known where the two
/// belong.
pub(super) fn duplicate(case: &Case) -> bool {
    let place = Place::new(&case.right.text, case.right.encoding);
    let breaches = case.breaches();
    !breaches.is_empty()
        && breaches.iter().all(|it| it.law == 5 && stands_once(&place, &case.sent[it.patch]))
}

/// R4 and R8: once the end is put right the `expect` holds, and nowhere else.
/// Without one only a patch from the very start is certain: any other may as
/// well be too far down.
pub(super) fn past_end(case: &Case, changed: usize) -> bool {
    let place = Place::new(&case.right.text, case.right.encoding);
    let breaches = case.breaches();
    let from_start = match &case.sent[changed] {
        Patch::Edit { start, .. } => *start == (0, 0),
        Patch::Replace { line, .. } | Patch::Delete { line, .. } => *line == 1,
        Patch::Insert { .. } => false,
    };
    let meant = &case.right.patches[changed];
    let is_known = if has_expect(meant) { stands_once(&place, meant) } else { from_start };
    breaches.len() == 1 && breaches[0].patch == changed && is_known
}

/// R6 and R8: it is known where the two belong, what they change does not
/// depend on where one begins to look, and an unchanged line is between.
pub(super) fn merge(case: &Case, one: usize, other: usize) -> bool {
    let place = Place::new(&case.right.text, case.right.encoding);
    let both = [&case.sent[one], &case.sent[other]];
    let [Some(first), Some(second)] = both.map(|patch| change(&place.lines, patch)) else {
        return false;
    };
    let breaches = case.breaches();
    let are_apart = first.1 < second.0 || second.1 < first.0;
    let are_known = both.iter().all(|patch| stands_once(&place, patch));
    breaches.len() == 1 && breaches[0].law == 5 && are_apart && are_known
}

/// The old lines, from and to, that a replacement changes.
fn change(lines: &[String], patch: &Patch) -> Option<(usize, usize)> {
    let Patch::Replace { line, end_line, text, .. } = patch else { return None };
    let old = &lines[line - 1..*end_line];
    let new = contents(if text.is_empty() { "\n" } else { text });
    let same = |(one, other): &(&String, &String)| one == other;
    let most = old.len().min(new.len());
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    (head + tail <= most).then_some((line - 1 + head, end_line - tail))
}
