//! `batchpatch preview --repaired`: the batch that was meant.

use super::exit::{Exit, Failure};
use crate::batch::{Batch, Outcome, Policy, Violation};
use crate::engine::{Engine, Limits, Source};
use crate::text::PositionEncoding;

/// How many violations without a suggestion are named.
const NAMED: usize = 5;

/// The batch with every suggestion followed; the batch itself where nothing is
/// wrong with it.
pub(super) fn repaired(
    mut batch: Batch,
    encoding: PositionEncoding,
    limits: Limits,
    mut read: impl FnMut(&str) -> Source,
) -> Result<Batch, Failure> {
    // After a part is applied, what is left would be for the text that this
    // makes, and nothing is applied here.
    let policy = std::mem::replace(&mut batch.policy, Policy::Atomic);
    let staged = Engine::new(limits).stage(&batch, encoding, |document| read(&document.uri));
    let mut repaired = match staged {
        Ok(_) => batch,
        Err(refusal) => match (refusal.fault, refusal.outcome.repaired_batch) {
            (None, Some(repaired)) => *repaired,
            (None, None) => {
                let outcome = Outcome { repaired_batch: None, ..refusal.outcome };
                return Err(Failure::new(Exit::Rejected, why_not(&outcome)));
            }
            (Some(fault), _) => {
                return Err(Failure::new(Exit::Failed, format!("batchpatch: {fault}")));
            }
        },
    };
    repaired.policy = policy;
    Ok(repaired)
}

fn why_not(outcome: &Outcome) -> String {
    let without: Vec<&Violation> =
        outcome.violations.iter().filter(|violation| violation.suggestion.is_none()).collect();
    let mut names: Vec<String> = without.iter().take(NAMED).map(|it| name(it)).collect();
    if without.len() > NAMED {
        names.push(format!("{} more", without.len() - NAMED));
    }
    let why = match names.as_slice() {
        [] => "following every suggestion is not certain to make what was meant".to_owned(),
        names => format!("no suggestion is certain for {}", names.join(", ")),
    };
    format!("batchpatch: the batch cannot be repaired: {why}")
}

fn name(violation: &Violation) -> String {
    match violation.patch {
        Some(patch) => format!("{} patches[{patch}] ({})", violation.uri, violation.code),
        None => format!("{} ({})", violation.uri, violation.code),
    }
}
