//! The metrics, each registered once, and each of its series there from the
//! start: a rate over a series that appears with its first event misses it.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use super::batch_end::{ErrorType, Rollback};
use crate::batch::{Code, Mode};
use crate::invariants::Law;

/// The names and values of a series. All of them are in the program, so that
/// nothing that comes from outside can make a series.
pub(super) type Labels<const N: usize> = [(&'static str, &'static str); N];

pub(super) type Counters<const N: usize> = Family<Labels<N>, Counter>;
pub(super) type Histograms = Family<Labels<1>, Histogram, fn() -> Histogram>;
pub(super) type Gauges = Family<Labels<1>, Gauge>;

/// The flags that are told.
pub const FLAGS: [&str; 1] = ["batch-patches-v1"];

/// The layers that are timed, by the names of their spans.
pub const LAYERS: [&str; 4] = ["semantics", "normalizer", "executor", "commit"];

/// How a batch that was to be applied can end.
pub(super) const STATUSES: [&str; 6] =
    ["succeeded", "partial", "rejected", "rolled_back", "failed", "cancelled"];
pub(super) const MODES: [Mode; 2] = [Mode::Batch, Mode::Sequential];
pub(super) const PATCH_STATUSES: [&str; 2] = ["applied", "failed"];
pub(super) const OPERATIONS: [&str; 4] = ["replace", "insert", "delete", "edit"];
pub(super) const REBASES: [&str; 2] = ["carried", "conflict"];
pub(super) const FIRST_TRIES: [&str; 2] = ["succeeded", "not"];
/// The laws that are ours to keep.
const OUR_LAWS: [Law; 4] =
    [Law::DescendingOrder, Law::ImmutableSnapshot, Law::RevisionIncrement, Law::FixedSnapshotSize];

/// In seconds. The thresholds of the objectives are among them, so that they can
/// be counted exactly.
const BATCH_SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0];
/// In seconds, down to what a layer takes for a single patch.
const LAYER_SECONDS: [f64; 14] = [
    0.000_01, 0.000_025, 0.000_1, 0.000_25, 0.001, 0.002_5, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
    5.0,
];
const PATCHES: [f64; 13] =
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 5_000.0, 20_000.0, 100_000.0];

#[derive(Debug)]
pub(super) struct Families {
    pub(super) batches: Counters<2>,
    pub(super) patches: Counters<1>,
    pub(super) operations: Counters<1>,
    pub(super) violations: Counters<2>,
    pub(super) faults: Counters<1>,
    pub(super) errors: Counters<1>,
    pub(super) batch_duration: Histograms,
    pub(super) layer_duration: Histograms,
    pub(super) patches_per_batch: Histogram,
    pub(super) stale_batches: Counter,
    pub(super) rebases: Counters<1>,
    pub(super) first_tries: Counters<1>,
    pub(super) rollbacks: Counters<1>,
    pub(super) batches_under_way: Gauge,
    pub(super) documents_open: Gauge,
    pub(super) text_bytes: Gauge,
    pub(super) history_bytes: Gauge,
    pub(super) resident_bytes: Gauge,
    pub(super) peak_resident_bytes: Gauge,
    pub(super) dropped_lines: Counter,
    pub(super) flag_percentage: Gauges,
    pub(super) flag_enabled: Gauges,
    pub(super) flag_changes: Counters<1>,
}

/// The value of the label `mode`.
pub(super) const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Batch => "batch",
        Mode::Sequential => "sequential",
    }
}

/// The value of the label `law` for a violation.
pub(super) const fn law_of(code: Code) -> &'static str {
    match code.law() {
        Some(law) => law_number(law),
        None => "none",
    }
}

pub(super) const fn law_number(law: Law) -> &'static str {
    match law {
        Law::SnapshotSsot => "1",
        Law::DescendingOrder => "2",
        Law::ImmutableSnapshot => "3",
        Law::InsertBounds => "4",
        Law::IndependentPatches => "5",
        Law::RevisionIncrement => "6",
        Law::FixedSnapshotSize => "7",
    }
}

pub(super) fn violation(code: Code) -> Labels<2> {
    [("law", law_of(code)), ("code", code.as_str())]
}

/// Registers a family with each of its series.
fn family<S, M, C>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    family: Family<S, M, C>,
    series: impl IntoIterator<Item = S>,
) -> Family<S, M, C>
where
    S: Clone + std::hash::Hash + Eq,
    M: Clone,
    C: prometheus_client::metrics::family::MetricConstructor<M> + Clone,
    Family<S, M, C>: Metric,
{
    for labels in series {
        drop(family.get_or_create(&labels));
    }
    registry.register(name, help, family.clone());
    family
}

fn counters<
    S: Clone + std::hash::Hash + Eq + EncodeLabelSet + Send + Sync + std::fmt::Debug + 'static,
>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    series: impl IntoIterator<Item = S>,
) -> Family<S, Counter> {
    family(registry, name, help, Family::default(), series)
}

/// One series for each value of the one label.
fn each<const N: usize>(
    label: &'static str,
    values: [&'static str; N],
) -> impl Iterator<Item = Labels<1>> {
    values.into_iter().map(move |value| [(label, value)])
}

fn one<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

fn gauge(registry: &mut Registry, name: &str, help: &str) -> Gauge {
    one(registry, name, help, Gauge::default())
}

impl Families {
    #[expect(clippy::too_many_lines, reason = "a table of metrics, one after the other")]
    pub(super) fn registered(registry: &mut Registry) -> Families {
        let statuses = STATUSES.into_iter();
        let batches =
            statuses.flat_map(|status| MODES.map(|of| [("status", status), ("mode", mode(of))]));
        let build = Gauges::default();
        build.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
        one(registry, "build_info", "The program that runs", build);
        Families {
            batches: counters(registry, "batch_patches", "Batches, by how they ended", batches),
            patches: counters(
                registry,
                "patches",
                "Patches of batches that ended, by whether the text holds them",
                each("status", PATCH_STATUSES),
            ),
            operations: counters(
                registry,
                "patch_operations",
                "Patches of batches that ended, by type",
                each("type", OPERATIONS),
            ),
            violations: counters(
                registry,
                "invariant_violations",
                "Violations that were told, by law and code",
                Code::ALL.map(violation),
            ),
            faults: counters(
                registry,
                "faults",
                "Laws found broken by batchpatch itself",
                OUR_LAWS.map(|law| [("law", law_number(law))]),
            ),
            errors: counters(
                registry,
                "errors",
                "What kept batches from their end",
                ErrorType::ALL.map(|error| [("type", error.as_str())]),
            ),
            batch_duration: family(
                registry,
                "batch_duration_seconds",
                "From the arrival of a batch to its outcome",
                Family::new_with_constructor(|| Histogram::new(BATCH_SECONDS)),
                MODES.map(|of| [("mode", mode(of))]),
            ),
            layer_duration: family(
                registry,
                "batch_layer_duration_seconds",
                "How long each layer takes: for a document, and `commit` for a batch",
                Family::new_with_constructor(|| Histogram::new(LAYER_SECONDS)),
                each("layer", LAYERS),
            ),
            patches_per_batch: one(
                registry,
                "patches_per_batch",
                "Patches in a batch",
                Histogram::new(PATCHES),
            ),
            stale_batches: one(
                registry,
                "stale_batches",
                "Batches whose text was no longer the one that they were written for",
                Counter::default(),
            ),
            rebases: counters(
                registry,
                "rebases",
                "Batches that were to be carried over to a newer text",
                each("result", REBASES),
            ),
            first_tries: counters(
                registry,
                "first_try",
                "Batches that ended, by whether all of it was applied when it was first sent",
                each("result", FIRST_TRIES),
            ),
            rollbacks: counters(
                registry,
                "rollbacks",
                "Batches of which a part was taken back",
                Rollback::ALL.map(|result| [("result", result.as_str())]),
            ),
            batches_under_way: gauge(
                registry,
                "batches_under_way",
                "Batches that wait, or whose edit the editor was asked to make",
            ),
            documents_open: gauge(registry, "documents_open", "Documents that the editor has open"),
            text_bytes: gauge(registry, "text_bytes", "Bytes of text in open documents"),
            history_bytes: gauge(
                registry,
                "history_bytes",
                "Bytes of text that are kept to take batches back",
            ),
            resident_bytes: gauge(
                registry,
                "process_resident_memory_bytes",
                "Memory that the process holds; 0 where the system does not tell",
            ),
            peak_resident_bytes: gauge(
                registry,
                "process_peak_resident_memory_bytes",
                "The most memory that it ever held; 0 where the system does not tell",
            ),
            dropped_lines: one(
                registry,
                "log_lines_dropped",
                "Lines of the log that were not written",
                Counter::default(),
            ),
            flag_percentage: family(
                registry,
                "feature_flag_percentage",
                "The share of installations that a flag is on for; -1 where no rollout is set up",
                Gauges::default(),
                each("flag", FLAGS),
            ),
            flag_enabled: family(
                registry,
                "feature_flag_enabled",
                "Whether a flag is on here",
                Gauges::default(),
                each("flag", FLAGS),
            ),
            flag_changes: counters(
                registry,
                "feature_flag_changes",
                "Changes of a flag that were seen here",
                each("flag", FLAGS),
            ),
        }
    }
}
