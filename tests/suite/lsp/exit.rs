//! How the server ends, and that it does.

use serde_json::{Value, json};

use super::client::{Client, initialize_params, notification, request, status_request};
use super::result;

#[test]
fn shutdown_and_exit_end_in_order() {
    assert_eq!(Client::initialized().shutdown_and_exit(), 0);
}

#[test]
fn exit_alone_is_no_orderly_end() {
    let mut client = Client::initialized();
    client.notify("exit", &Value::Null);
    assert_eq!(client.exit_code(), 1);

    let mut uninitialized = Client::spawn();
    uninitialized.notify("exit", &Value::Null);
    assert_eq!(uninitialized.exit_code(), 1);
}

#[test]
fn what_was_asked_before_exit_is_answered() {
    let mut client = Client::initialized();
    let asked: Vec<u8> = (0..100).flat_map(|id| status_request(&json!(id))).collect();
    let shutdown = request(&json!("shutdown"), "shutdown", &Value::Null);
    client.raw([asked, shutdown, notification("exit", &Value::Null)].concat());
    assert_eq!(client.exit_code(), 0);
    for id in 0..100 {
        result(&client.answer(&json!(id)));
    }
    result(&client.answer(&json!("shutdown")));
}

#[test]
fn the_end_of_input_at_any_byte_of_a_frame_ends_the_server() {
    let initialize = request(&json!(1), "initialize", &initialize_params(&[]));
    let frame = status_request(&json!(2));
    for cut in 0..=frame.len() {
        let mut client = Client::spawn();
        client.raw([&initialize, &frame[..cut]].concat());
        client.close_input();
        assert_eq!(client.exit_code(), 1, "after {cut} bytes");
    }
}

#[test]
fn the_end_of_input_after_shutdown_is_no_orderly_end() {
    let mut client = Client::initialized();
    client.request("shutdown", &Value::Null);
    client.close_input();
    assert_eq!(client.exit_code(), 1);
}

#[test]
fn a_client_that_closed_the_output_ends_the_server() {
    let mut client = Client::spawn_unread(true);
    client.raw(request(&json!(1), "initialize", &initialize_params(&[])));
    client.close_output();
    // A pipe holds what the server does not read, so a write shows late that it
    // ended, and one that fails shows it for certain.
    let asked: Vec<u8> = (0..1000).flat_map(|id| status_request(&json!(id))).collect();
    let notices = (0..200).any(|_| client.try_raw(asked.clone()).is_err());
    assert!(notices, "it goes on for a client that reads nothing more");
    assert_eq!(client.exit_code(), 1);
}

#[cfg(unix)]
#[test]
fn the_death_of_the_parent_process_ends_the_server_though_its_input_stays_open() {
    let mut parent = std::process::Command::new("sleep").arg("600").spawn().unwrap();
    let mut client = Client::spawn();
    let params = json!({ "processId": parent.id(), "capabilities": {} });
    result(&client.request("initialize", &params));
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert_eq!(client.exit_code(), 1);
}
