//! The counts of this process. Nothing writes one but what really happened: each
//! method is an event.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use super::batch_end::{BatchEnd, ErrorType};
use super::counts::Counts;
use super::families::{FLAGS, Families, LAYERS, OPERATIONS, law_number, mode, violation};
use super::process;
use crate::batch::{Batch, Code, Mode, Outcome, Patch, Status};

/// What stands now and is read when somebody asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// How many documents the editor has open.
    pub documents_open: usize,
    /// How many bytes of text they have.
    pub text_bytes: usize,
}

type ReadLevels = Box<dyn Fn() -> Levels + Send + Sync>;

/// The counts of this process.
pub struct Metrics {
    registry: Registry,
    families: Families,
    levels: OnceLock<ReadLevels>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::default();
        let families = Families::registered(&mut registry);
        let metrics = Metrics { registry, families, levels: OnceLock::new() };
        for flag in FLAGS {
            metrics.flag_is(flag, None, true);
        }
        metrics
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("families", &self.families).finish_non_exhaustive()
    }
}

impl Metrics {
    /// A batch ended.
    ///
    /// One that takes another batch back was written by nobody: of it only what
    /// went wrong is counted.
    pub fn batch_ended(&self, end: &BatchEnd<'_>) {
        if end.outcome.undoes.is_none() {
            self.applied_batch_ended(end);
        }
        let families = &self.families;
        if let Some(law) = end.fault {
            families.faults.get_or_create(&[("law", law_number(law))]).inc();
        }
        if let Some(error) = end.error {
            self.failed(error);
        }
        if let Some(rollback) = end.rollback {
            families.rollbacks.get_or_create(&[("result", rollback.as_str())]).inc();
        }
    }

    fn applied_batch_ended(&self, end: &BatchEnd<'_>) {
        let families = &self.families;
        let BatchEnd { batch, outcome, .. } = end;
        let of_mode = ("mode", mode(outcome.mode));
        families.batches.get_or_create(&[("status", status(outcome.status)), of_mode]).inc();
        families.batch_duration.get_or_create(&[of_mode]).observe(end.duration.as_secs_f64());
        self.count_patches(batch, outcome);
        for (code, count) in violations(outcome) {
            families.violations.get_or_create(&violation(code)).inc_by(count);
        }
        let is_whole = matches!(outcome.status, Status::Applied | Status::Noop);
        let first_try = if is_whole && end.attempts <= 1 { "succeeded" } else { "not" };
        families.first_tries.get_or_create(&[("result", first_try)]).inc();
        let has = |wanted: Code| violations(outcome).any(|(code, _)| code == wanted);
        let conflict = has(Code::RebaseConflict);
        if conflict || end.is_carried_over {
            let result = if conflict { "conflict" } else { "carried" };
            families.rebases.get_or_create(&[("result", result)]).inc();
        }
        if conflict || end.is_carried_over || has(Code::StaleSnapshot) {
            families.stale_batches.inc();
        }
    }

    fn count_patches(&self, batch: &Batch, outcome: &Outcome) {
        let families = &self.families;
        let mut operations = [0_u64; 4];
        for patch in batch.documents.iter().flat_map(|document| &document.patches) {
            operations[operation(patch)] += 1;
        }
        for (count, name) in operations.into_iter().zip(OPERATIONS) {
            families.operations.get_or_create(&[("type", name)]).inc_by(count);
        }
        let all = operations.iter().sum::<u64>();
        let applied = outcome.documents.iter().map(|document| document.patches as u64).sum::<u64>();
        let applied = applied.min(all);
        families.patches.get_or_create(&[("status", "applied")]).inc_by(applied);
        families.patches.get_or_create(&[("status", "failed")]).inc_by(all - applied);
        families.patches_per_batch.observe(all as f64);
    }

    /// Nobody waited for a batch any more, and nothing became of it.
    pub fn batch_cancelled(&self, of: Mode) {
        let labels = [("status", "cancelled"), ("mode", mode(of))];
        self.families.batches.get_or_create(&labels).inc();
    }

    /// The program broke down over a batch.
    pub fn batch_broke_down(&self, of: Mode) {
        let labels = [("status", "failed"), ("mode", mode(of))];
        self.families.batches.get_or_create(&labels).inc();
        self.failed(ErrorType::Internal);
    }

    /// Something went wrong.
    pub fn failed(&self, error: ErrorType) {
        self.families.errors.get_or_create(&[("type", error.as_str())]).inc();
    }

    /// A layer was done with a document, or the editor with a batch. Any other
    /// name is no layer's.
    pub fn layer_ended(&self, layer: &str, duration: Duration) {
        if let Some(layer) = LAYERS.into_iter().find(|known| *known == layer) {
            let layer = self.families.layer_duration.get_or_create(&[("layer", layer)]);
            layer.observe(duration.as_secs_f64());
        }
    }

    /// Batches came or went.
    pub fn under_way(&self, batches: usize, history_bytes: usize) {
        self.families.batches_under_way.set(signed(batches));
        self.families.history_bytes.set(signed(history_bytes));
    }

    /// How a flag stands: the percentage, where a rollout is set up, and whether
    /// it is on here. A flag that is not among [`FLAGS`] is not told.
    pub fn flag_is(&self, flag: &str, percentage: Option<u8>, is_on: bool) {
        if let Some(flag) = FLAGS.into_iter().find(|known| *known == flag) {
            let labels = [("flag", flag)];
            let percentage = percentage.map_or(-1, i64::from);
            self.families.flag_percentage.get_or_create(&labels).set(percentage);
            self.families.flag_enabled.get_or_create(&labels).set(i64::from(is_on));
        }
    }

    /// A flag was changed, by whomever.
    pub fn flag_changed(&self, flag: &str) {
        if let Some(flag) = FLAGS.into_iter().find(|known| *known == flag) {
            self.families.flag_changes.get_or_create(&[("flag", flag)]).inc();
        }
    }

    /// The counter of lines that were not written.
    pub fn dropped_lines(&self) -> Counter {
        self.families.dropped_lines.clone()
    }

    /// From now on, what stands is read so. Only the first time counts.
    pub fn watch(&self, levels: impl Fn() -> Levels + Send + Sync + 'static) {
        let _ = self.levels.set(Box::new(levels));
    }

    /// Reads what stands now.
    fn read_levels(&self) {
        let levels = self.levels.get().map(|read| read()).unwrap_or_default();
        let memory = process::memory();
        let families = &self.families;
        families.documents_open.set(signed(levels.documents_open));
        families.text_bytes.set(signed(levels.text_bytes));
        families.resident_bytes.set(signed(memory.resident));
        families.peak_resident_bytes.set(signed(memory.peak));
    }

    /// Everything in the text format of `OpenMetrics` 1.0.
    pub fn in_open_metrics(&self) -> String {
        self.read_levels();
        let mut encoded = String::new();
        // A string takes whatever is written to it.
        let _ = text::encode(&mut encoded, &self.registry);
        encoded
    }

    /// The counts for a person to look at.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.families)
    }
}

/// The value of the label `status`.
fn status(status: Status) -> &'static str {
    match status {
        Status::Applied | Status::Noop => "succeeded",
        Status::Partial => "partial",
        Status::Rejected => "rejected",
        Status::RolledBack => "rolled_back",
        Status::Failed => "failed",
    }
}

/// Where a patch's type stands among the operations.
fn operation(patch: &Patch) -> usize {
    match patch {
        Patch::Replace { .. } => 0,
        Patch::Insert { .. } => 1,
        Patch::Delete { .. } => 2,
        Patch::Edit { .. } => 3,
    }
}

/// Every violation of an outcome, those too that are only counted.
fn violations(outcome: &Outcome) -> impl Iterator<Item = (Code, u64)> {
    let told = outcome.violations.iter().map(|violation| (violation.code, 1));
    let more = outcome.more_violations.iter().map(|(code, count)| (*code, *count as u64));
    told.chain(more)
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
