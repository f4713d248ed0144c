//! When the editor made only a part of a batch's edit: that part is taken back.

use ropey::Rope;

use super::apply::changed;
use super::change_log::Since;
use super::flight::Flight;
use super::inverse::Made;
use super::pending::Pending;
use super::report::{Ending, Settled, SettledDocument};
use super::settle::{MOST_ATTEMPTS, refusal_of};
use super::take_back::{Done, TakenBack, TakenDocument};
use super::verdict::{Answer, State};
use super::{EditReply, Effect, TakeBack, Ticket, Workspace};
use crate::batch::{DocumentKey, Status};
use crate::text::Revision;

/// What the editor did of a batch.
#[derive(Debug)]
pub(super) struct HalfDone {
    settled: Settled,
    /// How often the editor was asked to take it back.
    rounds: u32,
}

impl Workspace {
    /// Some documents hold the batch and some do not: those that do are brought
    /// back.
    pub(super) fn take_back(&mut self, ticket: Ticket, settled: Settled) -> Vec<Effect> {
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        flight.is_taken_back = true;
        flight.half_done = Some(Box::new(HalfDone { settled, rounds: 0 }));
        self.stage(ticket)
    }

    /// What brings back the documents that hold the batch, as they are now.
    pub(super) fn take_back_job(
        &self,
        ticket: Ticket,
        flight: &Flight,
        half_done: &HalfDone,
    ) -> TakeBack {
        let document = |(index, place): (usize, &super::flight::Place)| {
            let made = half_done.settled.document(index).and_then(SettledDocument::to_take_back);
            let since = made.and_then(|made| self.since(&place.key, made.revision));
            TakenDocument {
                subject: self.subject(&place.target, None, None),
                done: made.cloned().map(Done::Made),
                since,
            }
        };
        TakeBack {
            ticket,
            batch: flight.batch.clone(),
            encoding: flight.encoding,
            documents: flight.documents.iter().enumerate().map(document).collect(),
            is_atomic: false,
        }
    }

    /// What happened to a document since a revision of it, and the text that it
    /// led to.
    pub(super) fn since(
        &self,
        key: &DocumentKey,
        revision: Option<Revision>,
    ) -> Option<(Since, Rope)> {
        let followed = self.followed(key)?;
        let now = followed.document().snapshot();
        Some((followed.log().since(revision?)?, now.rope().clone()))
    }

    /// What brings the documents back is staged: it is sent.
    pub(super) fn taken_back(&mut self, ticket: Ticket, taken: TakenBack) -> Vec<Effect> {
        let TakenBack { staged, refused } = taken;
        let Some(half_done) = self.half_done(ticket) else { return Vec::new() };
        for (index, violation) in refused {
            half_done.settled.violations.push(violation);
            let Some(document) = half_done.settled.document_mut(index) else { continue };
            document.is_kept = true;
        }
        for (index, of_batch) in staged.documents().iter().enumerate() {
            let (Some(document), Some(staged)) =
                (half_done.settled.document_mut(index), &of_batch.staged)
            else {
                continue;
            };
            let now = Some(staged.before().clone());
            if document.is_kept {
                // What is on disk says nothing of what the editor holds.
                let is_open = staged.before().version().is_some();
                document.now = now.filter(|_| is_open).or(document.now.take());
            } else if document.to_take_back().is_some() && !staged.is_changed() {
                // Somebody was faster.
                document.brought_back(now);
            }
        }
        half_done.rounds += 1;
        if changed(&staged).next().is_none() {
            return self.take_back_the_rest(ticket);
        }
        self.send(ticket, staged)
    }

    /// The time is over in which the documents may be brought back.
    pub(super) fn settle_half_done(
        &mut self,
        ticket: Ticket,
        reply: Option<&EditReply>,
        documents: Vec<(usize, SettledDocument)>,
    ) -> Vec<Effect> {
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        let Some(half_done) = flight.half_done.as_deref_mut() else { return Vec::new() };
        half_done.settled.taking_back = refusal_of(reply);
        let mut again = Vec::new();
        for (index, seen) in documents {
            let Some(document) = half_done.settled.document_mut(index) else { continue };
            match seen.state {
                State::After => {
                    let place = flight.documents.get(index);
                    let inverse = seen.made.as_ref().and_then(Made::inverse);
                    again.extend(place.map(|place| place.key.clone()).zip(inverse));
                    document.brought_back(seen.now);
                }
                State::Before | State::TypedOver => document.now = seen.now,
                state => (document.state, document.now) = (state, seen.now),
            }
        }
        if let Some(undone) = &flight.undoes {
            // An undo that is taken back leaves the documents with the batch.
            self.history.put_back(undone.ticket, &again);
        }
        if reply.is_none() {
            return self.end_half_done(ticket);
        }
        self.take_back_the_rest(ticket)
    }

    /// An edit that arrives late while its batch is taken back is taken back too,
    /// because nobody was told otherwise yet. Whether that is so.
    pub(super) fn takes_in_late(&mut self, late: &Pending) -> bool {
        let Some(half_done) = self.half_done(late.ticket) else { return false };
        if let Some(document) = half_done.settled.document_mut(late.document) {
            document.state = State::After;
            document.now = late.confirmed.as_ref().map(|confirmed| confirmed.snapshot.clone());
            document.made = Some(late.made());
        }
        true
    }

    /// What was changed meanwhile, by the user or by the editor, may leave
    /// something to be taken back.
    fn take_back_the_rest(&mut self, ticket: Ticket) -> Vec<Effect> {
        let Some(half_done) = self.half_done(ticket) else { return Vec::new() };
        let is_left = half_done.settled.documents.iter().any(|(_, it)| it.to_take_back().is_some());
        if is_left && half_done.rounds < MOST_ATTEMPTS {
            return self.stage(ticket);
        }
        self.end_half_done(ticket)
    }

    fn half_done(&mut self, ticket: Ticket) -> Option<&mut HalfDone> {
        self.flights.get_mut(&ticket)?.half_done.as_deref_mut()
    }

    /// All is taken back that can be.
    pub(super) fn end_half_done(&mut self, ticket: Ticket) -> Vec<Effect> {
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        let Some(half_done) = flight.half_done.take() else { return Vec::new() };
        let mut settled = half_done.settled;
        // The editor may have gone on in the documents that it left out.
        for (index, document) in &mut settled.documents {
            let Some(place) = flight.documents.get(*index) else { continue };
            let late = self.pending.get(&place.key).filter(|it| it.ticket == ticket);
            let (Some(late), Some(open)) = (late, self.open.get(&place.key)) else { continue };
            let now = open.document().snapshot();
            document.state = late.state(Answer::Applied, Some(now.rope()));
            document.now = Some(now.clone());
        }
        let states = || settled.documents.iter().map(|(_, document)| document.state);
        let is_taken_back = states().all(|it| matches!(it, State::Before | State::TypedOver));
        let is_typed_over = states().any(|it| it == State::TypedOver);
        if is_taken_back
            && is_typed_over
            && flight.is_carried_over()
            && flight.attempts < MOST_ATTEMPTS
        {
            self.pending.retain(|_, pending| pending.ticket != ticket);
            return self.stage(ticket);
        }
        settled.status = if is_taken_back { Status::RolledBack } else { Status::Failed };
        self.finish(ticket, Ending::Settled(Box::new(settled)))
    }
}
