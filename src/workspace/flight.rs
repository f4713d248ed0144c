//! A batch between its arrival and its end.

use std::sync::Arc;

use super::compensate::HalfDone;
use super::history::Undone;
use super::one_by_one::OneByOne;
use super::{Deadline, EditReply, Submission, Target, Ticket};
use crate::batch::{Batch, DocumentKey, Mode, OnStale};
use crate::engine::StagedBatch;
use crate::invariants::Law;
use crate::text::{PositionEncoding, Snapshot};

/// A batch that is under way.
#[derive(Debug)]
pub(super) struct Flight {
    /// Where it takes another batch back, only its name and its documents.
    pub(super) batch: Arc<Batch>,
    pub(super) encoding: PositionEncoding,
    pub(super) documents: Vec<Place>,
    pub(super) mode: Mode,
    /// The batch that it takes back.
    pub(super) undoes: Option<Undone>,
    pub(super) stage: Stage,
    /// How often the editor was asked to apply it.
    pub(super) attempts: u32,
    /// How many edits were sent for it, those that take it back too.
    pub(super) edits: u32,
    /// Whether the editor did a part of it, which was to be taken back.
    pub(super) is_taken_back: bool,
    /// The law that we broke while that was taken back.
    pub(super) fault: Option<Law>,
    /// What the editor did of it, while that is taken back.
    pub(super) half_done: Option<Box<HalfDone>>,
    /// How far it is, where one patch after the other is carried out.
    pub(super) one_by_one: Option<Box<OneByOne>>,
}

/// A document of a batch that is under way.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) target: Target,
    pub(super) key: DocumentKey,
    pub(super) written_for: WrittenFor,
}

/// Which text the batch means, where it does not say so itself.
#[derive(Clone, Debug)]
pub(super) enum WrittenFor {
    /// The one that the last of the batches `ahead` makes that makes one, and
    /// else this one.
    Text { text: Snapshot, ahead: Vec<Ticket> },
    /// The file on disk, whatever it holds when the batch's turn comes.
    File,
}

/// How far it is.
#[derive(Debug)]
pub(super) enum Stage {
    /// It waits for batches ahead.
    Queued,
    /// It is being staged.
    Staging,
    /// The editor was asked to make the edit. From here on it goes on to its
    /// end, whoever waits for it.
    Sent(Box<Sent>),
}

/// An edit that the editor was asked to make.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) staged: StagedBatch,
    pub(super) reply: Option<EditReply>,
    /// The time that is waited for.
    pub(super) deadline: Deadline,
    /// The documents that it changes, and how many of them were confirmed.
    pub(super) documents: Vec<DocumentKey>,
    pub(super) confirmed: usize,
}

impl Flight {
    pub(super) fn new(submission: Submission, documents: Vec<Place>) -> Flight {
        let Submission { batch, encoding, mode, .. } = submission;
        Flight {
            batch,
            encoding,
            documents,
            mode,
            undoes: None,
            stage: Stage::Queued,
            attempts: 0,
            edits: 0,
            is_taken_back: false,
            fault: None,
            half_done: None,
            one_by_one: None,
        }
    }

    /// Whether it has the documents of which it is the first: it was begun, and
    /// is not to be overtaken.
    pub(super) fn is_begun(&self) -> bool {
        !matches!(self.stage, Stage::Queued)
    }

    /// Whether no document holds any of it yet.
    pub(super) fn is_to_begin(&self) -> bool {
        self.half_done.is_none() && self.one_by_one.as_ref().is_none_or(|it| it.is_untouched())
    }

    /// Whether it is carried over what the user types meanwhile.
    pub(super) fn is_carried_over(&self) -> bool {
        self.undoes.is_some() || self.batch.on_stale == OnStale::Rebase
    }

    /// A batch ahead has ended, and made these texts.
    pub(super) fn follow(&mut self, ended: Ticket, made: &[(DocumentKey, Snapshot)]) {
        for place in &mut self.documents {
            let WrittenFor::Text { text, ahead } = &mut place.written_for else { continue };
            if !ahead.contains(&ended) {
                continue;
            }
            ahead.retain(|ticket| *ticket != ended);
            if let Some((_, made)) = made.iter().find(|(key, _)| *key == place.key) {
                text.clone_from(made);
            }
        }
    }
}

impl WrittenFor {
    /// This text, whatever batches ahead make.
    pub(super) fn exactly(text: Snapshot) -> WrittenFor {
        WrittenFor::Text { text, ahead: Vec::new() }
    }

    /// The text, once no batch ahead can change it any more.
    pub(super) fn text(&self) -> Option<&Snapshot> {
        match self {
            WrittenFor::Text { text, .. } => Some(text),
            WrittenFor::File => None,
        }
    }
}
