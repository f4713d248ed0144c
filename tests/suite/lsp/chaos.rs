//! Whatever a client says, every request is answered once and the server ends
//! with its input.

use std::io::{self, Cursor, Write};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use batchpatch::server::transport::{Frame, Frames};
use batchpatch::server::{Exit, Options, serve};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::client::{notification, request};
use crate::counts::runner;

/// Far more than anything here takes, on any machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// One thing that a client writes. Requests get their id from their place.
#[derive(Clone, Debug)]
enum Said {
    Request(&'static str, Value),
    Notification(&'static str, Value),
    Bytes(Vec<u8>),
}

fn said() -> impl Strategy<Value = Said> {
    let uri = select(&["file:///a", "untitled:b", "file:///%61", "c", ""][..]);
    let place = || {
        (0..4_u32, 0..6_u32)
            .prop_map(|(line, character)| json!({ "line": line, "character": character }))
    };
    let text = select(&["", "a\n", "x😀\r\ny", "\r", "long line\n\n"][..]);
    let open = (uri.clone(), text.clone()).prop_map(|(uri, text)| {
        let document = json!({ "uri": uri, "languageId": "", "version": 1, "text": text });
        Said::Notification("textDocument/didOpen", json!({ "textDocument": document }))
    });
    let change = (uri.clone(), place(), place(), text, any::<bool>()).prop_map(
        |(uri, start, end, text, whole)| {
            let range = if whole { Value::Null } else { json!({ "start": start, "end": end }) };
            let document = json!({ "uri": uri, "version": 2 });
            let changes = json!([{ "range": range, "text": text }]);
            let params = json!({ "textDocument": document, "contentChanges": changes });
            Said::Notification("textDocument/didChange", params)
        },
    );
    let close = uri.clone().prop_map(|uri| {
        Said::Notification("textDocument/didClose", json!({ "textDocument": { "uri": uri } }))
    });
    let junk = select(vec![json!(null), json!([]), json!(7), json!({}), json!({ "uri": 1 })]);
    let notifications = select(
        &[
            "textDocument/didOpen",
            "textDocument/didChange",
            "$/cancelRequest",
            "initialized",
            "workspace/didChangeConfiguration",
            "$/unknown",
            "unknown",
        ][..],
    );
    let mistaken =
        (notifications, junk.clone()).prop_map(|(name, it)| Said::Notification(name, it));
    let requests = select(
        &["initialize", "workspace/executeCommand", "textDocument/hover", "unknown", "$/unknown"][..],
    );
    let asked = (requests, junk.clone()).prop_map(|(name, it)| Said::Request(name, it));
    let commands = select(&["batchpatch.status", "batchpatch.snapshot", "unknown"][..]);
    let arguments = prop_oneof![Just(json!([])), junk.prop_map(|it| json!([it]))];
    let command = (commands, arguments).prop_map(|(command, arguments)| {
        let params = json!({ "command": command, "arguments": arguments });
        Said::Request("workspace/executeCommand", params)
    });
    let bytes = prop_oneof![
        vec(any::<u8>(), 0..20),
        select(&["Content-Length: x\r\n\r\n", "Content-Length: 2\r\n\r\n{]", "\r\n", "[]"][..])
            .prop_map(|text| text.as_bytes().to_vec()),
    ]
    .prop_map(Said::Bytes);
    prop_oneof![
        2 => open, 4 => change, 1 => close, 1 => mistaken, 1 => asked, 2 => command, 1 => bytes
    ]
}

/// Hands over what is written, also when the server's thread still has its end.
struct Output(Sender<Vec<u8>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.send(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How a server ends that is told all this, and what it answers.
fn served(input: Vec<u8>) -> (Exit, Vec<Value>) {
    let (output, written) = channel();
    let (done, exit) = channel();
    std::thread::spawn(move || {
        done.send(serve(Cursor::new(input), Output(output), &Options::default()).unwrap())
    });
    let exit = exit.recv_timeout(DEADLINE).expect("it ends with its input");
    let bytes: Vec<u8> = written.try_iter().flatten().collect();
    let mut frames = Frames::new(Cursor::new(bytes), usize::MAX);
    let mut messages = Vec::new();
    while let Some(frame) = frames.read().unwrap() {
        let Frame::Message(body) = frame else { panic!("it writes a bad frame") };
        messages.push(serde_json::from_slice(&body).unwrap());
    }
    (exit, messages)
}

#[test]
fn whatever_is_said_every_request_is_answered_once_and_the_server_ends() {
    runner("what clients say", 300, 30_000)
        .run(&(any::<bool>(), vec(said(), 0..30)), |(greets, all)| {
            let mut input = Vec::new();
            let mut asked = 0;
            let mut ask = |method: &str, params: &Value| {
                asked += 1;
                request(&json!(asked), method, params)
            };
            if greets {
                input.extend(ask("initialize", &json!({ "capabilities": {} })));
            }
            for said in &all {
                input.extend(match said {
                    Said::Request(method, params) => ask(method, params),
                    Said::Notification(method, params) => notification(method, params),
                    // What is no frame could take a bite of the next one.
                    Said::Bytes(bytes) => [bytes.as_slice(), b"\r\n"].concat(),
                });
            }
            input.extend(ask("shutdown", &Value::Null));
            input.extend(notification("exit", &Value::Null));
            let is_clean = !all.iter().any(|said| matches!(said, Said::Bytes(_)));
            let (exit, messages) = served(input);
            let answers = |id: i64| messages.iter().filter(|message| message["id"] == id).count();
            for id in 1..=asked {
                prop_assert!(answers(id) <= 1, "{id} was answered {} times", answers(id));
                prop_assert!(!is_clean || answers(id) == 1, "{id} was not answered");
            }
            if is_clean && greets {
                prop_assert_eq!(exit, Exit::Orderly);
            }
            Ok(())
        })
        .unwrap();
}
