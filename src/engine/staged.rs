//! A batch that is checked and executed on copies.

use super::Refusals;
use super::repaired::Repaired;
use crate::batch::{Document, DocumentOutcome, DocumentState, Mode, Outcome, Status};
use crate::executor::Staged;

/// A batch of which every document is checked and executed on a copy. Nothing
/// has left the engine.
#[derive(Debug)]
pub struct StagedBatch {
    pub(super) batch_id: Option<String>,
    pub(super) documents: Vec<StagedDocument>,
    pub(super) refusals: Refusals,
    pub(super) left_out: Option<Repaired>,
}

/// One document of a staged batch.
#[derive(Debug)]
pub struct StagedDocument {
    /// The document, spelled as in the batch.
    pub uri: String,
    /// Its texts; absent where there is none and `bestEffort` left the
    /// document out.
    pub staged: Option<Staged>,
    /// How many of its patches are in the staged text.
    pub patches: usize,
}

impl StagedDocument {
    pub(super) fn left_out(document: &Document) -> StagedDocument {
        StagedDocument { uri: document.uri.clone(), staged: None, patches: 0 }
    }
}

impl StagedBatch {
    /// The documents, in the order of the batch.
    pub fn documents(&self) -> &[StagedDocument] {
        &self.documents
    }

    /// What the status will be once every document holds its staged text.
    pub fn status(&self) -> Status {
        let changed =
            |document: &StagedDocument| document.staged.as_ref().is_some_and(Staged::is_changed);
        if self.refusals.any() {
            Status::Partial
        } else if self.documents.iter().any(changed) {
            Status::Applied
        } else {
            Status::Noop
        }
    }

    /// The outcome once every document holds its staged text. Makes the token
    /// of each, which is linear in the texts.
    pub fn outcome(&self) -> Outcome {
        let documents = self.documents.iter().map(|document| match &document.staged {
            Some(staged) => DocumentOutcome {
                patches: document.patches,
                changed: staged.changed_lines(),
                ..DocumentOutcome::of(
                    &document.uri,
                    DocumentState::After,
                    staged.before(),
                    staged.after(),
                )
            },
            None => DocumentOutcome::unread(&document.uri),
        });
        let mut outcome = Outcome {
            batch_id: self.batch_id.clone(),
            status: self.status(),
            mode: Mode::Batch,
            documents: documents.collect(),
            violations: self.refusals.told.clone(),
            more_violations: self.refusals.more.clone(),
            repaired_batch: None,
            preview: false,
            warnings: Vec::new(),
            duration_ms: None,
        };
        if let Some(left_out) = &self.left_out {
            left_out.clone().put_into(&mut outcome, self.refusals.limits());
        }
        outcome
    }
}
