//! One document that the editor has told of.

use std::sync::Arc;

use ropey::Rope;

use super::edited::{Edited, Splice};
use super::pending::{Confirmed, Pending};
use super::{ContentChange, OutOfSync};
use crate::text::{PositionEncoding, Revision, Snapshot};

/// What is known of one document. Cloning is cheap and shares the text.
#[derive(Clone, Debug)]
pub struct Document {
    uri: Arc<str>,
    snapshot: Snapshot,
    out_of_sync: Option<OutOfSync>,
}

/// Where a notification changed a text.
#[derive(Debug, Default)]
pub(super) struct Spliced {
    /// What its changes replaced, one after the other.
    pub(super) splices: Vec<Splice>,
    /// Whether it gave a whole text too, so that they do not say all.
    pub(super) is_whole: bool,
}

impl Document {
    /// The URI as the editor spelled it when it opened the document.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    pub(super) fn shared_uri(&self) -> Arc<str> {
        Arc::clone(&self.uri)
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
    ///
    /// While an edit is `pending`, all changes until the text that it should
    /// make are one step, which is taken with that text.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: &[ContentChange],
        encoding: PositionEncoding,
        mut pending: Option<&mut Pending>,
    ) -> Spliced {
        let before = self.snapshot.rope().clone();
        let mut confirmed = None;
        let mut spliced = Spliced::default();
        let mut followed = match self.out_of_sync.take() {
            None => Ok(Edited::untouched(&before)),
            Some(reason) => Err(reason),
        };
        for ContentChange { range, text } in changes {
            followed = match range {
                None => {
                    spliced.is_whole = true;
                    Ok(Edited::whole(text))
                }
                Some(range) => followed.and_then(|mut edited| {
                    spliced.splices.extend(edited.splice(*range, text, encoding)?);
                    Ok(edited)
                }),
            };
            if confirmed.is_none()
                && let (Some(pending), Ok(edited)) = (&pending, &followed)
                && !pending.is_confirmed()
                && let Some(agreement) = pending.agrees(edited.text())
            {
                confirmed = Some((edited.text().clone(), agreement));
            }
        }
        let next = match followed {
            Ok(edited) => edited.other_than(&before),
            Err(reason) => {
                self.out_of_sync = Some(reason);
                (confirmed, spliced) = (None, Spliced::default());
                None
            }
        };
        let is_held = pending.as_ref().is_some_and(|pending| !pending.is_confirmed());
        let mut revision = self.snapshot.revision();
        let is_changed = next.is_some();
        let text = next.unwrap_or(before);
        if let Some((made, agreement)) = confirmed
            && let Some(pending) = &mut pending
        {
            revision = revision.next();
            // The version is that of the last text, which may be another one.
            let is_last = made == text;
            let snapshot = Snapshot::new(made, revision, is_last.then_some(version));
            pending.confirmed = Some(Confirmed { snapshot, agreement });
            if !is_last {
                revision = revision.next();
            }
        } else if is_changed && !is_held {
            revision = revision.next();
        }
        self.snapshot = Snapshot::new(text, revision, Some(version));
        spliced
    }

    /// Takes in that the editor opened the document again with this text, as a
    /// change of the whole of it.
    pub(super) fn reopen(
        &mut self,
        uri: String,
        version: i32,
        text: &str,
        pending: Option<&mut Pending>,
    ) -> Spliced {
        self.uri = uri.into();
        self.out_of_sync = None;
        let whole = ContentChange { range: None, text: text.to_owned() };
        self.change(version, &[whole], PositionEncoding::default(), pending)
    }

    /// An edit is pending for the document, which the editor opened just now:
    /// it may hold what the edit makes already.
    pub(super) fn confirm_opened(&mut self, pending: &mut Pending) {
        pending.opened(self.snapshot.rope());
        if let Some(agreement) = pending.agrees(self.snapshot.rope())
            && !pending.is_confirmed()
        {
            let now = &self.snapshot;
            let text = now.rope().clone();
            // Opening it with another text than before was the step already.
            let step = pending.staged.before().revision().next();
            self.snapshot = Snapshot::new(text, now.revision().max(step), now.version());
            pending.confirmed = Some(Confirmed { snapshot: self.snapshot.clone(), agreement });
        }
    }

    /// Ends the time in which all changes were one step: it is taken now, if
    /// the text is another one than `before`.
    pub(super) fn settle(&mut self, before: &Snapshot) {
        let now = &self.snapshot;
        if now.revision() == before.revision() && now.rope() != before.rope() {
            self.snapshot = Snapshot::new(now.rope().clone(), now.revision().next(), now.version());
        }
    }

    /// From here on the text is not the editor's. The first reason stays.
    pub(super) fn distrust(&mut self, reason: OutOfSync) {
        self.out_of_sync.get_or_insert(reason);
    }
}
