//! What may listen to the language server.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use tracing::level_filters::LevelFilter;

use super::exit::Failure;
use super::flag_args::FlagArgs;
use crate::observability::{EndpointConfig, LogConfig};
use crate::server::Options;

/// What may listen to the language server.
#[derive(Debug, Args)]
pub(super) struct Observing {
    /// Write a log to files in this folder [default, with --log-level: logs in the state folder].
    #[arg(long, value_name = "DIR")]
    log_folder: Option<PathBuf>,

    /// Write a log of everything that is at least so important [default, with --log-folder: info].
    #[arg(long, value_name = "LEVEL", value_parser = level_parser())]
    log_level: Option<LevelFilter>,

    /// Serve metrics on 127.0.0.1, at this port (9000 where none is given) if it is free and else
    /// at any other.
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "9000")]
    metrics: Option<u16>,
}

fn level_parser() -> impl TypedValueParser<Value = LevelFilter> {
    PossibleValuesParser::new(["error", "warn", "info", "debug", "trace"])
        .map(|level| level.parse().unwrap_or(LevelFilter::INFO))
}

impl Observing {
    /// Who listens to the server, and where flags come from.
    pub(super) fn options(self, flags: &FlagArgs) -> Result<Options, Failure> {
        let Observing { log_folder, log_level, metrics } = self;
        let log = if log_folder.is_some() || log_level.is_some() {
            let folder = match log_folder {
                Some(folder) => folder,
                None => flags.state_folder()?.join("logs"),
            };
            Some(LogConfig { folder, level: log_level.unwrap_or(LevelFilter::INFO) })
        } else {
            None
        };
        let endpoint = match metrics {
            Some(port) => {
                let state_folder = flags.state_folder()?.path().to_owned();
                Some(EndpointConfig { port, state_folder })
            }
            None => None,
        };
        Ok(Options { log, endpoint, flags: flags.of_server()? })
    }
}
