//! How a batch comes to be sent: queued, staged, asked for.
//!
//! The steps are those of one batch, and each is taken by an event. Nothing
//! waits: what a batch waits for is its stage. How it ends is in `settle`.

use std::sync::Arc;

use super::document::Followed;
use super::flight::{Flight, Place, Sent, Stage, WrittenFor};
use super::job::{Found, Subject};
use super::pending::Pending;
use super::receipts::Seen;
use super::report::Ending;
use super::text_edits::text_edits;
use super::undo::nothing_to_undo;
use super::{
    Deadline, DocumentEdit, Effect, Job, Progress, StageBatch, Staging, Submission, Target, Ticket,
    Wait, Workspace, WorkspaceEdit,
};
use crate::batch::{Document as BatchDocument, DocumentKey, Mode, OnStale};
use crate::engine::StagedBatch;
use crate::executor::Staged;
use crate::text::{Revision, Snapshot};

impl Workspace {
    /// What a batch would be staged on, if it were its turn now.
    pub fn preview(&self, submission: &Submission) -> StageBatch {
        let Submission { ticket, batch, encoding, targets, mode } = submission;
        let documents = targets.iter().zip(&batch.documents);
        let subject = |(target, document): (&Target, &BatchDocument)| {
            self.subject(target, base_of(batch.on_stale, document, None), None)
        };
        StageBatch {
            ticket: *ticket,
            batch: Arc::clone(batch),
            encoding: *encoding,
            documents: documents.map(subject).collect(),
            mode: *mode,
            is_again: false,
        }
    }

    pub(super) fn submit(&mut self, submission: Submission) -> Vec<Effect> {
        let ticket = submission.ticket;
        match self.receipts.see(submission) {
            Seen::New(submission) => self.take_in(submission),
            Seen::UnderWay => Vec::new(),
            Seen::Done(outcome) => vec![Effect::Replay { ticket, outcome }],
            Seen::Another => vec![Effect::Contradict { ticket }],
        }
    }

    pub(super) fn take_in(&mut self, submission: Submission) -> Vec<Effect> {
        let ticket = submission.ticket;
        let places: Vec<Place> = submission
            .targets
            .iter()
            .zip(&submission.batch.documents)
            .map(|(target, document)| self.place(ticket, target, document))
            .collect();
        self.queue(ticket, Flight::new(submission, places))
    }

    /// Puts a batch behind those that came before it.
    pub(super) fn queue(&mut self, ticket: Ticket, flight: Flight) -> Vec<Effect> {
        for place in &flight.documents {
            self.join(&place.key, ticket);
        }
        self.flights.insert(ticket, flight);
        self.begin(ticket)
    }

    fn place(&self, ticket: Ticket, target: &Target, document: &BatchDocument) -> Place {
        let key = match target {
            Target::At(uri) => DocumentKey::of(uri),
            Target::Refused { .. } => DocumentKey::of(&document.uri),
        };
        let written_for = match self.written_for(&key, ticket) {
            // It names the text that stands there, whatever a batch ahead makes.
            WrittenFor::Text { text, .. } if document.version.is_some() => {
                WrittenFor::exactly(text)
            }
            written_for => written_for,
        };
        Place { target: target.clone(), key, written_for }
    }

    /// The text that a batch means which comes now.
    fn written_for(&self, key: &DocumentKey, ticket: Ticket) -> WrittenFor {
        let Some(open) = self.document_of(key) else { return WrittenFor::File };
        let pending = self.pending.get(key).filter(|pending| pending.is_confirmed());
        let is_done = |ahead: &Ticket| pending.is_some_and(|pending| pending.ticket == *ahead);
        let ahead = self.queues.ahead_of(key, ticket).filter(|ahead| !is_done(ahead));
        WrittenFor::Text { text: open.snapshot().clone(), ahead: ahead.collect() }
    }

    /// A file was opened: batches that wait for their turn on it mean the text
    /// that the editor shows, before anybody types in it.
    pub(super) fn written_for_opened(&mut self, key: &DocumentKey) {
        let is_waiting = |flight: &&Flight| !matches!(flight.stage, Stage::Sent(_));
        let tickets: Vec<Ticket> = self
            .flights
            .iter()
            .filter(|(_, flight)| is_waiting(flight))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in tickets {
            let written_for = self.written_for(key, ticket);
            let Some(flight) = self.flights.get_mut(&ticket) else { continue };
            let of_file = flight
                .documents
                .iter_mut()
                .find(|place| place.key == *key && matches!(place.written_for, WrittenFor::File));
            if let Some(place) = of_file {
                place.written_for = written_for;
            }
        }
    }

    fn join(&mut self, key: &DocumentKey, ticket: Ticket) {
        let flights = &self.flights;
        self.queues.join(key, ticket, |it| flights.get(&it).is_some_and(Flight::is_begun));
    }

    /// Stages a batch if it is its turn on all of its documents.
    fn begin(&mut self, ticket: Ticket) -> Vec<Effect> {
        let Some(flight) = self.flights.get(&ticket) else { return Vec::new() };
        let is_first = |place: &Place| self.queues.is_first(&place.key, ticket);
        if flight.is_begun() || !flight.documents.iter().all(is_first) {
            return Vec::new();
        }
        self.stage(ticket)
    }

    pub(super) fn stage(&mut self, ticket: Ticket) -> Vec<Effect> {
        let Some(flight) = self.flights.get(&ticket) else { return Vec::new() };
        let job = match (&flight.half_done, &flight.undoes) {
            (Some(half_done), _) => Job::TakeBack(self.take_back_job(ticket, flight, half_done)),
            (None, Some(undone)) => match self.undo_job(ticket, flight, undone) {
                Some(undo) => Job::TakeBack(undo),
                None => return self.finish(ticket, nothing_to_undo(&flight.batch, undone)),
            },
            (None, None) => Job::Apply(self.stage_batch(ticket, flight)),
        };
        if let Some(flight) = self.flights.get_mut(&ticket) {
            flight.stage = Stage::Staging;
        }
        vec![Effect::Stage(Box::new(job))]
    }

    fn stage_batch(&self, ticket: Ticket, flight: &Flight) -> StageBatch {
        let batch = &flight.batch;
        let subject = |(place, document): (&Place, &BatchDocument)| {
            let written_for = place.written_for.text();
            let base = base_of(batch.on_stale, document, written_for);
            self.subject(&place.target, base, written_for)
        };
        StageBatch {
            ticket,
            batch: Arc::clone(batch),
            encoding: flight.encoding,
            documents: flight.documents.iter().zip(&batch.documents).map(subject).collect(),
            mode: flight.mode,
            is_again: flight.attempts > 0,
        }
    }

    /// What a document of a batch is staged on, now.
    pub(super) fn subject(
        &self,
        target: &Target,
        base: Option<Revision>,
        written_for: Option<&Snapshot>,
    ) -> Subject {
        let uri = match target {
            Target::At(uri) => uri,
            Target::Refused { code, message } => {
                return Subject::Refused { code: *code, message: message.clone() };
            }
        };
        let key = DocumentKey::of(uri);
        let written_for = written_for.cloned();
        let Some(followed) = self.open.get(&key) else {
            return Subject::Unopened { uri: uri.clone(), written_for };
        };
        let document = followed.document();
        match document.out_of_sync() {
            Some(reason) => Subject::OutOfSync(reason.clone()),
            None => Subject::Open {
                key,
                snapshot: document.snapshot().clone(),
                written_for,
                since: base.and_then(|base| followed.log().since(base)),
            },
        }
    }

    pub(super) fn staged(&mut self, staging: Staging) -> Vec<Effect> {
        let Staging { ticket, found } = staging;
        // It may have been cancelled meanwhile.
        let Some(flight) = self.flights.get(&ticket) else { return Vec::new() };
        match found {
            Found::Elsewhere(documents) => self.move_to(ticket, documents),
            // A fault of ours, in a document that holds the batch.
            Found::Refused { outcome, .. } if flight.half_done.is_some() => {
                if let Some(flight) = self.flights.get_mut(&ticket) {
                    flight.fault = outcome.fault;
                }
                self.end_half_done(ticket)
            }
            Found::Refused { outcome, texts } => {
                self.finish(ticket, Ending::Refused { outcome, texts })
            }
            Found::TakenBack(taken) if !self.is_current(flight, &taken.staged) => {
                self.stage(ticket)
            }
            Found::TakenBack(taken) if flight.half_done.is_some() => {
                self.taken_back(ticket, *taken)
            }
            Found::TakenBack(taken) => {
                self.staged(Staging { ticket, found: Found::Staged(Box::new(taken.staged)) })
            }
            Found::Staged(staged) if !self.is_current(flight, &staged) => self.stage(ticket),
            Found::Staged(staged) if changed(&staged).next().is_none() => {
                self.finish(ticket, Ending::Unsent(*staged))
            }
            Found::Staged(staged) if !self.abilities.applies_edits => {
                self.finish(ticket, Ending::CannotApply(*staged))
            }
            Found::Staged(staged) if flight.mode == Mode::Sequential => {
                self.begin_one_by_one(ticket, *staged)
            }
            Found::Staged(staged) => self.send(ticket, *staged),
        }
    }

    /// The editor has documents open under other names than the batch's.
    fn move_to(&mut self, ticket: Ticket, documents: Vec<(usize, DocumentKey)>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (index, key) in documents {
            let open = self
                .document_of(&key)
                .map(|open| (open.uri().to_owned(), WrittenFor::exactly(open.snapshot().clone())));
            let Some(flight) = self.flights.get_mut(&ticket) else { return effects };
            // One that is taken back keeps its turn.
            if flight.half_done.is_none() {
                flight.stage = Stage::Queued;
            }
            if let (Some((uri, written_for)), Some(place)) = (open, flight.documents.get_mut(index))
            {
                let (target, old) = (Target::At(uri), place.key.clone());
                *place = Place { target, key: key.clone(), written_for };
                self.join(&key, ticket);
                effects.extend(self.leave(&old, ticket));
            }
        }
        let is_begun = self.flights.get(&ticket).is_some_and(Flight::is_begun);
        effects.extend(if is_begun { self.stage(ticket) } else { self.begin(ticket) });
        effects
    }

    pub(super) fn leave(&mut self, key: &DocumentKey, ticket: Ticket) -> Vec<Effect> {
        self.queues.leave(key, ticket).map_or_else(Vec::new, |next| self.begin(next))
    }

    /// Whether every text is still the one that the batch was staged on.
    fn is_current(&self, flight: &Flight, staged: &StagedBatch) -> bool {
        flight.documents.iter().zip(staged.documents()).all(|(place, of_batch)| {
            let Some(before) = of_batch.staged.as_ref().map(Staged::before) else { return true };
            match self.document_of(&place.key) {
                Some(now) => {
                    now.out_of_sync().is_none()
                        && before.version() == now.snapshot().version()
                        && before.rope() == now.snapshot().rope()
                }
                None => before.version().is_none(),
            }
        })
    }

    /// Asks the editor for all of it.
    pub(super) fn send(&mut self, ticket: Ticket, staged: StagedBatch) -> Vec<Effect> {
        let edits = changed(&staged).map(|(index, of_batch)| (index, of_batch.clone())).collect();
        self.ask(ticket, staged, edits)
    }

    /// Asks the editor for these changes of documents, which are what is staged
    /// or a part of it.
    pub(super) fn ask(
        &mut self,
        ticket: Ticket,
        staged: StagedBatch,
        edits: Vec<(usize, Staged)>,
    ) -> Vec<Effect> {
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        flight.attempts += u32::from(flight.is_to_begin());
        flight.edits += 1;
        let mut documents = Vec::new();
        let mut keys = Vec::new();
        for (index, of_batch) in edits {
            let Some(place) = flight.documents.get_mut(index) else { continue };
            // Whatever comes, this is the text that it means.
            if matches!(place.written_for, WrittenFor::File) {
                place.written_for = WrittenFor::exactly(of_batch.before().clone());
            }
            let open = self.open.get(&place.key).map(Followed::document);
            let uri = match (open, &place.target) {
                (Some(open), _) => open.uri().to_owned(),
                (None, Target::At(uri)) => uri.clone(),
                (None, Target::Refused { .. }) => continue,
            };
            documents.push(DocumentEdit {
                uri: uri.clone(),
                version: open.and_then(|open| open.snapshot().version()),
                edits: text_edits(&of_batch, self.encoding),
            });
            let named = (Arc::clone(&flight.batch), flight.undoes.clone());
            let mut pending = Pending::new(ticket, named, (index, uri), of_batch, open.is_some());
            let earlier = self.pending.remove(&place.key).filter(Pending::is_late);
            pending.behind = earlier.map(|earlier| Box::new(earlier.alone()));
            self.pending.insert(place.key.clone(), pending);
            keys.push(place.key.clone());
        }
        let deadline = Deadline { ticket, attempt: flight.edits, wait: Wait::Reply };
        let count = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        let after = self.patience.reply + self.patience.reply_for_each * count;
        let label = match (&flight.half_done, &flight.batch.label) {
            (Some(_), label) => {
                Some(format!("Take back {}", label.as_deref().unwrap_or("a batch")))
            }
            (None, label) => label.clone(),
        };
        let count = documents.len();
        let sent = Sent { staged, reply: None, deadline, documents: keys, confirmed: 0 };
        flight.stage = Stage::Sent(Box::new(sent));
        let progress = match (&flight.half_done, &flight.one_by_one) {
            (Some(_), _) => Progress::TakenBack,
            (None, Some(one_by_one)) => one_by_one.progress(),
            (None, None) => Progress::Asked { documents: count },
        };
        vec![
            Effect::Progress { ticket, progress },
            Effect::Edit(WorkspaceEdit { ticket, label, documents }),
            Effect::Arm { deadline, after },
        ]
    }

    /// Nothing becomes of a batch for which no edit was ever sent; any other
    /// goes on to its end.
    pub(super) fn cancel(&mut self, ticket: Ticket) -> Vec<Effect> {
        match self.flights.get(&ticket) {
            Some(flight) if flight.attempts == 0 => self.end(ticket, None),
            None if self.receipts.forget_follower(ticket) => {
                vec![Effect::Finish { ticket, report: None }]
            }
            _ => Vec::new(),
        }
    }
}

/// The documents of a batch whose text changes, by their index.
pub(super) fn changed(staged: &StagedBatch) -> impl Iterator<Item = (usize, &Staged)> {
    let documents = staged.documents().iter().enumerate();
    let staged = documents.filter_map(|(index, of_batch)| Some((index, of_batch.staged.as_ref()?)));
    staged.filter(|(_, staged)| staged.is_changed())
}

/// The revision from which a document's patches may be carried over.
fn base_of(
    on_stale: OnStale,
    document: &BatchDocument,
    written_for: Option<&Snapshot>,
) -> Option<Revision> {
    if on_stale == OnStale::Reject {
        return None;
    }
    match (document.snapshot, document.version) {
        (Some(token), _) => Some(token.revision),
        // A version alone names no text, only the one that is there.
        (None, Some(_)) => None,
        (None, None) => written_for.map(Snapshot::revision),
    }
}
