//! `batchpatch rollout start`, `pause` and `resume`: what somebody decides.

use clap::Args;

use super::plan::PlanArg;
use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::cli::output;
use crate::rollout::waves::{Operator, Record, RolloutError};

/// Begin with the first wave.
///
/// The plan is kept as it is now: who edits the file later changes the next rollout. So is which
/// flag file is set, and no other command has to name it again. The percentage and the ids of the wave take the place of those that the flag had.
#[derive(Debug, Args)]
pub(super) struct Start {
    #[command(flatten)]
    plan: PlanArg,

    #[command(flatten)]
    by: OperatorArgs,

    #[command(flatten)]
    flags: FlagArgs,
}

/// Keep the rollout from advancing, until `resume`.
///
/// A gate that does not hold, a fault and a critical alert lead back all the same.
#[derive(Debug, Args)]
pub(super) struct Pause {
    #[command(flatten)]
    by: OperatorArgs,

    #[command(flatten)]
    flags: FlagArgs,
}

/// Go on after a pause. The flag is set as the wave has it, and its hold begins anew.
#[derive(Debug, Args)]
pub(super) struct Resume {
    #[command(flatten)]
    by: OperatorArgs,

    #[command(flatten)]
    flags: FlagArgs,
}

/// Who does it, and why.
#[derive(Debug, Args)]
pub(super) struct OperatorArgs {
    /// Who does it, for the record.
    #[arg(long, value_name = "NAME")]
    who: Option<String>,

    /// Why, for the record.
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

impl OperatorArgs {
    pub(super) fn operator(self) -> Operator {
        let who = self.who.map_or("cli".to_owned(), |who| format!("cli: {who}"));
        Operator { who, why: self.why }
    }
}

impl Start {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let plan = self.plan.read()?;
        tell(super::open(&self.flags)?.start(plan, &self.by.operator()))
    }
}

impl Pause {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        tell(super::open(&self.flags)?.pause(&self.by.operator()))
    }
}

impl Resume {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        tell(super::open(&self.flags)?.resume(&self.by.operator()))
    }
}

pub(super) fn tell(done: Result<Record, RolloutError>) -> Result<Exit, Failure> {
    let record = done.map_err(|error| super::failure(&error))?;
    output::print(|output| writeln!(output, "{}", super::line(&record)))?;
    Ok(Exit::Done)
}
