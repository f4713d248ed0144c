//! What is wrong at which place of the open documents, for people to see.
//!
//! A place is a span of bytes that moves with the text, and goes when the text
//! at it changes. Ranges are only made of it when they are told.

mod actions;
mod list;
mod origin;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::batch::{Batch, Code, DocumentKey, Outcome, Violation};
use crate::executor::Staged;
use crate::repair::Subject;
use crate::text::{self, PositionEncoding, Snapshot};

pub use actions::{Action, ActionCommand, ActionKind};

use list::{Entry, List};
use origin::Origin;

/// How many are shown of one document.
const PER_DOCUMENT: usize = 200;

/// How many documents have any.
const DOCUMENTS: usize = 200;

/// How much of the batches that they come from is kept, in bytes.
const BATCH_BYTES: usize = 64 << 20;

/// What is wrong on the open documents. Of each, it is what its last batch was
/// told. Bounded: where there is too much, what was reported first goes.
#[derive(Debug, Default)]
pub struct Diagnostics {
    lists: HashMap<DocumentKey, List>,
    /// How many lists there were: each has a number of its own.
    numbers: u64,
}

/// An open document of a batch that ended.
#[derive(Clone, Debug)]
pub struct Reported<'a> {
    /// Which one.
    pub key: DocumentKey,
    /// Its URI as the client spells it.
    pub uri: Arc<str>,
    /// The text that the ranges of its violations count in: the document's,
    /// now.
    pub snapshot: Snapshot,
    /// After `partial`, what led to that text.
    pub applied: Option<&'a Staged>,
}

/// One thing that is wrong, at its place in the text as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What [`Diagnostics`] knows it by: a plain string, because some clients
    /// lose what is richer.
    pub id: String,
    /// Where it is: never empty where there is a character to show it at.
    pub range: text::Range,
    /// The violation's code.
    pub code: Code,
    /// What is wrong, in a sentence.
    pub message: String,
    /// The other patch of a conflict.
    pub related: Option<Related>,
}

/// A place that has to do with a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The document, as the client spells it.
    pub uri: Arc<str>,
    /// Where in it.
    pub range: text::Range,
    /// What is there.
    pub message: String,
}

impl Diagnostics {
    /// A batch ended. Its violations take the place of whatever was wrong on
    /// the documents that it names, so that it is gone from those on which
    /// nothing is wrong any more. A preview changes nothing here.
    ///
    /// `texts` has each document of the batch, in its order, as far as it is
    /// open; the batch's columns count in `encoding` where it does not say.
    /// Gives the documents that have to be told anew.
    pub fn report(
        &mut self,
        batch: &Arc<Batch>,
        outcome: &Outcome,
        texts: &[Option<Reported<'_>>],
        encoding: PositionEncoding,
    ) -> Vec<DocumentKey> {
        if outcome.preview {
            return Vec::new();
        }
        let encoding = batch.position_encoding.unwrap_or(encoding);
        let mut violations: HashMap<&str, Vec<&Violation>> = HashMap::new();
        for violation in &outcome.violations {
            violations.entry(&violation.uri).or_default().push(violation);
        }
        let origin = Arc::new(Origin::new(batch, outcome));
        let mut changed = Vec::new();
        for (index, (document, text)) in batch.documents.iter().zip(texts).enumerate() {
            let Some(text) = text else { continue };
            let had_some = self.lists.remove(&text.key).is_some();
            let found = violations.remove(document.uri.as_str()).unwrap_or_default();
            if !found.is_empty() {
                let subject = Subject { document, snapshot: &text.snapshot, encoding };
                let entry = |(index, violation)| Entry::new(index, violation, &subject, text);
                let entries = found.into_iter().take(PER_DOCUMENT).enumerate().map(entry).collect();
                self.numbers += 1;
                let list = List {
                    number: self.numbers,
                    uri: text.uri.clone(),
                    document: index,
                    origin: origin.clone(),
                    entries,
                };
                self.lists.insert(text.key.clone(), list);
            } else if !had_some {
                continue;
            }
            changed.push(text.key.clone());
        }
        for key in self.forget_oldest() {
            if !changed.contains(&key) {
                changed.push(key);
            }
        }
        changed
    }

    /// The bytes `span` of a document's text became `new_len` bytes. What is
    /// behind them moves, and what they touch goes: also what ends where they
    /// begin, as it does for somebody who types at the end of a line.
    ///
    /// Tells whether the list may be another one now.
    pub fn text_changed(&mut self, key: &DocumentKey, span: Range<usize>, new_len: usize) -> bool {
        let Some(list) = self.lists.get_mut(key) else { return false };
        let changed = list.text_changed(&span, new_len);
        self.forget_empty();
        changed
    }

    /// Takes away what matches everything that is given: the document, the
    /// batch it comes from, the patch. Gives the documents that have to be
    /// told anew.
    pub fn clear(
        &mut self,
        key: Option<&DocumentKey>,
        batch_id: Option<&str>,
        patch: Option<usize>,
    ) -> Vec<DocumentKey> {
        let mut changed = Vec::new();
        for (of, list) in &mut self.lists {
            let is_meant = key.is_none_or(|key| key == of)
                && batch_id.is_none_or(|id| list.origin.batch_id() == Some(id));
            let before = list.entries.len();
            list.entries.retain(|it| !is_meant || patch.is_some_and(|_| it.patch != patch));
            if list.entries.len() < before {
                changed.push(of.clone());
            }
        }
        self.forget_empty();
        changed
    }

    /// Whether anything is wrong on a document.
    pub fn is_about(&self, key: &DocumentKey) -> bool {
        self.lists.contains_key(key)
    }

    /// The document was closed. Tells whether anything was wrong on it.
    pub fn closed(&mut self, key: &DocumentKey) -> bool {
        self.lists.remove(key).is_some()
    }

    /// What is wrong on a document whose text is `snapshot` now.
    pub fn of(
        &self,
        key: &DocumentKey,
        snapshot: &Snapshot,
        encoding: PositionEncoding,
    ) -> Vec<Diagnostic> {
        self.lists.get(key).map_or_else(Vec::new, |list| list.told(snapshot, encoding))
    }

    fn forget_empty(&mut self) {
        self.lists.retain(|_, list| !list.entries.is_empty());
    }

    /// Takes away what was reported first, until what is left is not too much.
    fn forget_oldest(&mut self) -> Vec<DocumentKey> {
        let mut forgotten = Vec::new();
        while self.lists.len() > DOCUMENTS || self.batch_bytes() > BATCH_BYTES {
            let oldest = self.lists.iter().min_by_key(|(_, list)| list.number);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { break };
            self.lists.remove(&oldest);
            forgotten.push(oldest);
        }
        forgotten
    }

    /// The size of all batches that are kept, each counted once.
    fn batch_bytes(&self) -> usize {
        let origins = self.lists.values().map(|list| &list.origin);
        let bytes: HashMap<_, _> =
            origins.map(|origin| (Arc::as_ptr(origin), origin.bytes())).collect();
        bytes.values().sum()
    }
}
