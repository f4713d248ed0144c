//! No text is ever logged: a string that stands in every text, and in all that
//! quotes one, is in nothing that was written.

use std::fs;
use std::path::Path;

use batchpatch::observability::discovered;
use serde_json::{Value, json};

use super::client::{Client, frame, notification, uri};
use super::observed::logged;
use super::result;
use crate::observability::http::get;

const CANARY: &str = "canary-7c1f";

const A: &str = "file:///w/a.rs";
const B: &str = "file:///w/b.rs";

/// All that a server with every log and every metric wrote, each under the name
/// of where.
struct Written(Vec<(String, String)>);

impl Written {
    fn assert_without_canary(&self) {
        for (place, text) in &self.0 {
            let found = text.find(CANARY).map(|at| {
                let start = text[..at].rfind('\n').map_or(0, |start| start + 1);
                text[start..].lines().next().unwrap_or_default()
            });
            assert_eq!(found, None, "{place}");
        }
    }
}

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push((path.display().to_string(), text));
        }
    }
}

/// Runs a server with every log and every metric, lets something happen, and
/// gives all that was written.
fn written(folders: &[&Path], happens: impl FnOnce(&mut Client)) -> Written {
    let state = tempfile::tempdir().unwrap();
    let arguments = [
        "--state-folder",
        state.path().to_str().unwrap(),
        "--metrics",
        "0",
        "--log-level",
        "trace",
    ];
    let mut client = Client::with_arguments(&arguments);
    let folder = |path: &&Path| json!({ "uri": uri(path), "name": CANARY });
    let folders: Vec<Value> = folders.iter().map(folder).collect();
    let params = json!({
        "clientInfo": { "name": CANARY },
        "capabilities": { "workspace": { "applyEdit": true } },
        "workspaceFolders": folders,
        "initializationOptions": { "timeouts": { "texts": 50, "reply": 2000 } },
    });
    let answer = client.request("initialize", &params);
    assert!(answer["error"].is_null(), "{answer}");
    client.notify("initialized", &json!({}));
    happens(&mut client);
    let metrics = get(discovered(state.path())[0].address, "/metrics").body;
    let (stderr, messages) = client.end();
    let is_log = |message: &&Value| message["method"] == "window/logMessage";
    let told: Vec<String> = messages.iter().filter(is_log).map(Value::to_string).collect();
    let lines = logged(&state.path().join("logs"));
    assert!(lines.len() > 1, "the log was written");
    let mut written = vec![
        ("the metrics".to_owned(), metrics),
        ("standard error".to_owned(), stderr),
        ("window/logMessage".to_owned(), told.join("\n")),
    ];
    files(state.path(), &mut written);
    Written(written)
}

fn line(text: &str) -> Value {
    json!({ "type": "replace", "line": 1, "text": text })
}

#[test]
fn texts_and_batches_are_not_logged() {
    written(&[], |client| {
        client.open(A, 1, &format!("{CANARY}\nb\n"));
        client.open(B, 1, &format!("{CANARY}\nb\n"));
        // Applied in one document and not in the other, and taken back.
        let patches = json!([
            { "type": "replace", "line": 1, "text": format!("{CANARY}!"), "expect": CANARY },
            { "type": "insert", "line": 2, "text": CANARY },
        ]);
        let documents = json!([{ "uri": A, "patches": patches }, { "uri": B, "patches": patches }]);
        let batch = client.apply(&json!({ "label": CANARY, "documents": documents }));
        let (id, _) = client.asked_to_edit();
        client.retype(A, 2, &format!("{CANARY}!\n{CANARY}\nb\n"));
        client.reply(&id, &json!({ "applied": false, "failureReason": CANARY }));
        let (id, _) = client.asked_to_edit();
        client.retype(A, 3, &format!("{CANARY}\nb\n"));
        client.reply(&id, &json!({ "applied": true }));
        assert_eq!(client.outcome(&batch)["status"], "rolledBack");

        // Applied, sent again, another one under its id, and taken back.
        let one = json!({ "batchId": "one", "label": CANARY, "uri": A,
                          "patches": [line(&format!("{CANARY}?"))] });
        let batch = client.apply(&one);
        let (id, _) = client.asked_to_edit();
        client.retype(A, 4, &format!("{CANARY}?\nb\n"));
        client.reply(&id, &json!({ "applied": true }));
        assert_eq!(client.outcome(&batch)["status"], "applied");
        let batch = client.apply(&one);
        assert_eq!(client.outcome(&batch)["replayed"], true);
        let mut other = one.clone();
        other["label"] = json!(format!("{CANARY} again"));
        let refused = client.apply(&other);
        assert!(client.answer(&refused)["error"]["data"]["path"] == "batchId");
        client.execute("batchpatch.history", &json!([{ "text": true }]));

        // An editor that leaves another text, or answers with an error.
        let batch = client.apply(&json!({ "uri": A, "patches": [line(CANARY)] }));
        let (id, _) = client.asked_to_edit();
        client.retype(A, 5, &format!("{CANARY} {CANARY}\n"));
        let error = json!({ "code": -1, "message": CANARY });
        client.raw(frame(json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()));
        client.outcome(&batch);
        let answer = client.snapshot(A);
        assert!(answer.to_string().contains(CANARY), "the canary is there: {answer}");
    })
    .assert_without_canary();
}

#[test]
fn what_is_wrong_with_a_batch_is_not_quoted() {
    written(&[], |client| {
        client.open(A, 1, &format!("{CANARY}\n{CANARY}é\nb\n"));
        let at = |line: u32, character: u32| json!({ "line": line, "character": character });
        let wrong = json!([
            { "type": "replace", "line": 3, "text": CANARY, "expect": CANARY },
            { "type": "delete", "line": 1, "expect": format!("{CANARY} no") },
            { "type": "delete", "line": 1 },
            { "type": "insert", "line": 99, "text": CANARY },
            { "type": "edit", "range": { "start": at(9, 0), "end": at(9, 0) }, "newText": CANARY },
        ]);
        for policy in ["atomic", "bestEffort"] {
            let wrong = json!({ "uri": A, "policy": policy, "patches": wrong });
            let preview = client.execute("batchpatch.preview", &json!([wrong]));
            assert!(preview.to_string().contains(CANARY), "{preview}");
        }
        let batch = client.apply(&json!({ "uri": A, "patches": wrong }));
        assert_eq!(client.outcome(&batch)["status"], "rejected");
        let params = json!({ "textDocument": { "uri": A }, "context": { "diagnostics": [] },
                             "range": { "start": at(0, 0), "end": at(3, 0) } });
        let actions = client.request("textDocument/codeAction", &params);
        assert!(!result(&actions).as_array().unwrap().is_empty());
        // Carried over, and not.
        let token = result(&client.snapshot(A))["snapshot"].clone();
        client.retype(A, 2, &format!("{CANARY} typed\n{CANARY}é\nb\n"));
        for on_stale in ["reject", "rebase"] {
            let document = json!({ "uri": A, "snapshot": token, "patches": [line(CANARY)] });
            let batch = client.apply(&json!({ "onStale": on_stale, "documents": [document] }));
            assert_eq!(client.outcome(&batch)["status"], "rejected");
        }
    })
    .assert_without_canary();
}

#[test]
fn what_cannot_be_read_is_not_quoted() {
    written(&[], |client| {
        client.open(A, 1, "a\n");
        // Batches that are none.
        for malformed in [
            json!(CANARY),
            json!({ CANARY: 1 }),
            json!({ "uri": A, "patches": CANARY }),
            json!({ "uri": A, "patches": [{ "type": CANARY }] }),
            json!({ "uri": A, "patches": [{ "type": "delete", "line": CANARY }] }),
            json!({ "uri": A, "patches": [{ "type": "delete", "line": 1, CANARY: CANARY }] }),
            json!({ "uri": A, "snapshot": CANARY, "patches": [] }),
            json!({ "uri": A, "policy": CANARY, "patches": [] }),
        ] {
            let sent = client.apply(&malformed);
            assert!(client.answer(&sent)["error"].is_object(), "{malformed}");
            client.execute("batchpatch.preview", &json!([malformed]));
        }
        // Messages that are none.
        client.raw(frame(format!("{{\"jsonrpc\": \"2.0\", {CANARY}")));
        client.raw(frame(format!("{{\"jsonrpc\": \"{CANARY}\"}}")));
        client.execute(CANARY, &json!([CANARY]));
        client.request(CANARY, &json!({ "text": CANARY }));
        client.request("textDocument/hover", &json!({ "text": CANARY }));
        client.notify(CANARY, &json!({ "text": CANARY }));
        client.notify("textDocument/didSave", &json!({ "text": CANARY }));
        client.notify(
            "workspace/didChangeConfiguration",
            &json!({ "settings": {
            "batchpatch": { "limits": { "patches": CANARY } } } }),
        );
        // Changes that are none.
        let version = |version: Value| json!({ "uri": A, "version": version });
        for (document, change) in [
            (version(json!(CANARY)), json!({ "text": CANARY })),
            (version(json!(2)), json!({ "text": { CANARY: CANARY } })),
            (version(json!(2)), json!({ "range": CANARY, "text": CANARY })),
            (version(json!(2)), json!(format!("{CANARY} \"quoted\" {CANARY}"))),
            (json!({ "uri": null }), json!(CANARY)),
        ] {
            let params = json!({ "textDocument": document, "contentChanges": [change] });
            client.raw(notification("textDocument/didChange", &params));
        }
        let opened = json!({ "uri": B, "version": CANARY, "text": CANARY });
        client.notify("textDocument/didOpen", &json!({ "textDocument": opened }));
        // Out of sync, and asked for all the same.
        let batch = client.apply(&json!({ "uri": A, "patches": [line(CANARY)] }));
        assert_eq!(client.outcome(&batch)["violations"][0]["code"], "out-of-sync");
        client.execute("batchpatch.test.panic", &json!([CANARY]));
    })
    .assert_without_canary();
}

#[test]
fn files_that_no_editor_holds_are_not_logged() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("text"), format!("{CANARY}\n")).unwrap();
    fs::write(folder.path().join("latin"), [CANARY.as_bytes(), b"\xe9\n"].concat()).unwrap();
    fs::write(folder.path().join("binary"), [CANARY.as_bytes(), b"\0\n"].concat()).unwrap();
    written(&[folder.path()], |client| {
        let text = client.snapshot("text");
        assert!(text.to_string().contains(CANARY), "{text}");
        for name in ["latin", "binary"] {
            let batch = client.apply(&json!({ "uri": name, "patches": [line(CANARY)] }));
            assert_eq!(client.outcome(&batch)["status"], "rejected");
        }
        let batch = client.apply(&json!({ "uri": "text", "patches": [line(&CANARY.repeat(2))] }));
        let (id, _) = client.asked_to_edit();
        client.reply(&id, &json!({ "applied": true }));
        client.outcome(&batch);
    })
    .assert_without_canary();
}
