//! Line ends, as editors keep them, and as they are sent.

use serde_json::{Value, json};

use super::super::client::{Client, notification};
use super::super::result;
use super::{A, B, codes, editor, editor_with, replace, states, warnings};

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
fn a_lone_carriage_return_is_refused_in_a_file_that_the_edit_would_open() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.rs"), "a\rb\nc\nd\n").unwrap();
    let mut editor = Client::in_folders(&[folder.path()]);
    let batch = editor.apply(&replace("c.rs", 3, "C"));
    let outcome = editor.outcome(&batch);
    assert_eq!((&outcome["status"], codes(&outcome)), (&json!("rejected"), vec!["lone-cr"]));
    assert_eq!(outcome["violations"][0]["patch"], Value::Null);
    assert_eq!(editor.text("c.rs"), "a\rb\nc\nd\n", "it can be read");
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
