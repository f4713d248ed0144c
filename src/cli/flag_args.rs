//! Where the flags of a command come from.

use std::path::PathBuf;

use clap::Args;

use super::exit::{Exit, Failure};
use crate::rollout::FlagSources;
use crate::server::FlagOptions;
use crate::state_folder::StateFolder;

/// Where the flags of a command come from.
#[derive(Clone, Debug, Args)]
pub(super) struct FlagArgs {
    /// The flag file of this machine [default: flags.json in the state folder].
    ///
    /// Where it is named and missing, all flags are off; where it is not named and there is
    /// none, they are on.
    #[arg(long, value_name = "FILE")]
    flags: Option<PathBuf>,

    /// A second flag file, as an organisation distributes it. The lower percentage counts.
    #[arg(long, value_name = "FILE")]
    fleet_flags: Option<PathBuf>,

    #[command(flatten)]
    state: StateArgs,
}

/// Where it is kept what outlives a process.
#[derive(Clone, Debug, Args)]
pub(super) struct StateArgs {
    /// The folder for flags, this installation's id, logs, and how to reach running servers.
    ///
    /// Otherwise the environment variable `BATCHPATCH_STATE` names it. Without both it is the
    /// folder batchpatch in `$XDG_STATE_HOME` or ~/.local/state; on macOS in ~/Library/Application
    /// Support; on Windows in %LOCALAPPDATA%.
    #[arg(long, value_name = "DIR")]
    state_folder: Option<PathBuf>,
}

impl StateArgs {
    pub(super) fn folder(&self) -> Result<StateFolder, Failure> {
        StateFolder::locate(self.state_folder.as_deref())
            .map_err(|error| Failure::new(Exit::Io, format!("batchpatch: {error}")))
    }
}

impl FlagArgs {
    pub(super) fn state_folder(&self) -> Result<StateFolder, Failure> {
        self.state.folder()
    }

    /// The flags of a language server. Who has no home folder needs none, unless
    /// they name a flag file.
    pub(super) fn of_server(&self) -> Result<Option<FlagOptions>, Failure> {
        let is_named = self.flags.is_some() || self.fleet_flags.is_some();
        match self.state_folder() {
            Ok(folder) => Ok(Some(FlagOptions { sources: self.sources(&folder), folder })),
            Err(_) if !is_named => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    pub(super) fn sources(&self, folder: &StateFolder) -> FlagSources {
        FlagSources::new(folder, self.flags.clone(), self.fleet_flags.clone())
    }
}
