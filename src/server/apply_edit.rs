//! `workspace/applyEdit`, as it stands on the wire (LSP 3.17).

use serde::{Deserialize, Serialize};

use crate::text::Range;
use crate::workspace::{self, EditReply};

/// Always `documentChanges`, whether the client declares them or not: only they
/// carry versions, and every client is known to take them.
#[derive(Serialize)]
pub(super) struct Params<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    edit: Edit<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Edit<'a> {
    document_changes: Vec<TextDocumentEdit<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TextDocumentEdit<'a> {
    text_document: Identifier<'a>,
    edits: Vec<TextEdit<'a>>,
}

/// The version is written as `null` where there is none: Neovim takes a missing
/// key for an error.
#[derive(Serialize)]
struct Identifier<'a> {
    uri: &'a str,
    version: Option<i32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TextEdit<'a> {
    range: Range,
    new_text: &'a str,
}

/// The parameters that ask for an edit.
pub(super) fn params(edit: &workspace::WorkspaceEdit) -> Params<'_> {
    Params {
        label: edit.label.as_deref(),
        edit: Edit { document_changes: edit.documents.iter().map(document_edit).collect() },
    }
}

fn document_edit(document: &workspace::DocumentEdit) -> TextDocumentEdit<'_> {
    let edits = document.edits.iter();
    TextDocumentEdit {
        text_document: Identifier { uri: &document.uri, version: document.version },
        edits: edits.map(|it| TextEdit { range: it.range, new_text: &it.new_text }).collect(),
    }
}

/// What the client answered; whatever is no clear yes is a no.
pub(super) fn read_reply(outcome: Result<&str, &str>) -> EditReply {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Reply {
        applied: bool,
        failure_reason: Option<String>,
    }
    #[derive(Deserialize)]
    struct Error {
        message: String,
    }
    let refused = |reason| EditReply::Refused { reason };
    match outcome {
        Ok(result) => match serde_json::from_str::<Reply>(result) {
            Ok(Reply { applied: true, .. }) => EditReply::Applied,
            Ok(Reply { failure_reason, .. }) => refused(failure_reason),
            Err(error) => refused(Some(format!("its answer cannot be read: {error}"))),
        },
        Err(error) => refused(serde_json::from_str::<Error>(error).ok().map(|error| error.message)),
    }
}
