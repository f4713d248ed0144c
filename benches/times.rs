//! How long the engine takes for each workload, beside the bare edits of the
//! rope, a forward pass over a string, and the parse of the batch.
//!
//! Criterion measures each side by itself, and compares it with its last run.
//! The table at the end is measured in turns, so that whatever slows the
//! computer down for a while slows every side. Times are for reading: what must
//! not grow is for the benchmark `instructions` to say.

#![allow(clippy::print_stdout, reason = "the table is what the program is for")]
#![allow(clippy::expect_used, clippy::panic, reason = "a benchmark that cannot run stops")]

pub mod workload;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion};
use workload::WORKLOADS;
use workload::case::Case;
use workload::side::Side;
use workload::table::{Row, Table};

/// How often each side has its turn. An odd number has a middle.
const TURNS: usize = 21;

/// How often a side runs in its turn before it is measured. So it finds the
/// caches as it leaves them itself, and not as the side before it did.
const WARM_UPS: usize = 2;

fn main() {
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args();
    let benching = std::env::args().any(|argument| argument == "--bench");
    let mut rows = Vec::new();
    for workload in &WORKLOADS {
        let case = Case::of(workload);
        case.assert_sides_agree();
        let mut group = criterion.benchmark_group(workload.name);
        for side in Side::ALL {
            group.bench_function(side.name(), |bencher| {
                let run = |()| side.run(black_box(&case));
                bencher.iter_batched(|| (), run, BatchSize::PerIteration);
            });
        }
        group.finish();
        if benching {
            rows.push(Row { workload: workload.name, costs: medians(&case) });
        }
    }
    criterion.final_summary();
    if benching {
        print!("\n{}", Table { unit: "nanoseconds", rows });
    }
}

/// The median time of each side, in nanoseconds.
fn medians(case: &Case) -> [u64; Side::ALL.len()] {
    let mut times = Side::ALL.map(|_| Vec::with_capacity(TURNS));
    for _ in 0..TURNS {
        for side in Side::ALL {
            for _ in 0..WARM_UPS {
                drop(black_box(side.run(black_box(case))));
            }
            let start = Instant::now();
            let output = black_box(side.run(black_box(case)));
            times[side as usize].push(start.elapsed());
            drop(output);
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        u64::try_from(times[TURNS / 2].as_nanos()).unwrap_or(u64::MAX)
    })
}
