//! `batchpatch lsp`: the language server.

use std::io;

use clap::Args;

use super::exit::{Exit, Failure};
use crate::server;

/// Serve an editor over standard input and output (Language Server Protocol).
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Accepted because clients send it: standard input and output are the only way.
    #[arg(long)]
    stdio: bool,
}

impl Lsp {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let Lsp { stdio: _ } = self;
        let exit = server::serve(io::stdin(), io::stdout())
            .map_err(|error| Failure::io("start the server", &error))?;
        Ok(match exit {
            server::Exit::Orderly => Exit::Done,
            server::Exit::Abrupt => Exit::Rejected,
        })
    }
}
