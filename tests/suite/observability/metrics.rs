//! What is counted, and that all of it is there before anything happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use batchpatch::batch::{Batch, Code, Outcome, Status};
use batchpatch::engine::{Engine, Source};
use batchpatch::invariants::Law;
use batchpatch::observability::{BatchEnd, ErrorType, Metrics, Observers, Rollback};
use batchpatch::text::{PositionEncoding, Revision, Snapshot};

use crate::docs::read;

/// Every series and its value, as it is written but for a `.0`.
fn series(metrics: &Metrics) -> BTreeMap<String, String> {
    let text = metrics.in_open_metrics();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        (series.to_owned(), value.trim_end_matches(".0").to_owned())
    };
    samples.map(sample).collect()
}

/// What is not 0, but for what does not depend on batches.
fn counted(metrics: &Metrics) -> BTreeMap<String, String> {
    let mut counted = series(metrics);
    let apart = |name: &str| {
        ["build_info", "process_", "feature_flag_", "batch_duration", "patches_per_batch"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    counted.retain(|name, value| *value != "0" && !apart(name));
    counted
}

fn of(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn batch(patches: &str) -> Batch {
    let json = format!(r#"{{ "uri": "a", "patches": [{patches}] }}"#);
    Batch::from_json(json.as_bytes(), None).unwrap()
}

fn outcome(batch: &Batch) -> Outcome {
    let snapshot = Snapshot::new("a\nb\nc\n".into(), Revision::FIRST, None);
    let staged =
        Engine::default().stage(batch, PositionEncoding::Utf8, |_| Source::Text(snapshot.clone()));
    match staged {
        Ok(staged) => staged.outcome(),
        Err(refusal) => refusal.outcome,
    }
}

fn end<'a>(batch: &'a Batch, outcome: &'a Outcome) -> BatchEnd<'a> {
    BatchEnd {
        batch,
        outcome,
        duration: Duration::from_millis(120),
        attempts: 1,
        is_carried_over: false,
        rollback: None,
        error: None,
        fault: None,
    }
}

const TWO: &str =
    r#"{"type":"delete","line":1},{"type":"replace","line":3,"text":"C","expect":"c"}"#;

#[test]
fn every_series_is_there_from_the_start_at_zero() {
    let series = series(&Metrics::default());
    for (name, value) in &series {
        let expected = match name.split('{').next().unwrap() {
            "build_info" | "feature_flag_enabled" => "1",
            "feature_flag_percentage" => "-1",
            name if name.starts_with("process_") => value,
            _ => "0",
        };
        assert_eq!(value, expected, "{name}");
    }
    for code in Code::ALL {
        let law = code.law().map_or("none".to_owned(), |law| law.number().to_string());
        let name = format!("invariant_violations_total{{law=\"{law}\",code=\"{code}\"}}");
        assert!(series.contains_key(&name), "{name}");
    }
    for (family, label, values) in [
        ("patches_total", "status", "applied failed"),
        ("patch_operations_total", "type", "replace insert delete edit"),
        ("faults_total", "law", "2 3 6 7"),
        ("batch_layer_duration_seconds_count", "layer", "semantics normalizer executor commit"),
        ("rebases_total", "result", "carried conflict"),
        ("first_try_total", "result", "succeeded not"),
        ("rollbacks_total", "result", "done incomplete"),
        ("feature_flag_changes_total", "flag", "batch-patches-v1"),
        ("errors_total", "type", &ErrorType::ALL.map(ErrorType::as_str).join(" ")),
    ] {
        let values: BTreeSet<String> =
            values.split(' ').map(|value| format!("{family}{{{label}=\"{value}\"}}")).collect();
        let found: BTreeSet<String> = series
            .keys()
            .filter(|name| name.starts_with(&format!("{family}{{")))
            .cloned()
            .collect();
        assert_eq!(found, values);
    }
    let ends = "succeeded partial rejected rolled_back failed cancelled".split(' ');
    for (status, mode) in ends.flat_map(|status| ["batch", "sequential"].map(|mode| (status, mode)))
    {
        let name = format!("batch_patches_total{{status=\"{status}\",mode=\"{mode}\"}}");
        assert!(series.contains_key(&name), "{name}");
    }
}

#[test]
fn the_buckets_of_a_batchs_duration_hold_the_thresholds() {
    let text = Metrics::default().in_open_metrics();
    let bucket = "batch_duration_seconds_bucket{le=\"";
    let bounds: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("mode=\"batch\""))
        .filter_map(|line| line.strip_prefix(bucket)?.split('"').next())
        .collect();
    let expected =
        "0.005 0.01 0.025 0.05 0.1 0.2 0.3 0.4 0.5 0.75 1.0 2.5 5.0 10.0 +Inf".split(' ');
    assert_eq!(bounds, expected.collect::<Vec<_>>());
}

#[test]
fn an_applied_batch_is_counted_with_its_patches() {
    let metrics = Metrics::default();
    let batch = batch(TWO);
    let outcome = outcome(&batch);
    metrics.batch_ended(&end(&batch, &outcome));
    let expected = [
        (r#"batch_patches_total{status="succeeded",mode="batch"}"#, "1"),
        (r#"patches_total{status="applied"}"#, "2"),
        (r#"patch_operations_total{type="delete"}"#, "1"),
        (r#"patch_operations_total{type="replace"}"#, "1"),
        (r#"first_try_total{result="succeeded"}"#, "1"),
    ];
    assert_eq!(counted(&metrics), of(&expected));
    let series = series(&metrics);
    assert_eq!(series[r#"batch_duration_seconds_bucket{le="0.1",mode="batch"}"#], "0");
    assert_eq!(series[r#"batch_duration_seconds_bucket{le="0.2",mode="batch"}"#], "1");
    assert_eq!(series["patches_per_batch_sum"], "2");
    let counts = metrics.counts();
    assert_eq!((counts.batches["succeeded"], counts.patches["applied"]), (1, 2));
}

#[test]
fn what_is_wrong_with_a_rejected_batch_is_counted_by_law_and_code() {
    let metrics = Metrics::default();
    let batch = batch(
        r#"{"type":"delete","line":9},{"type":"insert","line":9,"text":""},
           {"type":"delete","line":8}"#,
    );
    metrics.batch_ended(&end(&batch, &outcome(&batch)));
    let expected = [
        (r#"batch_patches_total{status="rejected",mode="batch"}"#, "1"),
        (r#"patches_total{status="failed"}"#, "3"),
        (r#"patch_operations_total{type="delete"}"#, "2"),
        (r#"patch_operations_total{type="insert"}"#, "1"),
        (r#"invariant_violations_total{law="1",code="line-out-of-range"}"#, "2"),
        (r#"invariant_violations_total{law="4",code="insert-out-of-bounds"}"#, "1"),
        (r#"first_try_total{result="not"}"#, "1"),
    ];
    assert_eq!(counted(&metrics), of(&expected));
}

#[test]
fn stale_carried_over_taken_back_and_broken_are_counted_apart() {
    let batch = batch(TWO);
    let applied = outcome(&batch);
    let metrics = Metrics::default();
    let again = BatchEnd { attempts: 2, is_carried_over: true, ..end(&batch, &applied) };
    metrics.batch_ended(&again);
    assert_eq!(series(&metrics)["stale_batches_total"], "1");
    assert_eq!(series(&metrics)[r#"rebases_total{result="carried"}"#], "1");
    assert_eq!(series(&metrics)[r#"first_try_total{result="not"}"#], "1");

    let failed = Outcome { status: Status::Failed, ..applied.clone() };
    metrics.batch_ended(&BatchEnd {
        rollback: Some(Rollback::Incomplete),
        error: Some(ErrorType::OtherText),
        fault: Some(Law::FixedSnapshotSize),
        ..end(&batch, &failed)
    });
    assert_eq!(series(&metrics)[r#"rollbacks_total{result="incomplete"}"#], "1");
    assert_eq!(series(&metrics)[r#"errors_total{type="other_text"}"#], "1");
    assert_eq!(series(&metrics)[r#"faults_total{law="7"}"#], "1");
    assert_eq!(series(&metrics)[r#"batch_patches_total{status="failed",mode="batch"}"#], "1");
}

#[test]
fn of_an_undo_only_what_goes_wrong_is_counted() {
    let metrics = Metrics::default();
    let batch = batch(TWO);
    let undo = Outcome { undoes: Some("batch-1".to_owned()), ..outcome(&batch) };
    metrics.batch_ended(&end(&batch, &undo));
    assert_eq!(counted(&metrics), BTreeMap::new());
    metrics.batch_ended(&BatchEnd { error: Some(ErrorType::NoAnswer), ..end(&batch, &undo) });
    assert_eq!(counted(&metrics), of(&[(r#"errors_total{type="no_answer"}"#, "1")]));
}

#[test]
fn a_label_that_the_program_does_not_know_makes_no_series() {
    let metrics = Metrics::default();
    let before: Vec<String> = series(&metrics).into_keys().collect();
    metrics.flag_is("made-up", Some(5), true);
    metrics.flag_changed("made-up");
    metrics.layer_ended("made-up", Duration::ZERO);
    assert_eq!(series(&metrics).into_keys().collect::<Vec<_>>(), before);
    metrics.flag_is("batch-patches-v1", Some(5), false);
    assert_eq!(series(&metrics)[r#"feature_flag_percentage{flag="batch-patches-v1"}"#], "5");
    assert_eq!(series(&metrics)[r#"feature_flag_enabled{flag="batch-patches-v1"}"#], "0");
}

#[test]
fn the_layers_are_timed_by_their_spans_in_a_batch_and_by_no_others() {
    let metrics = Arc::new(Metrics::default());
    let mut observers = Observers::new();
    observers.layer_durations(Arc::clone(&metrics));
    let batch = batch(TWO);
    tracing::subscriber::with_default(observers.subscriber(), || {
        // A preview, say.
        outcome(&batch);
        let _span = tracing::info_span!(target: "batchpatch::server", "batch").entered();
        outcome(&batch);
        drop(tracing::debug_span!(target: "tower_lsp_server", "executor"));
        drop(tracing::debug_span!(target: "batchpatch::server", "commits"));
        drop(tracing::debug_span!(target: "batchpatch::server", "commit"));
    });
    let series = series(&metrics);
    for layer in ["semantics", "normalizer", "executor", "commit"] {
        let name = format!("batch_layer_duration_seconds_count{{layer=\"{layer}\"}}");
        assert_eq!(series[&name], "1", "{layer}");
    }
}

#[test]
fn the_documentation_tells_exactly_the_metrics_that_there_are() {
    let text = Metrics::default().in_open_metrics();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let name = |(name, kind): (&str, &str)| match kind {
        "counter" => format!("{name}_total"),
        _ => name.to_owned(),
    };
    let there: BTreeSet<String> = types.map(name).collect();
    let document = read("docs/operations/observability.md");
    let (_, table) = document.split_once("| metric |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with("| `"));
    let told: BTreeSet<String> = rows
        .filter_map(|row| row.strip_prefix("| `")?.split(['`', '{']).next())
        .map(str::to_owned)
        .collect();
    assert_eq!(told, there);
}
