//! Each question that a Prometheus is asked, in its language.
//!
//! Every selector names the job, because other programs export such names too.
//! And none takes all statuses, because a rule records the sum of the others as
//! one more. What nobody tells has no sample: none of these makes a 0 of silence.

use std::time::Duration;

use super::Course;

/// The range that the alert of faults looks back, and the least here.
const FAULTS: Duration = Duration::from_mins(10);

/// What is before a wave is looked at for so long all the same: a fault that was
/// made before it may have been scraped after it began.
const OVERLAP: Duration = Duration::from_mins(1);

/// What batches tell anything: not those that were cancelled.
const SETTLED: &str = r#"status!~"cancelled|total""#;
const FAILED: &str = r#"status=~"failed|rolled_back""#;

/// Users with the flag, and without it.
pub(super) const WITH: &str = "batch";
pub(super) const WITHOUT: &str = "sequential";

/// How far questions look back, in Prometheus' words.
#[derive(Clone, Debug)]
pub(super) struct Ranges {
    faults: String,
    batches: String,
}

impl Ranges {
    /// Of a rollout that is in its stage for so long. `None` where the clock went
    /// back.
    pub(super) fn new(course: &Course, elapsed: Option<Duration>) -> Ranges {
        let (window, settle) = (course.plan.gates.window, course.plan.gates.settle);
        let seconds = |range: Duration| format!("{}s", range.as_secs().max(1));
        let elapsed = elapsed.unwrap_or(window);
        Ranges {
            faults: seconds(elapsed.saturating_add(OVERLAP).max(FAULTS)),
            batches: seconds(window.min(elapsed.saturating_sub(settle))),
        }
    }
}

/// Faults since the stage began, counted as the alert counts them: a process that
/// is new counts from 0. The last line is the 0 of processes that tell that there
/// was none.
pub(super) fn faults(ranges: &Ranges) -> String {
    let range = &ranges.faults;
    let faults = r#"faults_total{job="batchpatch"}"#;
    format!(
        "sum(increase({faults}[{range}]) > 0 \
         or (max_over_time({faults}[{range}]) unless {faults} offset {range}) > 0) \
         or 0 * sum({faults})"
    )
}

/// The critical alerts that fire, each with its name, and a 0 besides as long as
/// the rules are evaluated at all, which also record the batches of all statuses.
pub(super) fn alerts() -> String {
    "count by (alertname) (\
     ALERTS{job=\"batchpatch\", severity=\"critical\", alertstate=\"firing\"}) \
     or 0 * count(batch_patches_total{job=\"batchpatch\", status=\"total\"})"
        .to_owned()
}

/// The processes that answer.
pub(super) fn processes() -> String {
    r#"sum(up{job="batchpatch"})"#.to_owned()
}

/// The batches of one mode that tell anything.
pub(super) fn samples(ranges: &Ranges, mode: &str) -> String {
    increase(ranges, mode, SETTLED)
}

/// The share of those that failed. Of none there is no share.
pub(super) fn failed_share(ranges: &Ranges, mode: &str) -> String {
    let (failed, settled) = (increase(ranges, mode, FAILED), increase(ranges, mode, SETTLED));
    format!("{failed} / ({settled} > 0)")
}

/// The time that so many of all batches with the flag take less than, in
/// milliseconds.
pub(super) fn quantile(ranges: &Ranges, quantile: f64) -> String {
    let range = &ranges.batches;
    format!(
        "1000 * histogram_quantile({quantile}, sum by (le) (\
         rate(batch_duration_seconds_bucket{{job=\"batchpatch\", mode=\"{WITH}\"}}[{range}])))"
    )
}

fn increase(ranges: &Ranges, mode: &str, status: &str) -> String {
    let range = &ranges.batches;
    format!(
        "sum(increase(batch_patches_total{{job=\"batchpatch\", mode=\"{mode}\", {status}}}[{range}]))"
    )
}
