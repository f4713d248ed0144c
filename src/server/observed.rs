//! What is told of batches to those who listen. Ids, codes and numbers only:
//! labels, texts and whatever quotes them belong to the caller.

use std::fmt;
use std::time::Duration;

use tracing::Span;

use super::owner::Owner;
use crate::batch::{Mode, Status};
use crate::observability::{BatchEnd, ErrorType, Rollback, TOLD};
use crate::text::ContentHash;
use crate::workspace::{Conclusion, Course, Document, Failure, Ticket};

/// The most bytes of an id that are logged: it is the caller's, of any length.
const MOST_OF_AN_ID: usize = 100;

/// The span of a batch, from its arrival to its outcome.
pub(super) fn batch_span(ticket: Ticket, id: Option<&str>) -> Span {
    let id = id.map(|id| &id[..id.floor_char_boundary(MOST_OF_AN_ID)]);
    tracing::info_span!("batch", %ticket, id)
}

impl Owner {
    /// A warning for whoever is in front of the editor.
    pub(super) fn warn(&self, message: &str) {
        tracing::warn!(target: TOLD, "{message}");
        self.messages.warn(message);
    }

    /// The span of a batch that is under way.
    pub(super) fn span(&self, ticket: Ticket) -> Span {
        self.answers.get(&ticket).map_or_else(Span::none, |waiter| waiter.span.clone())
    }

    /// How a batch that is under way is carried out.
    fn mode_of(&self, ticket: Ticket) -> Mode {
        self.answers.get(&ticket).map_or(Mode::Batch, |waiter| waiter.mode)
    }

    /// The editor is asked to make the edit.
    pub(super) fn commit_begins(&mut self, ticket: Ticket) {
        if let Some(waiter) = self.answers.get_mut(&ticket) {
            waiter.commit = Some(tracing::debug_span!(parent: &waiter.span, "commit"));
        }
    }

    /// What the editor did of it is known.
    pub(super) fn commit_ends(&mut self, ticket: Ticket) {
        if let Some(waiter) = self.answers.get_mut(&ticket) {
            // What ends in the batch's span is logged with its id.
            waiter.span.in_scope(|| drop(waiter.commit.take()));
        }
    }

    /// Batches came or went.
    pub(super) fn count_under_way(&self) {
        let workspace = &self.workspace;
        self.metrics.under_way(workspace.batches_under_way(), workspace.history_bytes());
    }

    pub(super) fn batch_ended(&self, ticket: Ticket, conclusion: &Conclusion, duration: Duration) {
        let Conclusion { outcome, course, batch, .. } = conclusion;
        let end = BatchEnd {
            batch,
            outcome,
            duration,
            attempts: course.attempts,
            is_carried_over: course.is_carried_over,
            rollback: rollback(*course, outcome.status),
            error: course.failure.map(error_type),
            fault: course.fault,
        };
        self.metrics.batch_ended(&end);
        self.span(ticket).in_scope(|| {
            tracing::info!(
                status = outcome.status.as_str(),
                is_undo = outcome.undoes.is_some(),
                documents = outcome.documents.len(),
                patches = batch.patch_count(),
                violations = outcome.violations.len(),
                codes = %codes(conclusion),
                attempts = course.attempts,
                is_carried_over = course.is_carried_over,
                error = end.error.map(ErrorType::as_str),
                milliseconds = duration.as_secs_f64() * 1000.0,
                "a batch ended"
            );
        });
    }

    pub(super) fn batch_cancelled(&self, ticket: Ticket) {
        self.metrics.batch_cancelled(self.mode_of(ticket));
        self.span(ticket).in_scope(|| tracing::info!("a batch was cancelled"));
    }

    pub(super) fn batch_broke_down(&self, ticket: Ticket) {
        self.metrics.batch_broke_down(self.mode_of(ticket));
        self.span(ticket).in_scope(|| tracing::error!("a batch broke down"));
    }

    /// Something was sent that is no batch. What is wrong with it may quote it.
    pub(super) fn batch_is_malformed(&self) {
        self.metrics.failed(ErrorType::MalformedBatch);
        tracing::info!("a malformed batch was refused");
    }

    pub(super) fn id_is_taken(&self, ticket: Ticket) {
        self.metrics.failed(ErrorType::IdTaken);
        self.span(ticket).in_scope(|| tracing::info!("a batch came under the id of another one"));
    }
}

/// A text is logged as its length and its hash.
pub(super) fn document_changed(document: &Document) {
    let snapshot = document.snapshot();
    tracing::trace!(
        uri = document.uri(),
        version = snapshot.version(),
        bytes = snapshot.len_bytes(),
        hash = %ContentHash::of(snapshot.rope()),
        "a document changed"
    );
}

/// What serde says of a message, without the strings that it quotes.
pub(super) fn without_contents(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match (message.find('"'), message.rfind('"')) {
        (Some(first), Some(last)) if first < last => {
            format!("{}\"…\"{}", &message[..first], &message[last + 1..])
        }
        _ => message,
    }
}

/// The codes of what is told to be wrong, each once.
fn codes(conclusion: &Conclusion) -> impl fmt::Display {
    let violations = conclusion.outcome.violations.iter();
    let mut codes: Vec<&str> = violations.map(|violation| violation.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}

fn rollback(course: Course, status: Status) -> Option<Rollback> {
    course.is_taken_back.then_some(match status {
        Status::Failed => Rollback::Incomplete,
        _ => Rollback::Done,
    })
}

fn error_type(failure: Failure) -> ErrorType {
    match failure {
        Failure::Fault => ErrorType::Fault,
        Failure::CannotApply => ErrorType::ClientCannotApply,
        Failure::Normalises => ErrorType::ClientNormalises,
        Failure::OtherText => ErrorType::OtherText,
        Failure::Refused => ErrorType::RefusedByEditor,
        Failure::NoAnswer => ErrorType::NoAnswer,
        Failure::NotDone => ErrorType::NotDone,
    }
}
