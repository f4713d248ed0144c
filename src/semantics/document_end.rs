//! The end of a document whose last line has no terminator.
//!
//! Every line but the last must be terminated, and whether the last one is
//! stays as it was. So at such an end the bytes of one line patch depend on
//! all the others: what is deleted, what is replaced by a blank line, and
//! whether something is appended. Everywhere else a line brings its own
//! terminator, and each claim stands for itself.

use super::claim::Action;
use super::{Claim, Named, NewText};
use crate::text::{Snapshot, Terminator, lines};

/// Adjusts the claims that reach the unterminated end of `snapshot`. Linear in
/// the claims, and a sort of the deletes where they reach the end.
pub(super) fn settle(snapshot: &Snapshot, claims: &mut [Claim<'_>]) {
    let count = snapshot.line_count();
    if count == 0 || snapshot.last_terminator() != Terminator::None {
        return;
    }
    if !claims.iter().any(|claim| claim.lines.is_some_and(|named| named.last >= count)) {
        return;
    }
    let deleted_from = deleted_from(claims, count);
    let appended = claims.iter().any(|claim| claim.lines.is_some_and(|named| named.first > count));
    let terminator = snapshot.default_terminator();
    let if_true = |condition| if condition { terminator } else { Terminator::None };
    for claim in claims.iter_mut() {
        let (Some(named), NewText::Lines { text, lead, tail, .. }) = (claim.lines, &mut claim.text)
        else {
            continue;
        };
        if named.first > count {
            // Where lines are deleted up to the end, the line before them
            // keeps its terminator, and the text goes behind that.
            *lead = if_true(deleted_from.is_none());
            *tail = if_true(ends_blank(text));
        } else if named.last == count && named.action == Action::Replace {
            *tail = if_true(ends_blank(text) && !appended);
        }
    }
    if let Some(first) = deleted_from
        && !appended
        && let Some(before) = snapshot.line(first - 1)
        && !line_becomes_blank(snapshot, claims, first - 1)
    {
        let deletes_first = |named: Named| named.action == Action::Delete && named.first == first;
        for claim in claims.iter_mut().filter(|claim| claim.lines.is_some_and(deletes_first)) {
            claim.span.start = before.content_end;
        }
    }
}

/// The first of the lines that are deleted up to the end without a gap.
fn deleted_from(claims: &[Claim<'_>], count: usize) -> Option<usize> {
    let mut deletes: Vec<Named> = claims
        .iter()
        .filter_map(|claim| claim.lines)
        .filter(|named| named.action == Action::Delete)
        .collect();
    deletes.sort_unstable_by_key(|named| std::cmp::Reverse(named.last));
    let mut from = count + 1;
    for named in deletes {
        if named.last + 1 < from {
            break;
        }
        from = from.min(named.first);
    }
    (from <= count).then_some(from)
}

/// Whether the line is blank, or the last line of what replaces it is. Where
/// several patches do, which is a conflict, the first one listed counts.
fn line_becomes_blank(snapshot: &Snapshot, claims: &[Claim<'_>], line: usize) -> bool {
    let replaces =
        |named: Named| named.action == Action::Replace && named.first <= line && line <= named.last;
    let replacement = claims
        .iter()
        .filter(|claim| claim.lines.is_some_and(replaces))
        .min_by_key(|claim| claim.patch);
    match replacement.map(|claim| claim.text) {
        Some(NewText::Lines { text, .. }) => ends_blank(text),
        _ => snapshot.line(line).is_some_and(|line| line.start == line.content_end),
    }
}

fn ends_blank(text: &str) -> bool {
    lines(text).last().is_none_or(str::is_empty)
}
