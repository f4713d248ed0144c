//! Collecting what is wrong, and refusing a batch.

use std::collections::BTreeMap;

use super::repaired::Repaired;
use super::{Limits, Source};
use crate::batch::{
    Batch, Code, Document, DocumentOutcome, DocumentState, Outcome, Patch, Status, Violation,
};
use crate::invariants::Fault;
use crate::text::PositionEncoding;

/// A batch that was refused. Nothing has changed.
#[derive(Debug)]
pub struct Refusal {
    /// What to tell the caller.
    pub outcome: Outcome,
    /// What broke, where the fault is ours and not the caller's.
    pub fault: Option<Fault>,
}

impl Refusal {
    pub(super) fn fault(batch: &Batch, sources: &[Source], fault: Fault) -> Box<Refusal> {
        tracing::error!(law = fault.law.number(), detail = fault.detail, "fault");
        let mut outcome = unchanged(batch, sources, Status::Failed);
        outcome.fault = Some(fault.law);
        outcome.warnings.push(format!("{fault}; this is a bug of batchpatch, nothing was changed"));
        Box::new(Refusal { outcome, fault: Some(fault) })
    }
}

/// The violations of a batch so far: the first of them in full, the rest
/// counted. And what to send instead, as long as that is certain.
#[derive(Debug)]
pub(super) struct Refusals {
    limits: Limits,
    pub(super) told: Vec<Violation>,
    pub(super) more: BTreeMap<Code, usize>,
    /// By the index of the document; `None` once there is a mistake that
    /// cannot be mended.
    repaired: Option<BTreeMap<usize, Vec<Patch>>>,
}

impl Refusals {
    pub(super) fn new(limits: &Limits) -> Refusals {
        Refusals {
            limits: *limits,
            told: Vec::new(),
            more: BTreeMap::new(),
            repaired: Some(BTreeMap::new()),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn any(&self) -> bool {
        !self.told.is_empty() || !self.more.is_empty()
    }

    /// Adds a violation, which is put into words only if it is told.
    pub(super) fn add(&mut self, code: Code, describe: impl FnOnce() -> Option<Violation>) {
        let room = self.told.len() < self.limits.violations_told;
        match room.then(describe).flatten() {
            Some(violation) => self.told.push(violation),
            None => *self.more.entry(code).or_default() += 1,
        }
    }

    /// What to send instead of a document's patches, if that is certain.
    pub(super) fn repair(&mut self, document: usize, patches: Option<Vec<Patch>>) {
        match (&mut self.repaired, patches) {
            (Some(repaired), Some(patches)) => drop(repaired.insert(document, patches)),
            _ => self.repaired = None,
        }
    }

    pub(super) fn refuse_document(&mut self, document: &Document, code: Code, message: &str) {
        self.repaired = None;
        self.add(code, || Some(Violation::of_document(code, &document.uri, message.to_owned())));
    }

    pub(super) fn reject(
        self,
        batch: &Batch,
        sources: &[Source],
        encoding: PositionEncoding,
    ) -> Box<Refusal> {
        let mut outcome = unchanged(batch, sources, Status::Rejected);
        if let Some(repaired) = self.repaired {
            Repaired::whole(batch, encoding, repaired).put_into(&mut outcome, &self.limits);
        }
        outcome.violations = self.told;
        outcome.more_violations = self.more;
        Box::new(Refusal { outcome, fault: None })
    }

    /// After `partial`: the patches that were left out, for the new texts.
    pub(super) fn left_out(
        &mut self,
        batch: &Batch,
        encoding: PositionEncoding,
    ) -> Option<Repaired> {
        let repaired = self.repaired.take().filter(|_| self.any())?;
        Some(Repaired::left_out(batch, encoding, repaired))
    }
}

/// The outcome of a batch that changed nothing.
fn unchanged(batch: &Batch, sources: &[Source], status: Status) -> Outcome {
    let documents = batch.documents.iter().zip(sources).map(|(document, source)| match source {
        Source::Text(snapshot) | Source::Moved { now: snapshot, .. } => {
            DocumentOutcome::of(&document.uri, DocumentState::Before, snapshot, snapshot)
        }
        Source::Refused { .. } => DocumentOutcome::unread(&document.uri),
    });
    Outcome::new(batch.batch_id.clone(), status, documents.collect())
}
