//! How a batch ends: what the editor answered, and the texts that it shows.

use std::sync::Arc;
use std::time::Duration;

use super::apply::changed;
use super::document::Followed;
use super::flight::{Sent, Stage, WrittenFor};
use super::pending::{Awaited, Pending};
use super::report::{Ending, ReportedText, Settled, SettledDocument};
use super::verdict::{Answer, State, Verdict, verdict};
use super::{
    Course, Deadline, Document, EditReply, Effect, Progress, Report, Ticket, Wait, Workspace,
};
use crate::batch::{DocumentKey, Status};
use crate::engine::StagedBatch;
use crate::text::Snapshot;

/// How often a batch is sent whose text comes back again and again.
pub(super) const MOST_ATTEMPTS: u32 = 3;

impl Workspace {
    pub(super) fn replied(&mut self, ticket: Ticket, reply: EditReply) -> Vec<Effect> {
        let Some(sent) = self.sent(ticket) else { return Vec::new() };
        // A second answer to one edit is none.
        if sent.reply.is_some() {
            return Vec::new();
        }
        let is_refused = matches!(reply, EditReply::Refused { .. });
        sent.reply = Some(reply);
        sent.deadline.wait = Wait::Texts;
        let deadline = sent.deadline;
        let is_single = sent.documents.len() == 1;
        let is_confirmed = sent.confirmed == sent.documents.len();
        if is_confirmed || (is_refused && (is_single || self.abilities.is_transactional)) {
            return self.settle(ticket);
        }
        vec![Effect::Arm { deadline, after: self.patience.texts }]
    }

    pub(super) fn elapsed(&mut self, deadline: Deadline) -> Vec<Effect> {
        match self.sent(deadline.ticket) {
            Some(sent) if sent.deadline == deadline => self.settle(deadline.ticket),
            _ => Vec::new(),
        }
    }

    /// After a document changed: whether it confirms the edit that is pending
    /// for it.
    pub(super) fn confirmed(&mut self, key: &DocumentKey) -> Vec<Effect> {
        let Some(pending) = self.pending.get_mut(key) else { return Vec::new() };
        match pending.awaited {
            Awaited::Late => return self.arrived_late(key).into_iter().collect(),
            Awaited::Eagerly if pending.is_confirmed() => pending.awaited = Awaited::Counted,
            Awaited::Eagerly | Awaited::Counted => return Vec::new(),
        }
        let ticket = pending.ticket;
        let Some(sent) = self.sent(ticket) else { return Vec::new() };
        sent.confirmed += 1;
        let (done, of) = (sent.confirmed, sent.documents.len());
        let is_settled = done == of && sent.reply.is_some();
        let is_one_by_one =
            self.flights.get(&ticket).is_some_and(|flight| flight.one_by_one.is_some());
        let progress = Effect::Progress { ticket, progress: Progress::Seen { done, of } };
        let mut effects: Vec<Effect> = (!is_one_by_one).then_some(progress).into_iter().collect();
        if is_settled {
            effects.extend(self.settle(ticket));
        }
        effects
    }

    fn sent(&mut self, ticket: Ticket) -> Option<&mut Sent> {
        match &mut self.flights.get_mut(&ticket)?.stage {
            Stage::Sent(sent) => Some(sent),
            Stage::Queued | Stage::Staging => None,
        }
    }

    /// Ends the time in which an edit may still come true.
    fn settle(&mut self, ticket: Ticket) -> Vec<Effect> {
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        let Stage::Sent(sent) = std::mem::replace(&mut flight.stage, Stage::Staging) else {
            return Vec::new();
        };
        let (attempts, is_half_done) = (flight.attempts, flight.half_done.is_some());
        let is_one_by_one = flight.one_by_one.is_some();
        let answer = Answer::of(sent.reply.as_ref());
        let mut effects = Vec::new();
        let mut documents = Vec::new();
        let mut unseen = Vec::new();
        for key in sent.documents.clone() {
            // What another batch is looked out for stays.
            let is_ours = |it: &Pending| it.ticket == ticket && !it.is_late();
            if !self.pending.get(&key).is_some_and(is_ours) {
                continue;
            }
            let Some(mut pending) = self.pending.remove(&key) else { continue };
            effects.extend(self.publish_settled(&key, &pending));
            let late = pending.behind.take();
            effects.extend(late.and_then(|late| self.arrived_meanwhile(&key, *late)));
            documents.push((pending.document, self.settled(&key, &pending, answer)));
            if !pending.is_confirmed() {
                unseen.push((key, pending));
            }
        }
        documents.sort_by_key(|(index, _)| *index);
        if is_half_done {
            effects.extend(self.settle_half_done(ticket, sent.reply.as_ref(), documents));
            return effects;
        }
        if is_one_by_one {
            effects.extend(self.settle_step(ticket, *sent, documents));
            return effects;
        }
        let seen: Vec<State> = documents.iter().map(|(_, it)| it.state).collect();
        let verdict = verdict(answer, &seen);
        if verdict == Verdict::Stale && attempts < MOST_ATTEMPTS {
            // The engine says what is wrong with it on the text that is there.
            self.written_for_staged(ticket, &sent.staged);
            effects.extend(self.stage(ticket));
            return effects;
        }
        let status = match verdict {
            Verdict::Stale => Status::Failed,
            verdict => verdict.status(sent.staged.status() == Status::Partial),
        };
        let warnings = warnings(status, sent.reply.as_ref(), &seen, &self.patience.texts);
        let staged = sent.staged;
        let settled = Settled {
            staged,
            status,
            answer,
            documents,
            warnings,
            violations: Vec::new(),
            taking_back: None,
        };
        if matches!(verdict, Verdict::HalfDone | Verdict::Failed) {
            for (key, pending) in unseen {
                self.look_out_for(key, pending);
            }
        }
        effects.extend(match verdict {
            Verdict::HalfDone => self.take_back(ticket, settled),
            _ => self.finish(ticket, Ending::Settled(Box::new(settled))),
        });
        effects
    }

    fn publish_settled(&mut self, key: &DocumentKey, pending: &Pending) -> Option<Effect> {
        let before = pending.staged.before();
        if let Some(open) = self.open.get_mut(key) {
            if !pending.is_confirmed() {
                open.settle(before);
            }
            return Some(Effect::Publish { key: key.clone(), document: open.document().clone() });
        }
        let closed = self.closed.get_mut(key).filter(|_| !pending.is_confirmed());
        if let Some(closed) = closed {
            closed.settle(before);
        }
        None
    }

    fn settled(&self, key: &DocumentKey, pending: &Pending, answer: Answer) -> SettledDocument {
        let document = self.followed(key).map(Followed::document);
        let out_of_sync = document.and_then(Document::out_of_sync);
        let now = document.filter(|_| out_of_sync.is_none()).map(Document::snapshot);
        let state = match pending.state(answer, now.map(Snapshot::rope)) {
            // Who did not answer may still do it.
            State::Before | State::TypedOver if answer == Answer::Nothing => State::Lost,
            state => state,
        };
        let confirmed = pending.confirmed.as_ref().filter(|_| state == State::After);
        SettledDocument {
            state,
            is_normalised_away: now.is_some_and(|now| pending.is_normalised_away(now.rope())),
            now: confirmed.map(|it| it.snapshot.clone()).or_else(|| now.cloned()),
            agreement: confirmed.map(|it| it.agreement),
            out_of_sync: out_of_sync.cloned(),
            made: Some(pending.made()),
            is_brought_back: false,
            is_kept: false,
            left: Vec::new(),
        }
    }

    /// From now on the batch is one for the texts that it was staged on.
    pub(super) fn written_for_staged(&mut self, ticket: Ticket, staged: &StagedBatch) {
        let Some(flight) = self.flights.get_mut(&ticket) else { return };
        // One that is carried over is written for the text that it was sent for
        // first.
        if flight.is_carried_over() {
            return;
        }
        for (index, of_batch) in changed(staged) {
            if let Some(place) = flight.documents.get_mut(index) {
                place.written_for = WrittenFor::exactly(of_batch.before().clone());
            }
        }
    }

    pub(super) fn finish(&mut self, ticket: Ticket, ending: Ending) -> Vec<Effect> {
        let Some(flight) = self.flights.get(&ticket) else { return Vec::new() };
        if let (Some(undone), Ending::Settled(settled)) = (&flight.undoes, &ending) {
            for (index, document) in &settled.documents {
                let place = flight.documents.get(*index);
                if let Some(place) = place.filter(|_| document.state == State::After) {
                    self.history.undone(undone.ticket, &place.key);
                }
            }
        }
        let texts = flight.documents.iter().enumerate().map(|(index, place)| {
            let told = ending.text_of(index);
            let now = self.document_of(&place.key).map(|open| open.snapshot().clone());
            let applied = ending.applied(index);
            Some(ReportedText { key: place.key.clone(), snapshot: told.or(now)?, applied })
        });
        let report = Report {
            ticket,
            course: Course::of(flight, &ending),
            batch: Arc::clone(&flight.batch),
            encoding: flight.encoding,
            mode: flight.mode,
            undoes: flight.undoes.clone(),
            places: flight.documents.clone(),
            texts: texts.collect(),
            ending,
        };
        self.end(ticket, Some(Box::new(report)))
    }

    /// Lets go of a batch and of its documents.
    pub(super) fn end(&mut self, ticket: Ticket, report: Option<Box<Report>>) -> Vec<Effect> {
        let Some(flight) = self.flights.remove(&ticket) else { return Vec::new() };
        let made = report.as_deref().map_or_else(Vec::new, Report::texts_made);
        for waiting in self.flights.values_mut() {
            waiting.follow(ticket, &made);
        }
        let is_cancelled = report.is_none();
        let mut effects = vec![Effect::Finish { ticket, report }];
        for place in &flight.documents {
            effects.extend(self.leave(&place.key, ticket));
        }
        if is_cancelled {
            effects.extend(self.abandon(ticket));
        }
        effects
    }

    /// Nothing became of a batch: if it was sent again, that one is carried out.
    pub(super) fn abandon(&mut self, ticket: Ticket) -> Vec<Effect> {
        let again = self.receipts.abandon(ticket);
        again.into_iter().flat_map(|submission| self.submit(submission)).collect()
    }
}

/// What a person should know of the batch as a whole.
pub(super) fn warnings(
    status: Status,
    reply: Option<&EditReply>,
    seen: &[State],
    patience: &Duration,
) -> Vec<String> {
    let is_applied = matches!(status, Status::Applied | Status::Partial);
    let warning = match reply {
        Some(EditReply::Applied) if is_applied => return Vec::new(),
        reply if status == Status::RolledBack => {
            let reason = refusal_of(reply).unwrap_or_default();
            format!("the editor applied the edit in some documents and not in others{reason}")
        }
        Some(EditReply::Applied) if seen.iter().all(|state| *state == State::Before) => format!(
            "the editor said that it applied the edit, and within {} ms no text changed",
            patience.as_millis()
        ),
        Some(EditReply::Applied) => {
            "the editor said that it applied the edit, and its texts are others".to_owned()
        }
        Some(EditReply::Refused { .. }) => {
            let reason = refusal_of(reply).unwrap_or_default();
            let but = if is_applied { ", and applied it" } else { "" };
            format!("the editor refused the edit{reason}{but}")
        }
        None if is_applied => "the editor applied the edit and did not answer".to_owned(),
        None => "the editor did not answer in time, and may still apply the edit".to_owned(),
    };
    vec![warning]
}

/// Why the editor refused, to be put behind a clause; `None` if it did not.
pub(super) fn refusal_of(reply: Option<&EditReply>) -> Option<String> {
    match reply {
        Some(EditReply::Refused { reason: Some(reason) }) => Some(format!(": {reason}")),
        Some(EditReply::Refused { reason: None }) => Some(String::new()),
        Some(EditReply::Applied) | None => None,
    }
}
