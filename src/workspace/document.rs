//! One document that the editor has told of.

use std::sync::Arc;

use ropey::Rope;

use super::change_log::ChangeLog;
use super::edited::{Edited, Splice};
use super::pending::{Confirmed, Pending};
use super::same_text::Agreement;
use super::{ContentChange, OutOfSync};
use crate::text::{PositionEncoding, Revision, Snapshot};

/// What is known of one document. Cloning is cheap and shares the text.
#[derive(Clone, Debug)]
pub struct Document {
    uri: Arc<str>,
    snapshot: Snapshot,
    out_of_sync: Option<OutOfSync>,
}

/// A document, and how it came to its text. Readers are given the document
/// alone, for every keystroke: a copy of thousands of changes would cost them
/// more than all else.
#[derive(Debug)]
pub(super) struct Followed {
    document: Document,
    log: ChangeLog,
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
}

impl Followed {
    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    pub(super) fn log(&self) -> &ChangeLog {
        &self.log
    }

    pub(super) fn new(
        uri: String,
        text: Rope,
        version: i32,
        (revision, log): (Revision, ChangeLog),
    ) -> Followed {
        let snapshot = Snapshot::new(text, revision, Some(version));
        let document = Document { uri: uri.into(), snapshot, out_of_sync: None };
        Followed { document, log }
    }

    /// The revision at which the document would have this text, and how it
    /// would have come to it: every change is one step (law 6).
    pub(super) fn followed_by(self, text: &Rope) -> (Revision, ChangeLog) {
        let (revision, mut log) = (self.document.snapshot.revision(), self.log);
        match Splice::between(self.document.snapshot.rope(), text) {
            None => (revision, log),
            Some(splice) => {
                log.record(revision.next(), &splice);
                (revision.next(), log)
            }
        }
    }

    /// Takes in one notification: all of its changes are one step, or none
    /// where they leave the text as it was. One that cannot be followed leaves
    /// the text as it was before them all.
    ///
    /// While an edit is `pending`, all changes until the text that it should
    /// make are one step, which is taken with that text. One that only agrees but
    /// for line ends may be half of the edit, a blank line at the end: the very
    /// text counts for more, should it follow.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: &[ContentChange],
        encoding: PositionEncoding,
        mut pending: Option<&mut Pending>,
    ) -> Vec<Splice> {
        let before = self.document.snapshot.rope().clone();
        let mut confirmed = None;
        let mut splices = Vec::new();
        let mut followed = match self.document.out_of_sync.take() {
            None => Ok(Edited::untouched(&before)),
            Some(reason) => Err(reason),
        };
        for ContentChange { range, text } in changes {
            let (next, splice) = match (range, followed) {
                (None, followed) => {
                    let whole = Edited::whole(text);
                    // Where nobody could follow, all that is known is the text
                    // from before.
                    let replaced = followed.as_ref().map_or(&before, Edited::text);
                    let splice = Splice::between(replaced, whole.text());
                    if followed.is_err() {
                        splices.clear();
                    }
                    (Ok(whole), splice)
                }
                (Some(range), Ok(mut edited)) => match edited.splice(*range, text, encoding) {
                    Ok(splice) => (Ok(edited), splice),
                    Err(reason) => {
                        if let Some(pending) = &mut pending {
                            pending.lost_track();
                        }
                        (Err(reason), None)
                    }
                },
                (Some(_), Err(reason)) => (Err(reason), None),
            };
            followed = next;
            let is_exact = matches!(confirmed, Some((_, Agreement::Exact, _)));
            if let (Some(pending), Some(splice), Ok(edited)) = (&mut pending, &splice, &followed)
                && !(is_exact || pending.is_confirmed_exactly())
                && let Some(agreement) = pending.agrees(splice.at, edited.text())
                && (agreement == Agreement::Exact || confirmed.is_none() && !pending.is_confirmed())
            {
                confirmed = Some((edited.text().clone(), agreement, splices.len() + 1));
            }
            splices.extend(splice);
        }
        let next = match followed {
            Ok(edited) => edited.other_than(&before),
            Err(reason) => {
                self.document.out_of_sync = Some(reason);
                confirmed = None;
                splices.clear();
                None
            }
        };
        let is_held =
            pending.as_ref().is_some_and(|pending| !pending.is_late() && !pending.is_confirmed());
        let is_changed = next.is_some();
        let text = next.unwrap_or(before);
        let mut revision = self.document.snapshot.revision();
        // The very text takes the place of the one that only agreed: what the batch
        // does is one step (law 6).
        let is_taken = confirmed.is_some()
            && pending.as_ref().is_some_and(|pending| pending.has_step_at(revision));
        let step = if is_taken { revision } else { revision.next() };
        // All changes up to the confirmed text belong to its step.
        let mut of_step = splices.len();
        if let Some((made, agreement, splices_made)) = confirmed
            && let Some(pending) = &mut pending
        {
            revision = step;
            of_step = splices_made;
            // The version is that of the last text, which may be another one.
            let is_last = made == text;
            let snapshot = Snapshot::new(made, revision, is_last.then_some(version));
            pending.confirmed = Some(Confirmed { snapshot, agreement });
            if !is_last {
                revision = revision.next();
            }
        } else if is_changed && !is_held {
            revision = step;
        } else if !is_changed {
            of_step = 0;
        }
        for (at, splice) in splices.iter().enumerate() {
            if at < of_step {
                self.log.record(step, splice);
            } else if revision > step {
                self.log.record(revision, splice);
            }
        }
        self.document.snapshot = Snapshot::new(text, revision, Some(version));
        splices
    }

    /// Takes in that the editor opened the document again with this text, as a
    /// change of the whole of it.
    pub(super) fn reopen(
        &mut self,
        uri: String,
        version: i32,
        text: &str,
        pending: Option<&mut Pending>,
    ) -> Vec<Splice> {
        self.document.uri = uri.into();
        self.document.out_of_sync = None;
        let whole = ContentChange { range: None, text: text.to_owned() };
        self.change(version, &[whole], PositionEncoding::default(), pending)
    }

    /// An edit is pending for the document, which the editor opened just now:
    /// it may hold what the edit makes already.
    pub(super) fn confirm_opened(&mut self, pending: &mut Pending) {
        pending.opened(self.document.snapshot.rope());
        if let Some(agreement) = pending.agrees(0, self.document.snapshot.rope())
            && !pending.is_confirmed()
        {
            let now = &self.document.snapshot;
            let text = now.rope().clone();
            // Opening it with another text than before was the step already.
            let step = pending.staged.before().revision().next();
            let revision = now.revision().max(step);
            self.document.snapshot = Snapshot::new(text, revision, now.version());
            pending.confirmed =
                Some(Confirmed { snapshot: self.document.snapshot.clone(), agreement });
        }
    }

    /// Ends the time in which all changes were one step: it is taken now, if
    /// the text is another one than `before`.
    pub(super) fn settle(&mut self, before: &Snapshot) {
        let now = &self.document.snapshot;
        if now.revision() == before.revision() && now.rope() != before.rope() {
            self.document.snapshot =
                Snapshot::new(now.rope().clone(), now.revision().next(), now.version());
        }
    }

    /// From here on the text is not the editor's. The first reason stays.
    pub(super) fn distrust(&mut self, reason: OutOfSync) {
        self.document.out_of_sync.get_or_insert(reason);
    }
}
