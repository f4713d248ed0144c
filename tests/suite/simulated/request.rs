//! What a server asks the editor to do, and what it is told of it.

use super::editor::Notification;
use super::position::{self, Place};
use crate::oracle::Encoding;

/// One `workspace/applyEdit`.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its id on the wire.
    pub(crate) id: usize,
    pub(crate) documents: Vec<DocumentEdits>,
}

/// The edits of one document, all for the text of its version.
#[derive(Clone, Debug)]
pub(crate) struct DocumentEdits {
    pub(crate) uri: String,
    pub(crate) version: Option<i32>,
    pub(crate) edits: Vec<Edit>,
}

#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) start: Place,
    pub(crate) end: Place,
    pub(crate) text: String,
}

/// What the editor answers to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    True,
    False,
    Error,
}

/// Whatever the editor sends.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Notified(Notification),
    Answered { request: usize, answer: Answer },
}

/// The spans of the edits in `text`, from the first to the last: an insertion
/// before a replacement at one place, several insertions as they are listed.
pub(super) fn spans(text: &str, edits: &[Edit], encoding: Encoding) -> Vec<(usize, usize, String)> {
    let at = |place| position::offset(text, place, encoding);
    let mut spans: Vec<_> =
        edits.iter().map(|edit| (at(edit.start), at(edit.end), edit.text.clone())).collect();
    spans.sort_by_key(|(start, end, _)| (*start, *end));
    // Only where the text is not the one that the edits are for do any overlap.
    let mut reached = 0;
    for (start, end, _) in &mut spans {
        *start = reached.max(*start);
        *end = (*end).max(*start);
        reached = *end;
    }
    spans
}

/// The text that the edits make of `text`.
pub(crate) fn edited(text: &str, edits: &[Edit], encoding: Encoding) -> String {
    let mut result = text.to_owned();
    for (start, end, new) in spans(text, edits, encoding).iter().rev() {
        result.replace_range(start..end, new);
    }
    result
}
