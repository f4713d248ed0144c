//! One document that the editor has told of.

use std::sync::Arc;

use ropey::Rope;

use super::edited::Edited;
use super::{ContentChange, OutOfSync};
use crate::text::{PositionEncoding, Revision, Snapshot};

/// What is known of one document. Cloning is cheap and shares the text.
#[derive(Clone, Debug)]
pub struct Document {
    uri: Arc<str>,
    snapshot: Snapshot,
    out_of_sync: Option<OutOfSync>,
}

impl Document {
    /// The URI as the editor spelled it when it opened the document.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The text, its revision, and the last version that the editor named.
    /// Where the document is out of sync, the text is the last one that could
    /// be followed.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Why the text is not the editor's, if that is so. Nothing may be done to
    /// the document then; the next whole text ends it.
    pub fn out_of_sync(&self) -> Option<&OutOfSync> {
        self.out_of_sync.as_ref()
    }

    pub(super) fn new(uri: String, text: Rope, revision: Revision, version: i32) -> Document {
        let snapshot = Snapshot::new(text, revision, Some(version));
        Document { uri: uri.into(), snapshot, out_of_sync: None }
    }

    /// The revision at which the document would have this text: every change
    /// is one step (law 6).
    pub(super) fn revision_of(&self, text: &Rope) -> Revision {
        let revision = self.snapshot.revision();
        if self.snapshot.rope() == text { revision } else { revision.next() }
    }

    /// Takes in one notification: all of its changes are one step, or none
    /// where they leave the text as it was. One that cannot be followed leaves
    /// the text as it was before them all.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: &[ContentChange],
        encoding: PositionEncoding,
    ) {
        let before = self.snapshot.rope();
        let mut followed = match self.out_of_sync.take() {
            None => Ok(Edited::untouched(before)),
            Some(reason) => Err(reason),
        };
        for ContentChange { range, text } in changes {
            followed = match range {
                None => Ok(Edited::whole(text)),
                Some(range) => followed.and_then(|mut edited| {
                    edited.splice(*range, text, encoding)?;
                    Ok(edited)
                }),
            };
        }
        let next = match followed {
            Ok(edited) => edited.other_than(before),
            Err(reason) => {
                self.out_of_sync = Some(reason);
                None
            }
        };
        let revision = self.snapshot.revision();
        let (text, revision) = match next {
            Some(text) => (text, revision.next()),
            None => (before.clone(), revision),
        };
        self.snapshot = Snapshot::new(text, revision, Some(version));
    }

    /// From here on the text is not the editor's. The first reason stays.
    pub(super) fn distrust(&mut self, reason: OutOfSync) {
        self.out_of_sync.get_or_insert(reason);
    }
}
