//! Collecting what is wrong, and refusing a batch.

use std::collections::BTreeMap;

use super::Source;
use crate::batch::{
    Batch, Code, Document, DocumentOutcome, DocumentState, Mode, Outcome, Status, Violation,
};
use crate::invariants::Fault;
use crate::text::Range;

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
        outcome.warnings.push(format!("{fault}; this is a bug of batchpatch, nothing was changed"));
        Box::new(Refusal { outcome, fault: Some(fault) })
    }
}

/// The violations of a batch so far: the first of them in full, the rest
/// counted.
#[derive(Debug)]
pub(super) struct Refusals {
    room: usize,
    pub(super) told: Vec<Violation>,
    pub(super) more: BTreeMap<Code, usize>,
}

impl Refusals {
    pub(super) fn new(room: usize) -> Refusals {
        Refusals { room, told: Vec::new(), more: BTreeMap::new() }
    }

    pub(super) fn any(&self) -> bool {
        !self.told.is_empty() || !self.more.is_empty()
    }

    /// Adds a violation, which is put into words only if it is told.
    pub(super) fn add(&mut self, code: Code, describe: impl FnOnce() -> Violation) {
        if self.told.len() < self.room {
            self.told.push(describe());
        } else {
            *self.more.entry(code).or_default() += 1;
        }
    }

    pub(super) fn refuse_document(&mut self, document: &Document, code: Code, message: &str) {
        self.add(code, || Violation {
            law: code.law(),
            code,
            uri: document.uri.clone(),
            patch: None,
            conflicts_with: None,
            range: Range::default(),
            message: message.to_owned(),
        });
    }

    pub(super) fn reject(self, batch: &Batch, sources: &[Source]) -> Box<Refusal> {
        let mut outcome = unchanged(batch, sources, Status::Rejected);
        outcome.violations = self.told;
        outcome.more_violations = self.more;
        Box::new(Refusal { outcome, fault: None })
    }
}

/// The outcome of a batch that changed nothing.
fn unchanged(batch: &Batch, sources: &[Source], status: Status) -> Outcome {
    let documents = batch.documents.iter().zip(sources).map(|(document, source)| match source {
        Source::Text(snapshot) => {
            DocumentOutcome::of(&document.uri, DocumentState::Before, snapshot, snapshot)
        }
        Source::Refused { .. } => DocumentOutcome::unread(&document.uri),
    });
    Outcome {
        batch_id: batch.batch_id.clone(),
        status,
        mode: Mode::Batch,
        documents: documents.collect(),
        violations: Vec::new(),
        more_violations: BTreeMap::new(),
        warnings: Vec::new(),
        duration_ms: None,
    }
}
