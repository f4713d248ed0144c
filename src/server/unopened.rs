//! Documents that the editor does not have open, as far as they are files.

use std::io;

use super::error::ResponseError;
use super::published::Published;
use crate::engine::Source;
use crate::files::{self, Identity, Root};
use crate::text::Snapshot;
use crate::workspace::Document;

/// What is needed to read a file that the editor does not have open. Taken from
/// the owner at the request's place in the stream, and used on another thread.
#[derive(Clone, Debug)]
pub(super) struct Unopened {
    /// The URIs of the workspace's folders.
    pub(super) roots: Vec<String>,
    pub(super) max_bytes: usize,
    pub(super) published: Published,
}

impl Unopened {
    /// The text of the file that `uri` names: the editor's where it has the
    /// file open under another name, and else the one on disk. Blocks.
    ///
    /// # Errors
    ///
    /// `RequestFailed` with the code of the violation.
    pub(super) fn snapshot(&self, uri: &str) -> Result<Snapshot, ResponseError> {
        if self.roots.len() > 1 && files::is_relative(uri) {
            let message = format!("`{uri}` is relative, and several folders are open");
            return Err(ResponseError::refused("outside-root", message));
        }
        if let Some(snapshot) = self.open_under_another_name(uri) {
            return snapshot;
        }
        if self.roots.is_empty() {
            let message = format!("`{uri}` is not open in the editor, and no folder is");
            return Err(ResponseError::refused("outside-root", message));
        }
        self.read(uri, &self.roots)
    }

    fn open_under_another_name(&self, uri: &str) -> Option<Result<Snapshot, ResponseError>> {
        let root = self.roots.first().and_then(|root| Root::at(root).ok());
        let identity = Identity::of_file(uri, root.as_ref())?;
        let is_same =
            |open: &Document| Identity::of_file(open.uri(), None).as_ref() == Some(&identity);
        let document = self.published.documents().into_iter().find(is_same)?;
        Some(match document.out_of_sync() {
            None => Ok(document.snapshot().clone()),
            Some(reason) => Err(ResponseError::out_of_sync(uri, reason)),
        })
    }

    /// The first folder that the file is in counts.
    fn read(&self, uri: &str, roots: &[String]) -> Result<Snapshot, ResponseError> {
        let mut refused = None;
        for root in roots {
            let source = Root::at(root).map(|root| root.reader(self.max_bytes).read(uri));
            match source {
                Ok(Source::Text(snapshot)) => return Ok(snapshot),
                Ok(Source::Refused { code, message }) => {
                    let inside = code != crate::batch::Code::OutsideRoot;
                    let error = ResponseError::refused(code.as_str(), message);
                    if inside {
                        return Err(error);
                    }
                    refused = Some(error);
                }
                Err(error) => refused = Some(unreadable(root, &error)),
            }
        }
        Err(refused.unwrap_or_else(|| ResponseError::internal("no folder was asked")))
    }
}

fn unreadable(root: &str, error: &io::Error) -> ResponseError {
    ResponseError::refused("unreadable-file", format!("cannot open the folder `{root}`: {error}"))
}
