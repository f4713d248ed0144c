//! `batchpatch flags history`: who changed which flag, when, and why.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::cli::output;
use crate::cli::render::{one_line, table};
use crate::rollout::{Change, Flags, History, InstallationId};

/// Show who changed which flag, when, and why.
///
/// A file that was changed by hand is recorded when the first process sees it, this one too.
#[derive(Debug, Args)]
pub(super) struct Shown {
    /// How many changes are shown, the latest ones.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Print it as JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    flags: FlagArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    changes: &'a [Change],
    /// How many there are before those.
    earlier: usize,
    broken_lines: usize,
}

impl Shown {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let folder = self.flags.state_folder()?;
        let sources = self.flags.sources(&folder);
        let path = sources.history.clone();
        // Whoever opens the flags records what was changed by hand.
        let flags = Flags::open(sources, InstallationId::open(&folder).0);
        let history = History::read(&path)
            .map_err(|error| Failure::io(&format!("read {}", path.display()), &error))?;
        let earlier = history.changes.len().saturating_sub(self.limit);
        let changes = &history.changes[earlier..];
        if self.json {
            let broken_lines = history.broken_lines;
            output::print_json(&Told { changes, earlier, broken_lines })?;
        } else {
            output::print(|output| write(output, changes, earlier, history.broken_lines))?;
        }
        super::finish(flags.problems())
    }
}

fn write(
    output: &mut dyn Write,
    changes: &[Change],
    earlier: usize,
    broken_lines: usize,
) -> io::Result<()> {
    write_changes(output, changes)?;
    if earlier > 0 {
        writeln!(output, "and {earlier} before; --limit shows more")?;
    }
    match broken_lines {
        0 => Ok(()),
        1 => writeln!(output, "1 line of the history is broken and left out"),
        lines => writeln!(output, "{lines} lines of the history are broken and left out"),
    }
}

fn write_changes(output: &mut dyn Write, changes: &[Change]) -> io::Result<()> {
    let Some(first) = changes.first() else {
        return writeln!(output, "no flag was ever changed");
    };
    let is_one_file = changes.iter().all(|change| change.file == first.file);
    let row = |change: &Change| {
        let at = humantime::format_rfc3339_seconds(change.at).to_string();
        let why = one_line(change.why.as_deref().unwrap_or_default());
        [at, one_line(&change.flag), super::step(change), one_line(&change.who), why]
    };
    let rows = changes.iter().map(row);
    if is_one_file {
        let rows: Vec<_> = rows.collect();
        table::write(output, ["when", "flag", "percentage", "who", "why"], &rows)?;
        return writeln!(output, "\nall in {}", one_line(&first.file));
    }
    let rows = rows.zip(changes);
    let rows: Vec<_> = rows
        .map(|([at, flag, step, who, why], change)| {
            [at, flag, step, who, one_line(&change.file), why]
        })
        .collect();
    table::write(output, ["when", "flag", "percentage", "who", "file", "why"], &rows)
}
