//! The suggestions for one document, checked against all laws together.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::Subject;
use crate::batch::{Patch, Suggestion};
use crate::invariants::Law;
use crate::normalizer::{self, Refused};
use crate::semantics::{self, Breach};

/// How often what is left is checked anew before all of it is withdrawn.
const ROUNDS: usize = 8;

/// Withdraws the suggestions that cannot be followed together: two that concern
/// one patch, and each that would make a patch break a law.
pub(super) fn withdraw_contradictions(
    subject: &Subject<'_>,
    breaches: &[(Option<usize>, Breach)],
    suggestions: &mut [Option<Suggestion>],
) {
    for _ in 0..ROUNDS {
        let mut owners: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, suggestion) in suggestions.iter().enumerate() {
            for patch in suggestion.iter().flat_map(|it| it.patches.keys()) {
                owners.entry(*patch).or_default().push(at);
            }
        }
        let mut contradicting: BTreeSet<usize> =
            owners.values().filter(|owners| owners.len() > 1).flatten().copied().collect();
        if contradicting.is_empty() {
            for patch in breaking_a_law(subject, breaches, suggestions) {
                contradicting.extend(owners.get(&patch).into_iter().flatten());
            }
        }
        if contradicting.is_empty() {
            return;
        }
        for at in contradicting {
            suggestions[at] = None;
        }
    }
    suggestions.fill(None);
}

/// The patches as they are once the suggestions are followed, with their
/// indices.
pub(super) fn followed<'a>(
    subject: &Subject<'a>,
    suggestions: &'a [Option<Suggestion>],
) -> Vec<(usize, &'a Patch)> {
    let instead: BTreeMap<usize, Option<&Patch>> = suggestions
        .iter()
        .flatten()
        .flat_map(|suggestion| &suggestion.patches)
        .map(|(index, patch)| (*index, patch.as_ref()))
        .collect();
    let patches = subject.document.patches.iter().enumerate();
    patches
        .filter_map(|(index, patch)| {
            instead.get(&index).map_or(Some((index, patch)), |it| it.map(|it| (index, it)))
        })
        .collect()
}

/// The patches that break a law, or are in conflict with one that does, once
/// the suggestions are followed. A patch that means nothing takes no part, as
/// it takes none in the batch.
fn breaking_a_law(
    subject: &Subject<'_>,
    breaches: &[(Option<usize>, Breach)],
    suggestions: &[Option<Suggestion>],
) -> Vec<usize> {
    let means_nothing: BTreeSet<usize> = breaches
        .iter()
        .zip(suggestions)
        .filter(|((_, breach), suggestion)| {
            breach.code().law() != Some(Law::IndependentPatches) && suggestion.is_none()
        })
        .filter_map(|((patch, _), _)| *patch)
        .collect();
    let patches = followed(subject, suggestions);
    let patches = patches.into_iter().filter(|(index, _)| !means_nothing.contains(index));
    let resolved = semantics::resolve(subject.snapshot, patches, subject.encoding);
    match normalizer::normalize(subject.snapshot, resolved) {
        Ok(_) => Vec::new(),
        Err(Refused::Breaches(found)) => found
            .into_iter()
            .flat_map(|(patch, breach)| [Some(patch), breach.conflicts_with()])
            .flatten()
            .collect(),
        Err(Refused::Fault(_)) => (0..subject.document.patches.len()).collect(),
    }
}
