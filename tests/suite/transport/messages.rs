//! What the body of a frame is, and what is written in answer to it.

use batchpatch::server::transport::{
    Frame, Frames, INVALID_REQUEST, Id, Message, PARSE_ERROR, outbound,
};
use serde_json::{Value, json};

#[test]
fn a_request_has_a_method_and_an_id() {
    for (id, expected) in [
        ("1", Id::Integer(1)),
        ("-1", Id::Integer(-1)),
        ("9223372036854775807", Id::Integer(i64::MAX)),
        ("\"1\"", Id::from("1")),
        (r#""a\u00e9\/""#, Id::from("aé/")),
        ("\"\"", Id::from("")),
    ] {
        let body =
            format!(r#"{{"id":{id},"method":"a\/b","params":{{"x": 1.0}},"jsonrpc":"2.0"}}"#);
        match Message::parse(body.as_bytes()).unwrap() {
            Message::Request { id, method, params } => {
                assert_eq!((id, &*method), (expected, "a/b"));
                assert_eq!(params.unwrap().get(), "{\"x\": 1.0}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_notification_has_a_method_and_no_id() {
    for body in [
        r#"{"jsonrpc":"2.0","method":"m"}"#,
        r#" {"method":"m","extra":[{}],"params":null} "#,
        r#"{"jsonrpc":"2.0","id":null,"method":"m","result":null,"error":null}"#,
    ] {
        match Message::parse(body.as_bytes()).unwrap() {
            Message::Notification { method, params: None } => assert_eq!(method, "m"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_response_is_never_answered_whatever_is_wrong_with_it() {
    for (body, id, outcome) in [
        (r#"{"id":1,"result":null}"#, Some(Id::from(1)), Ok("null")),
        (r#"{"id":"a","result":{},"error":null}"#, Some(Id::from("a")), Ok("{}")),
        (r#"{"id":1,"result":null,"error":{}}"#, Some(Id::from(1)), Err("{}")),
        (r#"{"id":null,"error":{}}"#, None, Err("{}")),
        (r#"{"error":{}}"#, None, Err("{}")),
        (r#"{"id":1.0,"result":0}"#, None, Ok("0")),
        (r#"{"id":1,"result":0,"jsonrpc":"1.0","method":null}"#, Some(Id::from(1)), Ok("0")),
    ] {
        match Message::parse(body.as_bytes()).unwrap() {
            Message::Response { id: found, outcome: told } => {
                assert_eq!(found, id, "{body}");
                let text = |raw: &serde_json::value::RawValue| raw.get().to_owned();
                let outcome = outcome.map(str::to_owned).map_err(str::to_owned);
                assert_eq!(told.map(text).map_err(text), outcome, "{body}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The code and the id that answer a body.
fn refused(body: impl AsRef<[u8]>) -> (i64, Option<Id>) {
    let invalid = Message::parse(body.as_ref()).unwrap_err();
    let answer = answered(&invalid.answer().unwrap());
    assert_eq!(answer["error"]["code"], json!(invalid.code));
    assert_eq!(answer["id"], json!(invalid.id));
    (invalid.code, invalid.id)
}

#[test]
fn what_is_no_json_is_a_parse_error() {
    for body in ["", " ", "{", "{a}", "[1,", "{\"id\":1,\"method\":\"m\"}x", "[]]", "\u{feff}{}"] {
        assert_eq!(refused(body), (PARSE_ERROR, None), "{body}");
    }
    assert_eq!(refused(b"{\"id\":1,\"method\":\"\xff\"}"), (PARSE_ERROR, None));
}

#[test]
fn json_that_is_no_message_is_an_invalid_request() {
    let known = Some(Id::from(7));
    for (body, id) in [
        ("[]", None),
        (r#"[{"id":7,"method":"m"}]"#, None),
        ("7", None),
        ("null", None),
        ("{}", None),
        (r#"{"id":7}"#, known.clone()),
        (r#"{"id":7,"error":null}"#, known.clone()),
        (r#"{"id":7,"method":7}"#, known.clone()),
        (r#"{"id":7,"method":"\ud800"}"#, known.clone()),
        (r#"{"id":7,"method":"m","jsonrpc":"1.0"}"#, known.clone()),
        (r#"{"id":7,"method":"m","jsonrpc":2.0}"#, known.clone()),
        (r#"{"id":7,"method":"m","params":[],"params":[]}"#, known),
        (r#"{"id":1.0,"method":"m"}"#, None),
        (r#"{"id":-0,"method":"m"}"#, None),
        (r#"{"id":9223372036854775808,"method":"m"}"#, None),
        (r#"{"id":1e400,"method":"m"}"#, None),
        (r#"{"id":true,"method":"m"}"#, None),
        (r#"{"id":[7],"method":"m"}"#, None),
        (r#"{"id":"\ud800","method":"m"}"#, None),
    ] {
        assert_eq!(refused(body), (INVALID_REQUEST, id), "{body}");
    }
}

#[test]
fn nesting_of_any_depth_is_read_or_refused() {
    for depth in [127, 129, 10_000, 1_000_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        for name in ["params", "else"] {
            let body = format!(r#"{{"id":1,"method":"m","{name}":{open}{close}}}"#);
            assert!(matches!(Message::parse(body.as_bytes()), Ok(Message::Request { .. })));
        }
        let objects = "{\"a\":".repeat(depth);
        assert_eq!(refused(format!("{{\"params\":{objects}")), (PARSE_ERROR, None));
        assert_eq!(refused(format!("{open}{close}")), (INVALID_REQUEST, None));
        assert_eq!(refused(&open), (PARSE_ERROR, None));
        for name in ["id", "method", "jsonrpc"] {
            let body = format!(r#"{{"{name}":{open}{close}}}"#);
            assert_eq!(refused(body), (INVALID_REQUEST, None));
        }
    }
}

/// The body of a frame, which stands alone.
fn answered(frame: &[u8]) -> Value {
    let mut frames = Frames::new(frame, usize::MAX);
    let Some(Frame::Message(body)) = frames.read().unwrap() else { panic!("no frame") };
    assert_eq!(frames.read().unwrap(), None);
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn what_is_written_is_a_frame_with_the_length_in_bytes() {
    let frame = String::from_utf8(outbound::notification("é", &[1]).unwrap()).unwrap();
    let body = "{\"jsonrpc\":\"2.0\",\"method\":\"é\",\"params\":[1]}";
    assert_eq!(frame, format!("Content-Length: 44\r\n\r\n{body}"));
}

#[test]
fn each_kind_of_message_is_written_as_json_rpc_has_it() {
    let id = Id::from("a");
    assert_eq!(
        answered(&outbound::response(&Id::from(7), &json!(null)).unwrap()),
        json!({ "jsonrpc": "2.0", "id": 7, "result": null })
    );
    assert_eq!(
        answered(&outbound::error(Some(&id), -1, "no", None::<&()>).unwrap()),
        json!({ "jsonrpc": "2.0", "id": "a", "error": { "code": -1, "message": "no" } })
    );
    assert_eq!(
        answered(&outbound::error(None, -1, "no", Some(&[1])).unwrap()),
        json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -1, "message": "no", "data": [1] } })
    );
    assert_eq!(
        answered(&outbound::request(&id, "m", &json!({})).unwrap()),
        json!({ "jsonrpc": "2.0", "id": "a", "method": "m", "params": {} })
    );
    let large = "x".repeat(1 << 20);
    assert_eq!(answered(&outbound::notification("m", &large).unwrap())["params"], large);
}
