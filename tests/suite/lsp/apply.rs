//! `batchpatch.apply` and `preview` over the wire: what an editor is asked for,
//! and what becomes of the batch from what it says and shows.

mod asking;
mod confirming;
mod line_ends;

use serde_json::{Value, json};

use super::client::Client;

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
