//! Much at once, and nobody who reads the answers yet.

use serde_json::{Value, json};

use super::client::{
    Client, initialize_params, notification, request, snapshot_request, status_request,
};
use super::{code, result};

#[test]
fn a_snapshot_has_exactly_the_changes_before_it() {
    const URI: &str = "untitled:a";
    let document = json!({ "uri": URI, "languageId": "x", "version": 0, "text": "" });
    let mut sent = notification("textDocument/didOpen", &json!({ "textDocument": document }));
    let mut text = String::new();
    let mut expected = Vec::new();
    for version in 1..=10_000 {
        let typed = format!("{version},");
        let at = json!({ "line": 0, "character": text.len() });
        let change = json!({ "range": { "start": at, "end": at }, "text": typed });
        let document = json!({ "uri": URI, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        sent.extend(notification("textDocument/didChange", &params));
        text.push_str(&typed);
        if version % 1000 == 0 {
            sent.extend(snapshot_request(&json!(format!("at {version}")), URI));
            expected.push((version, text.clone()));
        }
    }
    let mut client = Client::initialized();
    client.raw(sent);
    assert_eq!(expected.len(), 10);
    for (version, text) in expected {
        let answer = client.answer(&json!(format!("at {version}")));
        assert_eq!(result(&answer)["version"], version);
        assert_eq!(result(&answer)["revision"], format!("v{}", version + 1));
        assert!(result(&answer)["text"] == text, "at {version}");
    }
}

#[test]
fn a_client_that_writes_before_it_reads_is_answered_in_order() {
    let asked = |id: i32| match id % 3 {
        0 => status_request(&json!(id)),
        1 => snapshot_request(&json!(id), "untitled:never-opened"),
        _ => request(&json!(id), "no/such", &json!({})),
    };
    let mut client = Client::spawn_unread(false);
    client.raw(request(&json!("init"), "initialize", &initialize_params(&[])));
    client.raw((0..5000).flat_map(asked).collect::<Vec<u8>>());
    client.start_reading();
    result(&client.answer(&json!("init")));
    let answers: Vec<Value> = (0..5000).map(|_| client.next_message()).collect();
    let (at_once, in_tasks): (Vec<&Value>, Vec<&Value>) =
        answers.iter().partition(|answer| answer["id"].as_i64().unwrap() % 3 != 1);
    // Only a request that waits for a file may be overtaken.
    assert!(at_once.is_sorted_by_key(|answer| answer["id"].as_i64()));
    assert_eq!((at_once.len(), in_tasks.len()), (3333, 1667));
    for answer in in_tasks {
        assert_eq!(code(answer), -32803);
    }
    assert!(client.status()["queuedBytes"].is_u64());
}
