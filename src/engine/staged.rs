//! A batch that is checked and executed on copies.

use super::Refusals;
use super::repaired::Repaired;
use crate::batch::{Document, DocumentOutcome, DocumentState, Outcome, Status};
use crate::executor::Staged;
use crate::normalizer::Step;

/// A batch of which every document is checked and executed on a copy. Nothing
/// has left the engine.
#[derive(Debug)]
pub struct StagedBatch {
    pub(super) batch_id: Option<String>,
    pub(super) documents: Vec<StagedDocument>,
    pub(super) refusals: Refusals,
    pub(super) left_out: Option<Repaired>,
    pub(super) is_carried_over: bool,
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
    /// What each of them does by itself, in the order of execution; empty
    /// unless the engine was asked for it ([`Engine::one_by_one`]).
    ///
    /// [`Engine::one_by_one`]: super::Engine::one_by_one
    pub steps: Vec<Step>,
}

impl StagedDocument {
    pub(super) fn left_out(document: &Document) -> StagedDocument {
        StagedDocument { uri: document.uri.clone(), staged: None, patches: 0, steps: Vec::new() }
    }
}

impl StagedBatch {
    /// The documents, in the order of the batch.
    pub fn documents(&self) -> &[StagedDocument] {
        &self.documents
    }

    /// What is to be done one after the other, with the index of the document.
    pub(crate) fn take_steps(&mut self) -> impl Iterator<Item = (usize, Step)> {
        let documents = self.documents.iter_mut().enumerate();
        documents.flat_map(|(index, document)| {
            std::mem::take(&mut document.steps).into_iter().map(move |step| (index, step))
        })
    }

    /// This became of a document, by so many of its patches.
    pub(crate) fn carried_out(&mut self, index: usize, staged: Staged, patches: usize) {
        if let Some(document) = self.documents.get_mut(index) {
            (document.staged, document.patches) = (Some(staged), patches);
        }
    }

    /// Whether a document's patches were carried over to a newer text.
    pub fn is_carried_over(&self) -> bool {
        self.is_carried_over
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
        self.outcome_of(self.status(), |_, staged| {
            DocumentOutcome::of("", DocumentState::After, staged.before(), staged.after())
        })
    }

    /// The outcome if no document was changed after all.
    pub(crate) fn outcome_unchanged(&self, status: Status) -> Outcome {
        self.outcome_of(status, |_, staged| {
            DocumentOutcome::of("", DocumentState::Before, staged.before(), staged.before())
        })
    }

    /// The outcome with this status, whose documents have become what
    /// `document` says for each, by its index and staged texts. It fills in
    /// where each of them stands, and this the rest.
    pub(crate) fn outcome_of(
        &self,
        status: Status,
        document: impl Fn(usize, &Staged) -> DocumentOutcome,
    ) -> Outcome {
        let is_carried_out = matches!(status, Status::Applied | Status::Partial | Status::Noop);
        let documents = self.documents.iter().enumerate().map(|(index, of_batch)| {
            let Some(staged) = &of_batch.staged else {
                return DocumentOutcome::unread(&of_batch.uri);
            };
            let document = document(index, staged);
            let holds = match document.state {
                DocumentState::After => true,
                // The editor says that it does.
                DocumentState::Unknown => is_carried_out,
                // One that was stopped half-way holds what was done of it.
                DocumentState::Other => !document.not_applied.is_empty(),
                DocumentState::Before => false,
            };
            DocumentOutcome {
                uri: of_batch.uri.clone(),
                patches: if holds { of_batch.patches } else { 0 },
                changed: if holds { staged.changed_lines() } else { Vec::new() },
                ..document
            }
        });
        let mut outcome = Outcome::new(self.batch_id.clone(), status, documents.collect());
        // The violations of `bestEffort` talk of the text without what they
        // name, and there is none.
        if is_carried_out {
            outcome.violations.clone_from(&self.refusals.told);
            outcome.more_violations.clone_from(&self.refusals.more);
        }
        if let Some(left_out) = self.left_out.as_ref().filter(|_| is_carried_out) {
            left_out.clone().put_into(&mut outcome, self.refusals.limits());
        }
        outcome
    }
}
