//! What the editor shows counts, and what it says does not.

use serde_json::{Value, json};

use super::super::client::{Client, frame};
use super::super::result;
use super::{A, B, both, codes, editor_with, replace, states, warnings};

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

/// Two lines were typed at the top, and the editor compared no versions.
#[test]
fn an_edit_that_fell_into_other_lines_is_not_made_once_more() {
    let lines = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
    let mut editor = editor_with(lines);
    let mut patch = replace(A, 6, "SIX");
    patch["onStale"] = json!("rebase");
    let batch = editor.apply(&patch);
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, &format!("typed\ntyped\n{}", lines.replace("four", "SIX")));
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
