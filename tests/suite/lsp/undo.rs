//! `batchpatch.undo` over the wire.

use serde_json::{Value, json};

use super::client::{Client, request};

const A: &str = "file:///w/a.rs";
const B: &str = "file:///w/b.rs";

/// The editor does what it is asked for next; the documents that it was asked to change.
fn obey(editor: &mut Client, version: i32, texts: &[(&str, &str)]) -> Vec<Value> {
    let (id, params) = editor.asked_to_edit();
    for (uri, text) in texts {
        editor.retype(uri, version, text);
    }
    editor.reply(&id, &json!({ "applied": true }));
    let edits = params["edit"]["documentChanges"].as_array().unwrap();
    edits.iter().map(|edit| edit["textDocument"]["uri"].clone()).collect()
}

#[test]
fn an_undo_takes_back_what_the_undo_before_it_gives_back() {
    let mut editor = Client::of_editor(&json!({}), &json!({}));
    editor.open(A, 1, "a\n");
    editor.open(B, 1, "b\n");
    let batch = |line: &str, of_b: Value| {
        json!({ "documents": [
            { "uri": A, "patches": [{ "type": "replace", "line": 1, "text": line }] },
            { "uri": B, "patches": [of_b] },
        ] })
    };
    let first = editor.apply(&batch("A", json!({ "type": "insert", "line": 1, "text": "x" })));
    obey(&mut editor, 2, &[(A, "A\n"), (B, "x\nb\n")]);
    editor.outcome(&first);
    // The second one does in B the reverse of the first.
    let second = editor.apply(&batch("AA", json!({ "type": "delete", "line": 1 })));
    obey(&mut editor, 3, &[(A, "AA\n"), (B, "b\n")]);
    editor.outcome(&second);
    let undo = json!({ "command": "batchpatch.undo", "arguments": [] });
    for id in ["undo the second", "undo the first"] {
        editor.raw(request(&json!(id), "workspace/executeCommand", &undo));
    }
    assert_eq!(obey(&mut editor, 4, &[(A, "A\n"), (B, "x\nb\n")]), [A, B]);
    assert_eq!(editor.outcome(&json!("undo the second"))["status"], "applied");
    assert_eq!(obey(&mut editor, 5, &[(A, "a\n"), (B, "b\n")]), [A, B]);
    let outcome = editor.outcome(&json!("undo the first"));
    assert_eq!(outcome["status"], "applied", "{outcome}");
    assert_eq!(outcome["documents"].as_array().unwrap().len(), 2);
}
