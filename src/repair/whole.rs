//! Whether all suggestions for a document, followed together, are certain to
//! make the batch that was meant.

use super::merge::restated;
use super::moves::{Moves, all_stand_once, first_line};
use super::subject::{Subject, expect_of, lines_of};
use crate::batch::{Code, Expect, Patch, Suggestion};
use crate::semantics::Breach;

/// Whether every patch is certain to stand where it was meant to.
///
/// One mistake can look like another: a patch that is off by one can end past
/// the document, or look like a copy of its neighbour. So whatever a suggestion
/// keeps must be anchored, by an `expect` or by lines that it restates, to the
/// only place in the document where that stands. And where a patch has to be
/// moved, the others may be off too: see [`Moves`].
pub(super) fn is_certain(
    subject: &Subject<'_>,
    breaches: &[(Option<usize>, Breach)],
    suggestions: &[Option<Suggestion>],
    is_stale: bool,
) -> bool {
    let patches = &subject.document.patches;
    if is_stale && !patches.iter().all(says_all) {
        return false;
    }
    let Some(anchors) = anchors_of_suggestions(subject, breaches, suggestions) else {
        return false;
    };
    if !all_stand_once(subject, &anchors) {
        return false;
    }
    let moves = Moves::of(subject, breaches, suggestions);
    if is_stale {
        all_stand_once(subject, moves.others())
    } else {
        moves.leave_the_others_in_place(subject)
    }
}

/// What must stand at one place only for the suggestions to be certain. `None`
/// where a suggestion keeps a patch that nothing anchors.
fn anchors_of_suggestions(
    subject: &Subject<'_>,
    breaches: &[(Option<usize>, Breach)],
    suggestions: &[Option<Suggestion>],
) -> Option<Vec<Patch>> {
    let mut anchors = Vec::new();
    for ((index, breach), suggestion) in breaches.iter().zip(suggestions) {
        let (Some(index), Some(suggestion)) = (index, suggestion) else { continue };
        let patch = subject.patch(*index)?;
        match (breach.conflicts_with(), suggestion.patches.get(index)?) {
            // Two that put in the same text are no accident; of two that put in
            // nothing, one could be meant for a neighbour.
            (Some(_), None) if puts_in_text(patch) => {}
            (Some(other), None) => {
                (patch == subject.patch(other)? && expects(patch)).then_some(())?;
                anchors.push(patch.clone());
            }
            (Some(other), Some(_)) => {
                for patch in [patch, subject.patch(other)?] {
                    let told = expects(patch).then(|| patch.clone());
                    anchors.push(told.or_else(|| restated(subject, patch))?);
                }
            }
            (None, Some(instead)) if is_clipped(breach, patch, instead) => {
                if expects(instead) {
                    anchors.push(instead.clone());
                } else if !is_too_long(subject, patch) {
                    return None;
                }
            }
            (None, _) => {}
        }
    }
    Some(anchors)
}

/// Whether the suggestion only ends a patch where the document ends. Its first
/// column may change too, where that is past the end of the last line.
fn is_clipped(breach: &Breach, patch: &Patch, instead: &Patch) -> bool {
    let out_of_range = matches!(breach.code(), Code::LineOutOfRange | Code::PositionOutOfRange);
    out_of_range && first_line(patch) == first_line(instead)
}

/// Whether the patch ends so far past the document that it could not be inside
/// by being moved up: it would begin before the first line.
fn is_too_long(subject: &Subject<'_>, patch: &Patch) -> bool {
    let (first, last, count) = match (patch, lines_of(patch)) {
        (Patch::Edit { range, .. }, _) => {
            let lines = subject.snapshot.rope().len_lines();
            (range.start.line as usize + 1, range.end.line as usize + 1, lines)
        }
        (_, Some(named)) => (*named.start(), *named.end(), subject.snapshot.line_count()),
        (_, None) => return false,
    };
    last.saturating_sub(count) >= first
}

/// Whether there is something to recognise in what the patch puts in.
fn puts_in_text(patch: &Patch) -> bool {
    match patch {
        Patch::Replace { text, .. }
        | Patch::Insert { text, .. }
        | Patch::Edit { new_text: text, .. } => !text.trim().is_empty(),
        Patch::Delete { .. } => false,
    }
}

fn expects(patch: &Patch) -> bool {
    matches!(patch, Patch::Edit { expect: Some(_), .. }) || expect_of(patch).is_some()
}

/// Whether the patch says of all that it names what it expects to be there.
fn says_all(patch: &Patch) -> bool {
    match (patch, expect_of(patch)) {
        (Patch::Edit { expect, .. }, _) => expect.is_some(),
        (_, Some(Expect::Lines(_))) => true,
        (_, Some(Expect::Ends { .. })) => lines_of(patch).is_some_and(|named| named.count() <= 2),
        (_, None) => false,
    }
}
