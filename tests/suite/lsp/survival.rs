//! Panics and cancellations.

use std::fs;

use serde_json::{Value, json};

use super::client::{Client, initialize_params, notification, request, snapshot_request};
use super::{code, result};

const URI: &str = "untitled:a";

fn open(client: &mut Client, text: &str) {
    let document = json!({ "uri": URI, "languageId": "x", "version": 1, "text": text });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
}

fn cancel(id: &Value) -> Vec<u8> {
    notification("$/cancelRequest", &json!({ "id": id }))
}

/// A folder with a file that takes a while to read.
fn folder_with_a_large_file() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large"), "a line of text\n".repeat(4 << 20)).unwrap();
    folder
}

#[test]
fn a_panic_is_answered_and_leaves_the_documents_as_they_were() {
    let mut client = Client::initialized();
    open(&mut client, "a\n");
    let before = client.snapshot(URI)["result"].take();
    for _ in 0..3 {
        assert_eq!(code(&client.execute("batchpatch.test.panic", &json!([]))), -32603);
        assert_eq!(client.snapshot(URI)["result"], before);
    }
    let change = json!({
        "textDocument": { "uri": URI, "version": 2 },
        "contentChanges": [{ "text": "b\n" }]
    });
    client.notify("textDocument/didChange", &change);
    assert_eq!(client.text(URI), "b\n");
    assert_eq!(client.shutdown_and_exit(), 0);
}

#[test]
fn the_commands_for_tests_are_there_for_tests_alone() {
    let mut client = Client::spawn_unread(false);
    client.start_reading();
    client.request("initialize", &initialize_params(&[]));
    assert_eq!(code(&client.execute("batchpatch.test.panic", &json!([]))), -32602);
}

#[test]
fn a_cancellation_of_nothing_is_ignored() {
    let mut client = Client::initialized();
    open(&mut client, "a\n");
    client.raw([cancel(&json!(77)), cancel(&json!("x")), cancel(&json!(1.5))].concat());
    client.notify("$/cancelRequest", &json!({}));
    client.notify("$/cancelRequest", &Value::Null);
    // A cancellation that comes before its request is for another one.
    client.raw([cancel(&json!("soon")), snapshot_request(&json!("soon"), URI)].concat());
    assert_eq!(result(&client.answer(&json!("soon")))["text"], "a\n");
    assert_eq!(client.unexpected(), Vec::<Value>::new());
}

#[test]
fn a_cancellation_of_what_is_answered_already_is_ignored() {
    let mut client = Client::initialized();
    open(&mut client, "a\n");
    client.raw([snapshot_request(&json!("done"), URI), cancel(&json!("done"))].concat());
    assert_eq!(result(&client.answer(&json!("done")))["text"], "a\n");
    client.status();
    assert_eq!(client.unexpected(), Vec::<Value>::new());
}

#[test]
fn a_request_that_waits_can_be_cancelled_and_is_answered_once() {
    let folder = folder_with_a_large_file();
    let mut client = Client::in_folders(&[folder.path()]);
    let waiting = json!("waiting");
    client.raw([snapshot_request(&waiting, "large"), cancel(&waiting)].concat());
    assert_eq!(code(&client.answer(&waiting)), -32800);
    client.status();
    assert_eq!(client.unexpected(), Vec::<Value>::new());
}

#[test]
fn a_request_that_waits_holds_nothing_up() {
    let folder = folder_with_a_large_file();
    let mut client = Client::in_folders(&[folder.path()]);
    open(&mut client, "a\n");
    let (waiting, quick) = (json!("waiting"), json!("quick"));
    client.raw([snapshot_request(&waiting, "large"), snapshot_request(&quick, URI)].concat());
    assert_eq!(client.next_message()["id"], quick);
    let argument = json!([{ "uri": "large", "endLine": 1 }]);
    assert_eq!(result(&client.execute("batchpatch.snapshot", &argument))["lineCount"], 4 << 20);
}

#[test]
fn the_end_of_input_ends_a_server_whose_requests_wait() {
    let folder = folder_with_a_large_file();
    let mut client = Client::in_folders(&[folder.path()]);
    client.raw(snapshot_request(&json!("waiting"), "large"));
    client.close_input();
    assert_eq!(client.exit_code(), 1);

    let mut orderly = Client::in_folders(&[folder.path()]);
    orderly.raw(
        [
            snapshot_request(&json!("waiting"), "large"),
            request(&json!("shutdown"), "shutdown", &Value::Null),
            notification("exit", &Value::Null),
        ]
        .concat(),
    );
    assert_eq!(orderly.exit_code(), 0);
}
