//! What the server says of itself, and what it takes from the client.

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::ls_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, ExecuteCommandOptions,
    InitializeResult, OneOf, PositionEncodingKind, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    WorkDoneProgressOptions, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use super::commands;
use crate::batch::{DocumentKey, SCHEMA_VERSION};
use crate::text::PositionEncoding;
use crate::workspace::Abilities;

/// What a client may rely on, beyond the commands.
const FEATURES: &[&str] = &[
    "snapshot",
    "status",
    "apply",
    "preview",
    "diagnostics",
    "rebase",
    "undo",
    "history",
    "receipts",
    "progress",
];

/// What counts of the client's `initialize`.
///
/// URIs are strings here: the library refuses some that editors do send, and
/// would refuse the whole request for them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Client {
    /// The process to outlive by no more than a few seconds.
    pub(super) process_id: Option<u32>,
    root_uri: Option<String>,
    workspace_folders: Option<Vec<WorkspaceFolder>>,
    pub(super) initialization_options: Value,
    capabilities: Option<Capabilities>,
}

/// What `workspace/didChangeWorkspaceFolders` tells (LSP 3.17,
/// `WorkspaceFoldersChangeEvent`).
#[derive(Debug, Deserialize)]
pub(super) struct FoldersChange {
    added: Vec<WorkspaceFolder>,
    removed: Vec<WorkspaceFolder>,
}

#[derive(Debug, Deserialize)]
struct WorkspaceFolder {
    uri: String,
}

impl WorkspaceFolder {
    fn is_at(&self, uri: &str) -> bool {
        let key = |uri: &str| DocumentKey::of(uri.trim_end_matches('/'));
        key(&self.uri) == key(uri)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Capabilities {
    general: Option<General>,
    workspace: Option<WorkspaceCapabilities>,
    text_document: Option<TextDocumentCapabilities>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TextDocumentCapabilities {
    code_action: Option<CodeActionCapabilities>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CodeActionCapabilities {
    data_support: Option<bool>,
    resolve_support: Option<ResolveSupport>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ResolveSupport {
    properties: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WorkspaceCapabilities {
    apply_edit: Option<bool>,
    workspace_edit: Option<WorkspaceEditCapabilities>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WorkspaceEditCapabilities {
    failure_handling: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct General {
    position_encodings: Option<Vec<String>>,
}

impl Client {
    /// The unit of all columns: utf-8 where the client offers it, because that
    /// costs nothing to convert; utf-16 where it offers nothing (LSP 3.17,
    /// `PositionEncodingKind`).
    pub(super) fn encoding(&self) -> PositionEncoding {
        let general = self.capabilities.as_ref().and_then(|it| it.general.as_ref());
        let offered = general.and_then(|it| it.position_encodings.as_deref()).unwrap_or_default();
        let offers = |encoding: &PositionEncoding| {
            offered.iter().any(|offered| offered == encoding.as_str())
        };
        let preferred = [PositionEncoding::Utf8, PositionEncoding::Utf32];
        preferred.into_iter().find(offers).unwrap_or(PositionEncoding::Utf16)
    }

    /// What it does with edits.
    pub(super) fn abilities(&self) -> Abilities {
        let workspace = self.capabilities.as_ref().and_then(|it| it.workspace.as_ref());
        let edits = workspace.and_then(|it| it.workspace_edit.as_ref());
        let handling = edits.and_then(|it| it.failure_handling.as_deref());
        Abilities {
            applies_edits: workspace.and_then(|it| it.apply_edit).unwrap_or(false),
            is_transactional: matches!(handling, Some("transactional" | "textOnlyTransactional")),
        }
    }

    /// Whether it asks for a code action's command only when somebody takes the
    /// action, and remembers until then which one it was.
    pub(super) fn resolves_commands(&self) -> bool {
        let text_document = self.capabilities.as_ref().and_then(|it| it.text_document.as_ref());
        let actions = text_document.and_then(|it| it.code_action.as_ref());
        actions.is_some_and(|actions| {
            let resolved = actions.resolve_support.as_ref().and_then(|it| it.properties.as_ref());
            actions.data_support == Some(true)
                && resolved.is_some_and(|names| names.iter().any(|name| name == "command"))
        })
    }

    /// The folders whose files may be read while no editor has them open.
    pub(super) fn roots(&self) -> Vec<String> {
        match &self.workspace_folders {
            Some(folders) => folders.iter().map(|folder| folder.uri.clone()).collect(),
            None => self.root_uri.iter().cloned().collect(),
        }
    }

    /// Takes over that folders were added and removed.
    pub(super) fn change_folders(&mut self, change: FoldersChange) {
        let roots = self.roots().into_iter().map(|uri| WorkspaceFolder { uri });
        let is_changed = |folder: &WorkspaceFolder| {
            change.removed.iter().chain(&change.added).any(|it| it.is_at(&folder.uri))
        };
        let mut folders: Vec<_> = roots.filter(|folder| !is_changed(folder)).collect();
        folders.extend(change.added);
        self.workspace_folders = Some(folders);
    }
}

/// The answer to `initialize`.
pub(super) fn initialize_result(encoding: PositionEncoding) -> InitializeResult {
    InitializeResult {
        capabilities: ServerCapabilities {
            position_encoding: Some(PositionEncodingKind::from(encoding.as_str().to_owned())),
            text_document_sync: Some(TextDocumentSyncCapability::Options(
                TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::INCREMENTAL),
                    ..TextDocumentSyncOptions::default()
                },
            )),
            execute_command_provider: Some(ExecuteCommandOptions {
                commands: commands::NAMES.iter().map(ToString::to_string).collect(),
                work_done_progress_options: WorkDoneProgressOptions {
                    work_done_progress: Some(true),
                },
            }),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                ..WorkspaceServerCapabilities::default()
            }),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                resolve_provider: Some(true),
                ..CodeActionOptions::default()
            })),
            experimental: Some(json!({
                "batchpatch": { "schema": SCHEMA_VERSION, "features": FEATURES }
            })),
            ..ServerCapabilities::default()
        },
        server_info: Some(ServerInfo {
            name: "batchpatch".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        ..InitializeResult::default()
    }
}
