//! A batch between its arrival and its end.

use std::sync::Arc;

use ropey::Rope;

use super::{Deadline, EditReply, Submission, Target, Ticket};
use crate::batch::{Batch, DocumentKey};
use crate::engine::StagedBatch;
use crate::text::PositionEncoding;

/// A batch that is under way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) batch: Arc<Batch>,
    pub(super) encoding: PositionEncoding,
    pub(super) documents: Vec<Place>,
    pub(super) stage: Stage,
    /// How many edits were sent for it.
    pub(super) attempts: u32,
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
    /// This one.
    Text(Rope),
    /// The one that the last of these batches makes that makes one, and else
    /// the one that stood there when this batch came.
    After(Vec<Ticket>, Rope),
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
}

impl Flight {
    pub(super) fn new(submission: Submission, documents: Vec<Place>) -> Flight {
        let Submission { batch, encoding, .. } = submission;
        Flight { batch, encoding, documents, stage: Stage::Queued, attempts: 0 }
    }

    /// Whether it has the documents of which it is the first: it was begun, and
    /// is not to be overtaken.
    pub(super) fn is_begun(&self) -> bool {
        !matches!(self.stage, Stage::Queued)
    }

    /// A batch ahead has ended, and made these texts.
    pub(super) fn follow(&mut self, ahead: Ticket, made: &[(DocumentKey, Rope)]) {
        for place in &mut self.documents {
            let WrittenFor::After(waiting, text) = &mut place.written_for else { continue };
            if !waiting.contains(&ahead) {
                continue;
            }
            waiting.retain(|ticket| *ticket != ahead);
            if let Some((_, made)) = made.iter().find(|(key, _)| *key == place.key) {
                text.clone_from(made);
            }
        }
    }
}

impl WrittenFor {
    /// The text, once no batch ahead can change it any more.
    pub(super) fn text(&self) -> Option<&Rope> {
        match self {
            WrittenFor::Text(text) | WrittenFor::After(_, text) => Some(text),
            WrittenFor::File => None,
        }
    }
}
