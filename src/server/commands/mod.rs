//! `workspace/executeCommand`: one file for each command.

mod apply;
mod clear_diagnostics;
mod history;
mod preview;
mod snapshot;
mod status;
mod undo;

use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::error::ResponseError;
use super::observed::batch_span;
use super::owner::Owner;
use super::perform::Waiter;
use super::progress::WorkDone;
use super::transport::read_params;
use crate::batch::Mode;
use crate::workspace::{Event, Ticket};

/// The commands that clients may call.
pub(super) const NAMES: &[&str] = &[
    "batchpatch.apply",
    "batchpatch.clearDiagnostics",
    "batchpatch.history",
    "batchpatch.preview",
    "batchpatch.snapshot",
    "batchpatch.status",
    "batchpatch.undo",
];

/// Only there where the environment asks for it.
const TEST_PANIC: &str = "batchpatch.test.panic";

/// What a command answers: JSON, or an error.
pub(super) type Answer = Result<Box<RawValue>, ResponseError>;

/// An answer that is not there yet.
pub(super) type PendingAnswer = BoxFuture<'static, Answer>;

/// When a command answers.
pub(super) enum Reply {
    /// Everything it needs is in memory.
    Now(Answer),
    /// It has taken what it needs of the documents, and has to wait for
    /// something else.
    Later(PendingAnswer),
    /// A batch is under way, and goes on to its end once the editor was asked
    /// to make the edit, whoever waits for it.
    Batch {
        /// What it is called.
        ticket: Ticket,
        /// Its outcome.
        answer: PendingAnswer,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call<'a> {
    command: String,
    #[serde(borrow)]
    arguments: Option<Vec<&'a RawValue>>,
    work_done_token: Option<Value>,
}

/// Carries out a command on the documents as they are at its place in the
/// stream of messages.
pub(super) fn execute(owner: &mut Owner, params: Option<&RawValue>) -> Reply {
    let call: Call<'_> = match read_params(params) {
        Ok(call) => call,
        Err(error) => {
            let message = format!("expected {{command, arguments?}}: {error}");
            return Reply::Now(Err(ResponseError::invalid_params(message)));
        }
    };
    let arguments = call.arguments.unwrap_or_default();
    let token = call.work_done_token;
    match call.command.as_str() {
        "batchpatch.apply" => apply::execute(owner, &arguments, token),
        "batchpatch.clearDiagnostics" => Reply::Now(clear_diagnostics::execute(owner, &arguments)),
        "batchpatch.history" => Reply::Now(history::execute(owner, &arguments)),
        "batchpatch.preview" => preview::execute(owner, &arguments),
        "batchpatch.snapshot" => snapshot::execute(owner, &arguments),
        "batchpatch.status" => Reply::Now(status::execute(owner, &arguments)),
        "batchpatch.undo" => undo::execute(owner, &arguments, token),
        TEST_PANIC if std::env::var_os("BATCHPATCH_TEST_COMMANDS").is_some() => panic_for_a_test(),
        other => unknown(other),
    }
}

/// A batch is on its way, and its outcome is the answer.
fn batch_reply(
    owner: &mut Owner,
    ticket: Ticket,
    event: Event,
    title: &str,
    token: Option<Value>,
) -> Reply {
    let (answer, answered) = oneshot::channel();
    let progress = token.map(|token| WorkDone::begin(token, title, &owner.messages));
    let id = match &event {
        Event::Submitted(submission) => submission.batch.batch_id.as_deref(),
        _ => None,
    };
    let span = batch_span(ticket, id);
    let mode = match &event {
        Event::Submitted(submission) => submission.mode,
        _ => Mode::Batch,
    };
    let waiter = Waiter { answer, since: Instant::now(), mode, progress, span, commit: None };
    owner.answers.insert(ticket, waiter);
    owner.handle(event);
    owner.count_under_way();
    let answered = answered.map(|it| it.unwrap_or_else(|_| Err(ResponseError::panicked())));
    Reply::Batch { ticket, answer: answered.boxed() }
}

#[expect(clippy::panic, reason = "that a panic is survived is tested")]
fn panic_for_a_test() -> Reply {
    panic!("as a test asked for");
}

fn unknown(command: &str) -> Reply {
    let known = NAMES.join(", ");
    let message = format!("unknown command `{command}`; the commands are {known}");
    Reply::Now(Err(ResponseError::invalid_params(message)))
}

/// The one argument of a command; `shape` says what it should be.
fn argument<T: DeserializeOwned>(
    arguments: &[&RawValue],
    command: &str,
    shape: &str,
) -> Result<T, ResponseError> {
    let expected = |why: String| {
        ResponseError::invalid_params(format!("`{command}` takes one argument, {shape}: {why}"))
    };
    match arguments {
        [argument] => {
            serde_json::from_str(argument.get()).map_err(|error| expected(error.to_string()))
        }
        arguments => Err(expected(format!("there are {}", arguments.len()))),
    }
}
