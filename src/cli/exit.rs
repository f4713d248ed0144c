//! How a command ends.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::batch::Status;

/// How a command ends, as its caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Applied, or nothing to do.
    Done = 0,
    /// Nothing changed: the batch breaks a law, or a limit.
    Rejected = 1,
    /// The batch or the call makes no sense.
    Malformed = 2,
    /// Something could not be read or written.
    Io = 3,
    /// Nothing changed: a fault of ours.
    Failed = 4,
    /// Some patches were left out, as `bestEffort` allows.
    Partial = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl From<Status> for Exit {
    fn from(status: Status) -> Exit {
        match status {
            Status::Applied | Status::Noop => Exit::Done,
            Status::Partial => Exit::Partial,
            Status::Rejected => Exit::Rejected,
            Status::RolledBack | Status::Failed => Exit::Failed,
        }
    }
}

/// A command that could not do its work, with what a person should read.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, message: message.into() }
    }

    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    pub(super) fn malformed(what: impl fmt::Display) -> Failure {
        Failure::new(Exit::Malformed, format!("batchpatch: {what}"))
    }

    pub(super) fn io(what: &str, error: &io::Error) -> Failure {
        Failure::new(Exit::Io, format!("batchpatch: cannot {what}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
