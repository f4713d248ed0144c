//! `initialize`, and what is allowed before and after it.

use serde_json::{Value, json};

use super::client::{Client, initialize_params, notification, request, snapshot_request};
use super::{code, result};

const WARNING: i64 = 2;

fn negotiated(offered: &[&str]) -> String {
    let result = Client::spawn().initialize(offered);
    result["capabilities"]["positionEncoding"].as_str().unwrap().to_owned()
}

#[test]
fn utf_8_is_preferred_wherever_it_is_offered() {
    assert_eq!(negotiated(&["utf-8"]), "utf-8");
    assert_eq!(negotiated(&["utf-16", "utf-8"]), "utf-8");
    assert_eq!(negotiated(&["utf-32", "utf-16", "utf-8"]), "utf-8");
}

#[test]
fn utf_32_is_preferred_over_utf_16() {
    assert_eq!(negotiated(&["utf-32"]), "utf-32");
    assert_eq!(negotiated(&["utf-16", "utf-32"]), "utf-32");
}

#[test]
fn columns_are_utf_16_where_nothing_else_that_is_known_is_offered() {
    assert_eq!(negotiated(&[]), "utf-16");
    assert_eq!(negotiated(&["utf-16"]), "utf-16");
    assert_eq!(negotiated(&["utf-7"]), "utf-16");
    for capabilities in [json!({}), json!({ "general": {} }), json!({ "general": null })] {
        let mut client = Client::spawn();
        let answer = client.request("initialize", &json!({ "capabilities": capabilities }));
        assert_eq!(result(&answer)["capabilities"]["positionEncoding"], "utf-16", "{capabilities}");
    }
}

#[test]
fn the_server_says_who_it_is_and_what_it_can() {
    let result = Client::spawn().initialize(&[]);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(result["serverInfo"], json!({ "name": "batchpatch", "version": version }));
    let own = &result["capabilities"]["experimental"]["batchpatch"];
    assert_eq!(own["schema"], batchpatch::batch::SCHEMA_VERSION);
    assert!(own["features"].as_array().unwrap().contains(&json!("snapshot")));
    let commands = &result["capabilities"]["executeCommandProvider"]["commands"];
    assert!(commands.as_array().unwrap().contains(&json!("batchpatch.snapshot")));
    assert!(!commands.as_array().unwrap().contains(&json!("batchpatch.test.panic")));
    let sync = &result["capabilities"]["textDocumentSync"];
    assert_eq!((&sync["openClose"], &sync["change"]), (&json!(true), &json!(2)));
}

#[test]
fn no_spelling_of_a_root_is_refused() {
    for root in ["file:///w/[id].tsx", "file:///w/a b", "file:///w/é", "file:///C:\\w", "%", ""] {
        let mut client = Client::spawn();
        let folders = json!([{ "uri": root, "name": root }]);
        let params = json!({ "capabilities": {}, "rootUri": root, "workspaceFolders": folders });
        let answer = client.request("initialize", &params);
        assert!(result(&answer)["serverInfo"].is_object(), "{root}");
        client.status();
    }
}

#[test]
fn settings_are_taken_from_the_initialization_options() {
    let mut client = Client::spawn();
    let options = json!({ "limits": { "patches": 7 } });
    let params = json!({ "capabilities": {}, "initializationOptions": options });
    client.request("initialize", &params);
    assert_eq!(client.status()["limits"]["patches"], 7);
}

#[test]
fn settings_are_taken_from_a_configuration_change() {
    let mut client = Client::initialized();
    let settings = json!({ "batchpatch": { "limits": { "patches": 5 } }, "another": 1 });
    client.notify("workspace/didChangeConfiguration", &json!({ "settings": settings }));
    assert_eq!(client.status()["limits"]["patches"], 5);
}

#[test]
fn wrong_settings_are_warned_about_and_change_nothing() {
    let mut client = Client::initialized();
    let change = |limits: Value| json!({ "settings": { "batchpatch": { "limits": limits } } });
    client.notify("workspace/didChangeConfiguration", &change(json!({ "patches": 5 })));
    let wrong = [
        json!({ "patches": "many" }),
        json!({ "patches": -1 }),
        json!({ "documents": 3, "patchez": 4 }),
        json!(17),
    ];
    for limits in wrong {
        client.notify("workspace/didChangeConfiguration", &change(limits.clone()));
        let warning = client.notified("window/logMessage");
        assert_eq!(warning["type"], WARNING, "{limits}");
        assert!(warning["message"].as_str().unwrap().starts_with("settings: "), "{warning}");
        let status = client.status();
        assert_eq!(status["limits"]["patches"], 5, "{limits}");
        assert_eq!(status["limits"]["documents"], 10_000, "{limits}");
    }
}

#[test]
fn wrong_initialization_options_are_warned_about_and_the_defaults_hold() {
    let mut client = Client::spawn();
    let options = json!({ "limits": { "patches": "many" } });
    let params = json!({ "capabilities": {}, "initializationOptions": options });
    result(&client.request("initialize", &params));
    assert_eq!(client.notified("window/logMessage")["type"], WARNING);
    assert_eq!(client.status()["limits"]["patches"], 100_000);
}

#[test]
fn every_request_before_initialize_is_told_so() {
    let mut client = Client::spawn();
    for method in ["workspace/executeCommand", "shutdown", "textDocument/codeAction", "no/such"] {
        assert_eq!(code(&client.request(method, &json!({}))), -32002, "{method}");
    }
    client.initialize(&[]);
    client.status();
}

#[test]
fn documents_opened_before_initialize_are_unknown() {
    let mut client = Client::spawn();
    let document = json!({ "uri": "untitled:a", "languageId": "x", "version": 1, "text": "a" });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    client.initialize(&[]);
    assert_eq!(client.status()["documents"], json!([]));
}

#[test]
fn a_malformed_initialize_is_refused_and_may_be_repeated() {
    let mut client = Client::spawn();
    assert_eq!(code(&client.request("initialize", &json!({ "processId": "me" }))), -32602);
    client.initialize(&[]);
    client.status();
}

#[test]
fn a_second_initialize_is_an_error_and_changes_nothing() {
    let mut client = Client::spawn();
    client.initialize(&["utf-32"]);
    assert_eq!(code(&client.request("initialize", &initialize_params(&["utf-8"]))), -32600);
    assert_eq!(client.status()["positionEncoding"], "utf-32");
}

#[test]
fn every_request_after_shutdown_is_refused() {
    let mut client = Client::initialized();
    assert_eq!(result(&client.request("shutdown", &Value::Null)), &Value::Null);
    for method in ["workspace/executeCommand", "shutdown", "initialize", "no/such"] {
        assert_eq!(code(&client.request(method, &json!({}))), -32600, "{method}");
    }
}

#[test]
fn an_unknown_method_is_refused_by_name_and_an_unknown_notification_ignored() {
    let mut client = Client::initialized();
    client.notify("no/such", &json!({}));
    client.notify("$/no/such", &json!({}));
    assert_eq!(code(&client.request("no/such", &json!({}))), -32601);
    client.status();
    assert_eq!(client.unexpected(), Vec::<Value>::new());
}

#[test]
fn what_is_written_right_behind_initialize_is_not_lost() {
    let uri = "untitled:a";
    let document = json!({ "uri": uri, "languageId": "x", "version": 1, "text": "one" });
    let change = json!({
        "textDocument": { "uri": uri, "version": 2 },
        "contentChanges": [{ "text": "two" }]
    });
    let mut client = Client::spawn();
    client.raw(
        [
            request(&json!("init"), "initialize", &initialize_params(&[])),
            notification("initialized", &json!({})),
            notification("textDocument/didOpen", &json!({ "textDocument": document })),
            snapshot_request(&json!("first"), uri),
            notification("textDocument/didChange", &change),
            snapshot_request(&json!("second"), uri),
        ]
        .concat(),
    );
    assert!(result(&client.answer(&json!("init"))).is_object());
    assert_eq!(result(&client.answer(&json!("first")))["text"], "one");
    assert_eq!(result(&client.answer(&json!("second")))["text"], "two");
}

#[test]
fn a_change_of_other_settings_leaves_these_as_they_are() {
    let mut client = Client::spawn();
    let params = json!({
        "capabilities": null, "initializationOptions": { "limits": { "patches": 5 } }
    });
    result(&client.request("initialize", &params));
    for settings in [json!(null), json!({}), json!({ "other": { "limits": 1 } })] {
        client.notify("workspace/didChangeConfiguration", &json!({ "settings": settings }));
    }
    let status = client.execute("batchpatch.status", &json!([]));
    assert_eq!(result(&status)["limits"]["patches"], 5);
}

#[test]
fn a_command_that_takes_no_argument_may_get_none_in_any_spelling() {
    let mut client = Client::initialized();
    for arguments in [json!([]), Value::Null] {
        result(&client.execute("batchpatch.status", &arguments));
    }
    result(&client.request("workspace/executeCommand", &json!({ "command": "batchpatch.status" })));
}
