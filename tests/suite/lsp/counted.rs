//! Each way in which a batch can end, as it is counted.

use serde_json::{Value, json};

use super::client::Client;
use super::result;

const A: &str = "file:///w/a.rs";
const B: &str = "file:///w/b.rs";

/// An editor with two documents, that takes edits.
fn editor() -> Client {
    let settings = json!({ "timeouts": { "texts": 50, "reply": 100, "replyForEach": 0 } });
    let mut editor = Client::of_editor(&json!({}), &settings);
    editor.open(A, 1, "a\n");
    editor.open(B, 1, "b\n");
    editor
}

fn replace(uri: &str, text: &str) -> Value {
    json!({ "uri": uri, "patches": [{ "type": "replace", "line": 1, "text": text }] })
}

/// What is counted at the end of a batch, beside it.
fn counts(editor: &mut Client) -> Value {
    let mut counts = editor.status()["counts"].take();
    let counts = counts.as_object_mut().unwrap();
    for name in ["patches", "operations"] {
        counts.remove(name);
    }
    for group in counts.values_mut() {
        if let Some(group) = group.as_object_mut() {
            group.retain(|_, count| count != 0);
        }
    }
    counts.retain(|_, count| *count != json!({}) && *count != json!(0));
    json!(counts)
}

#[test]
fn an_editor_that_says_yes_and_does_nothing() {
    let mut editor = editor();
    let batch = editor.apply(&replace(A, "x"));
    let (id, _) = editor.asked_to_edit();
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&batch)["status"], "failed");
    let expected = json!({ "batches": { "failed": 1 }, "errors": { "not_done": 1 },
                           "firstTry": { "not": 1 } });
    assert_eq!(counts(&mut editor), expected);
}

#[test]
fn an_editor_that_does_not_answer() {
    let mut editor = editor();
    let batch = editor.apply(&replace(A, "x"));
    assert_eq!(editor.outcome(&batch)["status"], "failed");
    let expected = json!({ "batches": { "failed": 1 }, "errors": { "no_answer": 1 },
                           "firstTry": { "not": 1 } });
    assert_eq!(counts(&mut editor), expected);
}

#[test]
fn an_editor_that_leaves_another_text() {
    let mut editor = editor();
    let batch = editor.apply(&replace(A, "x"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "something else\n");
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!(outcome["violations"][0]["code"], "other-text", "{outcome}");
    let expected = json!({
        "batches": { "failed": 1 }, "errors": { "other_text": 1 }, "firstTry": { "not": 1 },
        "violations": { "other-text": 1 },
    });
    assert_eq!(counts(&mut editor), expected);
}

#[test]
fn an_editor_that_takes_no_edits() {
    let mut client = Client::initialized();
    client.open(A, 1, "a\n");
    let batch = client.apply(&replace(A, "x"));
    assert_eq!(client.outcome(&batch)["status"], "failed");
    let expected = json!({
        "batches": { "failed": 1 }, "errors": { "client_cannot_apply": 1 },
        "firstTry": { "not": 1 }, "violations": { "client-cannot-apply": 1 },
    });
    assert_eq!(counts(&mut client), expected);
}

#[test]
fn a_part_that_is_taken_back_and_one_that_is_not() {
    for (brings_back, status, rollback) in
        [(true, "rolledBack", "done"), (false, "failed", "incomplete")]
    {
        let mut editor = editor();
        let documents = json!([replace(A, "x"), replace(B, "x")]);
        let batch = editor.apply(&json!({ "documents": documents }));
        let (id, _) = editor.asked_to_edit();
        editor.retype(A, 2, "x\n");
        editor.reply(&id, &json!({ "applied": true }));
        let (id, _) = editor.asked_to_edit();
        if brings_back {
            editor.retype(A, 3, "a\n");
        }
        editor.reply(&id, &json!({ "applied": brings_back }));
        while !brings_back && editor.status()["outstandingBatches"] != 0 {
            let (id, _) = editor.asked_to_edit();
            editor.reply(&id, &json!({ "applied": false }));
            editor.status();
        }
        assert_eq!(editor.outcome(&batch)["status"], status);
        assert_eq!(counts(&mut editor)["rollbacks"], json!({ rollback: 1 }), "{status}");
    }
}

#[test]
fn a_batch_for_an_older_text() {
    let mut editor = editor();
    let token = result(&editor.snapshot(A))["snapshot"].clone();
    editor.retype(A, 2, "new\na\n");
    let for_older = |on_stale: &str, line: usize| {
        let patches = json!([{ "type": "replace", "line": line, "text": "A" }]);
        let document = json!({ "uri": A, "snapshot": token, "patches": patches });
        json!({ "onStale": on_stale, "documents": [document] })
    };
    let batch = editor.apply(&for_older("reject", 1));
    assert_eq!(editor.outcome(&batch)["status"], "rejected");
    assert_eq!(counts(&mut editor)["stale"], 1);
    assert_eq!(counts(&mut editor)["rebases"], Value::Null);

    let batch = editor.apply(&for_older("rebase", 1));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 3, "new\nA\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&batch)["status"], "applied");
    assert_eq!(counts(&mut editor)["rebases"], json!({ "carried": 1 }));

    let batch = editor.apply(&for_older("rebase", 1));
    assert_eq!(editor.outcome(&batch)["violations"][0]["code"], "rebase-conflict");
    let now = counts(&mut editor);
    assert_eq!(now["rebases"], json!({ "carried": 1, "conflict": 1 }));
    assert_eq!(
        (&now["stale"], &now["firstTry"]),
        (&json!(3), &json!({ "succeeded": 1, "not": 2 }))
    );
}

#[test]
fn a_batch_that_is_cancelled_and_one_whose_id_is_taken() {
    let mut editor = editor();
    let first = editor.apply(&json!({ "batchId": "one", "documents": [replace(A, "x")] }));
    let (id, _) = editor.asked_to_edit();
    let waits = editor.apply(&replace(A, "y"));
    let other = editor.apply(&json!({ "batchId": "one", "documents": [replace(A, "z")] }));
    assert_eq!(editor.answer(&other)["error"]["data"]["path"], "batchId");
    editor.notify("$/cancelRequest", &json!({ "id": waits }));
    assert_eq!(editor.answer(&waits)["error"]["code"], -32800);
    editor.retype(A, 2, "x\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&first)["status"], "applied");
    let expected = json!({
        "batches": { "succeeded": 1, "cancelled": 1 }, "errors": { "id_taken": 1 },
        "firstTry": { "succeeded": 1 },
    });
    assert_eq!(counts(&mut editor), expected);
}

#[test]
fn a_batch_with_nothing_to_do_and_one_of_which_a_part_is_left_out() {
    let mut editor = editor();
    let batch = editor.apply(&replace(A, "a"));
    assert_eq!(editor.outcome(&batch)["status"], "noop");
    let patches = json!([{ "type": "replace", "line": 1, "text": "x" },
                         { "type": "delete", "line": 9 }]);
    let batch = editor.apply(&json!({ "policy": "bestEffort", "uri": A, "patches": patches }));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "x\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&batch)["status"], "partial");
    let counted = editor.status()["counts"].take();
    assert_eq!(counted["patches"], json!({ "applied": 2, "failed": 1 }));
    let expected = json!({
        "batches": { "succeeded": 1, "partial": 1 }, "violations": { "line-out-of-range": 1 },
        "firstTry": { "succeeded": 1, "not": 1 },
    });
    assert_eq!(counts(&mut editor), expected);
}

#[test]
fn an_undo_is_no_batch_of_its_own() {
    let mut editor = editor();
    let batch = editor.apply(&replace(A, "x"));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "x\n");
    editor.reply(&id, &json!({ "applied": true }));
    editor.outcome(&batch);
    let before = counts(&mut editor);
    let params = json!({ "command": "batchpatch.undo", "arguments": [] });
    editor.raw(super::client::request(&json!("undo"), "workspace/executeCommand", &params));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 3, "a\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&json!("undo"))["status"], "applied");
    assert_eq!(counts(&mut editor), before);
}
