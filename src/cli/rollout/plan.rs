//! `batchpatch rollout plan`: the waves and gates, to be edited.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output;
use crate::cli::render::one_line;
use crate::rollout::waves::Plan;

/// Print the plan as it is shipped, or check one.
#[derive(Debug, Args)]
pub(super) struct PlanShown {
    #[command(flatten)]
    plan: PlanArg,
}

/// Which plan it is.
#[derive(Debug, Args)]
pub(super) struct PlanArg {
    /// A file with the waves and gates [default: those that `rollout plan` prints].
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
}

impl PlanArg {
    pub(super) fn read(&self) -> Result<Plan, Failure> {
        self.plan.as_deref().map_or_else(|| Ok(Plan::default()), read)
    }
}

fn read(path: &Path) -> Result<Plan, Failure> {
    let bytes =
        fs::read(path).map_err(|error| Failure::io(&format!("read {}", path.display()), &error))?;
    Plan::parse(&bytes)
        .map_err(|error| Failure::malformed(one_line(&format!("{}: {error}", path.display()))))
}

impl PlanShown {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let plan = self.plan.read()?;
        output::print(|output| output.write_all(plan.written().as_bytes()))?;
        Ok(Exit::Done)
    }
}
