//! What a batch went through, beside what its outcome tells.

use super::flight::Flight;
use super::report::Ending;
use super::verdict::{Answer, State};
use crate::batch::Status;
use crate::engine::StagedBatch;
use crate::invariants::Law;

/// What a batch went through. Nobody who sent it needs to know; it is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// How often the editor was asked to apply it.
    pub attempts: u32,
    /// Whether it was carried over to a newer text.
    pub is_carried_over: bool,
    /// Whether a part of it was taken back, or was to be.
    pub is_taken_back: bool,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// The law that we broke on its way.
    pub fault: Option<Law>,
}

/// Why a batch failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// We broke a law.
    Fault,
    /// The editor takes no edits.
    CannotApply,
    /// The editor keeps line ends as they are.
    Normalises,
    /// The editor left another text.
    OtherText,
    /// The editor said no.
    Refused,
    /// The editor said nothing in the time that it had.
    NoAnswer,
    /// The editor said yes, and its texts are not those that were asked for.
    NotDone,
}

impl Course {
    pub(super) fn of(flight: &Flight, ending: &Ending) -> Course {
        let staged = match ending {
            Ending::Refused { .. } => None,
            Ending::Unsent(staged) | Ending::CannotApply(staged) => Some(staged),
            Ending::Settled(settled) => Some(&settled.staged),
        };
        let fault = match ending {
            Ending::Refused { outcome, .. } => outcome.fault,
            _ => flight.fault,
        };
        Course {
            attempts: flight.attempts,
            is_carried_over: staged.is_some_and(StagedBatch::is_carried_over),
            is_taken_back: flight.is_taken_back,
            failure: fault.map(|_| Failure::Fault).or_else(|| failure(ending)),
            fault,
        }
    }
}

fn failure(ending: &Ending) -> Option<Failure> {
    match ending {
        Ending::Refused { .. } | Ending::Unsent(_) => None,
        Ending::CannotApply(_) => Some(Failure::CannotApply),
        Ending::Settled(settled) => {
            if settled.status != Status::Failed {
                return None;
            }
            let documents = || settled.documents.iter().map(|(_, document)| document);
            Some(if documents().any(|it| it.is_normalised_away) {
                Failure::Normalises
            } else if documents().any(|it| it.state == State::Other) {
                Failure::OtherText
            } else {
                match settled.answer {
                    Answer::Applied => Failure::NotDone,
                    Answer::Refused => Failure::Refused,
                    Answer::Nothing => Failure::NoAnswer,
                }
            })
        }
    }
}
