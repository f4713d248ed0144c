//! The counts for a person to look at.

use std::collections::BTreeMap;

use serde::Serialize;

use super::batch_end::{ErrorType, Rollback};
use super::families::{
    Counters, FIRST_TRIES, Families, MODES, OPERATIONS, PATCH_STATUSES, REBASES, STATUSES, mode,
    violation,
};
use crate::batch::Code;

/// How many of what there were, by what is told of each. Violations and errors
/// that did not happen are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Batches by how they ended.
    pub batches: BTreeMap<&'static str, u64>,
    /// Patches by whether the text holds them.
    pub patches: BTreeMap<&'static str, u64>,
    /// Patches by type.
    pub operations: BTreeMap<&'static str, u64>,
    /// Violations by code.
    pub violations: BTreeMap<&'static str, u64>,
    /// What kept batches from their end.
    pub errors: BTreeMap<&'static str, u64>,
    /// Batches whose text was no longer the one that they were written for.
    pub stale: u64,
    /// Batches that were to be carried over, by result.
    pub rebases: BTreeMap<&'static str, u64>,
    /// Whether the first try succeeded.
    pub first_try: BTreeMap<&'static str, u64>,
    /// Batches of which a part was taken back, by result.
    pub rollbacks: BTreeMap<&'static str, u64>,
}

impl Counts {
    pub(super) fn of(families: &Families) -> Counts {
        let batches = STATUSES.map(|status| {
            let of = MODES.map(|of| [("status", status), ("mode", mode(of))]);
            (status, of.iter().map(|labels| families.batches.get_or_create(labels).get()).sum())
        });
        let violations = Code::ALL
            .map(|code| (code.as_str(), families.violations.get_or_create(&violation(code)).get()));
        let errors = each(&families.errors, "type", ErrorType::ALL.map(ErrorType::as_str));
        let happened = |(_, count): &(&'static str, u64)| *count > 0;
        Counts {
            batches: batches.into(),
            patches: each(&families.patches, "status", PATCH_STATUSES),
            operations: each(&families.operations, "type", OPERATIONS),
            violations: violations.into_iter().filter(happened).collect(),
            errors: errors.into_iter().filter(happened).collect(),
            stale: families.stale_batches.get(),
            rebases: each(&families.rebases, "result", REBASES),
            first_try: each(&families.first_tries, "result", FIRST_TRIES),
            rollbacks: each(&families.rollbacks, "result", Rollback::ALL.map(Rollback::as_str)),
        }
    }
}

fn each<const N: usize>(
    family: &Counters<1>,
    label: &'static str,
    values: [&'static str; N],
) -> BTreeMap<&'static str, u64> {
    values.map(|value| (value, family.get_or_create(&[(label, value)]).get())).into()
}
