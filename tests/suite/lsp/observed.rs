//! What a running server tells of itself, to whom it is asked to.

use std::fs;
use std::path::Path;
use std::process::Command;

use batchpatch::observability::{Discovered, discovered};
use serde_json::{Value, json};

use super::client::Client;
use super::result;
use crate::observability::http::get;

const A: &str = "file:///w/a.rs";

/// An editor with one open document, whose server is started with these
/// arguments.
pub(super) fn editor(arguments: &[&str], text: &str) -> Client {
    let mut editor = Client::with_arguments(arguments);
    let params = json!({ "capabilities": { "workspace": { "applyEdit": true } } });
    let answer = editor.request("initialize", &params);
    assert!(answer["error"].is_null(), "{answer}");
    editor.notify("initialized", &json!({}));
    editor.open(A, 1, text);
    editor
}

/// Applies a batch that makes this text.
fn apply(editor: &mut Client, id: &str, version: i32, text: &str) -> Value {
    let patches = json!([{ "type": "replace", "line": 1, "text": text }]);
    let batch = editor.apply(&json!({ "batchId": id, "uri": A, "patches": patches }));
    let (request, _) = editor.asked_to_edit();
    editor.retype(A, version, &format!("{text}\n"));
    editor.reply(&request, &json!({ "applied": true }));
    editor.outcome(&batch)
}

/// Every line of the logs in a folder.
pub(super) fn logged(folder: &Path) -> Vec<Value> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text: String = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(super) fn in_folder<'a>(state: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    [&["--state-folder", state.to_str().unwrap()], more].concat()
}

fn status_command(state: &Path, more: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_batchpatch"))
        .arg("status")
        .args(in_folder(state, more))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

#[test]
fn a_batch_is_logged_with_its_id_through_every_layer() {
    let state = tempfile::tempdir().unwrap();
    let mut editor = editor(&in_folder(state.path(), &["--log-level", "debug"]), "a\n");
    assert_eq!(apply(&mut editor, "the-id", 2, "b")["status"], "applied");
    editor.end();
    let lines = logged(&state.path().join("logs"));
    let of_batch = |line: &&Value| {
        let spans = line["spans"].as_array().unwrap();
        spans.iter().any(|span| span["name"] == "batch" && span["id"] == "the-id")
    };
    let of_batch: Vec<&Value> = lines.iter().filter(of_batch).collect();
    for layer in ["semantics", "normalizer", "executor", "commit"] {
        assert!(of_batch.iter().any(|line| line["span"]["name"] == layer), "{layer}: {lines:#?}");
    }
    let ended: Vec<_> = of_batch.iter().filter(|it| it["message"] == "a batch ended").collect();
    assert_eq!(ended.len(), 1);
    assert_eq!((&ended[0]["status"], &ended[0]["patches"]), (&json!("applied"), &json!(1)));
}

#[test]
fn the_default_level_has_one_line_for_a_batch() {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("here");
    let mut editor = editor(&["--log-folder", folder.to_str().unwrap()], "a\n");
    apply(&mut editor, "the-id", 2, "b");
    editor.end();
    let lines = logged(&folder);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!(lines[0]["spans"][0]["id"], "the-id");
}

#[test]
fn a_batch_is_counted_where_metrics_are_served_and_where_they_are_not() {
    let state = tempfile::tempdir().unwrap();
    let served = in_folder(state.path(), &["--metrics", "0"]);
    for arguments in [&served[..], &[]] {
        let mut editor = editor(arguments, "a\n");
        apply(&mut editor, "one", 2, "b");
        let wrong = json!({ "uri": A, "patches": [{ "type": "delete", "line": 9 }] });
        let rejected = editor.apply(&wrong);
        assert_eq!(editor.outcome(&rejected)["status"], "rejected");
        // Neither is a new batch.
        let preview = editor.execute("batchpatch.preview", &json!([wrong]));
        assert_eq!(result(&preview)["status"], "rejected");
        let patches = json!([{ "type": "replace", "line": 1, "text": "b" }]);
        let again = editor.apply(&json!({ "batchId": "one", "uri": A, "patches": patches }));
        assert_eq!(editor.outcome(&again)["replayed"], true);
        editor.apply(&json!({ "patches": 7 }));
        let counts = editor.status()["counts"].take();
        assert_eq!(counts["batches"]["succeeded"], 1, "{counts}");
        assert_eq!(counts["batches"]["rejected"], 1);
        assert_eq!(counts["violations"], json!({ "line-out-of-range": 1 }));
        assert_eq!(counts["errors"], json!({ "malformed_batch": 1 }));
        if let [found] = discovered(state.path())[..] {
            let metrics = get(found.address, "/metrics").body;
            for series in [
                r#"batch_patches_total{status="succeeded",mode="batch"} 1"#,
                r#"invariant_violations_total{law="1",code="line-out-of-range"} 1"#,
                r#"batch_layer_duration_seconds_count{layer="executor"} "#,
                r#"batch_layer_duration_seconds_count{layer="commit"} 1"#,
                "documents_open 1",
                "text_bytes 2",
                "batches_under_way 0",
            ] {
                assert!(metrics.contains(series), "{series}\n{metrics}");
            }
            assert!(!metrics.contains(r#"_count{layer="executor"} 0"#), "{metrics}");
        } else {
            assert!(arguments.is_empty());
        }
        editor.end();
    }
}

#[test]
fn what_the_editor_does_wrong_is_counted_as_an_error() {
    let mut editor = editor(&[], "a\n");
    let patches = json!([{ "type": "replace", "line": 1, "text": "b" }]);
    let batch = editor.apply(&json!({ "uri": A, "patches": patches }));
    let (request, _) = editor.asked_to_edit();
    editor.reply(&request, &json!({ "applied": false }));
    assert_eq!(editor.outcome(&batch)["status"], "failed");
    let counts = editor.status()["counts"].take();
    assert_eq!(counts["batches"]["failed"], 1);
    assert_eq!(counts["patches"], json!({ "applied": 0, "failed": 1 }));
    assert_eq!(counts["errors"], json!({ "refused_by_editor": 1 }));
}

#[test]
fn every_server_is_found_until_it_ends_and_shown_by_the_command() {
    let state = tempfile::tempdir().unwrap();
    let (none, exit) = status_command(state.path(), &[]);
    assert!(none.contains("lsp --metrics"), "{none}");
    assert_eq!(exit, 0);
    let arguments = in_folder(state.path(), &["--metrics"]);
    let mut first = editor(&arguments, "a\n");
    let second = editor(&arguments, "a\n");
    apply(&mut first, "one", 2, "b");
    first.status();
    let found = discovered(state.path());
    let processes = |found: &[Discovered]| found.iter().map(|it| it.process).collect::<Vec<_>>();
    let mut expected = [first.pid(), second.pid()];
    expected.sort_unstable();
    assert_eq!(processes(&found), expected);
    assert_ne!(found[0].address, found[1].address);
    for Discovered { process, address } in &found {
        let health = get(*address, "/health").json();
        assert_eq!((&health["pid"], &health["status"]), (&json!(process), &json!("ok")));
    }
    let (shown, exit) = status_command(state.path(), &[]);
    assert_eq!(exit, 0, "{shown}");
    for process in expected {
        assert!(shown.contains(&format!("process {process} at http://127.0.0.1:")), "{shown}");
    }
    assert!(shown.contains("1 succeeded") && shown.contains("1 applied"), "{shown}");
    let (shown, _) = status_command(state.path(), &["--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown.as_array().unwrap().len(), 2);
    let of_first = shown.as_array().unwrap().iter().find(|it| it["pid"] == first.pid()).unwrap();
    let series = of_first["series"].as_array().unwrap();
    assert!(series.iter().any(|it| it["name"] == "documents_open" && it["value"] == 1.0));

    let pid = second.pid();
    first.end();
    assert_eq!(processes(&discovered(state.path())), [pid]);
    second.end();
    assert_eq!(discovered(state.path()), []);
}

#[test]
fn off_nothing_is_written_and_nobody_is_told() {
    let state = tempfile::tempdir().unwrap();
    let mut editor = editor(&in_folder(state.path(), &[]), "a\n");
    apply(&mut editor, "one", 2, "b");
    assert_eq!(editor.end(), (String::new(), Vec::new()));
    assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_had_is_told_and_the_server_serves() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let mut editor = editor(&in_folder(&file, &["--metrics", "0", "--log-level", "info"]), "a\n");
    for what in ["there is no log: ", "there are no metrics: "] {
        let warning = editor.notified("window/logMessage")["message"].take();
        assert!(warning.as_str().unwrap().starts_with(what), "{warning}");
    }
    assert_eq!(apply(&mut editor, "one", 2, "b")["status"], "applied");
}

#[test]
fn a_stderr_that_nobody_reads_stalls_nobody() {
    let mut client = Client::with_unread_stderr();
    client.initialize(&["utf-8"]);
    // Each is told on standard error: together more than a pipe holds.
    for _ in 0..3_000 {
        let answer = client.execute("batchpatch.test.panic", &json!([]));
        assert!(answer["error"]["message"].as_str().unwrap().contains("panicked"), "{answer}");
    }
    client.open(A, 1, "still there\n");
    assert_eq!(client.text(A), "still there\n");
}

#[test]
fn a_panic_is_told_with_its_place() {
    let state = tempfile::tempdir().unwrap();
    let mut client = editor(&in_folder(state.path(), &["--log-level", "error"]), "a\n");
    client.execute("batchpatch.test.panic", &json!([]));
    let (stderr, messages) = client.end();
    assert!(stderr.contains("panicked at src/server/commands/mod.rs:"), "{stderr}");
    assert!(stderr.contains("as a test asked for"), "{stderr}");
    let lines = logged(&state.path().join("logs"));
    assert!(lines[0]["place"].as_str().unwrap().contains("commands/mod.rs:"), "{lines:?}");
    assert!(messages.iter().any(|it| it["method"] == "window/logMessage"), "{messages:?}");
}
