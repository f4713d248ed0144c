//! What a plan may say.

use std::time::Duration;

use batchpatch::rollout::waves::Plan;
use serde_json::{Value, json};

#[test]
fn the_shipped_plan_is_the_one_that_was_asked_for() {
    let plan = Plan::default();
    let hours = |hours| Duration::from_hours(hours);
    let waves: Vec<(u8, Duration)> =
        plan.waves.iter().map(|wave| (wave.percentage.number(), wave.hold)).collect();
    assert_eq!(waves, [(10, hours(24)), (25, hours(48)), (50, hours(48)), (100, hours(48))]);
    assert_eq!(plan.watch, hours(14 * 24));
    assert_eq!(plan.flag, "batch-patches-v1");
    let gates = serde_json::to_value(&plan.gates).unwrap();
    let expected = json!({
        "failedShare": 0.05, "aboveFallback": 0.02, "p95": "400ms", "p99": "500ms",
        "samples": 100, "window": "1h", "settle": "30s",
    });
    assert_eq!(gates, expected);
}

#[test]
fn what_is_printed_is_what_is_read() {
    let mut plan = Plan::default();
    assert_eq!(Plan::parse(plan.written().as_bytes()).unwrap(), plan);
    plan.waves[0].hold = Duration::from_millis(1500);
    plan.waves[1].ids = vec!["5d0c2a7f7f0e4b0a9c3e6f1d2b4a8c90".to_owned()];
    plan.watch = Duration::ZERO;
    assert_eq!(Plan::parse(plan.written().as_bytes()).unwrap(), plan);
}

/// The shipped plan with something else at a place.
fn with(pointer: &str, value: Value) -> String {
    let mut plan = serde_json::to_value(Plan::default()).unwrap();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match plan.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    plan.to_string()
}

#[test]
fn what_is_no_plan_is_refused_with_its_place() {
    for (pointer, value, path, message) in [
        ("/waves/1/hold", json!("soon"), "waves[1].hold", "expected a time"),
        ("/waves/1/hold", json!("0s"), "waves[1].hold", "more than no time"),
        ("/waves/0/percentage", json!(0), "waves[0].percentage", "more than 0 %"),
        ("/waves/2/percentage", json!(25), "waves[2].percentage", "more than 25 %"),
        ("/waves/3/percentage", json!(101), "waves[3].percentage", "from 0 to 100"),
        ("/waves/0/ids", json!(["anna"]), "waves[0].ids[0]", "32 lower-case hex digits"),
        ("/waves/0/name", json!("internal"), "waves[0].name", "unknown field `name`"),
        ("/waves", json!([]), "waves", "at least one wave"),
        ("/gates/window", json!("0s"), "gates.window", "more than no time"),
        ("/gates/p95", json!("0ms"), "gates.p95", "more than no time"),
        ("/gates/p95", json!(400), "gates.p95", "expected a string"),
        ("/gates/failedShare", json!(5), "gates.failedShare", "above 0, up to 1"),
        ("/gates/failedShare", json!(0), "gates.failedShare", "above 0, up to 1"),
        ("/gates/aboveFallback", json!(-0.1), "gates.aboveFallback", "from 0 to 1"),
        ("/gates/samples", json!(0), "gates.samples", "at least 1"),
        ("/gates/p50", json!("1ms"), "gates.p50", "unknown field `p50`"),
        ("/interval", json!("1m"), "interval", "unknown field `interval`"),
        ("/gates", json!(null), "gates", "expected"),
        ("/watch", json!("a while"), "watch", "expected a time"),
    ] {
        let error = Plan::parse(with(pointer, value).as_bytes()).unwrap_err();
        assert_eq!(error.path(), path, "{error}");
        assert!(error.message().contains(message), "{error}");
    }
}

#[test]
fn what_is_no_json_and_what_is_half_a_plan_is_refused() {
    let whole = Plan::default().written();
    for text in ["", "{", "[]", "{}", "null", &whole[..whole.len() - 3], &format!("{whole}x")] {
        assert!(Plan::parse(text.as_bytes()).is_err(), "{text}");
    }
    for missing in ["flag", "waves", "watch", "gates"] {
        let mut plan = serde_json::to_value(Plan::default()).unwrap();
        plan.as_object_mut().unwrap().remove(missing);
        let error = Plan::parse(plan.to_string().as_bytes()).unwrap_err();
        assert!(error.to_string().contains(&format!("missing field `{missing}`")), "{error}");
    }
}

#[test]
fn who_was_named_once_stays_named_in_later_waves() {
    let mut plan = Plan::default();
    let id = |digit: char| digit.to_string().repeat(32);
    plan.waves[0].ids = vec![id('a')];
    plan.waves[1].ids = vec![id('b'), id('a')];
    assert_eq!(plan.ids(1), [id('a')]);
    assert_eq!(plan.ids(2), [id('a'), id('b')]);
    assert_eq!(plan.ids(4), [id('a'), id('b')]);
}
