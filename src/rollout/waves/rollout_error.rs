//! Why nothing could be done with a rollout.

use std::io;
use std::path::PathBuf;

use crate::rollout::{Percentage, SetError};

/// Why nothing could be done. The rollout is as it was unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    /// There is none.
    #[error(
        "no rollout was started here; `batchpatch rollout start` starts one, and \
         `batchpatch flags set FLAG 0` switches a flag off"
    )]
    NotStarted,
    /// There is one already.
    #[error("a rollout is under way, at {0}; go on with it, or roll it back first")]
    UnderWay(Percentage),
    /// There is nothing left to do in it.
    #[error("the rollout {0}; `batchpatch rollout start` begins a new one")]
    Over(&'static str),
    /// It does not go that way from where it is.
    #[error("{0}")]
    NotThatWay(String),
    /// Another process watches it.
    #[error("another process watches this rollout")]
    Watched,
    /// What is kept of it is broken.
    #[error(
        "{}: {cause}; mend it, or remove it and start anew; `batchpatch flags set FLAG 0` \
         switches a flag off", path.display()
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Something could not be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It is done, and that could not be recorded.
    #[error("it is done, but {} cannot be written: {cause}", path.display())]
    NotRecorded {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The flag could not be set.
    #[error(transparent)]
    Flag(#[from] SetError),
}
