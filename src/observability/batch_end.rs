//! How a batch ended, as far as it is counted.

use std::time::Duration;

use crate::batch::{Batch, Outcome};
use crate::invariants::Law;

/// The end of a batch that somebody sent to be applied.
#[derive(Clone, Copy, Debug)]
pub struct BatchEnd<'a> {
    /// The batch; where it takes another one back, only its documents.
    pub batch: &'a Batch,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// From its arrival to its outcome.
    pub duration: Duration,
    /// How often the editor was asked to apply it.
    pub attempts: u32,
    /// Whether it was carried over to a newer text.
    pub is_carried_over: bool,
    /// Whether a part of it was taken back.
    pub rollback: Option<Rollback>,
    /// Why it failed, if it did.
    pub error: Option<ErrorType>,
    /// The law that we broke.
    pub fault: Option<Law>,
}

/// How it ended that a part of a batch was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// Every document is without the batch.
    Done,
    /// Some document is not, or nobody knows.
    Incomplete,
}

/// What kept a batch from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorType {
    /// The editor said no.
    RefusedByEditor,
    /// The editor did not answer in time.
    NoAnswer,
    /// The editor left a text that nobody asked for.
    OtherText,
    /// The editor said yes, and no text changed.
    NotDone,
    /// The editor keeps line ends as they are.
    ClientNormalises,
    /// The editor takes no edits from a language server.
    ClientCannotApply,
    /// We broke a law.
    Fault,
    /// The JSON is no batch.
    MalformedBatch,
    /// Another batch has the id already.
    IdTaken,
    /// A bug of ours, such as a panic.
    Internal,
}

impl Rollback {
    /// All of them.
    pub const ALL: [Rollback; 2] = [Rollback::Done, Rollback::Incomplete];

    /// The value of the label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Rollback::Done => "done",
            Rollback::Incomplete => "incomplete",
        }
    }
}

impl ErrorType {
    /// All of them.
    pub const ALL: [ErrorType; 10] = [
        ErrorType::RefusedByEditor,
        ErrorType::NoAnswer,
        ErrorType::OtherText,
        ErrorType::NotDone,
        ErrorType::ClientNormalises,
        ErrorType::ClientCannotApply,
        ErrorType::Fault,
        ErrorType::MalformedBatch,
        ErrorType::IdTaken,
        ErrorType::Internal,
    ];

    /// The value of the label.
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorType::RefusedByEditor => "refused_by_editor",
            ErrorType::NoAnswer => "no_answer",
            ErrorType::OtherText => "other_text",
            ErrorType::NotDone => "not_done",
            ErrorType::ClientNormalises => "client_normalises",
            ErrorType::ClientCannotApply => "client_cannot_apply",
            ErrorType::Fault => "fault",
            ErrorType::MalformedBatch => "malformed_batch",
            ErrorType::IdTaken => "id_taken",
            ErrorType::Internal => "internal",
        }
    }
}
