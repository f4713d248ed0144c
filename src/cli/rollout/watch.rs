//! `batchpatch rollout watch`: a look again and again, until the end.

use std::io::Write as _;
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::cli::output;
use crate::rollout::waves::{Prometheus, RolloutError, Stage};

/// Watch a rollout until its end, and do what has to be done.
///
/// It prints a line for each decision. It may be ended and started again at any time, and only
/// one at a time does it. Where Prometheus does not answer it stays and asks again.
#[derive(Debug, Args)]
pub(super) struct Watch {
    /// The Prometheus that scrapes all processes, by its http address.
    #[arg(long, value_name = "URL")]
    prometheus: Prometheus,

    /// How long it waits between two looks.
    #[arg(long, value_name = "TIME", default_value = "10s")]
    interval: humantime::Duration,

    /// Print each decision as a line of JSON, with all numbers that were read.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    flags: FlagArgs,
}

impl Watch {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let rollout = super::open(&self.flags)?;
        let _watching = rollout.watching().map_err(|error| super::failure(&error))?;
        let mut told = String::new();
        loop {
            match rollout.check(&self.prometheus, "rollout watch") {
                Ok(checked) => {
                    told.clear();
                    // How it ended is told also where somebody else ended it.
                    let is_told = checked.is_news || !checked.course.is_under_way();
                    if is_told && self.json {
                        output::print_json_line(&checked.record)?;
                    } else if is_told {
                        output::print(|output| {
                            writeln!(output, "{}", super::line(&checked.record))
                        })?;
                    }
                    match checked.course.stage {
                        Stage::Done => return Ok(Exit::Done),
                        Stage::RolledBack => return Ok(Exit::Rejected),
                        Stage::Wave(_) | Stage::Watching => {}
                    }
                }
                Err(error @ RolloutError::NotStarted) => return Err(super::failure(&error)),
                // It may be mended: a full disk, a broken file.
                Err(error) => {
                    let failure = super::failure(&error).to_string();
                    if failure != told {
                        let _ = writeln!(std::io::stderr(), "{failure}");
                        told = failure;
                    }
                }
            }
            thread::sleep(Duration::from(self.interval).max(SHORTEST));
        }
    }
}

/// The least time between two looks.
const SHORTEST: Duration = Duration::from_millis(100);
