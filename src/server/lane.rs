//! Which way a message goes.

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Parsed typed, straight to the owner of the documents: what is hot, and
    /// what must not be lost.
    Owner,
    /// Through the LSP library: lifecycle and configuration.
    Service,
    /// About another message, never behind it.
    Cancel,
}

/// The one table: whatever is not named goes through the library, which
/// answers what it does not know.
pub(super) fn lane(method: &str) -> Lane {
    match method {
        "textDocument/didOpen"
        | "textDocument/didChange"
        | "textDocument/didClose"
        | "workspace/executeCommand"
        // The library refuses URIs that editors do send, also here.
        | "workspace/didChangeWorkspaceFolders"
        | "textDocument/codeAction"
        | "codeAction/resolve" => Lane::Owner,
        "$/cancelRequest" => Lane::Cancel,
        _ => Lane::Service,
    }
}
