//! Files that no editor holds: names, confinement to a root, reading.
//!
//! What is defended against what: the *batch* is not trusted, other processes
//! of the user are. A batch may come from a program that was talked into
//! something, so none of its names leads out of the root folder, tells what
//! exists outside, or makes the reader wait for a pipe; and none of its files
//! is read past the limit. A process that runs as the user could read and
//! write the same files without us, so nothing here keeps it from moving
//! folders about while a name is being followed. That a file is replaced
//! meanwhile also happens without malice, as editors save by renaming, and is
//! noticed.

mod confine;
mod decode;
mod open;
mod refused;
mod uri;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::path::{Path, PathBuf};

use crate::batch::Code;
use crate::engine::Source;
use crate::text::Snapshot;

pub use open::Identity;

use open::Opened;
use refused::Refused;

/// A folder that no document may leave.
#[derive(Clone, Debug)]
pub struct Root {
    path: PathBuf,
}

/// Reads the documents of one batch, each file once.
#[derive(Debug)]
pub struct Reader<'r> {
    root: &'r Root,
    max_bytes: usize,
    seen: HashMap<Identity, String>,
}

impl Root {
    /// The folder at `path`.
    ///
    /// # Errors
    ///
    /// The system's, if there is nothing at `path` or it is no folder.
    pub fn open(path: &Path) -> io::Result<Root> {
        let path = path.canonicalize()?;
        if path.is_dir() { Ok(Root { path }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// The folder that an absolute `file:` URI or path names.
    ///
    /// # Errors
    ///
    /// The system's, or that it names no path.
    pub fn at(uri: &str) -> io::Result<Root> {
        let path = uri::path_of(uri)
            .map_err(|refused| io::Error::new(io::ErrorKind::InvalidInput, refused.message))?;
        Root::open(&path)
    }

    /// Its canonical path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A reader for one batch, whose documents have at most `max_bytes` each.
    pub fn reader(&self, max_bytes: usize) -> Reader<'_> {
        Reader { root: self, max_bytes, seen: HashMap::new() }
    }
}

/// Whether `uri` is a path that needs a folder to start from.
pub fn is_relative(uri: &str) -> bool {
    uri::path_of(uri).is_ok_and(|path| path.is_relative())
}

impl Reader<'_> {
    /// The text of the file that `uri` names, which is a `file:` URI or a
    /// path, percent-encoded or not. A relative one starts at the root.
    pub fn read(&mut self, uri: &str) -> Source {
        match self.snapshot_of(uri) {
            Ok(snapshot) => Source::Text(snapshot),
            Err(Refused { code, message }) => Source::Refused { code, message },
        }
    }

    fn snapshot_of(&mut self, uri: &str) -> Result<Snapshot, Refused> {
        let path = confine::locate(&self.root.path, uri)?;
        let file = Opened::at(&path, uri)?;
        match self.seen.entry(file.identity().clone()) {
            Entry::Vacant(vacant) => vacant.insert(uri.to_owned()),
            Entry::Occupied(earlier) => {
                let message = format!(
                    "`{uri}` is the same file as `{}`, an earlier document of the batch; list \
                     the patches of both in one document",
                    earlier.get()
                );
                return Err(Refused::new(Code::SameFileTwice, message));
            }
        };
        decode::snapshot_of(&file.read(self.max_bytes, uri)?, uri)
    }
}
