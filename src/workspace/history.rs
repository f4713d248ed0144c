//! What batches did, so that it can be taken back.

use std::cell::LazyCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ropey::Rope;

use super::inverse::Inverse;
use super::pending::Pending;
use super::{Target, Ticket};
use crate::batch::{Batch, DocumentKey, DocumentState, Status};
use crate::text::{ContentHash, Revision};

/// How many batches are remembered.
const MOST_BATCHES: usize = 200;

/// How many bytes of text they may hold together, the last one apart.
const MOST_BYTES: usize = 64 << 20;

/// The batches whose text a document may hold, the oldest first. Bounded; the
/// oldest go first.
#[derive(Debug, Default)]
pub(super) struct History {
    entries: VecDeque<HistoryEntry>,
    /// How many there were before them.
    forgotten: usize,
    /// Where the batches on a document are.
    on: HashMap<DocumentKey, Vec<Place>>,
    bytes: usize,
}

/// A document of a batch in the history.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The entry's number, counted from the first one that there ever was.
    entry: usize,
    /// The document's index in it.
    document: usize,
    /// How long it is with the batch and without. Mostly this is all that is
    /// looked at, so it is here, side by side with the others.
    lengths: Option<[usize; 2]>,
}

/// A batch that changed documents, or may have.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    pub(super) ticket: Ticket,
    pub(super) batch: Arc<Batch>,
    /// What became of it.
    pub status: Status,
    /// The batch that it took back.
    pub(super) undoes: Option<Undone>,
    /// Its documents.
    pub documents: Vec<HistoryDocument>,
    /// About how many bytes of text it holds.
    bytes: usize,
}

/// A batch that another one took back.
#[derive(Clone, Debug)]
pub(super) struct Undone {
    pub(super) ticket: Ticket,
    pub(super) batch_id: String,
}

/// A document of such a batch.
#[derive(Clone, Debug)]
pub struct HistoryDocument {
    pub(super) key: DocumentKey,
    pub(super) target: Target,
    /// Its name, as it is spelled in the batch.
    pub uri: String,
    /// Where the batch left it.
    pub state: DocumentState,
    /// Whether what the batch did here was taken back, by whomever.
    pub is_undone: bool,
    /// What takes the batch back, where the document may hold it.
    pub(super) inverse: Option<Inverse>,
    /// Where the document holds neither text, the one from before: nobody can
    /// take the batch back there, but nothing is lost.
    pub text_before: Option<Rope>,
}

impl HistoryEntry {
    /// The batch's id.
    pub fn batch_id(&self) -> &str {
        self.batch.batch_id.as_deref().unwrap_or_default()
    }

    /// What a person calls it.
    pub fn label(&self) -> Option<&str> {
        self.batch.label.as_deref()
    }

    /// The id of the batch that it took back.
    pub fn undoes(&self) -> Option<&str> {
        self.undoes.as_ref().map(|undone| undone.batch_id.as_str())
    }

    /// Whether it was taken back wherever it could be.
    pub fn is_undone(&self) -> bool {
        !self.may_be_held() && self.documents.iter().any(|document| document.is_undone)
    }

    /// Whether a document may hold it, so that it can be taken back there.
    pub(super) fn may_be_held(&self) -> bool {
        self.documents.iter().any(HistoryDocument::may_hold_it)
    }

    /// Whether it is on this document.
    pub fn is_on(&self, key: &DocumentKey) -> bool {
        self.documents.iter().any(|document| document.key == *key)
    }

    /// Whether a document holds it, as far as anybody can tell.
    pub(super) fn is_held(&self) -> bool {
        self.documents.iter().any(|document| self.is_held_in(document))
    }

    /// The documents that hold it, as far as anybody can tell, and what takes
    /// it back there.
    fn held(&self) -> impl Iterator<Item = (DocumentKey, Inverse)> {
        self.documents.iter().filter(|document| self.is_held_in(document)).filter_map(|document| {
            let inverse = document.inverse.clone()?;
            Some((document.key.clone(), inverse))
        })
    }

    fn is_held_in(&self, document: &HistoryDocument) -> bool {
        let is_applied = matches!(self.status, Status::Applied | Status::Partial);
        document.may_hold_it() && (is_applied || document.state == DocumentState::After)
    }

    pub(super) fn new(
        ticket: Ticket,
        batch: Arc<Batch>,
        status: Status,
        undoes: Option<Undone>,
        documents: Vec<HistoryDocument>,
    ) -> HistoryEntry {
        let bytes = documents.iter().map(HistoryDocument::bytes).sum();
        HistoryEntry { ticket, batch, status, undoes, documents, bytes }
    }
}

impl HistoryDocument {
    pub(super) fn may_hold_it(&self) -> bool {
        self.inverse.is_some() && !self.is_undone
    }

    fn lengths(&self) -> Option<[usize; 2]> {
        self.inverse.as_ref().map(|inverse| [inverse.after.len(), inverse.before.len()])
    }

    fn bytes(&self) -> usize {
        let inverse = self.inverse.as_ref();
        let removed = inverse.map_or(0, |it| it.changes.ascending().map(|it| it.text.len()).sum());
        let changes = inverse.map_or(0, |it| it.changes.len());
        let kept = self.text_before.as_ref().map_or(0, Rope::len_bytes);
        removed + changes * size_of::<[usize; 4]>() + kept + self.uri.len()
    }
}

impl History {
    /// About how many bytes of text it holds.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The batches, the last one first.
    pub(super) fn entries(&self) -> impl Iterator<Item = &HistoryEntry> {
        self.entries.iter().rev()
    }

    pub(super) fn of(&self, ticket: Ticket) -> Option<&HistoryEntry> {
        self.entries.iter().rev().find(|entry| entry.ticket == ticket)
    }

    /// A batch has ended. One that was seen late may be here already.
    pub(super) fn record(&mut self, entry: HistoryEntry) {
        let held: Vec<(DocumentKey, Inverse)> = entry.held().collect();
        if let Some(undone) = &entry.undoes {
            self.taken_back(undone.ticket, &held);
        }
        self.bytes += entry.bytes;
        let known = self.entries.iter().position(|known| known.ticket == entry.ticket);
        let at = known.unwrap_or(self.entries.len());
        let (ticket, documents, bytes) = (entry.ticket, entry.documents, entry.bytes);
        match self.entries.get_mut(at) {
            None => self.entries.push_back(HistoryEntry { documents: Vec::new(), ..entry }),
            Some(known) => known.bytes += bytes,
        }
        for document in documents {
            if known.is_none() || self.document(ticket, &document.key).is_none() {
                self.add(at, document);
            }
        }
        while self.entries.len() > 1
            && (self.entries.len() > MOST_BATCHES || self.bytes > MOST_BYTES)
        {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.bytes -= oldest.bytes;
            self.forgotten += 1;
            for document in oldest.documents {
                let Some(places) = self.on.get_mut(&document.key) else { continue };
                places.retain(|place| place.entry >= self.forgotten);
                if places.is_empty() {
                    self.on.remove(&document.key);
                }
            }
        }
    }

    /// Adds a document to an entry.
    fn add(&mut self, at: usize, document: HistoryDocument) {
        let Some(entry) = self.entries.get_mut(at) else { return };
        let (lengths, index) = (document.lengths(), entry.documents.len());
        let place = Place { entry: self.forgotten + at, document: index, lengths };
        self.on.entry(document.key.clone()).or_default().push(place);
        entry.documents.push(document);
    }

    /// A document of the batch with this ticket.
    fn document(&mut self, ticket: Ticket, key: &DocumentKey) -> Option<&mut HistoryDocument> {
        self.place(ticket, key).map(|(_, document)| document)
    }

    fn place(
        &mut self,
        ticket: Ticket,
        key: &DocumentKey,
    ) -> Option<(&mut Place, &mut HistoryDocument)> {
        let entries = &self.entries;
        let is_of_batch = |place: &&mut Place| {
            let entry = entries.get(place.entry - self.forgotten);
            entry.is_some_and(|entry| entry.ticket == ticket)
        };
        let place = self.on.get_mut(key)?.iter_mut().rev().find(is_of_batch)?;
        let entry = self.entries.get_mut(place.entry - self.forgotten)?;
        let document = entry.documents.get_mut(place.document)?;
        Some((place, document))
    }

    /// An edit of a batch was seen in a document when nobody waited for it any
    /// more.
    pub(super) fn arrived(&mut self, key: &DocumentKey, pending: &Pending) {
        let (ticket, batch) = (pending.ticket, &pending.batch);
        let inverse = pending.made().inverse();
        if let (Some(undone), Some(inverse)) = (&pending.undoes, &inverse) {
            self.taken_back(undone.ticket, &[(key.clone(), inverse.clone())]);
        }
        let uri = batch.documents.get(pending.document).map_or("", |it| it.uri.as_str());
        let document = HistoryDocument {
            key: key.clone(),
            target: Target::At(pending.uri.clone()),
            uri: uri.to_owned(),
            state: DocumentState::After,
            is_undone: false,
            inverse,
            text_before: None,
        };
        if let Some((place, known)) = self.place(ticket, key) {
            *known = document;
            place.lengths = known.lengths();
            return;
        }
        match self.entries.iter().position(|known| known.ticket == ticket) {
            None => {
                let batch = Arc::clone(batch);
                let documents = vec![document];
                let (status, undoes) = (Status::Failed, pending.undoes.clone());
                self.record(HistoryEntry::new(ticket, batch, status, undoes, documents));
            }
            Some(at) => self.add(at, document),
        }
    }

    /// A batch was taken back in a document, which nobody has put into words
    /// yet.
    pub(super) fn undone(&mut self, ticket: Ticket, key: &DocumentKey) {
        if let Some(document) = self.document(ticket, key) {
            document.is_undone = true;
        }
    }

    /// These documents hold a batch no longer: they were brought back, and what
    /// would put it in again is given.
    fn taken_back(&mut self, ticket: Ticket, documents: &[(DocumentKey, Inverse)]) {
        for (key, _) in documents {
            if let Some(document) = self.document(ticket, key) {
                document.is_undone = true;
            }
        }
        if let Some(earlier) = self.undone_by(ticket) {
            self.put_back(earlier, documents);
        }
    }

    /// These documents hold a batch again, and this takes it back.
    pub(super) fn put_back(&mut self, ticket: Ticket, documents: &[(DocumentKey, Inverse)]) {
        for (key, inverse) in documents {
            if let Some((place, document)) = self.place(ticket, key) {
                document.is_undone = false;
                document.inverse = Some(inverse.clone());
                place.lengths = document.lengths();
            }
        }
        if let Some(earlier) = self.undone_by(ticket) {
            self.taken_back(earlier, documents);
        }
    }

    /// The batch that this one took back.
    fn undone_by(&self, ticket: Ticket) -> Option<Ticket> {
        self.of(ticket)?.undoes.as_ref().map(|undone| undone.ticket)
    }

    /// A document holds this text now. Where that is the one from before a
    /// batch, somebody took it back in the editor; where it is the one after,
    /// somebody did it again.
    ///
    /// Costs a look at the length for each batch on the document; only where
    /// that and one byte of the text agree is the whole text hashed, and once.
    pub(super) fn text_changed(&mut self, key: &DocumentKey, text: &Rope, revision: Revision) {
        let (len, hash) = (text.len_bytes(), LazyCell::new(|| ContentHash::of(text)));
        let may_hold = |place: &&Place| place.lengths.is_some_and(|it| it.contains(&len));
        for place in self.on.get(key).into_iter().flatten().filter(may_hold) {
            let entry = self.entries.get_mut(place.entry - self.forgotten);
            let document = entry.and_then(|entry| entry.documents.get_mut(place.document));
            let Some(document) = document else { continue };
            let Some(inverse) = &mut document.inverse else { continue };
            if !document.is_undone {
                document.is_undone = inverse.before.is_of_hashed(text, || *hash);
            } else if inverse.after.is_of_hashed(text, || *hash) {
                document.is_undone = false;
                inverse.revision = Some(revision);
            }
        }
    }
}
