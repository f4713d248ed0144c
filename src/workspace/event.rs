//! What the machine is told.

use std::sync::Arc;

use super::{Conclusion, Deadline, Staging, Ticket};
use crate::batch::{Batch, Code, DocumentKey, Mode};
use crate::text::{PositionEncoding, Range};

/// Something that happened. URIs are as the editor spells them.
#[derive(Debug)]
pub enum Event {
    /// A document was opened. One that is open already gets the new text.
    Opened {
        /// Which one.
        uri: String,
        /// The editor's number for the text.
        version: i32,
        /// The whole text.
        text: String,
    },
    /// A document was changed.
    Changed {
        /// Which one.
        uri: String,
        /// The editor's number for the text after all changes.
        version: i32,
        /// The changes, each for the text that the one before it made.
        changes: Vec<ContentChange>,
    },
    /// A document was changed, and nobody can read how.
    MalformedChange {
        /// Which one, if that much can be read.
        uri: Option<String>,
        /// What cannot be read, and why.
        reason: String,
    },
    /// A document was closed.
    Closed {
        /// Which one.
        uri: String,
    },
    /// A batch is to be applied.
    Submitted(Submission),
    /// A batch is to be taken back.
    Undo {
        /// The name of what takes it back.
        ticket: Ticket,
        /// The batch; the last one, where it is absent.
        batch_id: Option<String>,
    },
    /// What became of a batch cannot be told.
    Abandoned {
        /// Which one.
        ticket: Ticket,
    },
    /// A batch was staged, or could not be.
    Staged(Box<Staging>),
    /// The editor answered an edit.
    Replied {
        /// The batch that the edit carried out.
        ticket: Ticket,
        /// What it said.
        reply: EditReply,
    },
    /// The time for something is over.
    Elapsed(Deadline),
    /// Nobody waits for a batch any more.
    Cancelled {
        /// Which one.
        ticket: Ticket,
    },
    /// A batch's outcome is known: what is wrong with it is to be shown.
    Concluded(Box<Conclusion>),
    /// Nobody wants to see diagnostics any more that match all that is given.
    DiagnosticsCleared {
        /// The document that they are on.
        key: Option<DocumentKey>,
        /// The batch that they come from.
        batch_id: Option<String>,
        /// The patch that they are about.
        patch: Option<usize>,
    },
}

/// One change of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentChange {
    /// What is replaced; the whole text where it is absent.
    pub range: Option<Range>,
    /// What stands there now.
    pub text: String,
}

/// A batch on its way in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its name while it is under way.
    pub ticket: Ticket,
    /// The batch.
    pub batch: Arc<Batch>,
    /// The unit of its columns.
    pub encoding: PositionEncoding,
    /// Where each of its documents is, in the batch's order.
    pub targets: Vec<Target>,
    /// How it is to be carried out.
    pub mode: Mode,
}

/// Where a document of a batch is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Under this URI, which does not depend on a folder.
    At(String),
    /// Nowhere.
    Refused {
        /// The code of the violation.
        code: Code,
        /// Why, in a sentence.
        message: String,
    },
}

/// What the editor answered to an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditReply {
    /// It says that it applied all of it.
    Applied,
    /// It says that it did not, or answered with an error.
    Refused {
        /// Why, if it said so.
        reason: Option<String>,
    },
}
