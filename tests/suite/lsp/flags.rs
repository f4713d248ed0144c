//! A running server follows the flag files, and says so.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use batchpatch::observability::discovered;
use serde_json::{Value, json};

use super::client::Client;
use super::observed::{editor, in_folder, logged};
use crate::observability::http::send;

const A: &str = "file:///w/a.rs";
const FLAG: &str = "batch-patches-v1";

/// A change reaches every process within this time.
const SOON: Duration = Duration::from_secs(2);

fn flags(state: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_batchpatch"))
        .arg("flags")
        .args(arguments)
        .args(in_folder(state, &[]))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn flag_file(percentage: u8) -> String {
    let targeting = json!({ "fractional": [["on", percentage], ["off", 100 - percentage]] });
    let flag = json!({
        "state": "ENABLED",
        "variants": { "on": true, "off": false },
        "defaultVariant": "off",
        "targeting": targeting,
    });
    json!({ "flags": { FLAG: flag } }).to_string()
}

/// How long it takes until the server carries out batches in this way.
fn becomes(editor: &mut Client, mode: &str) -> Duration {
    let since = Instant::now();
    while editor.status()["mode"] != mode {
        assert!(since.elapsed() < 5 * SOON, "it never becomes {mode}");
        std::thread::yield_now();
    }
    since.elapsed()
}

/// Applies two patches, one edit or two.
fn apply_two(editor: &mut Client, edits: &[&str]) -> Value {
    let patches = json!([
        { "type": "replace", "line": 1, "text": "A" },
        { "type": "replace", "line": 2, "text": "B" },
    ]);
    let batch = editor.apply(&json!({ "uri": A, "patches": patches }));
    for (version, text) in (2..).zip(edits) {
        let (request, _) = editor.asked_to_edit();
        editor.retype(A, version, text);
        editor.reply(&request, &json!({ "applied": true }));
    }
    editor.outcome(&batch)
}

#[test]
fn without_a_rollout_batches_are_applied_at_once_and_nothing_is_kept() {
    let state = tempfile::tempdir().unwrap();
    let mut editor = editor(&in_folder(state.path(), &[]), "a\nb\n");
    let outcome = apply_two(&mut editor, &["A\nB\n"]);
    assert_eq!((&outcome["status"], &outcome["mode"]), (&json!("applied"), &json!("batch")));
    let status = editor.status();
    assert_eq!((&status["mode"], &status["rollout"]), (&json!("batch"), &Value::Null));
    editor.end();
    assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
}

#[test]
fn where_the_flag_is_off_one_patch_after_the_other_is_applied() {
    let state = tempfile::tempdir().unwrap();
    flags(state.path(), &["set", FLAG, "0"]);
    let mut editor = editor(&in_folder(state.path(), &[]), "a\nb\n");
    let outcome = apply_two(&mut editor, &["a\nB\n", "A\nB\n"]);
    assert_eq!((&outcome["status"], &outcome["mode"]), (&json!("applied"), &json!("sequential")));
    assert_eq!(outcome["documents"][0]["toRevision"], "v3");
    let rollout = editor.status()["rollout"].take();
    assert_eq!((&rollout["flag"], &rollout["percentage"]), (&json!(FLAG), &json!(0)));
}

#[test]
fn a_named_flag_file_that_is_missing_leaves_the_flag_off() {
    let state = tempfile::tempdir().unwrap();
    let named = state.path().join("nowhere.json");
    for option in ["--flags", "--fleet-flags"] {
        let arguments = [option, named.to_str().unwrap()];
        let mut editor = editor(&in_folder(state.path(), &arguments), "a\nb\n");
        assert_eq!(editor.status()["mode"], "sequential", "{option}");
    }
}

#[test]
fn a_change_reaches_every_running_server_in_two_seconds_whoever_makes_it() {
    let state = tempfile::tempdir().unwrap();
    let arguments = in_folder(state.path(), &["--metrics"]);
    let mut editors = [0, 1].map(|_| editor(&arguments, "a\nb\n"));
    let mut see = |mode: &str, by: &str| {
        for editor in &mut editors {
            let took = becomes(editor, mode);
            assert!(took < SOON, "{by}: {took:?}");
        }
    };
    see("batch", "nobody");
    flags(state.path(), &["set", FLAG, "0"]);
    see("sequential", "the command");
    fs::write(state.path().join("flags.json"), flag_file(100)).unwrap();
    see("batch", "hand");
    let token = fs::read_to_string(state.path().join("admin-token")).unwrap();
    let authorization = format!("Bearer {}", token.trim());
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let body = json!({ "name": FLAG, "percentage": 0 }).to_string();
    let address = discovered(state.path())[0].address;
    let answer = send(address, "POST", "/admin/flags", &headers, &body);
    assert_eq!((answer.status, &answer.json()["isOn"]), (200, &json!(false)), "{answer:?}");
    see("sequential", "the endpoint");
    let answer = send(address, "GET", "/admin/flags", &headers[..1], "").json();
    assert_eq!(answer["flags"][0]["percentage"], 0, "{answer}");
    fs::remove_file(state.path().join("flags.json")).unwrap();
    see("batch", "nobody: there is no rollout any more");
    let history = fs::read_to_string(state.path().join("flag-history.jsonl")).unwrap();
    for who in ["cli", "by hand", "admin endpoint"] {
        assert!(history.contains(&format!(r#""who":"{who}""#)), "{who}: {history}");
    }
}

#[test]
fn a_flag_file_that_breaks_is_told_and_what_it_said_still_counts() {
    let state = tempfile::tempdir().unwrap();
    flags(state.path(), &["set", FLAG, "0"]);
    let arguments = ["--log-level", "info", "--metrics"];
    let mut editor = editor(&in_folder(state.path(), &arguments), "a\nb\n");
    assert_eq!(editor.status()["mode"], "sequential");
    fs::write(state.path().join("flags.json"), "{").unwrap();
    let warning = editor.notified("window/logMessage");
    let message = warning["message"].as_str().unwrap();
    assert!(message.starts_with("flags: ") && message.ends_with("still counts"), "{message}");
    assert_eq!(editor.status()["mode"], "sequential");
    fs::write(state.path().join("flags.json"), flag_file(100)).unwrap();
    becomes(&mut editor, "batch");
    editor.end();
    let lines = logged(&state.path().join("logs"));
    let changed = lines.iter().find(|line| line["message"] == "a flag changed").unwrap();
    assert_eq!((&changed["flag"], &changed["percentage"]), (&json!(FLAG), &json!("100 %")));
}
