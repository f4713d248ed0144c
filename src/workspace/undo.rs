//! Taking a batch back, as a batch of its own.

use std::sync::Arc;

use super::flight::{Flight, Place, WrittenFor};
use super::history::{HistoryDocument, HistoryEntry, Undone};
use super::report::Ending;
use super::take_back::{Done, TakenDocument};
use super::{Effect, Submission, TakeBack, Ticket, Workspace};
use crate::batch::{
    Batch, Code, Document as BatchDocument, Mode, OnStale, Outcome, Policy, Status, Violation,
};

impl Workspace {
    /// Takes a batch back; the last one that is neither taken back nor took one
    /// back itself, where no id is given.
    pub(super) fn submit_undo(&mut self, ticket: Ticket, batch_id: Option<&str>) -> Vec<Effect> {
        let batch_of = |label: &str, documents| Batch {
            batch_id: Some(self.new_id("undo", ticket)),
            label: Some(format!("Undo {label}")),
            policy: Policy::Atomic,
            on_stale: OnStale::Reject,
            position_encoding: None,
            documents,
        };
        let flight_of = |batch: Batch, places, undoes| {
            let (batch, encoding) = (Arc::new(batch), self.encoding);
            let (targets, mode) = (Vec::new(), Mode::Batch);
            let submission = Submission { ticket, batch, encoding, targets, mode };
            Flight { undoes, ..Flight::new(submission, places) }
        };
        match self.to_undo(batch_id) {
            Err(message) => {
                let batch = batch_of(batch_id.unwrap_or_default(), Vec::new());
                let outcome = refused(&batch, message);
                self.flights.insert(ticket, flight_of(batch, Vec::new(), None));
                self.finish(ticket, outcome)
            }
            Ok(entry) => {
                let label = entry.label().unwrap_or(entry.batch_id());
                // What goes before it may give the batch back.
                let may_come_back = |document: &HistoryDocument| {
                    document.inverse.is_some() && self.queues.is_taken(&document.key)
                };
                let holding = || {
                    let documents = entry.documents.iter();
                    documents.filter(|it| it.may_hold_it() || may_come_back(it))
                };
                let documents = holding().map(|document| BatchDocument {
                    uri: document.uri.clone(),
                    snapshot: None,
                    version: None,
                    patches: Vec::new(),
                });
                let places = holding().map(|document| Place {
                    target: document.target.clone(),
                    key: document.key.clone(),
                    written_for: WrittenFor::File,
                });
                let undone = Undone { ticket: entry.ticket, batch_id: entry.batch_id().to_owned() };
                let batch = batch_of(label, documents.collect());
                let flight = flight_of(batch, places.collect(), Some(undone));
                self.queue(ticket, flight)
            }
        }
    }

    /// The batch to take back, or why there is none.
    fn to_undo(&self, batch_id: Option<&str>) -> Result<&HistoryEntry, String> {
        let Some(id) = batch_id else {
            let is_under_way = |entry: &HistoryEntry| {
                let undone = self.flights.values().filter_map(|flight| flight.undoes.as_ref());
                undone.into_iter().any(|undone| undone.ticket == entry.ticket)
            };
            let is_next = |entry: &&HistoryEntry| {
                entry.undoes.is_none() && entry.is_held() && !is_under_way(entry)
            };
            let next = self.history().find(is_next);
            return next.ok_or_else(|| "there is no batch to take back".to_owned());
        };
        match self.history().find(|entry| entry.batch_id() == id) {
            Some(entry) if entry.may_be_held() => Ok(entry),
            Some(entry) if entry.is_undone() => Err(format!("batch `{id}` is taken back already")),
            Some(_) => Err(format!("batch `{id}` left nothing that can be taken back")),
            None if self.receipts.is_under_way(id) => {
                Err(format!("batch `{id}` is still under way"))
            }
            None => Err(format!(
                "no batch `{id}` is known; it changed nothing, or too many came after it"
            )),
        }
    }

    /// What takes a batch back in its documents as they are now; `None` if none
    /// can hold it any more.
    pub(super) fn undo_job(
        &self,
        ticket: Ticket,
        flight: &Flight,
        undone: &Undone,
    ) -> Option<TakeBack> {
        let entry = self.history.of(undone.ticket).filter(|entry| entry.may_be_held())?;
        let documents = flight.documents.iter().zip(&flight.batch.documents);
        let document = |(place, document): (&Place, &BatchDocument)| {
            let held = entry.documents.iter().find(|it| it.uri == document.uri);
            let inverse = held.filter(|it| it.may_hold_it()).and_then(|it| it.inverse.clone());
            let since = inverse.as_ref().and_then(|it| self.since(&place.key, it.revision));
            TakenDocument {
                subject: self.subject(&place.target, None, None),
                done: inverse.map(Done::Inverse),
                since,
            }
        };
        Some(TakeBack {
            ticket,
            batch: Arc::clone(&flight.batch),
            encoding: flight.encoding,
            documents: documents.map(document).collect(),
            is_atomic: true,
        })
    }

    /// A batch has ended that a document may hold.
    pub(super) fn remember(&mut self, entry: HistoryEntry) {
        let keys: Vec<_> = entry.documents.iter().map(|document| document.key.clone()).collect();
        self.history.record(entry);
        // The user may have taken it back before it was written down.
        for key in keys {
            let now = self.followed(&key).map(|followed| followed.document().snapshot().clone());
            if let Some(now) = now {
                self.history.text_changed(&key, now.rope(), now.revision());
            }
        }
    }
}

/// The ending of an undo that another one was faster than.
pub(super) fn nothing_to_undo(undo: &Batch, undone: &Undone) -> Ending {
    refused(undo, format!("batch `{}` is taken back already", undone.batch_id))
}

fn refused(batch: &Batch, message: String) -> Ending {
    let mut outcome = Outcome::new(batch.batch_id.clone(), Status::Rejected, Vec::new());
    outcome.violations.push(Violation::of_document(Code::UnknownBatch, "-", message));
    Ending::Refused { outcome: Box::new(outcome), texts: Vec::new() }
}
