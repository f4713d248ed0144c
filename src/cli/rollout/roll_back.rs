//! `batchpatch rollout rollback`: back, to an earlier wave or to 0 %.

use std::str::FromStr;

use clap::Args;

use super::step::{OperatorArgs, tell};
use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::rollout::waves::Back;
use crate::rollout::{NoPercentage, Percentage};

/// Go back: to 0 % for everybody, or to an earlier wave.
#[derive(Debug, Args)]
pub(super) struct RollBack {
    /// How far: 0, the percentage of an earlier wave, or `before` for the wave before.
    #[arg(long, value_name = "PERCENT", default_value = "0")]
    to: To,

    #[command(flatten)]
    by: OperatorArgs,

    #[command(flatten)]
    flags: FlagArgs,
}

#[derive(Clone, Copy, Debug)]
struct To(Back);

impl FromStr for To {
    type Err = NoPercentage;

    fn from_str(text: &str) -> Result<To, NoPercentage> {
        if text == "before" {
            return Ok(To(Back::Before));
        }
        text.parse::<Percentage>().map(|percentage| To(Back::To(percentage)))
    }
}

impl RollBack {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let To(back) = self.to;
        tell(super::open(&self.flags)?.roll_back(back, &self.by.operator()))
    }
}
