//! `batchpatch rollout status`: how far a rollout is, and how its gates stand.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde::Serialize;

use super::time;
use crate::cli::exit::{Exit, Failure};
use crate::cli::flag_args::FlagArgs;
use crate::cli::output;
use crate::cli::render::{one_line, table};
use crate::rollout::Percentage;
use crate::rollout::waves::{
    Course, FlagFound, Gate, Judgement, Observations, Prometheus, Record, Stage, Standing, judge,
};

/// Show how far a rollout is, how its gates stand, and what was decided.
///
/// Nothing is decided here, and nothing changes.
#[derive(Debug, Args)]
pub(super) struct Status {
    /// The Prometheus that scrapes all processes, by its http address: show the gates too.
    #[arg(long, value_name = "URL")]
    prometheus: Option<Prometheus>,

    /// How many decisions are shown, the latest ones.
    #[arg(long, value_name = "N", default_value_t = 5)]
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
    flag: &'a str,
    flag_file: &'a Path,
    stage: Stage,
    /// `null` where it is back at 0 %.
    wave: Option<usize>,
    waves: usize,
    percentage: Percentage,
    since: String,
    until: Option<String>,
    is_paused: bool,
    /// What the flag files say; `null` where they are broken.
    found: Option<Percentage>,
    /// What would be decided now; `null` where nobody was asked.
    now: Option<Now<'a>>,
    decisions: &'a [Record],
    earlier: usize,
    broken_lines: usize,
}

#[derive(Serialize)]
struct Now<'a> {
    step: String,
    why: &'a str,
    gates: &'a [Gate],
    observations: &'a Observations,
}

impl Status {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let rollout = super::open(&self.flags)?;
        let course = rollout.course().map_err(|error| super::failure(&error))?;
        let records = rollout.records().map_err(|error| super::failure(&error))?;
        let found = rollout.flag(&course).map_err(|error| super::failure(&error))?;
        let now = SystemTime::now();
        let seen = self.prometheus.as_ref().map(|prometheus| {
            let seen = prometheus.observe(&course, now);
            (judge(&course, &found, &seen, now), seen)
        });
        let earlier = records.records.len().saturating_sub(self.limit);
        let told = Told {
            flag: &course.plan.flag,
            flag_file: &course.flag_file,
            stage: course.stage,
            wave: course.wave(),
            waves: course.plan.last(),
            percentage: course.percentage(),
            since: time(course.since),
            until: course.until().map(time),
            is_paused: course.is_paused,
            found: match found {
                FlagFound::At(percentage) => Some(percentage),
                FlagFound::Broken(_) => None,
            },
            now: seen.as_ref().map(|(judgement, observations)| Now {
                step: judgement.step.to_string(),
                why: &judgement.why,
                gates: &judgement.gates,
                observations,
            }),
            decisions: &records.records[earlier..],
            earlier,
            broken_lines: records.broken_lines,
        };
        if self.json {
            output::print_json(&told)?;
        } else {
            let judgement = seen.as_ref().map(|(judgement, _)| judgement);
            output::print(|output| {
                write_course(output, &course, &found, now)?;
                if let Some(judgement) = judgement {
                    write_gates(output, judgement)?;
                }
                write_decisions(output, &told)
            })?;
        }
        Ok(Exit::Done)
    }
}

fn write_course(
    output: &mut dyn Write,
    course: &Course,
    found: &FlagFound,
    now: SystemTime,
) -> io::Result<()> {
    let (flag, percentage) = (one_line(&course.plan.flag), course.percentage());
    let last = course.plan.last();
    let stage = match course.stage {
        Stage::Wave(number) => format!("wave {number} of {last}, {percentage}"),
        Stage::Watching => format!("watched at {percentage}, after the last wave"),
        Stage::RolledBack => "rolled back to 0 %".to_owned(),
        Stage::Done => format!("done, {percentage}"),
    };
    let paused = if course.is_paused && course.is_under_way() { ", paused" } else { "" };
    writeln!(output, "{flag}: {BOLD}{stage}{paused}{BOLD:#}")?;
    writeln!(output, "in {}", one_line(&course.flag_file.to_string_lossy()))?;
    writeln!(output, "since {}", time(course.since))?;
    if let Some(until) = course.until() {
        let left = until.duration_since(now).unwrap_or_default();
        let left = Duration::from_secs(left.as_secs());
        let left = match left {
            Duration::ZERO => "over".to_owned(),
            left => format!("{} left", humantime::format_duration(left)),
        };
        writeln!(output, "until {} at least, {left}", time(until))?;
    }
    match found {
        FlagFound::At(found) if *found == percentage => Ok(()),
        FlagFound::At(found) => writeln!(output, "the flag was set to {found} by somebody else"),
        FlagFound::Broken(problem) => writeln!(output, "{}", one_line(problem)),
    }
}

fn write_gates(output: &mut dyn Write, judgement: &Judgement) -> io::Result<()> {
    writeln!(output)?;
    let row = |gate: &Gate| {
        let standing = match gate.standing {
            Standing::Holds => "holds",
            Standing::Fails => "FAILS",
            Standing::Unknown => "not known",
        };
        [gate.measure.to_string(), gate.reads(), gate.limit(), standing.to_owned()]
    };
    let rows: Vec<_> = judgement.gates.iter().map(row).collect();
    table::write(output, ["gate", "reads", "limit", "now"], &rows)?;
    let style = if judgement.gates.iter().any(|gate| gate.standing == Standing::Fails) {
        AnsiColor::Red.on_default()
    } else {
        Style::new()
    };
    writeln!(output, "\n{style}{}: {}{style:#}", judgement.step, one_line(&judgement.why))
}

fn write_decisions(output: &mut dyn Write, told: &Told<'_>) -> io::Result<()> {
    writeln!(output)?;
    let row = |record: &Record| {
        let at = time(record.at);
        let [who, why] = [&record.who, &record.why].map(|text| one_line(text));
        [at, record.what.to_string(), super::step(record), who, why]
    };
    let rows: Vec<_> = told.decisions.iter().map(row).collect();
    table::write(output, ["when", "what", "percentage", "who", "why"], &rows)?;
    if told.earlier > 0 {
        writeln!(output, "and {} before; --limit shows more", told.earlier)?;
    }
    match told.broken_lines {
        0 => Ok(()),
        lines => writeln!(output, "{lines} lines that were decided are broken and left out"),
    }
}

const BOLD: Style = Style::new().bold();
