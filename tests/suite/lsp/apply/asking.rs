//! What the editor is asked for: which documents, in which order, and when nothing.

use serde_json::{Value, json};

use super::super::client::{Client, uri};
use super::super::{code, message, result};
use super::{A, B, both, codes, editor_with, replace, states, warnings};

#[test]
fn a_client_that_takes_no_edits_is_asked_for_none() {
    let mut client = Client::initialized();
    client.open(A, 1, "a\n");
    let batch = client.apply(&replace(A, 1, "b"));
    let outcome = client.outcome(&batch);
    assert_eq!(outcome["status"], "failed");
    assert_eq!(codes(&outcome), ["client-cannot-apply"]);
    assert!(client.unexpected().iter().all(|it| it["method"] != "workspace/applyEdit"));
}

#[test]
fn all_documents_or_none() {
    let mut editor = editor_with("a\n");
    editor.open(B, 1, "b\n");
    let batch = editor.apply(&both());
    let (id, params) = editor.asked_to_edit();
    assert_eq!(params["edit"]["documentChanges"].as_array().unwrap().len(), 2);
    editor.retype(A, 2, "A\n");
    editor.reply(&id, &json!({ "applied": true }));
    editor.retype(B, 2, "B\n");
    assert_eq!(editor.outcome(&batch)["status"], "applied");

    let batch = editor.apply(&json!({ "documents": [replace(A, 1, "1"), replace(B, 1, "2")] }));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 3, "1\n");
    editor.reply(&id, &json!({ "applied": false, "failureReason": "read only" }));
    let (id, params) = editor.asked_to_edit();
    let documents = params["edit"]["documentChanges"].as_array().unwrap();
    assert_eq!((documents.len(), &documents[0]["textDocument"]["uri"]), (1, &json!(A)));
    editor.retype(A, 4, "A\n");
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    let status = (&outcome["status"], states(&outcome));
    assert_eq!(status, (&json!("rolledBack"), vec!["before", "before"]));
    assert!(warnings(&outcome).contains("read only"), "{outcome}");
}

#[test]
fn a_document_that_holds_another_text_is_not_taken_back() {
    let mut editor = editor_with("a\n");
    editor.open(B, 1, "b\nc\n");
    let batch = editor.apply(&both());
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "A\n");
    // It may be the batch's edit and some typing, or all of it typed: nobody saw.
    editor.retype(B, 2, "B\nc!\n");
    editor.reply(&id, &json!({ "applied": true }));
    let (id, params) = editor.asked_to_edit();
    let documents = params["edit"]["documentChanges"].as_array().unwrap();
    assert_eq!((documents.len(), &documents[0]["textDocument"]["uri"]), (1, &json!(A)));
    editor.retype(A, 3, "a\n");
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    let status = (&outcome["status"], states(&outcome));
    assert_eq!(status, (&json!("failed"), vec!["before", "other"]));
    assert_eq!(codes(&outcome), ["other-text"]);
}

#[test]
fn batches_on_one_document_go_one_after_the_other() {
    let mut editor = editor_with("a\nb\n");
    let first = editor.apply(&replace(A, 1, "A"));
    let second = editor.apply(&replace(A, 2, "B"));
    let (id, _) = editor.asked_to_edit();
    assert_eq!(editor.unexpected().len(), 0);
    editor.retype(A, 2, "A\nb\n");
    editor.reply(&id, &json!({ "applied": true }));
    let (id, params) = editor.asked_to_edit();
    assert_eq!(params["edit"]["documentChanges"][0]["textDocument"]["version"], 2);
    editor.retype(A, 3, "A\nB\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&first)["status"], "applied");
    assert_eq!(editor.outcome(&second)["status"], "applied");

    // If the one ahead is not applied, the text is the one that stood there.
    let first = editor.apply(&replace(A, 1, "1"));
    let second = editor.apply(&replace(A, 2, "2"));
    let (id, _) = editor.asked_to_edit();
    editor.reply(&id, &json!({ "applied": false }));
    assert_eq!(editor.outcome(&first)["status"], "failed");
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 4, "A\n2\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&second)["status"], "applied");
}

#[test]
fn a_cancelled_batch_is_not_begun_and_one_that_was_sent_goes_on() {
    let mut editor = editor_with("a\n");
    let sent = editor.apply(&replace(A, 1, "b"));
    let waiting = editor.apply(&replace(A, 1, "c"));
    let (id, _) = editor.asked_to_edit();
    editor.notify("$/cancelRequest", &json!({ "id": waiting }));
    editor.notify("$/cancelRequest", &json!({ "id": sent }));
    assert_eq!(code(&editor.answer(&waiting)), -32800);
    editor.retype(A, 2, "b\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&sent)["status"], "applied");
    let batch = editor.apply(&replace(A, 1, "d"));
    editor.asked_to_edit();
    editor.retype(A, 3, "d\n");
    drop(batch);
}

#[test]
fn a_rejection_and_a_malformed_batch_ask_for_no_edit() {
    let mut editor = editor_with("a\n");
    let batch = editor.apply(&replace(A, 7, "x"));
    let outcome = editor.outcome(&batch);
    assert_eq!(
        (&outcome["status"], codes(&outcome)),
        (&json!("rejected"), vec!["line-out-of-range"])
    );
    assert!(outcome["batchId"].is_string());
    let batch = editor.apply(&json!({ "uri": A, "patches": [{ "type": "replace", "line": 1 }] }));
    let answer = editor.answer(&batch);
    assert_eq!(code(&answer), -32602);
    assert!(message(&answer).contains("patches[0]"), "{answer}");
    let batch = editor.apply(&replace(A, 1, "a"));
    assert_eq!(editor.outcome(&batch)["status"], "noop");
    assert!(editor.unexpected().iter().all(|it| it["method"] != "workspace/applyEdit"));
}

#[test]
fn a_file_that_is_not_open_has_no_version_and_may_stay_unseen() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c d.rs"), "c\n").unwrap();
    let mut editor = Client::spawn();
    let params = json!({
        "capabilities": { "workspace": { "applyEdit": true } },
        "workspaceFolders": [{ "uri": uri(folder.path()), "name": "w" }],
        "initializationOptions": { "timeouts": { "texts": 100 } },
    });
    editor.request("initialize", &params);
    let batch = editor.apply(&replace("c d.rs", 1, "C"));
    let (id, params) = editor.asked_to_edit();
    let document = &params["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!(document["version"], Value::Null);
    let full = format!("{}/c%20d.rs", uri(folder.path()));
    assert_eq!(document["uri"], full);
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("applied"), vec!["unknown"]));
    assert_eq!(outcome["documents"][0]["confirmed"], false);
    assert!(warnings(&outcome).contains("nobody has seen it"), "{outcome}");

    for (opened, changed, status, state) in [
        ("c\n", Some("C\n"), "applied", "after"),
        ("C\n", None, "applied", "after"),
        // What was opened with another text is never confirmed.
        ("other\n", Some("C\n"), "failed", "other"),
        ("other\n", None, "failed", "other"),
    ] {
        let batch = editor.apply(&replace("c d.rs", 1, "C"));
        let (id, _) = editor.asked_to_edit();
        editor.open(&full, 1, opened);
        if let Some(text) = changed {
            editor.retype(&full, 2, text);
        }
        editor.reply(&id, &json!({ "applied": true }));
        let outcome = editor.outcome(&batch);
        let found = (&outcome["status"], states(&outcome));
        assert_eq!(found, (&json!(status), vec![state]), "{opened} {changed:?}");
        editor.notify("textDocument/didClose", &json!({ "textDocument": { "uri": full } }));
    }
}

#[test]
fn an_open_document_is_found_under_another_name_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("real.rs"), "on disk\n").unwrap();
    std::os::unix::fs::symlink("real.rs", folder.path().join("link.rs")).unwrap();
    let mut editor = Client::spawn();
    let params = json!({
        "capabilities": { "workspace": { "applyEdit": true } },
        "workspaceFolders": [{ "uri": uri(folder.path()), "name": "w" }],
    });
    editor.request("initialize", &params);
    let real = format!("{}/real.rs", uri(folder.path()));
    editor.open(&real, 4, "unsaved\n");
    let batch = editor.apply(&replace("link.rs", 1, "x"));
    let (id, params) = editor.asked_to_edit();
    let document = &params["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!(*document, json!({ "uri": real, "version": 4 }));
    editor.retype(&real, 5, "x\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&batch)["status"], "applied");
    let twice = json!({ "documents": [replace("link.rs", 1, "y"), replace("real.rs", 1, "z")] });
    let batch = editor.apply(&twice);
    assert_eq!(codes(&editor.outcome(&batch)), ["same-file-twice"]);
}

#[test]
fn a_preview_tells_what_would_happen_and_nothing_does() {
    let mut editor = editor_with("a\nb\n");
    let answer =
        editor.execute("batchpatch.preview", &json!([replace(A, 1, "x"), { "text": true }]));
    let outcome = result(&answer);
    assert_eq!((&outcome["status"], &outcome["preview"]), (&json!("applied"), &json!(true)));
    assert_eq!(outcome["documents"][0]["text"], "x\nb\n");
    let diff = outcome["documents"][0]["diff"].as_str().unwrap();
    assert!(diff.contains("-a\n+x\n b\n"), "{diff}");
    assert_eq!(editor.text(A), "a\nb\n");
    assert!(editor.unexpected().is_empty());
    let answer = editor.execute("batchpatch.preview", &json!([replace(A, 9, "x")]));
    assert_eq!(
        (&result(&answer)["status"], codes(result(&answer))),
        (&json!("rejected"), vec!["line-out-of-range"])
    );
}
