//! The server dies in the middle of a batch. Whoever sends the batch again, with
//! the token of the text that it was written for, has it applied once.

use serde_json::{Value, json};

use super::client::Client;

const A: &str = "file:///w/a.rs";

fn editor(version: i32, text: &str) -> Client {
    let mut editor = Client::of_editor(&json!({ "applyEdit": true }), &Value::Null);
    editor.open(A, version, text);
    editor
}

fn batch(token: &Value) -> Value {
    json!({
        "batchId": "the-id",
        "documents": [{
            "uri": A,
            "snapshot": token,
            "patches": [{ "type": "replace", "line": 1, "text": "b" }],
        }],
    })
}

/// What a new server says to the same batch, when the editor holds this text.
fn sent_again(text: &str, token: &Value) -> Value {
    let mut editor = editor(7, text);
    let sent = editor.apply(&batch(token));
    if text == "a\n" {
        let (request, _) = editor.asked_to_edit();
        editor.retype(A, 8, "b\n");
        editor.reply(&request, &json!({ "applied": true }));
    }
    editor.outcome(&sent)
}

#[test]
fn a_server_that_dies_before_the_editor_made_the_edit_leaves_a_batch_to_be_sent_again() {
    let mut editor = editor(1, "a\n");
    let token = editor.snapshot(A)["result"]["snapshot"].take();
    editor.apply(&batch(&token));
    editor.asked_to_edit();
    drop(editor);
    assert_eq!(sent_again("a\n", &token)["status"], "applied");
}

#[test]
fn a_server_that_dies_after_the_editor_made_the_edit_has_the_same_batch_stale() {
    let mut editor = editor(1, "a\n");
    let token = editor.snapshot(A)["result"]["snapshot"].take();
    editor.apply(&batch(&token));
    editor.asked_to_edit();
    editor.retype(A, 2, "b\n");
    drop(editor);
    let outcome = sent_again("b\n", &token);
    assert_eq!(outcome["status"], "rejected");
    assert_eq!(outcome["violations"][0]["code"], "stale-snapshot");
}

#[test]
fn a_server_that_dies_while_it_stages_has_asked_the_editor_for_nothing() {
    let mut editor = editor(1, "a\n");
    let token = editor.snapshot(A)["result"]["snapshot"].take();
    editor.apply(&batch(&token));
    drop(editor);
    assert_eq!(sent_again("a\n", &token)["status"], "applied");
}
