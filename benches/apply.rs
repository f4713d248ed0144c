//! What one `batchpatch.apply` takes over pipes, from the request written to
//! the edit received, against the work that cannot be saved: a typed parse of
//! the request, the engine, and a typed serialisation of the edit.
//!
//! Prints a table; nothing fails by it. Both sides run here in turns, so that
//! whatever slows the computer down for a while slows both.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on stops"
)]

pub mod workload;

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use batchpatch::batch::Batch;
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{PositionEncoding, Range};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use workload::case::Case;
use workload::{WORKLOADS, Workload};

const URI: &str = "file:///w/document.txt";

/// How often each side has its turn. An odd number has a middle.
const TURNS: usize = 15;

fn main() {
    println!("{:<28} {:>12} {:>12} {:>7}", "one batchpatch.apply", "server", "bare", "ratio");
    // The two others are there for the engine's own gate.
    for workload in WORKLOADS.iter().take(3) {
        let [server, bare] = measure(workload);
        let ratio = server.as_secs_f64() / bare.as_secs_f64();
        println!("{:<28} {server:>12.2?} {bare:>12.2?} {ratio:>7.2}", workload.name);
    }
}

/// The median times of the two sides.
fn measure(workload: &Workload) -> [Duration; 2] {
    let case = Case::of(workload);
    let mut batch: Value = serde_json::from_slice(&case.json).unwrap();
    batch["uri"] = json!(URI);
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "workspace/executeCommand",
        "params": { "command": "batchpatch.apply", "arguments": [batch] } })
    .to_string();
    let mut server = Server::start();
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..TURNS {
        times[0].push(server.asked_after(&case.text, request.as_bytes()));
        let start = Instant::now();
        black_box(bare(&case, black_box(request.as_bytes())));
        times[1].push(start.elapsed());
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[TURNS / 2]
    })
}

/// Parse, engine, edit: typed all the way.
fn bare(case: &Case, request: &[u8]) -> Vec<u8> {
    #[derive(serde::Deserialize)]
    struct Request<'a> {
        #[serde(borrow)]
        params: Params<'a>,
    }
    #[derive(serde::Deserialize)]
    struct Params<'a> {
        #[serde(borrow)]
        arguments: Vec<&'a RawValue>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Edit<'a> {
        range: Range,
        new_text: &'a str,
    }
    let request: Request<'_> = serde_json::from_slice(request).unwrap();
    let batch = Batch::from_json(request.params.arguments[0].get().as_bytes(), None).unwrap();
    let staged = Engine::default()
        .stage(&batch, PositionEncoding::Utf8, |_| Source::Text(case.snapshot.clone()))
        .unwrap_or_else(|_| panic!("the batch is right"));
    let staged = staged.documents()[0].staged.as_ref().unwrap();
    let range = |span| staged.before().range_of(span, PositionEncoding::Utf8);
    let edits: Vec<Edit<'_>> = staged
        .changes()
        .descending()
        .map(|change| Edit { range: range(change.span), new_text: change.text })
        .collect();
    serde_json::to_vec(&edits).unwrap()
}

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    version: i32,
}

impl Server {
    fn start() -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_batchpatch"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut server = Server { child, input, output, version: 0 };
        let capabilities = json!({
            "general": { "positionEncodings": ["utf-8"] }, "workspace": { "applyEdit": true } });
        let params = json!({ "capabilities": capabilities });
        server
            .send(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }));
        server.read();
        server
    }

    /// How long it takes until the edit is there.
    fn asked_after(&mut self, text: &str, request: &[u8]) -> Duration {
        self.version += 1;
        let document =
            json!({ "uri": URI, "languageId": "", "version": self.version, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        // Waits until the text is taken in.
        self.send(&json!({ "jsonrpc": "2.0", "id": 2, "method": "workspace/executeCommand",
            "params": { "command": "batchpatch.status" } }));
        self.read();
        let start = Instant::now();
        self.write(request);
        let asked = self.read();
        let took = start.elapsed();
        // Whatever comes of it, the next turn starts from nothing.
        let asked: Value = serde_json::from_slice(&asked).unwrap();
        assert_eq!(asked["method"], "workspace/applyEdit");
        let refused = json!({ "applied": false });
        self.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": refused }));
        self.read();
        took
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        self.write(message.to_string().as_bytes());
    }

    fn write(&mut self, body: &[u8]) {
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        self.input.write_all(&[header.as_bytes(), body].concat()).unwrap();
    }

    fn read(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            match line.trim().split_once(": ") {
                Some((_, value)) => length = value.parse().unwrap(),
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        body
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
