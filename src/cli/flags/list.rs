//! `batchpatch flags list`: which features are on here, and why.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::cli::output;
use crate::cli::render::{one_line, table};
use crate::rollout::{Decision, Flags, InstallationId, Percentage};
use crate::state_folder::StateFolder;

/// Show each flag, whether it is on for this installation, and why.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Exit status:
  0  all that counts could be read
  3  a flag file is broken, or something else could not be read or written: standard error
     says what, and the list shows what counts nevertheless")]
pub(super) struct List {
    /// Print it as JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    flags: FlagArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    installation_id: String,
    state_folder: String,
    flags: Vec<Flag>,
    problems: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Flag {
    #[serde(rename = "flag")]
    name: String,
    is_on: bool,
    why: String,
    /// The lower one of the two that follow.
    percentage: Percentage,
    own: Percentage,
    fleet: Option<Percentage>,
}

impl List {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let folder = self.flags.state_folder()?;
        let listed = listed(&folder, &self.flags);
        if self.json {
            output::print_json(&listed)?;
        } else {
            output::print(|output| write(output, &listed))?;
        }
        super::finish(&listed.problems)
    }
}

fn listed(folder: &StateFolder, args: &FlagArgs) -> Listed {
    let (id, problem) = InstallationId::open(folder);
    let flags = Flags::open(args.sources(folder), id);
    let flag = |name: String| {
        let Decision { is_on, percentage, own, fleet, why } = flags.decide(&name);
        Flag { name, is_on, why: why.to_string(), percentage, own, fleet }
    };
    let problems = problem.iter().map(ToString::to_string);
    Listed {
        installation_id: id.to_string(),
        state_folder: folder.path().display().to_string(),
        flags: flags.names().into_iter().map(flag).collect(),
        problems: problems.chain(flags.problems().map(ToString::to_string)).collect(),
    }
}

fn write(output: &mut dyn Write, listed: &Listed) -> io::Result<()> {
    let has_fleet = listed.flags.iter().any(|flag| flag.fleet.is_some());
    let here = |flag: &Flag| format!("{}: {}", if flag.is_on { "on" } else { "off" }, flag.why);
    if has_fleet {
        let row = |flag: &Flag| {
            let fleet = flag.fleet.map_or("–".to_owned(), |fleet| fleet.to_string());
            let counts = [flag.own.to_string(), fleet, flag.percentage.to_string()];
            let [own, fleet, counts] = counts;
            [one_line(&flag.name), own, fleet, counts, one_line(&here(flag))]
        };
        let rows: Vec<_> = listed.flags.iter().map(row).collect();
        table::write(output, ["flag", "own", "fleet", "counts", "here"], &rows)?;
    } else {
        let row = |flag: &Flag| {
            [one_line(&flag.name), flag.percentage.to_string(), one_line(&here(flag))]
        };
        let rows: Vec<_> = listed.flags.iter().map(row).collect();
        table::write(output, ["flag", "counts", "here"], &rows)?;
    }
    writeln!(output)?;
    writeln!(output, "installation {}", listed.installation_id)?;
    writeln!(output, "state in {}", one_line(&listed.state_folder))
}
