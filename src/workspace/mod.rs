//! What the server believes of the editor's documents.
//!
//! A pure machine: [`Event`]s in, [`Effect`]s out. It has no clock and no
//! runtime, and does no I/O, so that a simulated editor can drive it a million
//! times. Its owner feeds it in wire order and performs what it asks for.
//!
//! A document is what `didOpen`, `didChange` and `didClose` make of it and
//! nothing else: an editor's reply is never a reason to believe a text.

mod closed;
mod document;
mod edited;
mod out_of_sync;

use std::collections::HashMap;

use crate::batch::DocumentKey;
use crate::text::{PositionEncoding, Range, Revision};

pub use closed::KeptTexts;
pub use document::Document;
pub use out_of_sync::OutOfSync;

use closed::Closed;

/// Every document that the editor has open, and what is left of those that it
/// closed.
#[derive(Debug)]
pub struct Workspace {
    encoding: PositionEncoding,
    open: HashMap<DocumentKey, Document>,
    closed: Closed,
}

/// What the editor said. URIs are as it spells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A document was opened. One that is open already gets the new text.
    Opened {
        /// Which one.
        uri: String,
        /// The editor's number for the text.
        version: i32,
        /// The whole text.
        text: String,
    },
    /// A document was changed.
    Changed {
        /// Which one.
        uri: String,
        /// The editor's number for the text after all changes.
        version: i32,
        /// The changes, each for the text that the one before it made.
        changes: Vec<ContentChange>,
    },
    /// A document was changed, and nobody can read how.
    MalformedChange {
        /// Which one, if that much can be read.
        uri: Option<String>,
        /// What cannot be read, and why.
        reason: String,
    },
    /// A document was closed.
    Closed {
        /// Which one.
        uri: String,
    },
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentChange {
    /// What is replaced; the whole text where it is absent.
    pub range: Option<Range>,
    /// What stands there now.
    pub text: String,
}

/// What the machine's owner is asked to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Let readers have this state of a document, and no earlier one.
    Publish {
        /// Which document.
        key: DocumentKey,
        /// What it is now.
        document: Document,
    },
    /// Let readers have the document no longer: the editor closed it.
    Withdraw {
        /// Which document.
        key: DocumentKey,
    },
    /// Log that the editor said something that makes no sense.
    Warn(String),
}

impl Workspace {
    /// A workspace without documents, for an editor whose columns count in
    /// `encoding`. Of the documents that it closes, `keep` are remembered with
    /// their text.
    pub fn new(encoding: PositionEncoding, keep: KeptTexts) -> Workspace {
        Workspace { encoding, open: HashMap::new(), closed: Closed::new(keep) }
    }

    /// Takes in what the editor said.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Opened { uri, version, text } => self.open(uri, version, &text),
            Event::Changed { uri, version, changes } => {
                let encoding = self.encoding;
                self.update(&uri, |document| document.change(version, &changes, encoding))
            }
            Event::MalformedChange { uri: Some(uri), reason } => {
                self.update(&uri, |document| document.distrust(OutOfSync::Malformed(reason)))
            }
            Event::MalformedChange { uri: None, reason } => {
                vec![Effect::Warn(format!("a change of an unnamed document is lost: {reason}"))]
            }
            Event::Closed { uri } => self.close(&uri),
        }
    }

    /// The document, if the editor has it open, whatever the spelling.
    pub fn document(&self, uri: &str) -> Option<&Document> {
        self.open.get(&DocumentKey::of(uri))
    }

    /// Every document that the editor has open, by its URI.
    pub fn documents(&self) -> Vec<&Document> {
        let mut documents: Vec<&Document> = self.open.values().collect();
        documents.sort_by_key(|document| document.uri());
        documents
    }

    fn open(&mut self, uri: String, version: i32, text: &str) -> Vec<Effect> {
        let key = DocumentKey::of(&uri);
        let text = text.into();
        let revision = match self.open.get(&key) {
            Some(document) => Some(document.revision_of(&text)),
            None => self.closed.reopen(&key, &text),
        };
        let revision = revision.unwrap_or(Revision::FIRST);
        let document = Document::new(uri, text, revision, version);
        self.open.insert(key.clone(), document.clone());
        vec![Effect::Publish { key, document }]
    }

    /// Lets a document that is open, or whose text was kept when it was
    /// closed, take a change in: VS Code undoes in closed documents too.
    fn update(&mut self, uri: &str, change: impl FnOnce(&mut Document)) -> Vec<Effect> {
        let key = DocumentKey::of(uri);
        if let Some(document) = self.open.get_mut(&key) {
            let warning = warned(document, change);
            let publish = Effect::Publish { key, document: document.clone() };
            return [publish].into_iter().chain(warning).collect();
        }
        let Some(mut document) = self.closed.take(&key) else {
            return vec![Effect::Warn(format!("{uri}: changed, but it is not open"))];
        };
        let warning = warned(&mut document, change);
        self.closed.keep(key, document);
        warning.into_iter().collect()
    }

    fn close(&mut self, uri: &str) -> Vec<Effect> {
        let key = DocumentKey::of(uri);
        let Some(document) = self.open.remove(&key) else {
            return vec![Effect::Warn(format!("{uri}: closed, but it is not open"))];
        };
        self.closed.keep(key.clone(), document);
        vec![Effect::Withdraw { key }]
    }
}

/// Changes a document; a warning if it is out of sync for a new reason.
fn warned(document: &mut Document, change: impl FnOnce(&mut Document)) -> Option<Effect> {
    let before = document.out_of_sync().cloned();
    change(document);
    let reason = document.out_of_sync().filter(|reason| before.as_ref() != Some(*reason))?;
    Some(Effect::Warn(format!("{} is out of sync: {reason}", document.uri())))
}
