//! What is wrong, as an editor shows it, and what it can do about it.

use serde_json::{Value, json};

use super::client::Client;
use super::result;

const A: &str = "file:///w/[id] é.rs";

fn editor_with(text: &str) -> Client {
    let mut editor = Client::of_editor(&json!({}), &json!({ "timeouts": { "texts": 200 } }));
    editor.open(A, 1, text);
    editor
}

fn published(editor: &mut Client) -> Vec<Value> {
    let params = editor.notified("textDocument/publishDiagnostics");
    assert_eq!(params["uri"], A);
    params["diagnostics"].as_array().unwrap().clone()
}

fn shown(diagnostics: &[Value]) -> Vec<String> {
    let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
    let shown = |it: &Value| {
        let (start, end) = (place(&it["range"]["start"]), place(&it["range"]["end"]));
        format!("{} {start}-{end}", it["code"].as_str().unwrap())
    };
    diagnostics.iter().map(shown).collect()
}

fn apply(editor: &mut Client, batch: &Value) -> Value {
    let id = editor.apply(batch);
    editor.outcome(&id)
}

/// One line off, on a text that is known: that is certain to be repaired.
fn one_line_off(editor: &mut Client) -> Value {
    let token = result(&editor.snapshot(A))["snapshot"].clone();
    json!({ "batchId": "off", "uri": A, "snapshot": token, "patches": [
        { "type": "replace", "line": 1, "text": "B", "expect": "b" } ] })
}

fn actions(editor: &mut Client, line: u32) -> Vec<Value> {
    let at = json!({ "line": line, "character": 0 });
    let params = json!({
        "textDocument": { "uri": A }, "range": { "start": at, "end": at },
        "context": { "diagnostics": [] }
    });
    let answer = editor.request("textDocument/codeAction", &params);
    result(&answer).as_array().unwrap().clone()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

#[test]
fn a_violation_is_published_at_its_place_before_the_outcome() {
    let mut editor = editor_with("a\nb\nc\n");
    let batch = editor.apply(&json!({ "uri": A, "patches": [
        { "type": "replace", "line": 2, "text": "x" },
        { "type": "delete", "line": 2 } ] }));
    assert_eq!(editor.next_message()["method"], "textDocument/publishDiagnostics");
    let outcome = editor.outcome(&batch);
    assert_eq!(outcome["status"], "rejected");
    apply(
        &mut editor,
        &json!({ "uri": A, "patches": [
        { "type": "replace", "line": 2, "text": "x" },
        { "type": "delete", "line": 3 }, { "type": "delete", "line": 3 } ] }),
    );
    let diagnostics = published(&mut editor);
    assert_eq!(shown(&diagnostics), ["line-named-twice 2:0-2:1"]);
    let diagnostic = &diagnostics[0];
    assert_eq!((&diagnostic["severity"], &diagnostic["source"]), (&json!(1), &json!("batchpatch")));
    assert!(diagnostic["data"].is_string());
    assert!(diagnostic.get("codeDescription").is_none(), "no address is invented");
    let related = &diagnostic["relatedInformation"][0]["location"];
    assert_eq!(related["uri"], A);
}

#[test]
fn a_diagnostic_moves_with_its_text_and_goes_when_it_is_touched() {
    let mut editor = editor_with("a\nb\nc\n");
    let batch = one_line_off(&mut editor);
    apply(&mut editor, &batch);
    assert_eq!(shown(&published(&mut editor)), ["expect-mismatch 0:0-0:1"]);
    editor.retype(A, 2, "new\na\nb\nc\n");
    assert_eq!(shown(&published(&mut editor)), ["expect-mismatch 1:0-1:1"]);
    editor.retype(A, 3, "new\na!\nb\nc\n");
    assert_eq!(published(&mut editor), [json!(null); 0]);
}

#[test]
fn diagnostics_go_with_the_next_batch_on_request_and_on_close() {
    let mut editor = editor_with("a\nb\nc\n");
    let wrong = json!({ "batchId": "w", "uri": A, "patches": [{ "type": "delete", "line": 9 }] });
    let nothing = [json!(null); 0];
    apply(&mut editor, &wrong);
    assert_eq!(published(&mut editor).len(), 1);
    let other = json!({ "uri": A, "batchId": "another" });
    result(&editor.execute("batchpatch.clearDiagnostics", &json!([other])));
    result(
        &editor.execute("batchpatch.clearDiagnostics", &json!([{ "batchId": "w", "patch": 0 }])),
    );
    assert_eq!(published(&mut editor), nothing);
    apply(&mut editor, &wrong);
    assert_eq!(published(&mut editor).len(), 1);
    let noop = json!({ "uri": A, "patches": [{ "type": "replace", "line": 1, "text": "a" }] });
    apply(&mut editor, &noop);
    assert_eq!(published(&mut editor), nothing);
    apply(&mut editor, &wrong);
    assert_eq!(published(&mut editor).len(), 1);
    editor.notify("textDocument/didClose", &json!({ "textDocument": { "uri": A } }));
    assert_eq!(published(&mut editor), nothing);
}

#[test]
fn no_more_than_200_are_shown_of_a_document() {
    let settings = json!({ "limits": { "violations": 1_000 } });
    let mut editor = Client::of_editor(&json!({}), &settings);
    editor.open(A, 1, "a\n");
    let patches: Vec<Value> =
        (10..600).map(|line| json!({ "type": "delete", "line": line })).collect();
    let outcome = apply(&mut editor, &json!({ "uri": A, "patches": patches }));
    assert_eq!(outcome["violations"].as_array().unwrap().len(), 590);
    assert_eq!(published(&mut editor).len(), 200);
}

#[test]
fn one_action_applies_the_repaired_batch() {
    let mut editor = editor_with("a\nb\nc\n");
    let batch = one_line_off(&mut editor);
    let outcome = apply(&mut editor, &batch);
    let actions = actions(&mut editor, 0);
    assert_eq!(titles(&actions), ["Apply the repaired batch", "Dismiss"], "{actions:?}");
    assert_eq!(actions[0]["isPreferred"], true);
    let command = &actions[0]["command"];
    assert_eq!(command["command"], "batchpatch.apply");
    assert_eq!(command["arguments"][0], outcome["repairedBatch"]);
    let batch = editor.apply(&command["arguments"][0]);
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "a\nB\nc\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&batch)["status"], "applied");
}

#[test]
fn one_action_applies_a_batch_without_the_patch_that_is_wrong() {
    let mut editor = editor_with("a\nb\nc\n");
    apply(
        &mut editor,
        &json!({ "uri": A, "patches": [
        { "type": "replace", "line": 1, "text": "A" }, { "type": "delete", "line": 9 } ] }),
    );
    let actions = actions(&mut editor, 3);
    assert_eq!(titles(&actions), ["Apply without this patch", "Dismiss"], "{actions:?}");
    let batch = editor.apply(&actions[0]["command"]["arguments"][0]);
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "A\nb\nc\n");
    editor.reply(&id, &json!({ "applied": true }));
    assert_eq!(editor.outcome(&batch)["status"], "applied");
}

#[test]
fn an_action_is_filled_in_when_it_is_taken_by_clients_that_can() {
    let mut editor = Client::spawn();
    let resolve = json!({ "dataSupport": true, "resolveSupport": { "properties": ["command"] } });
    let params = json!({ "capabilities": {
        "workspace": { "applyEdit": true }, "textDocument": { "codeAction": resolve } } });
    editor.request("initialize", &params);
    editor.open(A, 1, "a\nb\nc\n");
    let batch = one_line_off(&mut editor);
    apply(&mut editor, &batch);
    let actions = actions(&mut editor, 0);
    let dismiss = actions.iter().find(|it| it["title"] == "Dismiss").unwrap();
    assert!(dismiss.get("command").is_none());
    let resolved = editor.request("codeAction/resolve", dismiss);
    let command = &result(&resolved)["command"];
    assert_eq!(command["command"], "batchpatch.clearDiagnostics");
    assert_eq!(command["arguments"], json!([{ "uri": A, "batchId": "off", "patch": 0 }]));
    published(&mut editor);
    editor.request("workspace/executeCommand", command);
    assert_eq!(published(&mut editor), [json!(null); 0]);
}

#[test]
fn after_partial_what_was_left_out_is_shown_in_the_new_text() {
    let mut editor = editor_with("a\nb\nc\n");
    let batch = editor.apply(&json!({ "uri": A, "policy": "bestEffort", "patches": [
        { "type": "insert", "line": 1, "text": "new" },
        { "type": "replace", "line": 3, "text": "x", "expect": "other" } ] }));
    let (id, _) = editor.asked_to_edit();
    editor.retype(A, 2, "new\na\nb\nc\n");
    editor.reply(&id, &json!({ "applied": true }));
    let outcome = editor.outcome(&batch);
    assert_eq!(outcome["status"], "partial", "{outcome}");
    assert_eq!(shown(&published(&mut editor)), ["expect-mismatch 3:0-3:1"]);
}
