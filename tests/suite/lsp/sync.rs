//! Text synchronisation, from the wire to the snapshot.

use serde_json::{Value, json};

use super::client::Client;
use super::{refusal, result};

const URI: &str = "file:///w/a.rs";
const OUT_OF_SYNC: (i64, &str) = (-32803, "out-of-sync");

impl Client {
    fn change(&mut self, uri: &str, version: i32, changes: &[Value]) {
        let document = json!({ "uri": uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", &params);
    }

    fn close(&mut self, uri: &str) {
        self.notify("textDocument/didClose", &json!({ "textDocument": { "uri": uri } }));
    }

    /// Text, revision and version of a snapshot.
    fn state(&mut self, uri: &str) -> (String, String, Option<i64>) {
        let answer = self.snapshot(uri);
        let snapshot = result(&answer);
        let string = |field: &str| snapshot[field].as_str().unwrap().to_owned();
        (string("text"), string("revision"), snapshot["version"].as_i64())
    }
}

fn state(text: &str, revision: &str, version: i64) -> (String, String, Option<i64>) {
    (text.to_owned(), revision.to_owned(), Some(version))
}

fn splice(start: (u32, u32), end: (u32, u32), text: &str) -> Value {
    let at = |(line, character)| json!({ "line": line, "character": character });
    json!({ "range": { "start": at(start), "end": at(end) }, "text": text })
}

fn whole(text: &str) -> Value {
    json!({ "text": text })
}

fn past_the_end() -> Value {
    splice((99, 0), (99, 0), "never seen")
}

/// A client that has opened one document, as version 1.
fn with_open(text: &str) -> Client {
    let mut client = Client::initialized();
    client.open(URI, 1, text);
    client
}

/// A client whose document is out of sync.
fn out_of_sync() -> Client {
    let mut client = with_open("a\n");
    client.change(URI, 2, &[past_the_end()]);
    assert_eq!(refusal(&client.snapshot(URI)), OUT_OF_SYNC);
    client
}

#[test]
fn an_open_document_is_what_was_opened() {
    let mut client = with_open("fn a() {}\r\nb\n");
    let answer = client.snapshot(URI);
    let snapshot = result(&answer);
    assert_eq!(snapshot["uri"], URI);
    assert_eq!(snapshot["text"], "fn a() {}\r\nb\n");
    assert_eq!(snapshot["numbered"], "1\tfn a() {}\n2\tb\n");
    assert_eq!(snapshot["lineCount"], 2);
    assert!(snapshot["snapshot"].as_str().unwrap().starts_with("v1."));
    let status = client.status();
    let document = &status["documents"][0];
    assert_eq!((&document["uri"], &document["revision"]), (&json!(URI), &json!("v1")));
    assert_eq!((&document["lines"], &document["bytes"]), (&json!(2), &json!(13)));
    assert!(document.get("outOfSync").is_none());
}

#[test]
fn ranges_of_one_notification_follow_one_another_and_are_one_step() {
    let mut client = with_open("ab\ncd\n");
    let changes =
        [splice((0, 0), (1, 0), ""), splice((0, 2), (0, 2), "!"), splice((0, 0), (0, 1), "")];
    client.change(URI, 2, &changes);
    assert_eq!(client.state(URI), state("d!\n", "v2", 2));
}

#[test]
fn a_change_without_a_range_is_the_whole_text() {
    let mut client = with_open("a\n");
    client.change(
        URI,
        2,
        &[splice((0, 0), (0, 0), "lost"), whole("b\n"), splice((0, 0), (0, 0), "x")],
    );
    assert_eq!(client.state(URI), state("xb\n", "v2", 2));
    client.change(URI, 3, &[json!({ "range": null, "text": "" })]);
    assert_eq!(client.state(URI), state("", "v3", 3));
}

#[test]
fn columns_count_in_the_negotiated_unit() {
    for (encoding, before_the_x) in [("utf-8", 8), ("utf-16", 4), ("utf-32", 3)] {
        let mut client = Client::spawn();
        client.initialize(&[encoding]);
        client.open(URI, 1, "éé😀x\n");
        client.change(URI, 2, &[splice((0, before_the_x), (0, before_the_x + 1), "y")]);
        assert_eq!(client.state(URI), state("éé😀y\n", "v2", 2), "{encoding}");
    }
}

#[test]
fn a_column_past_the_end_of_its_line_is_the_end_of_the_line() {
    let mut client = with_open("a\nb");
    client.change(URI, 2, &[splice((0, 99), (0, u32::MAX), "!"), splice((1, 99), (1, 99), "!")]);
    assert_eq!(client.state(URI), state("a!\nb!", "v2", 2));
}

#[test]
fn another_spelling_of_the_uri_is_the_same_document() {
    let mut client = Client::initialized();
    client.open("file:///c%3A/w/%5Bid%5D%20%C3%A9.tsx", 1, "a\n");
    client.change("FILE:///C:/w/[id] é.tsx", 2, &[whole("b\n")]);
    for spelling in ["file:///c:/w/[id] é.tsx", "file:///C:/w/%5bid%5D é.tsx"] {
        let answer = client.snapshot(spelling);
        assert_eq!(result(&answer)["text"], "b\n");
        assert_eq!(result(&answer)["uri"], spelling);
    }
    assert_eq!(client.status()["documents"].as_array().unwrap().len(), 1);
    client.close("file:///C:/w/[id] é.tsx");
    assert_eq!(client.status()["documents"], json!([]));
}

#[test]
fn versions_may_skip_and_revisions_do_not() {
    let mut client = with_open("a\n");
    client.change(URI, 40, &[whole("b\n")]);
    assert_eq!(client.state(URI), state("b\n", "v2", 40));
    client.change(URI, 39, &[whole("c\n")]);
    assert_eq!(client.state(URI), state("c\n", "v3", 39));
}

#[test]
fn a_change_of_a_closed_document_counts_once_it_is_opened_again() {
    let mut client = with_open("a\n");
    client.close(URI);
    client.change(URI, 2, &[whole("b\n")]);
    assert_eq!(client.status()["documents"], json!([]));
    client.open(URI, 9, "b\n");
    assert_eq!(client.state(URI), state("b\n", "v2", 9));
    client.close(URI);
    client.open(URI, 1, "c\n");
    assert_eq!(client.state(URI), state("c\n", "v3", 1));
}

#[test]
fn a_second_open_has_the_last_word() {
    let mut client = with_open("a\n");
    client.open(URI, 1, "b\n");
    assert_eq!(client.state(URI), state("b\n", "v2", 1));
    client.change(URI, 2, &[splice((0, 0), (0, 1), "c")]);
    assert_eq!(client.state(URI), state("c\n", "v3", 2));
}

#[test]
fn what_was_never_opened_is_warned_about() {
    let mut client = Client::initialized();
    client.change(URI, 2, &[whole("b\n")]);
    assert!(client.notified("window/logMessage")["message"].as_str().unwrap().contains(URI));
    client.close(URI);
    assert!(client.notified("window/logMessage")["message"].as_str().unwrap().contains(URI));
    assert_eq!(client.status()["documents"], json!([]));
}

#[test]
fn a_line_past_the_end_puts_the_document_out_of_sync() {
    let mut client = with_open("a\n");
    client.change(URI, 2, &[splice((0, 0), (0, 0), "x"), past_the_end()]);
    assert_eq!(refusal(&client.snapshot(URI)), OUT_OF_SYNC);
    let warning = client.notified("window/logMessage");
    assert!(warning["message"].as_str().unwrap().contains("line 99"), "{warning}");
    let status = client.status();
    assert!(status["documents"][0]["outOfSync"].as_str().unwrap().contains("line 99"), "{status}");
    // Whatever follows it is for a text that the server does not have.
    client.change(URI, 3, &[splice((0, 0), (0, 0), "x")]);
    assert_eq!(refusal(&client.snapshot(URI)), OUT_OF_SYNC);
}

#[test]
fn a_change_that_cannot_be_read_puts_its_document_out_of_sync_and_no_other() {
    let at_0 = json!({ "line": 0, "character": 0 });
    let too_far = json!({ "line": 4_294_967_296_u64, "character": 0 });
    let document = json!({ "uri": URI, "version": 2 });
    let change = |change: Value| json!({ "textDocument": document, "contentChanges": [change] });
    let malformed = [
        change(json!({ "range": { "start": at_0, "end": at_0 } })),
        change(json!({ "text": 7 })),
        change(json!({ "range": { "start": at_0 }, "text": "" })),
        change(json!({ "range": { "start": at_0, "end": too_far }, "text": "" })),
        json!({ "textDocument": document }),
        json!({ "textDocument": document, "contentChanges": "a" }),
        json!({ "textDocument": { "uri": URI }, "contentChanges": [] }),
    ];
    for params in malformed {
        let mut client = with_open("a\n");
        client.open("untitled:other", 1, "other\n");
        client.notify("textDocument/didChange", &params);
        assert_eq!(refusal(&client.snapshot(URI)), OUT_OF_SYNC, "{params}");
        assert_eq!(client.text("untitled:other"), "other\n");
        let warning = client.notified("window/logMessage");
        assert!(warning["message"].as_str().unwrap().contains(URI), "{warning}");
    }
}

#[test]
fn a_change_of_nobody_knows_what_is_warned_about() {
    let mut client = with_open("a\n");
    for params in [json!({}), json!(null), json!([1]), json!({ "textDocument": { "uri": 7 } })] {
        client.notify("textDocument/didChange", &params);
        let warning = client.notified("window/logMessage");
        assert!(warning["message"].as_str().unwrap().contains("unnamed"), "{warning}");
    }
    assert_eq!(client.state(URI), state("a\n", "v1", 1));
}

#[test]
fn a_whole_text_ends_being_out_of_sync() {
    let mut client = out_of_sync();
    client.change(URI, 3, &[whole("b\n"), splice((0, 1), (0, 1), "!")]);
    assert_eq!(client.state(URI), state("b!\n", "v2", 3));
}

#[test]
fn opening_again_ends_being_out_of_sync() {
    let mut client = out_of_sync();
    client.close(URI);
    client.open(URI, 1, "b\n");
    assert_eq!(client.state(URI), state("b\n", "v2", 1));
    client.change(URI, 2, &[past_the_end()]);
    client.open(URI, 3, "c\n");
    assert_eq!(client.state(URI), state("c\n", "v3", 3));
}

#[test]
fn a_document_whose_opening_cannot_be_read_is_open_and_out_of_sync() {
    let mut client = Client::initialized();
    let document = json!({ "uri": URI, "languageId": "x", "version": null, "text": "a\n" });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    assert_eq!(refusal(&client.snapshot(URI)), (-32803, "out-of-sync"));
    let document = json!({ "uri": URI, "languageId": "x", "version": 1, "text": "a\n" });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    assert_eq!(client.text(URI), "a\n");
}
