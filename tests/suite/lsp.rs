//! The language server as editors run it: the real program behind real pipes.

mod api;
mod apply;
mod arguments;
mod canary;
mod chaos;
mod client;
mod counted;
mod crash;
mod diagnostics;
mod exit;
mod flags;
mod frames;
mod initialize;
mod load;
mod observed;
mod survival;
mod sync;
mod undo;
mod unopened;

use batchpatch::batch::Code;
use serde_json::Value;

/// What only an editor can be refused.
pub(crate) const CODES: [Code; 7] = [
    Code::OutOfSync,
    Code::LoneCr,
    Code::ClientCannotApply,
    Code::ClientNormalises,
    Code::UndoConflict,
    Code::UnknownBatch,
    Code::OtherText,
];

/// The code of an error answer.
fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
}

/// The message of an error answer.
fn message(answer: &Value) -> &str {
    answer["error"]["message"].as_str().unwrap_or_else(|| panic!("no error: {answer}"))
}

/// The codes of an answer that refuses: the request's, and the violation's.
fn refusal(answer: &Value) -> (i64, &str) {
    (code(answer), answer["error"]["data"]["code"].as_str().unwrap_or_default())
}

/// What an answer that is no error says.
fn result(answer: &Value) -> &Value {
    answer.get("result").unwrap_or_else(|| panic!("no result: {answer}"))
}
