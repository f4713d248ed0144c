//! What can be done about diagnostics, on the wire (LSP 3.17, "Code Action
//! Request").
//!
//! The types are our own, because URIs are strings here: the library refuses
//! some that editors do send.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::commands::Answer;
use super::diagnostics::Diagnostic;
use super::error::ResponseError;
use super::owner::Owner;
use super::text_sync::{LspRange, TextDocumentIdentifier};
use super::transport::read_params;
use crate::batch::{Batch, DocumentKey};
use crate::workspace::{Action, ActionCommand, ActionKind};

/// The one kind of all actions.
pub(super) const KIND: &str = "quickfix";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    text_document: TextDocumentIdentifier,
    range: LspRange,
    #[serde(default)]
    context: Context,
}

#[derive(Default, Deserialize)]
struct Context {
    only: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeAction {
    title: String,
    kind: &'static str,
    diagnostics: Vec<Diagnostic>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_preferred: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<Invocation>,
    data: String,
}

#[derive(Serialize)]
struct Invocation {
    title: String,
    command: &'static str,
    arguments: [Argument; 1],
}

#[derive(Serialize)]
#[serde(untagged)]
enum Argument {
    Batch(Box<Batch>),
    Which(Which),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Which {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<usize>,
}

/// `textDocument/codeAction`: what can be done about the diagnostics in a
/// range. What is sent to do it comes at once only for clients that cannot ask
/// for it later.
pub(super) fn code_actions(owner: &Owner, params: Option<&RawValue>) -> Answer {
    let params: Params = read(params)?;
    let only = params.context.only.as_deref();
    // A kind stands for those below it too (LSP 3.17, `CodeActionKind`).
    if only.is_some_and(|kinds| !kinds.iter().any(|kind| kind.is_empty() || kind == KIND)) {
        return answer(&[(); 0]);
    }
    let Some(document) = owner.document(&params.text_document.uri) else {
        return answer(&[(); 0]);
    };
    let (key, snapshot) = (DocumentKey::of(document.uri()), document.snapshot());
    let encoding = owner.encoding();
    let documentation = owner.settings.documentation.as_deref();
    let all = owner.workspace.diagnostics().of(&key, snapshot, encoding).into_iter();
    let by_id: HashMap<String, Diagnostic> =
        all.map(|it| (it.id.clone(), Diagnostic::new(it, documentation))).collect();
    let resolves = owner.client.resolves_commands();
    let wire = |Action { id, title, kind, diagnostics }: Action| CodeAction {
        kind: KIND,
        diagnostics: diagnostics.iter().filter_map(|id| by_id.get(id)).cloned().collect(),
        is_preferred: kind == ActionKind::Repaired,
        command: if resolves { None } else { command(owner, &id, &title) },
        title,
        data: id,
    };
    let actions =
        owner.workspace.diagnostics().actions(&key, params.range.into(), snapshot, encoding);
    answer(&actions.into_iter().map(wire).collect::<Vec<_>>())
}

/// `codeAction/resolve`: the same action, with what is sent to do it.
pub(super) fn resolve(owner: &Owner, params: Option<&RawValue>) -> Answer {
    let mut action: Map<String, Value> = read(params)?;
    let id = action.get("data").and_then(Value::as_str).unwrap_or_default();
    let title = action.get("title").and_then(Value::as_str).unwrap_or_default();
    let command = command(owner, id, title).ok_or_else(|| {
        let message = "the text or the batch is another one by now, or the diagnostic was cleared";
        ResponseError::refused("outdated-action", message)
    })?;
    let command = serde_json::to_value(command).map_err(no_json)?;
    action.insert("command".to_owned(), command);
    answer(&action)
}

fn command(owner: &Owner, id: &str, title: &str) -> Option<Invocation> {
    let (command, argument) = match owner.workspace.diagnostics().resolve(id)? {
        ActionCommand::Apply(batch) => ("batchpatch.apply", Argument::Batch(batch)),
        ActionCommand::Clear { uri, batch_id, patch } => {
            ("batchpatch.clearDiagnostics", Argument::Which(Which { uri, batch_id, patch }))
        }
    };
    Some(Invocation { title: title.to_owned(), command, arguments: [argument] })
}

fn read<'a, T: Deserialize<'a>>(params: Option<&'a RawValue>) -> Result<T, ResponseError> {
    read_params(params).map_err(|error| ResponseError::invalid_params(error.to_string()))
}

fn answer(answer: &impl Serialize) -> Answer {
    to_raw_value(answer).map_err(no_json)
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
fn no_json(error: serde_json::Error) -> ResponseError {
    ResponseError::internal(format!("the answer is no JSON: {error}"))
}
