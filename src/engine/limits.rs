//! How large a batch may be.

use crate::batch::{Batch, Code, Document};

/// How large a batch and its documents may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a batch as it comes in. The front door that reads it keeps to
    /// this one: what is over it is never parsed.
    pub message_bytes: usize,
    /// Patches in one batch, all documents together.
    pub patches: usize,
    /// Documents in one batch.
    pub documents: usize,
    /// Bytes of one document, before the batch and after it.
    pub document_bytes: usize,
    /// Violations that are told in full; the rest is counted by code.
    pub violations_told: usize,
    /// Bytes of JSON up to which a repaired batch goes out with the outcome. A
    /// larger one is for those who ask for it.
    pub repaired_batch_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            message_bytes: 512 << 20,
            patches: 100_000,
            documents: 10_000,
            document_bytes: 256 << 20,
            violations_told: 100,
            repaired_batch_bytes: 64 << 10,
        }
    }
}

impl Limits {
    /// The first limit that the batch alone exceeds, before any text is looked
    /// at, with the document that goes over it.
    pub(super) fn exceeded_by<'b>(&self, batch: &'b Batch) -> Option<(&'b Document, Code, String)> {
        let message =
            |what, count, limit| format!("the batch has {count} {what}, and the limit is {limit}");
        if let Some(document) = batch.documents.get(self.documents) {
            let message = message("documents", batch.documents.len(), self.documents);
            return Some((document, Code::TooManyDocuments, message));
        }
        let mut counted = 0;
        let document = batch.documents.iter().find(|document| {
            counted += document.patches.len();
            counted > self.patches
        })?;
        let message = message("patches", batch.patch_count(), self.patches);
        Some((document, Code::TooManyPatches, message))
    }
}
