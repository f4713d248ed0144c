//! What becomes of a batch, from the editor's answer and the texts it shows.

use super::EditReply;
use crate::batch::{DocumentState, Status};

/// What is known of a document when its batch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It was seen to hold the text that the batch makes.
    After,
    /// It holds the text from before.
    Before,
    /// The user typed elsewhere in it, and the batch is not in it.
    TypedOver,
    /// It holds another text.
    Other,
    /// It was not open, and the editor did not tell of it.
    Unreported,
    /// It is out of sync, or nobody answered in time.
    Lost,
}

/// What the editor said, as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// That it applied the edit.
    Applied,
    /// That it did not.
    Refused,
    /// Nothing, in the time that it had.
    Nothing,
}

/// What becomes of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is applied.
    Applied,
    /// It is not applied, because the text is another one now.
    Stale,
    /// Some documents hold it and some do not: those that do are brought back.
    HalfDone,
    /// The editor did not do as it was asked.
    Failed,
}

/// One row of the table: it holds if each document is in one of `only`, and
/// one of them at least is `one`.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The answers that it is for.
    pub answers: &'static [Answer],
    /// What the documents may be.
    pub only: &'static [State],
    /// What one of them has to be, if it matters.
    pub one: Option<State>,
    /// What becomes of the batch.
    pub verdict: Verdict,
}

/// The first row that holds decides. Where none does, the batch has failed.
pub const TABLE: &[Row] = &[
    Row {
        answers: &[Answer::Applied, Answer::Refused, Answer::Nothing],
        only: &[State::After],
        one: None,
        verdict: Verdict::Applied,
    },
    Row {
        answers: &[Answer::Applied],
        only: &[State::After, State::Unreported],
        one: Some(State::Unreported),
        verdict: Verdict::Applied,
    },
    Row {
        answers: &[Answer::Applied, Answer::Refused],
        only: &[State::Before, State::TypedOver],
        one: Some(State::TypedOver),
        verdict: Verdict::Stale,
    },
    // Where there was no answer, the editor may still be about to do the rest.
    Row {
        answers: &[Answer::Applied, Answer::Refused],
        only: &[
            State::After,
            State::Before,
            State::TypedOver,
            State::Other,
            State::Unreported,
            State::Lost,
        ],
        one: Some(State::After),
        verdict: Verdict::HalfDone,
    },
];

/// What becomes of a batch whose documents are in these states.
pub fn verdict(answer: Answer, states: &[State]) -> Verdict {
    let holds = |row: &&Row| {
        row.answers.contains(&answer)
            && states.iter().all(|state| row.only.contains(state))
            && row.one.is_none_or(|one| states.contains(&one))
    };
    TABLE.iter().find(holds).map_or(Verdict::Failed, |row| row.verdict)
}

impl State {
    /// The state as the outcome tells it.
    pub const fn told(self) -> DocumentState {
        match self {
            State::After => DocumentState::After,
            State::Before | State::TypedOver => DocumentState::Before,
            State::Other => DocumentState::Other,
            State::Unreported | State::Lost => DocumentState::Unknown,
        }
    }
}

impl Verdict {
    /// The status of a batch with all of its patches, or with a part of them.
    pub const fn status(self, is_partial: bool) -> Status {
        match self {
            Verdict::Applied if is_partial => Status::Partial,
            Verdict::Applied => Status::Applied,
            Verdict::Stale => Status::Rejected,
            Verdict::HalfDone => Status::RolledBack,
            Verdict::Failed => Status::Failed,
        }
    }
}

impl Answer {
    pub(super) fn of(reply: Option<&EditReply>) -> Answer {
        match reply {
            Some(EditReply::Applied) => Answer::Applied,
            Some(EditReply::Refused { .. }) => Answer::Refused,
            None => Answer::Nothing,
        }
    }
}
