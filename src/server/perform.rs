//! What the workspace asks for, done.
//!
//! Staging and putting a report into words may take long, so they run on other
//! threads. What comes of them is handed back to the owner as an event.

use std::time::Instant;

use serde_json::json;
use serde_json::value::to_raw_value;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tracing::Span;

use super::apply_edit;
use super::commands::Answer;
use super::error::ResponseError;
use super::observed::document_changed;
use super::owner::Owner;
use super::progress::WorkDone;
use super::transport::Id;
use crate::batch::{Mode, Outcome};
use crate::engine::Engine;
use crate::workspace::{Deadline, Effect, Event, Job, Report, Ticket, WorkspaceEdit};

/// Whoever sent a batch and waits for its outcome.
pub(super) struct Waiter {
    pub(super) answer: oneshot::Sender<Answer>,
    pub(super) since: Instant,
    /// How it is to be carried out.
    pub(super) mode: Mode,
    /// Where they want to know how far it is.
    pub(super) progress: Option<WorkDone>,
    pub(super) span: Span,
    /// From asking the editor until it is known what it did.
    pub(super) commit: Option<Span>,
}

impl Owner {
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Publish { key, document } => {
                document_changed(&document);
                self.published.publish(key, document);
            }
            Effect::Withdraw { key } => self.published.withdraw(&key),
            Effect::Warn(message) => self.warn(&message),
            Effect::Stage(job) => self.stage(*job),
            Effect::Edit(edit) => self.edit(&edit),
            Effect::Arm { deadline, after } => self.arm(deadline, after),
            Effect::Finish { ticket, report: Some(report) } => self.finish(ticket, report),
            Effect::Finish { ticket, report: None } => {
                if self.answers.contains_key(&ticket) {
                    self.batch_cancelled(ticket);
                }
                self.answer(ticket, Err(ResponseError::cancelled()), "cancelled");
            }
            Effect::Replay { ticket, outcome } => self.replay(ticket, &outcome),
            Effect::Contradict { ticket } => self.contradict(ticket),
            Effect::Progress { ticket, progress } => {
                if let Some(done) = self.answers.get(&ticket).and_then(|it| it.progress.as_ref()) {
                    done.report(progress, &self.messages);
                }
            }
            Effect::Diagnose { key, uri } => self.diagnose(&key, &uri),
        }
    }

    /// The editor answered a request of ours.
    pub(super) fn reply(&mut self, id: &Id, outcome: Result<&str, &str>) {
        // What is answered after its time is over is no longer waited for.
        if let Some(ticket) = self.edits.remove(id) {
            self.handle(Event::Replied { ticket, reply: apply_edit::read_reply(outcome) });
        }
    }

    fn stage(&mut self, job: Job) {
        let Some(owner) = self.shared() else { return };
        let (files, ticket) = (self.unopened(), job.ticket());
        self.commit_ends(ticket);
        let span = self.span(ticket);
        let engine = Engine::new(self.settings.limits);
        let stage = move || files.for_batch(|files| job.run(&engine, files));
        let staging = spawn_blocking(move || span.in_scope(stage));
        tokio::spawn(async move {
            let staging = staging.await;
            let mut owner = owner.lock();
            if let Ok(staging) = staging {
                owner.handle(Event::Staged(Box::new(staging)));
            } else {
                owner.batch_broke_down(ticket);
                owner.answer(ticket, Err(ResponseError::panicked()), "failed");
                owner.handle(Event::Cancelled { ticket });
            }
        });
    }

    fn edit(&mut self, edit: &WorkspaceEdit) {
        self.commit_begins(edit.ticket);
        let id = Id::String(format!("edit-{}", self.edits_sent));
        self.edits_sent += 1;
        self.edits.insert(id.clone(), edit.ticket);
        self.messages.request(&id, "workspace/applyEdit", &apply_edit::params(edit));
    }

    fn arm(&self, deadline: Deadline, after: std::time::Duration) {
        let Some(owner) = self.shared() else { return };
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            owner.lock().handle(Event::Elapsed(deadline));
        });
    }

    fn finish(&mut self, ticket: Ticket, report: Box<Report>) {
        self.edits.retain(|_, of| *of != ticket);
        self.commit_ends(ticket);
        let Some(owner) = self.shared() else { return };
        let since = self.answers.get(&ticket).map(|waiter| waiter.since);
        let words = spawn_blocking(move || {
            let mut conclusion = report.conclude();
            let duration = since.map(|since| since.elapsed());
            let milliseconds = duration.map(|duration| duration.as_secs_f64() * 1000.0);
            conclusion.outcome.duration_ms = milliseconds;
            let answer = to_raw_value(&conclusion.outcome);
            let answer = answer.map_err(|error| ResponseError::internal(error.to_string()));
            (conclusion, answer, duration.unwrap_or_default())
        });
        tokio::spawn(async move {
            let words = words.await;
            let mut owner = owner.lock();
            if let Ok((conclusion, answer, duration)) = words {
                owner.batch_ended(ticket, &conclusion, duration);
                let status = conclusion.outcome.status.as_str();
                owner.handle(Event::Concluded(Box::new(conclusion)));
                owner.answer(ticket, answer, status);
            } else {
                owner.batch_broke_down(ticket);
                owner.answer(ticket, Err(ResponseError::panicked()), "failed");
                owner.handle(Event::Abandoned { ticket });
            }
        });
    }

    /// What was told of the batch when it was carried out.
    fn replay(&mut self, ticket: Ticket, outcome: &Outcome) {
        let replayed = Outcome { replayed: true, ..outcome.clone() };
        let answer = to_raw_value(&replayed);
        let answer = answer.map_err(|error| ResponseError::internal(error.to_string()));
        self.answer(ticket, answer, replayed.status.as_str());
    }

    fn contradict(&mut self, ticket: Ticket) {
        let error = ResponseError {
            data: Some(json!({ "path": "batchId" })),
            ..ResponseError::invalid_params(
                "batchId: another batch has this id; send what is another batch under another id",
            )
        };
        self.id_is_taken(ticket);
        self.answer(ticket, Err(error), "refused");
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer, status: &str) {
        self.count_under_way();
        if let Some(waiter) = self.answers.remove(&ticket) {
            if let Some(progress) = &waiter.progress {
                progress.end(status, &self.messages);
            }
            // Whoever waited may be gone.
            let _ = waiter.answer.send(answer);
        }
    }
}
