//! The documents as readers see them.

use std::sync::Arc;

use dashmap::DashMap;

use crate::batch::DocumentKey;
use crate::observability::Levels;
use crate::workspace::Document;

/// The open documents as readers see them: immutable states, written by the
/// owner alone.
///
/// Whoever reads gets a clone and never a guard: a guard that is held across an
/// await blocks the owner for ever, without a word.
#[derive(Clone, Debug, Default)]
pub(super) struct Published(Arc<DashMap<DocumentKey, Document>>);

impl Published {
    /// All of them, in no order.
    pub(super) fn documents(&self) -> Vec<(DocumentKey, Document)> {
        self.0.iter().map(|entry| (entry.key().clone(), entry.value().clone())).collect()
    }

    /// How many there are and how large. Nobody waits for it but whoever asks.
    pub(super) fn levels(&self) -> Levels {
        let bytes = self.0.iter().map(|entry| entry.value().snapshot().len_bytes());
        bytes.fold(Levels::default(), |Levels { documents_open, text_bytes }, bytes| Levels {
            documents_open: documents_open + 1,
            text_bytes: text_bytes + bytes,
        })
    }

    /// One of them, as it is now.
    pub(super) fn get(&self, key: &DocumentKey) -> Option<Document> {
        self.0.get(key).map(|document| document.clone())
    }

    pub(super) fn publish(&self, key: DocumentKey, document: Document) {
        self.0.insert(key, document);
    }

    pub(super) fn withdraw(&self, key: &DocumentKey) {
        self.0.remove(key);
    }
}
