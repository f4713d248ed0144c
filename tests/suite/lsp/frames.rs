//! Bad frames: each is answered, and none is the end of the server.

use serde_json::{Value, json};

use super::client::{Client, frame, request, status_request};
use super::{code, result};

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const INVALID_PARAMS: i64 = -32602;

/// Bytes that are bad, and the errors that they are answered with: the id and
/// the code.
type Bad = (Vec<u8>, Vec<(Value, i64)>);

fn nameless(code: i64) -> Vec<(Value, i64)> {
    vec![(Value::Null, code)]
}

fn nested(levels: usize) -> String {
    "[".repeat(levels) + &"]".repeat(levels)
}

/// Frames whose header is good.
fn bad_bodies() -> Vec<Bad> {
    let request = |fields: &str| frame(format!(r#"{{"jsonrpc":"2.0",{fields}}}"#));
    vec![
        (frame(r#"{"jsonrpc":"2.0","id":1,"#), nameless(PARSE_ERROR)),
        (frame(""), nameless(PARSE_ERROR)),
        (frame("{}{}"), nameless(PARSE_ERROR)),
        (frame(b"\xff\xfe"), nameless(PARSE_ERROR)),
        (frame(b"{\"jsonrpc\":\"2.0\",\"method\":\"\xe9\"}"), nameless(PARSE_ERROR)),
        (frame("[]"), nameless(INVALID_REQUEST)),
        (frame(r#"[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]"#), nameless(INVALID_REQUEST)),
        (frame(nested(10_000)), nameless(INVALID_REQUEST)),
        (frame("7"), nameless(INVALID_REQUEST)),
        (frame("{}"), nameless(INVALID_REQUEST)),
        (
            frame(r#"{"jsonrpc":"1.0","id":"own","method":"x"}"#),
            vec![(json!("own"), INVALID_REQUEST)],
        ),
        (request(r#""id":"own","method":7"#), vec![(json!("own"), INVALID_REQUEST)]),
        (request(r#""id":"own""#), vec![(json!("own"), INVALID_REQUEST)]),
        (request(r#""id":1.5,"method":"shutdown""#), nameless(INVALID_REQUEST)),
        (request(r#""id":[1],"method":"shutdown""#), nameless(INVALID_REQUEST)),
        (
            request(&format!(r#""id":{},"method":"shutdown""#, nested(10_000))),
            nameless(INVALID_REQUEST),
        ),
    ]
}

fn bad_headers() -> Vec<Bad> {
    let bad = |bytes: &str| (bytes.as_bytes().to_vec(), nameless(PARSE_ERROR));
    vec![
        bad("Content-Type: text/plain\r\n\r\n{}"),
        bad("Content-Length: ten\r\n\r\n{}"),
        bad("Content-Length: -2\r\n\r\n{}"),
        bad("Content-Length: 2.0\r\n\r\n{}"),
        bad("Content-Length:\r\n\r\n{}"),
        bad("Content-Length: 999999999999\r\n\r\n{}"),
        bad("Content-Length: 99999999999999999999999999\r\n\r\n{}"),
        bad("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        bad("this is no header"),
        bad(&"x".repeat(100_000)),
    ]
}

/// Writes bad bytes with a good request right behind them; the errors come
/// first, then the answer.
fn assert_survived(client: &mut Client, (bytes, errors): &Bad) {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
    let good = json!("good");
    client.raw([bytes.as_slice(), &status_request(&good)].concat());
    for (id, expected) in errors {
        let answer = client.next_message();
        assert_eq!((&answer["id"], code(&answer)), (id, *expected), "{shown}: {answer}");
    }
    let answer = client.next_message();
    assert_eq!(answer["id"], good, "{shown}: {answer}");
    result(&answer);
}

#[test]
fn a_body_that_is_no_message_is_answered_and_survived() {
    let mut client = Client::initialized();
    for bad in bad_bodies() {
        assert_survived(&mut client, &bad);
    }
}

#[test]
fn a_header_that_is_none_is_answered_and_survived() {
    let mut client = Client::initialized();
    for bad in bad_headers() {
        assert_survived(&mut client, &bad);
    }
}

#[test]
fn bad_frames_in_a_row_are_answered_one_by_one() {
    let mut client = Client::initialized();
    let (bytes, errors): (Vec<_>, Vec<_>) = bad_bodies().into_iter().unzip();
    assert_survived(&mut client, &(bytes.concat(), errors.concat()));
}

#[test]
fn bad_frames_before_initialize_are_survived() {
    let mut client = Client::spawn();
    client.raw([frame("{"), b"Content-Length: x\r\n\r\n".to_vec()].concat());
    assert_eq!(code(&client.answer(&Value::Null)), PARSE_ERROR);
    client.initialize(&[]);
    assert_eq!(code(&client.answer(&Value::Null)), PARSE_ERROR);
    client.status();
}

#[test]
fn a_header_may_be_in_any_case_and_have_company() {
    let mut client = Client::initialized();
    let body = r#"{"jsonrpc":"2.0","id":"x","method":"no/such"}"#;
    let length = body.len();
    let headers = [
        format!("content-length: {length}\r\n\r\n"),
        format!("CONTENT-LENGTH: {length}\r\n\r\n"),
        format!("Content-Length:{length}\r\n\r\n"),
        format!("Content-Type: application/vscode-jsonrpc\r\nContent-Length: {length}\r\n\r\n"),
        format!("Content-Length: {length}\r\nContent-Type: x; charset=utf-8\r\n\r\n"),
        format!("Content-Length: {length}\n\n"),
        format!("\r\n\r\nContent-Length: {length}\r\n\r\n"),
    ];
    for header in headers {
        client.raw(format!("{header}{body}"));
        let answer = client.next_message();
        assert_eq!((&answer["id"], code(&answer)), (&json!("x"), -32601), "{header:?}");
    }
}

#[test]
fn a_frame_may_arrive_byte_by_byte() {
    let mut client = Client::initialized();
    for byte in status_request(&json!("slow")) {
        client.raw([byte]);
    }
    result(&client.answer(&json!("slow")));
}

#[test]
fn a_length_that_is_too_short_costs_its_own_frame_alone() {
    let mut client = Client::initialized();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#;
    let bytes = format!("Content-Length: {}\r\n\r\n{body}", body.len() - 10).into_bytes();
    let errors = [nameless(PARSE_ERROR), nameless(PARSE_ERROR)].concat();
    assert_survived(&mut client, &(bytes, errors));
}

#[test]
fn a_length_that_is_too_long_costs_its_own_frame_alone() {
    let mut client = Client::initialized();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#;
    for excess in [30, 60] {
        let bytes = format!("Content-Length: {}\r\n\r\n{body}", body.len() + excess).into_bytes();
        assert_survived(&mut client, &(bytes, nameless(PARSE_ERROR)));
    }
}

#[test]
fn deep_nesting_in_parameters_is_an_error_of_their_request() {
    let mut client = Client::initialized();
    let deep = nested(10_000);
    for method in ["workspace/executeCommand", "textDocument/codeAction", "no/such"] {
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":"deep","method":"{method}","params":{deep}}}"#);
        let answered = vec![(json!("deep"), INVALID_PARAMS)];
        assert_survived(&mut client, &(frame(body), answered));
    }
    let argument = format!(r#"{{"command":"batchpatch.snapshot","arguments":[{deep}]}}"#);
    let method = "workspace/executeCommand";
    let body =
        format!(r#"{{"jsonrpc":"2.0","id":"deep","method":"{method}","params":{argument}}}"#);
    assert_survived(&mut client, &(frame(body), vec![(json!("deep"), INVALID_PARAMS)]));
    for method in ["no/such", "workspace/didChangeConfiguration", "$/cancelRequest"] {
        let body = format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{deep}}}"#);
        assert_survived(&mut client, &(frame(body), Vec::new()));
    }
}

#[test]
fn an_answer_that_nobody_asked_for_is_ignored() {
    let mut client = Client::initialized();
    let answer = frame(r#"{"jsonrpc":"2.0","id":99,"result":null}"#);
    assert_survived(&mut client, &(answer, Vec::new()));
    let error = frame(r#"{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"m"}}"#);
    assert_survived(&mut client, &(error, Vec::new()));
}

#[test]
fn a_text_full_of_headers_is_read_in_linear_time() {
    let mut client = Client::initialized();
    let text = "Content-Length: 2\r\n\r\n{}\n".repeat(400_000);
    let document = json!({ "uri": "untitled:a", "languageId": "x", "version": 1, "text": text });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    assert!(client.text("untitled:a") == text);
}

#[test]
fn ids_are_given_back_as_they_were_written() {
    let mut client = Client::initialized();
    for id in [json!(0), json!(-5), json!(i64::MAX), json!(""), json!("é\n"), json!("1")] {
        client.raw(request(&id, "no/such", &json!({})));
        assert_eq!(client.next_message()["id"], id);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_absurd_length_costs_no_memory() {
    const MEBIBYTE: usize = 1 << 20;
    let mut client = Client::initialized();
    let before = peak_kib(&client);
    let header = b"Content-Length: 999999999999\r\n\r\n".to_vec();
    let bytes = [header, vec![b'x'; 100 * MEBIBYTE]].concat();
    assert_survived(&mut client, &(bytes, nameless(PARSE_ERROR)));
    let grown = peak_kib(&client) - before;
    assert!(grown < 50 << 10, "by {grown} KiB");
}

/// The most memory that the server ever had.
#[cfg(target_os = "linux")]
fn peak_kib(client: &Client) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}
