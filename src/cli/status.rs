//! `batchpatch status`: what the language servers of this user count.

use std::io::{self, Write};

use anstyle::Style;
use clap::Args;
use serde_json::{Map, Value, json};

use super::exit::{Exit, Failure};
use super::flag_args::StateArgs;
use super::scrape::{Sample, scrape};
use crate::observability::{Discovered, discovered};

/// Show what the language servers count that serve metrics (`lsp --metrics`).
#[derive(Debug, Args)]
pub(super) struct Status {
    /// Print every series as JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    state: StateArgs,
}

const HEADING: Style = Style::new().bold();
const WIDTH: usize = 18;

/// What a line shows.
enum Shown {
    /// A number for each value of this label that has one.
    By(&'static str),
    /// A number.
    Number,
    /// A size.
    Bytes,
    /// A percentage, or that there is none.
    Rollout,
    /// How many there were of what, and their mean.
    Mean(Unit),
}

#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Patches,
}

/// The lines, each with what it is called and where it comes from.
const LINES: &[(&str, &str, Shown)] = &[
    ("batches", "batch_patches_total", Shown::By("status")),
    ("under way", "batches_under_way", Shown::Number),
    ("took", "batch_duration_seconds", Shown::Mean(Unit::Seconds)),
    ("each had", "patches_per_batch", Shown::Mean(Unit::Patches)),
    ("first try", "first_try_total", Shown::By("result")),
    ("patches", "patches_total", Shown::By("status")),
    ("types", "patch_operations_total", Shown::By("type")),
    ("violations", "invariant_violations_total", Shown::By("code")),
    ("faults of laws", "faults_total", Shown::By("law")),
    ("errors", "errors_total", Shown::By("type")),
    ("stale", "stale_batches_total", Shown::Number),
    ("carried over", "rebases_total", Shown::By("result")),
    ("taken back", "rollbacks_total", Shown::By("result")),
    ("documents open", "documents_open", Shown::Number),
    ("text", "text_bytes", Shown::Bytes),
    ("kept for undo", "history_bytes", Shown::Bytes),
    ("memory", "process_resident_memory_bytes", Shown::Bytes),
    ("memory at most", "process_peak_resident_memory_bytes", Shown::Bytes),
    ("log lines lost", "log_lines_dropped_total", Shown::Number),
    ("flag is on", "feature_flag_enabled", Shown::By("flag")),
    ("rollout", "feature_flag_percentage", Shown::Rollout),
];

impl Status {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let processes = discovered(self.state.folder()?.path());
        let asked = processes.into_iter().map(|process| (process, scrape(process.address)));
        let asked: Vec<_> = asked.collect();
        let is_complete = asked.iter().all(|(_, samples)| samples.is_ok());
        let mut output = anstream::stdout().lock();
        let printed =
            if self.json { print_json(&mut output, &asked) } else { print(&mut output, &asked) };
        printed
            .and_then(|()| output.flush())
            .map_err(|error| Failure::io("write standard output", &error))?;
        Ok(if is_complete { Exit::Done } else { Exit::Io })
    }
}

type Asked = (Discovered, io::Result<Vec<Sample>>);

fn print(output: &mut dyn Write, asked: &[Asked]) -> io::Result<()> {
    if asked.is_empty() {
        return writeln!(
            output,
            "no language server of this user serves metrics: start it with `batchpatch lsp --metrics`"
        );
    }
    for (index, (Discovered { process, address }, samples)) in asked.iter().enumerate() {
        if index > 0 {
            writeln!(output)?;
        }
        writeln!(output, "{HEADING}process {process}{HEADING:#} at http://{address}")?;
        match samples {
            Ok(samples) => {
                for (title, name, shown) in LINES {
                    writeln!(output, "  {title:WIDTH$} {}", words(samples, name, shown))?;
                }
            }
            Err(error) => writeln!(output, "  does not answer: {error}")?,
        }
    }
    Ok(())
}

fn words(samples: &[Sample], name: &str, shown: &Shown) -> String {
    let total =
        |name: &str| samples.iter().filter(|it| it.name == name).map(|it| it.value).sum::<f64>();
    match shown {
        Shown::Number => total(name).to_string(),
        Shown::Bytes => bytes(total(name)),
        Shown::Rollout if total(name) < 0.0 => "none".to_owned(),
        Shown::Rollout => format!("{} %", total(name)),
        Shown::By(label) => by_label(samples, name, label),
        Shown::Mean(unit) => {
            let count = total(&format!("{name}_count"));
            if count == 0.0 {
                return "–".to_owned();
            }
            let mean = total(&format!("{name}_sum")) / count;
            match unit {
                Unit::Seconds => format!("{:.1} ms in the mean", mean * 1000.0),
                Unit::Patches => format!("{mean:.1} patches in the mean"),
            }
        }
    }
}

/// The values of a label that have a number, each with it.
fn by_label(samples: &[Sample], name: &str, label: &str) -> String {
    let mut counted: Vec<(&str, f64)> = Vec::new();
    for sample in samples.iter().filter(|sample| sample.name == name) {
        let Some(value) = sample.label(label) else { continue };
        match counted.iter_mut().find(|(known, _)| *known == value) {
            Some((_, count)) => *count += sample.value,
            None => counted.push((value, sample.value)),
        }
    }
    let there = counted.iter().filter(|(_, count)| *count != 0.0);
    let there: Vec<String> = there.map(|(value, count)| format!("{count} {value}")).collect();
    if there.is_empty() { "0".to_owned() } else { there.join(", ").replace('_', " ") }
}

fn bytes(bytes: f64) -> String {
    match bytes {
        less if less < 1e3 => format!("{less} B"),
        less if less < 1e6 => format!("{:.1} kB", less / 1e3),
        less if less < 1e9 => format!("{:.1} MB", less / 1e6),
        more => format!("{:.1} GB", more / 1e9),
    }
}

fn print_json(output: &mut dyn Write, asked: &[Asked]) -> io::Result<()> {
    let process = |(Discovered { process, address }, samples): &Asked| {
        let mut told = Map::new();
        told.insert("pid".to_owned(), json!(process));
        told.insert("address".to_owned(), json!(address));
        match samples {
            Ok(samples) => told.insert("series".to_owned(), samples.iter().map(series).collect()),
            Err(error) => told.insert("error".to_owned(), json!(error.to_string())),
        };
        Value::Object(told)
    };
    let processes: Value = asked.iter().map(process).collect();
    serde_json::to_writer_pretty(&mut *output, &processes)?;
    writeln!(output)
}

fn series(sample: &Sample) -> Value {
    let labels = sample.labels.iter().map(|(name, value)| (name.clone(), json!(value)));
    let labels: Map<String, Value> = labels.collect();
    json!({ "name": sample.name, "labels": labels, "value": sample.value })
}
