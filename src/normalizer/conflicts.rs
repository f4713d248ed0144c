//! Which claims are in conflict: asked only once it is known that some are.

use super::earliest::earliest_meeting;
use crate::semantics::{Breach, Claim};

/// Every claim that touches the text of an earlier patch, with the earliest
/// such patch. O(p log p) for p claims, however many of them meet.
pub(super) fn find(claims: &[Claim<'_>]) -> Vec<(usize, Breach)> {
    let mut claims: Vec<&Claim<'_>> = claims.iter().collect();
    claims.sort_unstable_by_key(|claim| claim.patch);

    let extents: Vec<_> = claims.iter().map(|claim| claim.extent()).collect();
    let mut earliest = earliest_meeting(&extents);

    let by_line: Vec<usize> = (0..claims.len()).filter(|at| claims[*at].lines.is_some()).collect();
    let named: Vec<_> = by_line
        .iter()
        .filter_map(|at| claims[*at].lines)
        .map(|named| (named.first, named.last))
        .collect();
    for (at, met) in by_line.iter().zip(earliest_meeting(&named)) {
        earliest[*at] = earliest[*at].min(by_line[met]);
    }

    let conflicts = earliest.into_iter().enumerate().filter(|(at, met)| met < at);
    conflicts.map(|(at, met)| (claims[at].patch, breach(claims[at], claims[met]))).collect()
}

fn breach(later: &Claim<'_>, earlier: &Claim<'_>) -> Breach {
    let with = earlier.patch;
    if later.lines.is_some() && earlier.lines.is_some() {
        Breach::LineNamedTwice { with }
    } else if later.span.is_empty() && earlier.span.is_empty() {
        Breach::InsertsAtOneOffset { with }
    } else {
        Breach::Overlapping { with }
    }
}
