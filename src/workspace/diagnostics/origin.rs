//! The batch that diagnostics come from.

use std::sync::Arc;

use crate::batch::{Batch, Document, Expect, Outcome, Patch, Status};
use crate::text::SnapshotToken;

/// The largest batch that is kept, in bytes.
const LARGEST: usize = 16 << 20;

/// What is kept of a batch, to send it again in another form.
#[derive(Debug)]
pub(super) struct Origin {
    batch_id: Option<String>,
    /// The batch, if nothing of it is done and it is not too large.
    again: Option<Again>,
    repaired: Option<Batch>,
    bytes: usize,
}

#[derive(Debug)]
struct Again {
    batch: Arc<Batch>,
    /// By document, the text that it was checked against.
    tokens: Vec<Option<SnapshotToken>>,
}

impl Origin {
    pub(super) fn new(batch: &Arc<Batch>, outcome: &Outcome) -> Origin {
        let keeps = outcome.status == Status::Rejected && bytes(batch) <= LARGEST;
        let again = keeps.then(|| Again {
            batch: batch.clone(),
            tokens: outcome.documents.iter().map(|document| document.snapshot).collect(),
        });
        let repaired = outcome.repaired_batch.as_deref().filter(|it| bytes(it) <= LARGEST).cloned();
        let kept = again.iter().map(|again| &*again.batch).chain(&repaired);
        Origin {
            batch_id: outcome.batch_id.clone().or_else(|| batch.batch_id.clone()),
            bytes: kept.map(bytes).sum(),
            again,
            repaired,
        }
    }

    pub(super) fn batch_id(&self) -> Option<&str> {
        self.batch_id.as_deref()
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn repaired(&self) -> Option<&Batch> {
        self.repaired.as_ref()
    }

    /// Whether there is a batch without one of its patches.
    pub(super) fn has_others(&self) -> bool {
        self.again.as_ref().is_some_and(|again| again.batch.patch_count() > 1)
    }

    /// The batch without one of its patches, for the texts that it was checked
    /// against: on others its line numbers would mean something else.
    pub(super) fn without(&self, document: usize, patch: usize) -> Option<Batch> {
        let Again { batch, tokens } = self.again.as_ref().filter(|_| self.has_others())?;
        let mut batch = Batch::clone(batch);
        for (document, token) in batch.documents.iter_mut().zip(tokens) {
            // One that the batch named and that was stale is stale still.
            document.snapshot = document.snapshot.or(*token);
        }
        let Document { patches, .. } = batch.documents.get_mut(document)?;
        if patch >= patches.len() {
            return None;
        }
        patches.remove(patch);
        if patches.is_empty() {
            batch.documents.remove(document);
        }
        Some(batch)
    }
}

fn bytes(batch: &Batch) -> usize {
    batch.documents.iter().flat_map(|document| &document.patches).map(patch_bytes).sum()
}

fn patch_bytes(patch: &Patch) -> usize {
    let expected = |expect: &Option<Expect>| match expect {
        Some(Expect::Lines(lines)) => lines.len(),
        Some(Expect::Ends { first, last }) => first.len() + last.len(),
        None => 0,
    };
    let texts = match patch {
        Patch::Replace { text, expect, .. } | Patch::Insert { text, expect, .. } => {
            text.len() + expected(expect)
        }
        Patch::Delete { expect, .. } => expected(expect),
        Patch::Edit { new_text, expect, .. } => {
            new_text.len() + expect.as_ref().map_or(0, String::len)
        }
    };
    size_of::<Patch>() + texts
}
