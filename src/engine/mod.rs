//! The one entry: a batch and its snapshots, staged or refused.

mod check;
mod limits;
mod refusal;
mod repaired;
mod staged;

use tracing::debug_span;

use crate::batch::{Batch, Code, Document, Policy};
use crate::change::ChangeSet;
use crate::executor;
use crate::text::{PositionEncoding, Snapshot};

pub use limits::Limits;
pub use refusal::Refusal;
pub use staged::{StagedBatch, StagedDocument};

use refusal::Refusals;

/// Checks batches and executes them on copies. Pure: no I/O, no clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engine {
    limits: Limits,
    /// Whether staged documents tell what each patch does by itself.
    takes_steps: bool,
}

/// What stands behind a document of a batch.
#[derive(Clone, Debug)]
pub enum Source {
    /// Its text.
    Text(Snapshot),
    /// Its text, which is a newer one than the batch was written for. The
    /// patches are carried over (see [`rebase`](crate::rebase)), and the batch's tokens, which
    /// name the other text, are not compared.
    Moved {
        /// The text that the batch was written for.
        was: Snapshot,
        /// The text as it is now.
        now: Snapshot,
        /// What leads from the one to the other.
        changes: ChangeSet,
        /// Whether a part of the batch may be in the text already.
        strict: bool,
    },
    /// The reason why there is none to work on.
    Refused {
        /// The code of the violation.
        code: Code,
        /// What is wrong, in a sentence.
        message: String,
    },
}

impl Engine {
    /// An engine with these limits.
    pub fn new(limits: Limits) -> Engine {
        Engine { limits, takes_steps: false }
    }

    /// The same engine, whose staged documents also have the
    /// [`steps`](StagedDocument::steps) that lead to the staged text.
    #[must_use]
    pub fn one_by_one(self) -> Engine {
        Engine { takes_steps: true, ..self }
    }

    /// Whether a batch is within the limits, so that its texts will be asked
    /// for.
    pub fn takes(&self, batch: &Batch) -> bool {
        self.limits.exceeded_by(batch).is_none()
    }

    /// Stages `batch`, whose columns count in `encoding`, on the texts that
    /// `source_of` gives for its documents. It is asked once for each, in the
    /// order of the batch, and not at all if the batch is over the limits.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with every violation of the batch, or with our fault.
    pub fn stage(
        &self,
        batch: &Batch,
        encoding: PositionEncoding,
        source_of: impl FnMut(&Document) -> Source,
    ) -> Result<StagedBatch, Box<Refusal>> {
        let _span = debug_span!(
            "stage",
            batch = batch.batch_id.as_deref(),
            documents = batch.documents.len(),
            patches = batch.patch_count(),
        )
        .entered();
        let mut refusals = Refusals::new(&self.limits);
        if let Some((document, code, message)) = self.limits.exceeded_by(batch) {
            refusals.refuse_document(document, code, &message);
            return Err(refusals.reject(batch, &[], encoding));
        }
        let sources: Vec<Source> = batch.documents.iter().map(source_of).collect();
        let mut documents = Vec::with_capacity(sources.len());
        for (index, (document, source)) in batch.documents.iter().zip(&sources).enumerate() {
            let staged = self
                .stage_document(batch.policy, index, document, source, encoding, &mut refusals)
                .map_err(|fault| Refusal::fault(batch, &sources, fault))?;
            documents.push(staged);
        }
        let nothing_left = documents.iter().all(|document| document.patches == 0);
        if refusals.any() && (batch.policy == Policy::Atomic || nothing_left) {
            return Err(refusals.reject(batch, &sources, encoding));
        }
        let left_out = refusals.left_out(batch, encoding);
        let is_carried_over = sources.iter().any(|it| matches!(it, Source::Moved { .. }));
        let batch_id = batch.batch_id.clone();
        Ok(StagedBatch { batch_id, documents, refusals, left_out, is_carried_over })
    }

    /// Stages change sets that no patches make, for the documents of `batch`:
    /// what takes a batch back. A document without any takes no part.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] with our fault.
    pub(crate) fn stage_changes(
        &self,
        batch: &Batch,
        changes: Vec<Option<(Snapshot, ChangeSet)>>,
    ) -> Result<StagedBatch, Box<Refusal>> {
        let sources: Vec<Source> = changes
            .iter()
            .map(|of_document| match of_document {
                Some((snapshot, _)) => Source::Text(snapshot.clone()),
                None => Source::Refused { code: Code::FileNotFound, message: String::new() },
            })
            .collect();
        let mut documents = Vec::with_capacity(changes.len());
        for (document, of_document) in batch.documents.iter().zip(changes) {
            documents.push(match of_document {
                None => StagedDocument::left_out(document),
                Some((snapshot, changes)) => {
                    let patches = changes.len();
                    let staged = debug_span!("executor")
                        .in_scope(|| executor::stage(snapshot, changes))
                        .map_err(|fault| Refusal::fault(batch, &sources, fault))?;
                    let uri = document.uri.clone();
                    StagedDocument { uri, staged: Some(staged), patches, steps: Vec::new() }
                }
            });
        }
        let refusals = Refusals::new(&self.limits);
        let batch_id = batch.batch_id.clone();
        let (left_out, is_carried_over) = (None, false);
        Ok(StagedBatch { batch_id, documents, refusals, left_out, is_carried_over })
    }
}
