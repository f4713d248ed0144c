//! `batchpatch rollout advance`: one look, by hand.

use clap::Args;

use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::cli::output;
use crate::rollout::waves::{Prometheus, Step};

/// Look once, as `watch` does again and again, and go on to the next wave if all gates hold.
///
/// Otherwise it says why not, and does what `watch` would do too: go back on a fault, say.
#[derive(Debug, Args)]
pub(super) struct Advance {
    /// The Prometheus that scrapes all processes, by its http address.
    #[arg(long, value_name = "URL")]
    prometheus: Prometheus,

    #[command(flatten)]
    flags: FlagArgs,
}

impl Advance {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let rollout = super::open(&self.flags)?;
        let checked = rollout
            .check(&self.prometheus, "rollout advance")
            .map_err(|error| super::failure(&error))?;
        output::print(|output| writeln!(output, "{}", super::line(&checked.record)))?;
        let is_on = matches!(checked.record.what, Step::Advance | Step::Done);
        Ok(if is_on { Exit::Done } else { Exit::Rejected })
    }
}
