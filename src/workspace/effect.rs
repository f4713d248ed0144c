//! What the machine asks for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Document, Job, Report};
use crate::batch::{DocumentKey, Outcome};
use crate::text::Range;

/// What the machine's owner is asked to do.
#[derive(Debug)]
pub enum Effect {
    /// Let readers have this state of a document, and no earlier one.
    Publish {
        /// Which document.
        key: DocumentKey,
        /// What it is now.
        document: Document,
    },
    /// Let readers have the document no longer: the editor closed it.
    Withdraw {
        /// Which document.
        key: DocumentKey,
    },
    /// Log that the editor said something that makes no sense.
    Warn(String),
    /// Run the job, on whatever thread, and tell what came of it
    /// ([`Event::Staged`](super::Event::Staged)).
    Stage(Box<Job>),
    /// Send the editor an edit, and tell what it answers
    /// ([`Event::Replied`](super::Event::Replied)).
    Edit(WorkspaceEdit),
    /// Tell when so much time has passed
    /// ([`Event::Elapsed`](super::Event::Elapsed)).
    Arm {
        /// What to tell.
        deadline: Deadline,
        /// How long from now.
        after: Duration,
    },
    /// Nothing more becomes of a batch: put its report into words, on whatever
    /// thread, hand them back ([`Event::Concluded`](super::Event::Concluded)),
    /// and answer whoever sent it.
    Finish {
        /// Which batch.
        ticket: Ticket,
        /// What became of it; `None` if it was cancelled in time.
        report: Option<Box<Report>>,
    },
    /// The batch was carried out before, and nothing is done now: answer
    /// whoever sent it with what was told then.
    Replay {
        /// Who sent it again.
        ticket: Ticket,
        /// What was told.
        outcome: Arc<Outcome>,
    },
    /// Another batch has this one's id: tell whoever sent it. Nothing is done.
    Contradict {
        /// The batch.
        ticket: Ticket,
    },
    /// Tell how far a batch is, if whoever sent it wants to know.
    Progress {
        /// The batch.
        ticket: Ticket,
        /// How far it is.
        progress: Progress,
    },
    /// Show what is wrong with a document, and nothing else of it.
    Diagnose {
        /// Which document.
        key: DocumentKey,
        /// The editor's spelling of it.
        uri: Arc<str>,
    },
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The editor was asked to change so many documents.
    Asked {
        /// How many.
        documents: usize,
    },
    /// The editor shows some of them as they were asked for.
    Seen {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// One patch after the other is carried out, and so many are done.
    Patches {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// The editor changed some of them only, and those are taken back.
    TakenBack,
}

/// The name of a batch while it is under way. One that came later is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A time that somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline {
    pub(super) ticket: Ticket,
    /// Each edit that is sent for the batch has deadlines of its own.
    pub(super) attempt: u32,
    pub(super) wait: Wait,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Wait {
    /// The editor's answer.
    Reply,
    /// The texts that it should have made.
    Texts,
}

/// One edit of one or more documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceEdit {
    /// The batch that it carries out.
    pub ticket: Ticket,
    /// What the editor may call it in its undo list.
    pub label: Option<String>,
    /// Each document that changes, once, in the batch's order.
    pub documents: Vec<DocumentEdit>,
}

/// The edits of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentEdit {
    /// The document, in the editor's own spelling if it has it open.
    pub uri: String,
    /// The version that the edits are for; `None` for one that is not open.
    pub version: Option<i32>,
    /// Disjoint edits, from the end of the document to its start. All ranges
    /// are places of the text before, and there is at least one.
    pub edits: Vec<TextEdit>,
}

/// One edit of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// What is replaced, in the negotiated encoding.
    pub range: Range,
    /// What stands there then.
    pub new_text: String,
}
