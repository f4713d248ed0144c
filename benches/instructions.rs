//! The gate: how many instructions the engine takes for each workload, and how
//! that compares with the bare edits of the rope.
//!
//! `cargo bench --bench instructions` runs this program once more for each
//! workload and side, under callgrind, which counts the same instructions on
//! every run: so a limit can be a strict one. Without the argument `--bench`,
//! which cargo gives, it only checks that the sides agree.

#![allow(clippy::print_stdout, reason = "the table is what the program is for")]
#![allow(clippy::print_stderr, reason = "the reason for a failure belongs on no table")]
#![allow(clippy::expect_used, clippy::panic, reason = "a benchmark that cannot run stops")]

pub mod workload;

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, io, process};

use batchpatch::engine::StagedBatch;
use workload::WORKLOADS;
use workload::case::Case;
use workload::observed::{Listening, Observed};
use workload::side::{Output, Side};
use workload::table::{Row, Table};

/// How many times the instructions of the bare edits the engine may take.
const LIMIT: f64 = 1.5;

/// The workload that is carried out while somebody listens.
const OBSERVED: &str = "5,000 on 100,000";

/// How many times the instructions a batch may take while somebody listens.
const OBSERVED_LIMIT: f64 = 1.02;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [command, workload, side] = &arguments[..]
        && command == MEASURE
    {
        measure(workload, side);
        return ExitCode::SUCCESS;
    }
    for workload in &WORKLOADS {
        Case::of(workload).assert_sides_agree();
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match gate().and_then(|()| observed_gate()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The argument that tells the second run of this program what it is for.
const MEASURE: &str = "measure";

/// What the second run does.
fn measure(workload: &str, side: &str) {
    let workload = WORKLOADS.iter().find(|known| known.name == workload).expect("a workload");
    if let Some(listening) = Listening::ALL.into_iter().find(|known| known.name() == side) {
        return measure_observed(&Case::of(workload), listening);
    }
    let side = Side::ALL.into_iter().find(|known| known.name() == side).expect("a side");
    let output = measured(&Case::of(workload), side);
    // Nothing after the measurement is of interest, least of all how long it
    // takes to give the document back.
    std::mem::forget(black_box(output));
}

fn measure_observed(case: &Case, listening: Listening) {
    let observed = Observed::begin(case, listening);
    assert_eq!(observed.is_logged(), listening != Listening::Off);
    let output = measured_observed(&observed, case);
    std::mem::forget(black_box(output));
}

/// Callgrind counts while this function runs, and knows it by its name.
#[inline(never)]
fn measured(case: &Case, side: Side) -> Output {
    black_box(side.run(black_box(case)))
}

/// And while this one runs.
#[inline(never)]
fn measured_observed(observed: &Observed, case: &Case) -> StagedBatch {
    black_box(observed.run(black_box(case)))
}

fn gate() -> Result<(), Box<dyn Error>> {
    let scratch = Scratch::new()?;
    let mut rows = Vec::new();
    for workload in &WORKLOADS {
        let mut costs = [0; Side::ALL.len()];
        for side in Side::ALL {
            costs[side as usize] = instructions(&scratch.0, workload.name, side.name())?;
        }
        rows.push(Row { workload: workload.name, costs });
    }
    let table = Table { unit: "instructions", rows };
    print!("{table}");
    let too_many = table.rows.iter().filter(|row| row.ratio_to(Side::Floor) > LIMIT);
    let names: Vec<&str> = too_many.map(|row| row.workload).collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.join("; ");
    Err(format!("the engine takes more than {LIMIT} times the floor's instructions for: {names}")
        .into())
}

/// What it costs that somebody listens.
fn observed_gate() -> Result<(), Box<dyn Error>> {
    let scratch = Scratch::new()?;
    let cost = |listening: Listening| instructions(&scratch.0, OBSERVED, listening.name());
    let [off, on, debug] = Listening::ALL.map(cost);
    let (off, on, debug) = (off? as f64, on? as f64, debug? as f64);
    println!(
        "{OBSERVED}, observed: off {off}, on {:.4} times, debug {:.4} times",
        on / off,
        debug / off
    );
    if on / off < OBSERVED_LIMIT {
        return Ok(());
    }
    Err(format!("a batch takes more than {OBSERVED_LIMIT} times the instructions while observed")
        .into())
}

/// How many instructions a side takes for a workload.
fn instructions(scratch: &Path, workload: &str, side: &str) -> Result<u64, Box<dyn Error>> {
    let profile = scratch.join("profile");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*::measured*"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(env::current_exe()?)
        .args([MEASURE, workload, side])
        .stdout(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "the instructions are counted by valgrind, which is not installed".to_owned()
            }
            _ => format!("valgrind does not start: {error}"),
        })?;
    if !run.status.success() {
        return Err(format!("valgrind failed:\n{}", String::from_utf8_lossy(&run.stderr)).into());
    }
    total(&fs::read_to_string(profile)?)
        .ok_or_else(|| format!("callgrind counted nothing for {workload}, {side}").into())
}

/// The sum that callgrind writes at the end of a profile.
fn total(profile: &str) -> Option<u64> {
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: "))?;
    total.trim().parse().ok().filter(|total| *total > 0)
}

/// A directory that goes when the gate is done, however it ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Scratch> {
        let path = env::temp_dir().join(format!("batchpatch-instructions-{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A directory that stays behind is untidy, and no reason to fail.
        let _ = fs::remove_dir_all(&self.0);
    }
}
