//! One flag file, as it was read last, and what of it counts.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::flag_file::MAX_BYTES;
use super::{FlagFile, Problem};

/// What stood at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Missing,
    Bytes(Vec<u8>),
    /// It could not be read, for this reason.
    Unreadable(String),
}

impl Content {
    pub(super) fn read(path: &Path) -> Content {
        match read(path) {
            Ok(bytes) => Content::Bytes(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Content::Missing,
            Err(error) => Content::Unreadable(error.to_string()),
        }
    }

    /// What it says: nothing where there is no file, or what is wrong with it.
    pub(super) fn parse(&self) -> Result<Option<FlagFile>, String> {
        match self {
            Content::Missing => Ok(None),
            Content::Bytes(bytes) => {
                FlagFile::parse(bytes).map(Some).map_err(|error| error.to_string())
            }
            Content::Unreadable(cause) => Err(format!("cannot be read: {cause}")),
        }
    }
}

/// Whole, but one byte over the limit at most: enough to see that it is over.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A flag file that is read again and again.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    content: Content,
    standing: Standing,
}

/// What counts of a flag file.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// There is none.
    Missing,
    /// It is well formed, or it was: then the problem says what is wrong now.
    Good(FlagFile, Option<Problem>),
    /// It was never well formed since it is looked at.
    Broken(Problem),
}

impl Source {
    pub(super) fn open(path: PathBuf) -> Source {
        let missing = Source { path, content: Content::Missing, standing: Standing::Missing };
        missing.newer().unwrap_or(missing)
    }

    /// The same file as it stands now, if it holds something else than it did.
    ///
    /// Its bytes are compared and not its times: two versions of the same length
    /// may be written within one tick of the clock.
    pub(super) fn newer(&self) -> Option<Source> {
        let content = Content::read(&self.path);
        if content == self.content {
            return None;
        }
        let path = self.path.clone();
        let standing = match (content.parse(), self.file()) {
            (Ok(None), _) => Standing::Missing,
            (Ok(Some(file)), _) => Standing::Good(file, None),
            (Err(cause), Some(last)) => {
                let problem = Problem::BrokenAgain { path: path.clone(), cause };
                Standing::Good(last.clone(), Some(problem))
            }
            (Err(cause), None) => Standing::Broken(Problem::Broken { path: path.clone(), cause }),
        };
        Some(Source { path, content, standing })
    }

    pub(super) fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The file that counts, if one does.
    pub(super) fn file(&self) -> Option<&FlagFile> {
        match &self.standing {
            Standing::Good(file, _) => Some(file),
            Standing::Missing | Standing::Broken(_) => None,
        }
    }

    pub(super) fn problem(&self) -> Option<&Problem> {
        match &self.standing {
            Standing::Good(_, problem) => problem.as_ref(),
            Standing::Broken(problem) => Some(problem),
            Standing::Missing => None,
        }
    }
}
