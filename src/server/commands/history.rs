//! `batchpatch.history`: the batches that changed documents, the last one first.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Answer, argument};
use crate::batch::{DocumentKey, DocumentState, Status};
use crate::server::error::ResponseError;
use crate::server::owner::Owner;
use crate::workspace::{HistoryDocument, HistoryEntry};

const SHAPE: &str = "{uri?, limit?, text?}";

/// How many batches are told where nobody says.
const LIMIT: usize = 50;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Argument {
    /// Only batches on this document.
    uri: Option<String>,
    limit: Option<usize>,
    /// Give the text from before of documents in which nothing can be taken
    /// back.
    #[serde(default)]
    text: bool,
}

#[derive(Serialize)]
struct Answered<'a> {
    batches: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    batch_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    status: Status,
    /// Whether no document holds it any more.
    undone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<&'a str>,
    documents: Vec<Document<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    uri: &'a str,
    state: DocumentState,
    undone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_before: Option<String>,
}

pub(super) fn execute(owner: &Owner, arguments: &[&RawValue]) -> Answer {
    let argument = match arguments {
        [] => Argument::default(),
        given => argument(given, "batchpatch.history", SHAPE)?,
    };
    let key = argument.uri.as_deref().map(|uri| match owner.document(uri) {
        Some(open) => DocumentKey::of(open.uri()),
        None => DocumentKey::of(uri),
    });
    let entries = owner.workspace.history();
    let is_meant = |entry: &&HistoryEntry| key.as_ref().is_none_or(|key| entry.is_on(key));
    let document =
        |document: &HistoryDocument| document.text_before.as_ref().map(ToString::to_string);
    let batches = entries.filter(is_meant).take(argument.limit.unwrap_or(LIMIT)).map(|entry| {
        let documents = entry.documents.iter().map(|it| Document {
            uri: &it.uri,
            state: it.state,
            undone: it.is_undone,
            text_before: document(it).filter(|_| argument.text),
        });
        Entry {
            batch_id: entry.batch_id(),
            label: entry.label(),
            status: entry.status,
            undone: entry.is_undone(),
            undoes: entry.undoes(),
            documents: documents.collect(),
        }
    });
    to_raw_value(&Answered { batches: batches.collect() })
        .map_err(|error| ResponseError::internal(error.to_string()))
}
