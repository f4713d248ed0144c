//! `batchpatch lsp`: the language server.

use std::io;

use clap::Args;

use super::exit::{Exit, Failure};
use super::flag_args::FlagArgs;
use super::observing::Observing;
use crate::{observability, server};

/// Serve an editor over standard input and output (Language Server Protocol).
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Accepted because clients send it: standard input and output are the only way.
    #[arg(long)]
    stdio: bool,

    #[command(flatten)]
    observing: Observing,

    #[command(flatten)]
    flags: FlagArgs,
}

impl Lsp {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let Lsp { stdio: _, observing, flags } = self;
        let options = observing.options(&flags)?;
        let start = |error| Failure::io("start the server", &error);
        let _panics = observability::report_panics().map_err(start)?;
        let exit = server::serve(io::stdin(), io::stdout(), &options).map_err(start)?;
        Ok(match exit {
            server::Exit::Orderly => Exit::Done,
            server::Exit::Abrupt => Exit::Rejected,
        })
    }
}
