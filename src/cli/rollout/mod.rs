//! `batchpatch rollout`: waves that guard themselves.

mod advance;
mod plan;
mod roll_back;
mod status;
mod step;
mod watch;

use std::fmt::Write as _;
use std::time::SystemTime;

use clap::{Args, Subcommand};

use super::exit::{Exit, Failure};
use super::flag_args::FlagArgs;
use super::render::one_line;
use crate::rollout::SetError;
use crate::rollout::waves::{self, Record, RolloutError, Stage};

/// Roll a feature out in waves, and back by itself.
///
/// A wave gives the feature to a percentage of all installations and holds for a time. `watch`
/// asks a Prometheus what becomes of their batches: it goes on to the next wave when the time is
/// over and all gates hold, back to the wave before when one does not, and to 0 % on a fault or a
/// critical alert. Where it sees nothing it stays. Every decision is kept with its reason.
#[derive(Debug, Args)]
#[command(after_long_help = "\
A rollout:
  $ batchpatch rollout plan > plan.json    # the waves as they are shipped, to be edited
  $ batchpatch rollout start --plan plan.json
  $ batchpatch rollout watch --prometheus http://127.0.0.1:9090
  $ batchpatch rollout status --prometheus http://127.0.0.1:9090

Back, for everybody:
  $ batchpatch rollout rollback --why 'rollbacks in the mobile team'

Exit status:
  0  done
  1  nothing changed, as it must not (advance); rolled back to 0 % (watch)
  2  the call or the plan makes no sense, or no such rollout is under way
  3  something could not be read or written")]
pub(super) struct Rollout {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::PlanShown),
    Status(status::Status),
    Start(step::Start),
    Advance(advance::Advance),
    Pause(step::Pause),
    Resume(step::Resume),
    Rollback(roll_back::RollBack),
    Watch(watch::Watch),
}

impl Rollout {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        match self.command {
            Command::Plan(plan) => plan.run(),
            Command::Status(status) => status.run(),
            Command::Start(start) => start.run(),
            Command::Advance(advance) => advance.run(),
            Command::Pause(pause) => pause.run(),
            Command::Resume(resume) => resume.run(),
            Command::Rollback(roll_back) => roll_back.run(),
            Command::Watch(watch) => watch.run(),
        }
    }
}

/// The rollout of a state folder.
fn open(flags: &FlagArgs) -> Result<waves::Rollout, Failure> {
    let folder = flags.state_folder()?;
    let sources = flags.sources(&folder);
    Ok(waves::Rollout::new(folder, sources))
}

fn failure(error: &RolloutError) -> Failure {
    let exit = match error {
        RolloutError::Io { .. }
        | RolloutError::NotRecorded { .. }
        | RolloutError::Broken { .. }
        | RolloutError::Flag(SetError::Io { .. } | SetError::NotRecorded { .. }) => Exit::Io,
        RolloutError::NotStarted
        | RolloutError::UnderWay(_)
        | RolloutError::Over(_)
        | RolloutError::NotThatWay(_)
        | RolloutError::Watched
        | RolloutError::Flag(SetError::Unknown { .. } | SetError::Broken { .. }) => Exit::Malformed,
    };
    Failure::new(exit, format!("batchpatch: {}", one_line(&error.to_string())))
}

/// A decision on one line.
fn line(record: &Record) -> String {
    let at = time(record.at);
    one_line(&format!("{at}  {:9}  {}  {}", record.what.to_string(), step(record), record.why))
}

/// A time to the second. A plan may lead beyond all times that can be written.
fn time(at: SystemTime) -> String {
    let at = SystemTime::UNIX_EPOCH.max(at);
    let mut text = String::new();
    match write!(text, "{}", humantime::format_rfc3339_seconds(at)) {
        Ok(()) => text,
        Err(_) => "the end of time".to_owned(),
    }
}

/// The percentage of a decision, before and after.
fn step(record: &Record) -> String {
    match record.stage {
        _ if record.from != record.to => format!("{} → {}", record.from, record.to),
        Stage::Watching => format!("{}, watching", record.to),
        _ => record.to.to_string(),
    }
}
