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
    let run = deleted_run(claims, count);
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
            *lead = if_true(run.is_none());
            *tail = if_true(ends_blank(text));
        } else if named.last == count && named.action == Action::Replace {
            *tail = if_true(ends_blank(text) && !appended);
        }
    }
    if let Some(run) = run
        && !appended
        && let Some(before) = snapshot.line(run.first_line - 1)
        && !line_becomes_blank(snapshot, claims, run.first_line - 1)
    {
        claims[run.first_claim].span.start = before.content_end;
    }
}

/// The deleted lines that reach the end without a gap.
struct DeletedRun {
    first_line: usize,
    first_claim: usize,
}

fn deleted_run(claims: &[Claim<'_>], count: usize) -> Option<DeletedRun> {
    let mut deletes: Vec<(Named, usize)> = claims
        .iter()
        .enumerate()
        .filter_map(|(index, claim)| Some((claim.lines?, index)))
        .filter(|(named, _)| named.action == Action::Delete)
        .collect();
    deletes.sort_unstable_by_key(|(named, _)| std::cmp::Reverse((named.last, named.first)));
    let mut run: Option<DeletedRun> = None;
    for (named, first_claim) in deletes {
        let first_line = run.as_ref().map_or(count + 1, |run| run.first_line);
        if named.last + 1 < first_line {
            break;
        }
        if named.first < first_line {
            run = Some(DeletedRun { first_line: named.first, first_claim });
        }
    }
    run
}

fn line_becomes_blank(snapshot: &Snapshot, claims: &[Claim<'_>], line: usize) -> bool {
    let replacement = claims.iter().find_map(|claim| match (claim.lines, claim.text) {
        (Some(named), NewText::Lines { text, .. })
            if named.last == line && named.action == Action::Replace =>
        {
            Some(text)
        }
        _ => None,
    });
    match replacement {
        Some(text) => ends_blank(text),
        None => snapshot.line(line).is_some_and(|line| line.start == line.content_end),
    }
}

fn ends_blank(text: &str) -> bool {
    lines(text).last().is_none_or(str::is_empty)
}
