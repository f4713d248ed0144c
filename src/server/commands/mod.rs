//! `workspace/executeCommand`: one file for each command.

mod apply;
mod clear_diagnostics;
mod preview;
mod snapshot;
mod status;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::error::ResponseError;
use super::owner::Owner;
use super::transport::read_params;
use crate::workspace::Ticket;

/// The commands that clients may call.
pub(super) const NAMES: &[&str] = &[
    "batchpatch.apply",
    "batchpatch.clearDiagnostics",
    "batchpatch.preview",
    "batchpatch.snapshot",
    "batchpatch.status",
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
struct Call<'a> {
    command: String,
    #[serde(borrow)]
    arguments: Option<Vec<&'a RawValue>>,
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
    match call.command.as_str() {
        "batchpatch.apply" => apply::execute(owner, &arguments),
        "batchpatch.clearDiagnostics" => Reply::Now(clear_diagnostics::execute(owner, &arguments)),
        "batchpatch.preview" => preview::execute(owner, &arguments),
        "batchpatch.snapshot" => snapshot::execute(owner, &arguments),
        "batchpatch.status" => Reply::Now(status::execute(owner, &arguments)),
        TEST_PANIC if std::env::var_os("BATCHPATCH_TEST_COMMANDS").is_some() => panic_for_a_test(),
        other => unknown(other),
    }
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
