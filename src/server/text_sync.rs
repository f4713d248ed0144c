//! The notifications of text synchronisation, as they stand on the wire (LSP
//! 3.17, "Text Document Synchronization").
//!
//! The types are our own, because URIs are strings here: the library refuses
//! some that editors do send.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::transport::read_params;
use crate::text::{Position, Range};
use crate::workspace::{ContentChange, Event};

/// What a notification says.
///
/// # Errors
///
/// Its parameters are of another shape.
pub(super) fn read_event(method: &str, params: Option<&RawValue>) -> serde_json::Result<Event> {
    match method {
        "textDocument/didOpen" => read_params(params).map(DidOpen::into_event),
        "textDocument/didChange" => read_params(params).map(DidChange::into_event),
        _ => read_params(params).map(DidClose::into_event),
    }
}

/// The document that a notification is about, if that much of it can be read.
pub(super) fn named_document(params: Option<&RawValue>) -> Option<String> {
    read_params::<DidClose>(params).ok().map(|named| named.text_document.uri)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidOpen {
    text_document: TextDocumentItem,
}

#[derive(Deserialize)]
struct TextDocumentItem {
    uri: String,
    version: i32,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidChange {
    text_document: VersionedTextDocumentIdentifier,
    content_changes: Vec<TextDocumentContentChangeEvent>,
}

#[derive(Deserialize)]
struct VersionedTextDocumentIdentifier {
    uri: String,
    version: i32,
}

#[derive(Deserialize)]
struct TextDocumentContentChangeEvent {
    range: Option<LspRange>,
    text: String,
}

/// A range as the client writes it: what else it holds does not matter.
#[derive(Deserialize)]
pub(super) struct LspRange {
    start: LspPosition,
    end: LspPosition,
}

#[derive(Deserialize)]
struct LspPosition {
    line: u32,
    character: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidClose {
    text_document: TextDocumentIdentifier,
}

#[derive(Deserialize)]
pub(super) struct TextDocumentIdentifier {
    pub(super) uri: String,
}

impl DidOpen {
    fn into_event(self) -> Event {
        let TextDocumentItem { uri, version, text } = self.text_document;
        Event::Opened { uri, version, text }
    }
}

impl DidChange {
    fn into_event(self) -> Event {
        let VersionedTextDocumentIdentifier { uri, version } = self.text_document;
        let changes = self.content_changes.into_iter().map(|change| ContentChange {
            range: change.range.map(Range::from),
            text: change.text,
        });
        Event::Changed { uri, version, changes: changes.collect() }
    }
}

impl From<LspRange> for Range {
    fn from(LspRange { start, end }: LspRange) -> Range {
        Range {
            start: Position { line: start.line, character: start.character },
            end: Position { line: end.line, character: end.character },
        }
    }
}

impl DidClose {
    fn into_event(self) -> Event {
        Event::Closed { uri: self.text_document.uri }
    }
}
