//! Commands that make no sense.

use serde_json::json;

use super::client::Client;
use super::{code, message};

#[test]
fn arguments_that_make_no_sense_are_told_what_was_expected() {
    let mut client = Client::initialized();
    let uri = "untitled:a";
    let wrong = [
        ("batchpatch.snapshot", json!([])),
        ("batchpatch.snapshot", json!([{ "uri": uri }, { "uri": uri }])),
        ("batchpatch.snapshot", json!([uri])),
        ("batchpatch.snapshot", json!([null])),
        ("batchpatch.snapshot", json!([{}])),
        ("batchpatch.snapshot", json!([{ "uri": 7 }])),
        ("batchpatch.snapshot", json!([{ "uri": uri, "start": 1 }])),
        ("batchpatch.snapshot", json!([{ "uri": uri, "startLine": -1 }])),
        ("batchpatch.snapshot", json!([{ "uri": uri, "endLine": 1.5 }])),
        ("batchpatch.snapshot", json!([{ "uri": uri, "endLine": "2" }])),
    ];
    for (command, arguments) in wrong {
        let answer = client.execute(command, &arguments);
        assert_eq!(code(&answer), -32602, "{arguments}");
        assert!(message(&answer).contains("{uri, startLine?, endLine?}"), "{answer}");
    }
    let answer = client.execute("batchpatch.status", &json!([1]));
    assert_eq!(
        (code(&answer), message(&answer)),
        (-32602, "`batchpatch.status` takes no argument")
    );
}

#[test]
fn an_unknown_command_is_told_the_known_ones() {
    let mut client = Client::initialized();
    let answer = client.execute("batchpatch.aply", &json!([]));
    assert_eq!(code(&answer), -32602);
    assert!(message(&answer).contains("`batchpatch.aply`"), "{answer}");
    assert!(message(&answer).contains("batchpatch.snapshot, batchpatch.status"), "{answer}");
    for params in [json!({}), json!(null), json!({ "command": 7 }), json!([])] {
        let answer = client.request("workspace/executeCommand", &params);
        assert_eq!(code(&answer), -32602, "{params}");
        assert!(message(&answer).contains("{command, arguments?}"), "{answer}");
    }
}
