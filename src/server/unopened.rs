//! Documents that the editor does not have open, as far as they are files.

use std::io;

use super::error::ResponseError;
use super::published::Published;
use crate::batch::{Code, DocumentKey};
use crate::engine::Source;
use crate::files::{self, Identity, Reader, Root};
use crate::text::Snapshot;
use crate::workspace::Files;

/// What is needed to read a file that the editor does not have open. Taken from
/// the owner at the request's place in the stream, and used on another thread.
#[derive(Clone, Debug)]
pub(super) struct Unopened {
    /// The URIs of the workspace's folders.
    pub(super) roots: Vec<String>,
    pub(super) max_bytes: usize,
    pub(super) published: Published,
}

/// The files of one batch.
pub(super) struct BatchFiles<'a> {
    unopened: &'a Unopened,
    /// One for each folder, or why there is none.
    readers: Vec<Result<Reader<'a>, String>>,
    /// The open documents, and which files they are. Made when it is needed.
    open: Option<Vec<(DocumentKey, Identity)>>,
}

impl Unopened {
    /// The text of the file that `uri` names: the editor's where it has the
    /// file open under another name, and else the one on disk. Blocks.
    ///
    /// # Errors
    ///
    /// `RequestFailed` with the code of the violation.
    pub(super) fn snapshot(&self, uri: &str) -> Result<Snapshot, ResponseError> {
        self.for_batch(|files| {
            let open = files.open_as(uri).and_then(|key| self.published.get(&key));
            if let Some(document) = open {
                return match document.out_of_sync() {
                    None => Ok(document.snapshot().clone()),
                    Some(reason) => Err(ResponseError::out_of_sync(uri, reason)),
                };
            }
            match files.read(uri) {
                Source::Text(snapshot) | Source::Moved { now: snapshot, .. } => Ok(snapshot),
                Source::Refused { code, message } => {
                    Err(ResponseError::refused(code.as_str(), message))
                }
            }
        })
    }

    /// Does something with the files of a batch, each of which is read once.
    pub(super) fn for_batch<T>(&self, with: impl FnOnce(&mut BatchFiles<'_>) -> T) -> T {
        let roots: Vec<Result<Root, String>> = self
            .roots
            .iter()
            .map(|root| Root::at(root).map_err(|error| unreadable(root, &error)))
            .collect();
        let readers = roots.iter().map(|root| match root {
            Ok(root) => Ok(root.reader(self.max_bytes)),
            Err(message) => Err(message.clone()),
        });
        with(&mut BatchFiles { unopened: self, readers: readers.collect(), open: None })
    }

    fn identities(&self) -> Vec<(DocumentKey, Identity)> {
        let documents = self.published.documents().into_iter();
        let identity = |(key, document): (DocumentKey, crate::workspace::Document)| {
            Some((key, Identity::of_file(document.uri(), None)?))
        };
        documents.filter_map(identity).collect()
    }
}

impl Files for BatchFiles<'_> {
    fn open_as(&mut self, uri: &str) -> Option<DocumentKey> {
        let root = self.unopened.roots.first().and_then(|root| Root::at(root).ok());
        let identity = Identity::of_file(uri, root.as_ref())?;
        let open = self.open.get_or_insert_with(|| self.unopened.identities());
        open.iter().find(|(_, of_open)| *of_open == identity).map(|(key, _)| key.clone())
    }

    /// The first folder that the file is in counts.
    fn read(&mut self, uri: &str) -> Source {
        let outside = |message| Source::Refused { code: Code::OutsideRoot, message };
        if self.readers.len() > 1 && files::is_relative(uri) {
            return outside(format!("`{uri}` is relative, and several folders are open"));
        }
        let mut refused = outside(format!("`{uri}` is not open in the editor, and no folder is"));
        for reader in &mut self.readers {
            refused = match reader {
                Err(message) => {
                    Source::Refused { code: Code::UnreadableFile, message: message.clone() }
                }
                Ok(reader) => match reader.read(uri) {
                    refused @ Source::Refused { code: Code::OutsideRoot, .. } => refused,
                    found => return found,
                },
            };
        }
        refused
    }
}

fn unreadable(root: &str, error: &io::Error) -> String {
    format!("cannot open the folder `{root}`: {error}")
}
