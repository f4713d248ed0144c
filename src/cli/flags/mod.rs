//! `batchpatch flags`: which features are on here, and who changed that.

mod history;
mod list;
mod set;

use clap::{Args, Subcommand};

use super::exit::{Exit, Failure};
use super::render::one_line;
use crate::rollout::{Change, Percentage};

/// Show and set feature flags, and who changed them when.
///
/// A flag is on for a percentage of all installations. Which ones these are follows from the
/// flag's name and a random id of each installation: it is the same in every process, and who
/// has a feature keeps it when the percentage grows.
#[derive(Debug, Args)]
#[command(after_long_help = "\
A rollout in three waves, seen by every running process within two seconds:
  $ batchpatch flags set batch-patches-v1 0 --ids 5d0c2a7f7f0e4b0a9c3e6f1d2b4a8c90
  $ batchpatch flags set batch-patches-v1 25 --why 'a week without alerts'
  $ batchpatch flags set batch-patches-v1 100

Back, for everybody:
  $ batchpatch flags set batch-patches-v1 0 --why 'rollbacks in the mobile team'

Where there is no flag file, all flags are on.")]
pub(super) struct Flags {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Set(set::Set),
    History(history::Shown),
}

impl Flags {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        match self.command {
            Command::List(list) => list.run(),
            Command::Set(set) => set.run(),
            Command::History(history) => history.run(),
        }
    }
}

/// How a command ends that has shown what counts, beside these problems.
fn finish(problems: impl IntoIterator<Item = impl ToString>) -> Result<Exit, Failure> {
    let problems = problems.into_iter().map(|problem| one_line(&problem.to_string()));
    let lines: Vec<String> = problems.map(|problem| format!("batchpatch: {problem}")).collect();
    if lines.is_empty() { Ok(Exit::Done) } else { Err(Failure::new(Exit::Io, lines.join("\n"))) }
}

/// What a change did, on a few columns.
fn step(change: &Change) -> String {
    let told = |percentage: Option<Percentage>| {
        percentage.map_or("–".to_owned(), |percentage| percentage.to_string())
    };
    let named = match change.ids.len() {
        0 => String::new(),
        1 => " and 1 id".to_owned(),
        count => format!(" and {count} ids"),
    };
    format!("{} → {}{named}", told(change.from), told(change.to))
}
