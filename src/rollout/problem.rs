//! What is wrong with flags, for whoever can tell it.

use std::path::PathBuf;

/// What is wrong, and what that means. It holds until a refresh finds it gone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A flag file is broken that was good before.
    #[error("{}: {cause}; what it said before still counts", path.display())]
    BrokenAgain {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the JSON path.
        cause: String,
    },
    /// A flag file is broken, and no good one is known.
    #[error("{}: {cause}; until it is mended all flags are off", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the JSON path.
        cause: String,
    },
    /// A change by hand was seen and could not be recorded. It is tried again at
    /// each refresh.
    #[error("{}: cannot record a change of a flag: {cause}", path.display())]
    NotRecorded {
        /// The history.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
}
