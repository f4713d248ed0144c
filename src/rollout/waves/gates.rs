//! Each gate by itself: what it reads, what its limit is, and whether it holds.

use std::fmt;

use serde::Serialize;

use super::{Course, Observations};
use crate::rollout::Percentage;

/// How many batches have to be beyond a quantile. Of fewer, one that a busy
/// computer held up decides alone.
const LEAST_BEYOND: f64 = 5.0;

/// One gate, as it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// What is measured.
    pub measure: Measure,
    /// What it reads; `None` if that is not known.
    pub reads: Option<f64>,
    /// What it is compared with.
    pub limit: f64,
    /// Whether it holds.
    pub standing: Standing,
}

/// What a gate measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Measure {
    /// Faults of batchpatch itself.
    Faults,
    /// Critical alerts that fire.
    CriticalAlerts,
    /// Processes that answer.
    Processes,
    /// Batches with the flag.
    Samples,
    /// Batches without the flag.
    FallbackSamples,
    /// The share of batches with the flag that failed.
    FailedShare,
    /// By how much it is above the share without the flag.
    AboveFallback,
    /// 95 of 100 take less, in milliseconds.
    P95,
    /// 99 of 100 take less, in milliseconds.
    P99,
}

/// Whether a gate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// It does.
    Holds,
    /// It does not, and there is enough to say so.
    Fails,
    /// Too little is known.
    Unknown,
}

/// How a gate compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    Below,
    AtMost,
    AtLeast,
}

impl Measure {
    fn needs(self) -> Needs {
        match self {
            Measure::Faults | Measure::CriticalAlerts => Needs::Nothing,
            Measure::Processes | Measure::Samples | Measure::FallbackSamples => Needs::AtLeast,
            Measure::FailedShare | Measure::P95 | Measure::P99 => Needs::Below,
            Measure::AboveFallback => Needs::AtMost,
        }
    }

    /// What too little of it means, without any number, so that it stays the same
    /// as long as it is true.
    pub(super) fn unknown(self) -> &'static str {
        match self {
            Measure::Faults => "it is not known whether there were faults",
            Measure::CriticalAlerts => {
                "it is not known whether a critical alert fires, as the rules are not evaluated"
            }
            Measure::Processes => "no process is seen to answer",
            Measure::Samples => "there are too few batches with the flag",
            Measure::FallbackSamples => {
                "there are too few batches without the flag to compare with"
            }
            Measure::FailedShare => "the failed share is not known",
            Measure::AboveFallback => "the failed share cannot be compared",
            Measure::P95 => "the p95 is not known",
            Measure::P99 => "the p99 is not known",
        }
    }

    /// A number of it as people write it.
    pub fn told(self, number: f64) -> String {
        match self {
            Measure::FailedShare => format!("{} %", rounded(100.0 * number, 2)),
            Measure::AboveFallback => format!("{:+} points", rounded(100.0 * number, 2)),
            Measure::P95 | Measure::P99 => format!("{} ms", rounded(number, 1)),
            _ => rounded(number, 1).to_string(),
        }
    }
}

/// To so many digits after the point.
fn rounded(number: f64, digits: i32) -> f64 {
    let places = 10_f64.powi(digits);
    // The sum with 0 makes the zero that has a sign one that has none.
    (number * places).round() / places + 0.0
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Measure::Faults => "faults",
            Measure::CriticalAlerts => "critical alerts",
            Measure::Processes => "processes",
            Measure::Samples => "batches with the flag",
            Measure::FallbackSamples => "batches without it",
            Measure::FailedShare => "failed share",
            Measure::AboveFallback => "above the share without it",
            Measure::P95 => "p95",
            Measure::P99 => "p99",
        })
    }
}

impl Gate {
    /// What it reads, as people write it.
    pub fn reads(&self) -> String {
        self.reads.map_or("–".to_owned(), |number| self.measure.told(number))
    }

    /// What its limit is, as people write it.
    pub fn limit(&self) -> String {
        let limit = self.measure.told(self.limit);
        match self.measure.needs() {
            Needs::Nothing => "none".to_owned(),
            Needs::Below => format!("below {limit}"),
            Needs::AtMost => format!("at most {limit}"),
            Needs::AtLeast => format!("at least {limit}"),
        }
    }

    fn new(measure: Measure, reads: Option<f64>, limit: f64) -> Gate {
        let reads = reads.filter(|number| number.is_finite());
        let standing = match (reads, measure.needs()) {
            (Some(reads), Needs::Nothing) => Standing::of(reads <= 0.0),
            (Some(reads), Needs::Below) => Standing::of(reads < limit),
            (Some(reads), Needs::AtMost) => Standing::of(reads <= limit),
            // Little is no mistake of the canary's.
            (Some(reads), Needs::AtLeast) if reads >= limit => Standing::Holds,
            (None, _) | (Some(_), Needs::AtLeast) => Standing::Unknown,
        };
        Gate { measure, reads, limit, standing }
    }

    /// What is measured on too few batches fails nothing, and holds nothing.
    fn only_if(mut self, is_enough: bool) -> Gate {
        if !is_enough {
            self.standing = Standing::Unknown;
        }
        self
    }
}

impl Standing {
    fn of(holds: bool) -> Standing {
        if holds { Standing::Holds } else { Standing::Fails }
    }
}

/// The gates of a stage, in the order in which they are asked.
///
/// Where everybody has the flag, nobody is left to compare with, and two gates
/// are not there.
pub(super) fn gates(course: &Course, seen: &Observations) -> Vec<Gate> {
    let limits = &course.plan.gates;
    let least = f64::from(limits.samples);
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
    let samples = Gate::new(Measure::Samples, seen.samples, least);
    let fallback = Gate::new(Measure::FallbackSamples, seen.fallback_samples, least);
    let is_enough = samples.standing == Standing::Holds;
    let is_comparable = is_enough && fallback.standing == Standing::Holds;
    let above = seen.failed_share.zip(seen.fallback_failed_share);
    let above = above.map(|(with, without)| with - without);
    let share = Gate::new(Measure::FailedShare, seen.failed_share, limits.failed_share);
    let above = Gate::new(Measure::AboveFallback, above, limits.above_fallback);
    let mut gates = vec![
        Gate::new(Measure::Faults, seen.faults, 0.0),
        Gate::new(Measure::CriticalAlerts, seen.alerts, 0.0),
        Gate::new(Measure::Processes, seen.processes, 1.0),
        samples,
    ];
    if course.percentage() < Percentage::ALL {
        gates.push(fallback);
        gates.push(above.only_if(is_comparable));
    }
    gates.push(share.only_if(is_enough));
    let is_told_apart = |quantile: f64| {
        is_enough && seen.samples.is_some_and(|samples| samples * (1.0 - quantile) >= LEAST_BEYOND)
    };
    let p95 = Gate::new(Measure::P95, seen.p95_ms, millis(limits.p95));
    let p99 = Gate::new(Measure::P99, seen.p99_ms, millis(limits.p99));
    gates.extend([p95.only_if(is_told_apart(0.95)), p99.only_if(is_told_apart(0.99))]);
    gates
}
