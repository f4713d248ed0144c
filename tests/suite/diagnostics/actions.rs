//! What can be done about it.

use batchpatch::workspace::ActionCommand;
use serde_json::json;

use super::{A, B, Client, batch, key, on, right, snapshot, third_line_wrong, wrong};

/// A mistake that can be repaired on line 3, beside a patch that is right.
fn repairable() -> Client {
    let mut client = Client::with("one\ntwo\nthree\nfour\nfive\n");
    let blanks = json!({ "type": "replace", "line": 3, "text": "3", "expect": "  three" });
    client.send(&on(A, &[right(1), blanks]));
    client
}

#[test]
fn actions_are_offered_where_the_mistake_is() {
    let client = repairable();
    let all = ["Apply the repaired batch", "Apply without this patch", "Dismiss"];
    assert_eq!(client.titles(2), all);
    assert_eq!(client.titles(1), [""; 0]);
    assert_eq!(client.titles(99), [""; 0]);
    let ids: Vec<String> = client.of(A).into_iter().map(|diagnostic| diagnostic.id).collect();
    assert!(client.actions(2).iter().all(|action| action.diagnostics == ids));
}

#[test]
fn the_repaired_batch_is_the_outcomes() {
    let client = repairable();
    let sent = client.sent(2, "Apply the repaired batch");
    let again = batch(&sent);
    let staged = client.stage(&again).unwrap();
    let text = staged.documents()[0].staged.as_ref().unwrap().after().rope().to_string();
    assert_eq!(text, "new\ntwo\n3\nfour\nfive\n");
}

#[test]
fn without_a_patch_the_others_are_sent_for_the_text_that_they_were_written_for() {
    let mut client = repairable();
    let token = client.snapshot(A).unwrap().token().to_string();
    client.edit("five", "six");
    let sent = client.sent(2, "Apply without this patch");
    let expected = json!({ "batchId": "b", "documents": [
        { "uri": A, "snapshot": token, "patches": [right(1)] } ] });
    assert_eq!(sent, expected);
}

#[test]
fn a_stale_token_stays_stale_without_a_patch() {
    let mut client = Client::with("one\ntwo\n");
    let token = snapshot("another\ntext\n").token().to_string();
    let json = json!({ "uri": A, "snapshot": token, "patches": [right(1), wrong(2)] });
    client.send(&json);
    let sent = client.sent(1, "Apply without this patch");
    assert_eq!(sent["documents"][0]["snapshot"], token);
}

#[test]
fn without_its_only_patch_a_document_is_left_out() {
    let mut client = Client::with("one\ntwo\n");
    client.send(&json!({ "documents": [
        { "uri": A, "patches": [wrong(1)] }, { "uri": B, "patches": [right(1)] } ] }));
    let sent = client.sent(0, "Apply without this patch");
    assert_eq!(sent["documents"].as_array().unwrap().len(), 1);
    assert_eq!(sent["documents"][0]["uri"], B);
}

#[test]
fn a_batch_of_one_patch_is_not_sent_without_it() {
    assert_eq!(third_line_wrong().titles(2), ["Dismiss"]);
}

#[test]
fn dismissing_takes_away_this_one_alone() {
    let mut client = Client::with("one\ntwo\n");
    client.send(&on(A, &[wrong(1), wrong(2)]));
    let Some(ActionCommand::Clear { uri, batch_id, patch }) = client.resolve(1, "Dismiss") else {
        panic!("it clears")
    };
    assert_eq!((uri.as_str(), batch_id.as_deref(), patch), (A, Some("b"), Some(1)));
    client.diagnostics.clear(Some(&key(&uri)), batch_id.as_deref(), patch);
    assert_eq!(client.ranges(), ["0:0-0:3"]);
}

#[test]
fn of_several_mistakes_at_one_place_each_action_names_its_patch() {
    let mut client = Client::with("one\n");
    client.send(&on(A, &[wrong(1), wrong(1)]));
    let expected = [
        "Apply without this patch: patches[0]",
        "Apply without this patch: patches[1]",
        "Dismiss: patches[0]",
        "Dismiss: patches[1]",
    ];
    assert_eq!(client.titles(0), expected);
}

#[test]
fn an_action_about_what_is_gone_is_nothing() {
    let mut client = repairable();
    let ids: Vec<String> = client.actions(2).into_iter().map(|action| action.id).collect();
    assert!(ids.iter().all(|id| client.diagnostics.resolve(id).is_some()));
    client.edit("three", "3");
    for id in ids.iter().map(String::as_str).chain(["", "1", "1.0", "1.0.other", "x.y.dismiss"]) {
        assert_eq!(client.diagnostics.resolve(id), None, "{id}");
    }
}
