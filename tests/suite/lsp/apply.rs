//! `batchpatch.apply` and `preview` over the wire: what an editor is asked for,
//! and what becomes of the batch from what it says and shows.

use serde_json::{Value, json};

use super::client::{Client, frame, notification, uri};
use super::{code, message, result};

const A: &str = "file:///w/a.rs";
const B: &str = "file:///w/b.rs";

fn editor() -> Client {
    Client::of_editor(&json!({}), &json!({ "timeouts": { "texts": 200 } }))
}

fn editor_with(text: &str) -> Client {
    let mut editor = editor();
    editor.open(A, 1, text);
    editor
}

fn replace(uri: &str, line: usize, text: &str) -> Value {
    json!({ "uri": uri, "patches": [{ "type": "replace", "line": line, "text": text }] })
}

fn both() -> Value {
    json!({ "label": "both", "documents": [replace(A, 1, "A"), replace(B, 1, "B")] })
}

fn states(outcome: &Value) -> Vec<&str> {
    let documents = outcome["documents"].as_array().unwrap();
    documents.iter().map(|document| document["state"].as_str().unwrap()).collect()
}

fn codes(outcome: &Value) -> Vec<&str> {
    let violations = outcome["violations"].as_array().unwrap();
    violations.iter().map(|violation| violation["code"].as_str().unwrap()).collect()
}

fn warnings(outcome: &Value) -> String {
    outcome["warnings"].to_string()
}

#[test]
fn a_batch_is_one_edit_and_applied_once_its_text_is_seen() {
    let mut editor = editor_with("a\nb\nc\n");
    let batch = editor.apply(&json!({ "label": "two lines", "uri": A, "patches": [
        { "type": "delete", "line": 1 }, { "type": "replace", "line": 3, "text": "C" } ] }));
    let (id, params) = editor.asked_to_edit();
    assert_eq!(
        params,
        json!({ "label": "two lines", "edit": { "documentChanges": [{
            "textDocument": { "uri": A, "version": 1 },
            "edits": [
                { "range": { "start": { "line": 2, "character": 0 },
                             "end": { "line": 2, "character": 1 } }, "newText": "C" },
                { "range": { "start": { "line": 0, "character": 0 },
                             "end": { "line": 1, "character": 0 } }, "newText": "" },
            ] }] } })
    );
    editor.retype(A, 2, "b\nC\n");
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!(outcome["status"], "applied", "{outcome}");
    assert_eq!(outcome["warnings"], json!([]));
    let document = &outcome["documents"][0];
    assert_eq!(document["state"], "after");
    assert_eq!(document["confirmed"], true);
    assert_eq!((&document["fromRevision"], &document["toRevision"]), (&json!("v1"), &json!("v2")));
    assert_eq!(document["version"], 2);
    assert_eq!(document["changed"], json!([[1, 0], [2, 2]]));
    let snapshot = editor.snapshot(A);
    assert_eq!(result(&snapshot)["snapshot"], document["snapshot"]);
}

#[test]
fn reply_and_change_come_in_either_order() {
    for reply_first in [true, false] {
        let mut editor = editor_with("a\n");
        let batch = editor.apply(&replace(A, 1, "b"));
        let (id, _) = editor.asked_to_edit();
        if reply_first {
            editor.reply(&id, &json!({ "applied": true }));
        }
        editor.retype(A, 2, "b\n");
        if !reply_first {
            editor.reply(&id, &json!({ "applied": true }));
        }
        assert_eq!(editor.outcome(&batch)["status"], "applied");
    }
}

#[test]
fn what_the_client_says_is_not_believed() {
    let mut editor = editor_with("a\n");
    let batch = editor.apply(&replace(A, 1, "b"));
    let (id, _) = editor.asked_to_edit();
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("failed"), vec!["before"]));
    assert!(warnings(&outcome).contains("no text changed"), "{outcome}");
    assert_eq!(editor.text(A), "a\n");

    let batch = editor.apply(&replace(A, 1, "b"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "b\n");
    editor.reply(&id, &json!({ "applied": false, "failureReason": "no" }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("applied"), vec!["after"]));
    assert!(warnings(&outcome).contains("refused the edit: no, and applied it"), "{outcome}");
}

#[test]
fn a_refusal_is_a_failure_and_says_why() {
    let mut editor = editor_with("a\n");
    let batch = editor.apply(&replace(A, 1, "b"));
    let (id, _) = editor.asked_to_edit();
    editor.reply(&id, &json!({ "applied": false, "failureReason": "read only" }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("failed"), vec!["before"]));
    assert!(warnings(&outcome).contains("refused the edit: read only"), "{outcome}");

    let batch = editor.apply(&replace(A, 1, "b"));
    let (id, _) = editor.asked_to_edit();
    let error = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -1, "message": "oh no" } });
    editor.raw(frame(error.to_string()));
    assert!(warnings(&editor.outcome(&batch)).contains("refused the edit: oh no"));
}

#[test]
fn what_the_editor_began_and_took_back_is_not_applied() {
    let mut editor = editor_with("a\n");
    let batch = editor.apply(&replace(A, 1, "b"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "b\n");
    editor.retype(A, 3, "a\n");
    editor.reply(&id, &json!({ "applied": false }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("failed"), vec!["before"]));
    assert_eq!(outcome["documents"][0]["snapshot"], result(&editor.snapshot(A))["snapshot"]);
}

#[test]
fn a_client_that_never_answers_fails_and_holds_up_nobody_else() {
    let settings = json!({ "timeouts": { "reply": 100, "texts": 50 } });
    let mut editor = Client::of_editor(&json!({}), &settings);
    editor.open(A, 1, "a\n");
    editor.open(B, 1, "b\n");
    let silent = editor.apply(&replace(A, 1, "x"));
    let (late, _) = editor.asked_to_edit();
    let other = editor.apply(&replace(B, 1, "y"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(B, 2, "y\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&other)["status"], "applied");
    let outcome = editor.outcome(&silent);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("failed"), vec!["unknown"]));
    editor.reply(&late, &json!({ "applied": true }));
    assert_eq!(editor.text(A), "a\n");

    let unanswered = editor.apply(&replace(A, 1, "x"));
    editor.asked_to_edit();
    editor.retype(A, 2, "x\n");
    let outcome = editor.outcome(&unanswered);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("applied"), vec!["after"]));
    assert!(warnings(&outcome).contains("did not answer"), "{outcome}");
}

#[test]
fn what_is_typed_meanwhile_and_taken_back_hides_no_edit() {
    let change = |line: u32, from: u32, to: u32, text: &str| {
        let (start, end) =
            (json!({ "line": line, "character": from }), json!({ "line": line, "character": to }));
        json!({ "range": { "start": start, "end": end }, "text": text })
    };
    let edit = change(2, 0, 1, "C");
    let whole = json!({ "text": "a\nb\nC\nd\ne\n" });
    // One notification after the other, and the edit is the last.
    let cases = [
        vec![vec![change(0, 0, 0, "x")], vec![change(0, 0, 1, "")], vec![edit.clone()]],
        vec![vec![change(4, 0, 0, "x")], vec![change(4, 0, 1, "")], vec![edit.clone()]],
        vec![vec![change(2, 0, 1, "Cx")], vec![change(2, 0, 2, "c")], vec![edit.clone()]],
        vec![
            vec![change(2, 0, 0, "C"), change(0, 1, 1, "x")],
            vec![change(0, 1, 2, "")],
            vec![change(2, 0, 1, "")],
            vec![edit.clone()],
        ],
        // What cannot be followed takes the change before it back.
        vec![vec![change(3, 0, 0, "x"), change(9, 0, 0, "x")], vec![whole.clone()]],
        vec![vec![change(0, 0, 1, "x"), change(9, 0, 0, "x"), whole]],
    ];
    for (case, notifications) in cases.iter().enumerate() {
        let mut editor = editor_with("a\nb\nc\nd\ne\n");
        let batch = editor.apply(&replace(A, 3, "C"));
        let (id, _) = editor.asked_to_edit();
        for (version, changes) in (2..).zip(notifications) {
            let document = json!({ "uri": A, "version": version });
            let params = json!({ "textDocument": document, "contentChanges": changes });
            editor.notify("textDocument/didChange", &params);
        }
        editor.reply(&id, &json!({ "applied": true }));
        let outcome = editor.outcome(&batch);
        assert_eq!(outcome["status"], "applied", "case {case}: {outcome}");
        assert_eq!(outcome["warnings"], json!([]), "case {case}");
    }
}

#[test]
fn a_text_that_another_character_stands_in_before_the_edit_confirms_nothing() {
    let mut editor = editor_with("a\nb\nc\n");
    let batch = editor.apply(&replace(A, 3, "C"));
    let (id, _) = editor.asked_to_edit();
    for (version, line, text) in [(2, 0, "x"), (3, 2, "C")] {
        let range = json!({ "start": { "line": line, "character": 0 },
                            "end": { "line": line, "character": 1 } });
        let document = json!({ "uri": A, "version": version });
        let changes = [json!({ "range": range, "text": text })];
        let params = json!({ "textDocument": document, "contentChanges": changes });
        editor.notify("textDocument/didChange", &params);
    }
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("failed"), vec!["other"]));
}

#[test]
fn the_text_counts_after_any_single_content_change() {
    let mut editor = editor_with("a\nb\n");
    let batch = editor.apply(&json!({ "uri": A, "patches": [
        { "type": "replace", "line": 1, "text": "A" },
        { "type": "replace", "line": 2, "text": "B" } ] }));
    let (id, _) = editor.asked_to_edit();
    let at = |line: u32, from: u32, to: u32| json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } });
    let changed = |version: i32, changes: Value| {
        let document = json!({ "uri": A, "version": version });
        json!({ "textDocument": document, "contentChanges": changes })
    };
    // Half of it first, then the rest and what the user typed, in one.
    editor.notify(
        "textDocument/didChange",
        &changed(3, json!([{ "range": at(1, 0, 1), "text": "B" }])),
    );
    let half = editor.snapshot(A);
    assert_eq!(
        (&result(&half)["revision"], &result(&half)["text"]),
        (&json!("v1"), &json!("a\nB\n"))
    );
    editor.notify(
        "textDocument/didChange",
        &changed(
            5,
            json!([
            { "range": at(0, 0, 1), "text": "A" }, { "range": at(0, 1, 1), "text": "typed" } ]),
        ),
    );
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!(outcome["status"], "applied", "{outcome}");
    assert_eq!(outcome["documents"][0]["toRevision"], "v2");
    assert_eq!(outcome["documents"][0]["version"], Value::Null, "no version has that text");
    let now = editor.snapshot(A);
    assert_eq!(
        (&result(&now)["revision"], &result(&now)["text"]),
        (&json!("v3"), &json!("Atyped\nB\n"))
    );
}

#[test]
fn what_editors_do_to_line_ends_is_confirmed_with_a_warning() {
    let mut editor = editor_with("a\r\nb");
    let batch = editor.apply(&replace(A, 1, "x"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "x\nb\n");
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("applied"), vec!["after"]));
    assert!(warnings(&outcome).contains("line ends"), "{outcome}");
    let now = editor.snapshot(A);
    assert_eq!(outcome["documents"][0]["snapshot"], result(&now)["snapshot"], "its text counts");
}

#[test]
fn a_batch_that_only_changes_what_the_editor_keeps_fails() {
    let mut editor = editor_with("a\n");
    let all =
        json!({ "start": { "line": 0, "character": 1 }, "end": { "line": 1, "character": 0 } });
    let batch = editor.apply(&json!({ "uri": A, "patches": [
        { "type": "edit", "range": all, "newText": "" } ] }));
    let (id, _) = editor.asked_to_edit();
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!(outcome["status"], "failed");
    assert_eq!(codes(&outcome), ["client-normalises"]);
}

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
fn a_lone_carriage_return_and_a_text_that_is_not_known_are_refused() {
    let mut editor = editor();
    editor.open(A, 1, "a\rb\n");
    let batch = editor.apply(&replace(A, 1, "x"));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], codes(&outcome)), (&json!("rejected"), vec!["lone-cr"]));
    editor.open(B, 1, "b\n");
    editor.raw(notification("textDocument/didChange", &json!({ "textDocument": { "uri": B } })));
    let batch = editor.apply(&replace(B, 1, "x"));
    assert_eq!(codes(&editor.outcome(&batch)), ["out-of-sync"]);
}

#[test]
fn the_final_terminator_goes_to_the_front_of_what_is_appended() {
    let appended = |text: &str, patches: Value| {
        let mut editor = editor_with(text);
        editor.apply(&json!({ "uri": A, "patches": patches }));
        let (_, params) = editor.asked_to_edit();
        let edits = params["edit"]["documentChanges"][0]["edits"].as_array().unwrap().clone();
        let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
        let edit = |edit: &Value| {
            let range = &edit["range"];
            let text = edit["newText"].as_str().unwrap().to_owned();
            (format!("{}-{}", place(&range["start"]), place(&range["end"])), text)
        };
        edits.iter().map(edit).collect::<Vec<_>>()
    };
    let is = |edits: &[(&str, &str)]| -> Vec<(String, String)> {
        edits.iter().map(|(range, text)| ((*range).to_owned(), (*text).to_owned())).collect()
    };
    let insert = json!({ "type": "insert", "line": 3, "text": "Z" });
    assert_eq!(appended("a\nb\n", json!([insert])), is(&[("1:1-1:1", "\nZ")]));
    assert_eq!(appended("a\r\nb\r\n", json!([insert])), is(&[("1:1-1:1", "\r\nZ")]));
    assert_eq!(appended("a\nb", json!([insert])), is(&[("1:1-1:1", "\nZ")]));
    let replace = json!({ "type": "replace", "line": 2, "text": "B" });
    assert_eq!(appended("a\nb\n", json!([insert, replace])), is(&[("1:0-1:1", "B\nZ")]));
    let delete = json!({ "type": "delete", "line": 2 });
    assert_eq!(appended("a\nb\n", json!([insert, delete])), is(&[("1:0-1:1", "Z")]));
    let last = json!({ "type": "delete", "line": 2 });
    assert_eq!(appended("a\nb\n", json!([last])), is(&[("0:1-1:1", "")]));
    assert_eq!(appended("a\r\nb\n", json!([last])), is(&[("1:0-2:0", "")]));
    assert_eq!(appended("a\nb", json!([last])), is(&[("0:1-1:1", "")]));
    assert_eq!(appended("\n\n", json!([last])), is(&[("0:0-1:0", "")]));
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
fn a_transactional_client_that_refuses_is_believed_at_once() {
    let edits = json!({ "workspaceEdit": { "failureHandling": "textOnlyTransactional" } });
    let never = json!({ "timeouts": { "texts": 1_000_000_000 } });
    let mut editor = Client::of_editor(&edits, &never);
    editor.open(A, 1, "a\n");
    editor.open(B, 1, "b\n");
    let batch = editor.apply(&both());
    let (id, _) = editor.asked_to_edit();
    editor.reply(&id, &json!({ "applied": false }));
    let outcome = editor.outcome(&batch);
    assert_eq!(
        (&outcome["status"], states(&outcome)),
        (&json!("failed"), vec!["before", "before"])
    );
}

#[test]
fn what_the_user_typed_meanwhile_makes_the_batch_stale() {
    let mut editor = editor_with("a\nb\nc\nd\n");
    let batch = editor.apply(&replace(A, 1, "x"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "a\nb\nc\ntyped\n");
    editor.reply(&id, &json!({ "applied": false, "failureReason": "version" }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], codes(&outcome)), (&json!("rejected"), vec!["stale-snapshot"]));
    assert_eq!(outcome["documents"][0]["toRevision"], "v2");

    let batch = editor.apply(&replace(A, 1, "x"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 3, "?\nb\nc\ntyped\n");
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("failed"), vec!["other"]));
}

#[test]
fn of_lines_that_repeat_any_may_be_the_one_that_was_changed() {
    let mut editor = editor_with("\n\n\n\n\n\nx\n");
    let batch = editor.apply(&json!({ "uri": A, "patches": [{ "type": "delete", "line": 1 }] }));
    let (id, _) = editor.asked_to_edit();
    // The batch's line is gone, and one more.
    editor.retype(A, 2, "\n\n\n\nx\n");
    editor.reply(&id, &json!({ "applied": false }));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], states(&outcome)), (&json!("failed"), vec!["other"]));
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
        ("other\n", Some("C\n"), "applied", "after"),
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
        let of = (outcome["status"].as_str().unwrap(), states(&outcome)[0]);
        if opened == "other\n" && changed.is_some() {
            assert_eq!(
                of,
                ("failed", "other"),
                "what was opened with another text is never confirmed"
            );
        } else {
            assert_eq!(of, (status, state), "{opened} {changed:?}");
        }
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
fn new_text_goes_out_with_the_line_ends_that_the_editor_reported() {
    for (text, sent) in [("a\nb\n", "x\ny\n"), ("a\r\nb\r\n", "x\r\ny\r\n")] {
        let mut editor = editor_with(text);
        let at = json!({ "line": 0, "character": 0 });
        editor.apply(&json!({ "uri": A, "patches": [
            { "type": "edit", "range": { "start": at, "end": at }, "newText": "x\r\ny\n" } ] }));
        let (_, params) = editor.asked_to_edit();
        assert_eq!(params["edit"]["documentChanges"][0]["edits"][0]["newText"], sent);
    }
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
