//! The methods that the LSP library routes: they forward to the owner, and hold
//! no logic.

use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{DidChangeConfigurationParams, InitializeParams, InitializeResult};

use super::capabilities::initialize_result;
use super::owner::SharedOwner;

/// The methods that the LSP library routes.
pub(super) struct Backend {
    owner: SharedOwner,
}

impl Backend {
    pub(super) fn new(owner: SharedOwner) -> Backend {
        Backend { owner }
    }
}

impl LanguageServer for Backend {
    /// The owner has been told already, in the client's own words.
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        Ok(initialize_result(self.owner.lock().encoding()))
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        // Clients that are asked for settings send none here.
        if let Some(settings) = params.settings.get("batchpatch") {
            self.owner.lock().configure(settings);
        }
    }
}
