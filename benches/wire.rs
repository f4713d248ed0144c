//! The language server over pipes: what a keystroke costs in a large document,
//! how much memory a document takes, and what the library's own loop would
//! take for the same messages.
//!
//! Prints a table; nothing fails by it. Ratios only: both sides run here, one
//! after the other.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on stops"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// The argument by which this program becomes the server to compare with.
const STOCK: &str = "--stock-server";

const LINE: &str = "let total = price * count;  // a line of the usual length\n";

fn main() {
    if std::env::args().any(|argument| argument == STOCK) {
        return stock::serve();
    }
    keystrokes();
    pipelined();
}

/// A keystroke in a small document and in a large one.
fn keystrokes() {
    println!("\nkeystrokes, 2,000 in a row");
    println!("{:>8} {:>12} {:>7} {:>9} {:>9}", "text", "each", "ratio", "at rest", "peak");
    let mut smallest = None;
    for megabytes in [1, 10, 100] {
        let text = LINE.repeat((megabytes << 20) / LINE.len());
        let lines = text.len() / LINE.len();
        let mut server = Server::start(&ours());
        server.open(&text);
        server.wait();
        let changes = (0..2_000_usize).map(|step| change(step * 7_919 % lines));
        let each = server.time(changes.collect()) / 2_000;
        let ratio = each.as_secs_f64() / smallest.get_or_insert(each).as_secs_f64();
        let [at_rest, peak] = server.memory().map(|bytes| bytes / text.len() as f64);
        println!("{megabytes:>5} MB {each:>12?} {ratio:>7.2} {at_rest:>8.2}x {peak:>8.2}x");
    }
    println!("memory: the whole process, as a multiple of the text");
}

/// Ten thousand changes that are sent without waiting, in a document of a
/// thousand lines.
fn pipelined() {
    println!("\n10,000 changes, sent in one go");
    let mut stock = Command::new(std::env::current_exe().unwrap());
    stock.arg(STOCK);
    let mut times = Vec::new();
    for (name, command) in [("the library's own loop", stock), ("batchpatch lsp", ours())] {
        let mut command = command;
        let mut runs: Vec<Duration> = (0..5)
            .map(|_| {
                let mut server = Server::start_with(&mut command);
                server.open(&LINE.repeat(1_000));
                server.wait();
                server.time((0..10_000).map(|step| change(step * 7_919 % 1_000)).collect())
            })
            .collect();
        runs.sort();
        times.push(runs[2]);
        println!("{name:<24} {:>10?}", runs[2]);
    }
    println!("{:<24} {:>10.2}", "ratio", times[1].as_secs_f64() / times[0].as_secs_f64());
}

fn ours() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batchpatch"));
    command.arg("lsp");
    command
}

fn change(line: usize) -> Value {
    let place = json!({ "line": line, "character": 4 });
    json!({ "range": { "start": place, "end": place }, "text": "x" })
}

struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    version: i32,
    asked: i64,
}

impl Server {
    fn start(command: &Command) -> Server {
        let mut again = Command::new(command.get_program());
        Server::start_with(again.args(command.get_args()))
    }

    fn start_with(command: &mut Command) -> Server {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut server = Server { child, output, version: 1, asked: 0 };
        server.request("initialize", &json!({ "capabilities": {} }));
        server.notify("initialized", &json!({}));
        server
    }

    fn open(&mut self, text: &str) {
        let document = json!({ "uri": "file:///a", "languageId": "", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    /// Waits until everything before is done.
    fn wait(&mut self) {
        let call = json!({ "command": "batchpatch.status", "arguments": [] });
        self.request("workspace/executeCommand", &call);
    }

    /// How long the changes take, each a notification of its own.
    fn time(&mut self, changes: Vec<Value>) -> Duration {
        let frames: Vec<u8> = changes
            .into_iter()
            .flat_map(|change| {
                self.version += 1;
                let document = json!({ "uri": "file:///a", "version": self.version });
                let params = json!({ "textDocument": document, "contentChanges": [change] });
                frame(&json!({
                    "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params
                }))
            })
            .collect();
        let start = Instant::now();
        self.child.stdin.as_mut().unwrap().write_all(&frames).unwrap();
        self.wait();
        start.elapsed()
    }

    /// Resident bytes now, and at most.
    fn memory(&self) -> [f64; 2] {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        ["VmRSS:", "VmHWM:"].map(|name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
            kilobytes.map_or(f64::NAN, |kilobytes: f64| kilobytes * 1024.0)
        })
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn request(&mut self, method: &str, params: &Value) {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        while self.read()["id"] != id {}
    }

    fn send(&mut self, message: &Value) {
        self.child.stdin.as_mut().unwrap().write_all(&frame(message)).unwrap();
    }

    fn read(&mut self) -> Value {
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
        serde_json::from_slice(&body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A server on the library's own loop that does the same with its documents.
mod stock {
    use std::sync::Mutex;

    use batchpatch::text::{Position, PositionEncoding, Range};
    use batchpatch::workspace::{ContentChange, Event, KeptTexts, Workspace};
    use serde_json::Value;
    use tower_lsp::jsonrpc::Result;
    use tower_lsp::ls_types::{
        DidChangeTextDocumentParams, DidOpenTextDocumentParams, ExecuteCommandParams,
        InitializeParams, InitializeResult,
    };
    use tower_lsp::{LanguageServer, LspService, Server};

    struct Stock(Mutex<Workspace>);

    impl LanguageServer for Stock {
        async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
            Ok(InitializeResult::default())
        }

        async fn shutdown(&self) -> Result<()> {
            Ok(())
        }

        async fn did_open(&self, params: DidOpenTextDocumentParams) {
            let document = params.text_document;
            self.0.lock().unwrap().handle(Event::Opened {
                uri: document.uri.as_str().to_owned(),
                version: document.version,
                text: document.text,
            });
        }

        async fn did_change(&self, params: DidChangeTextDocumentParams) {
            let place = |place: tower_lsp::ls_types::Position| Position {
                line: place.line,
                character: place.character,
            };
            let changes = params.content_changes.into_iter().map(|change| ContentChange {
                range: change
                    .range
                    .map(|range| Range { start: place(range.start), end: place(range.end) }),
                text: change.text,
            });
            self.0.lock().unwrap().handle(Event::Changed {
                uri: params.text_document.uri.as_str().to_owned(),
                version: params.text_document.version,
                changes: changes.collect(),
            });
        }

        async fn execute_command(&self, _: ExecuteCommandParams) -> Result<Option<Value>> {
            Ok(Some(self.0.lock().unwrap().documents().len().into()))
        }
    }

    pub(super) fn serve() {
        let workspace = Workspace::new(PositionEncoding::Utf16, KeptTexts::default());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (service, socket) = LspService::new(|_| Stock(Mutex::new(workspace)));
            Server::new(tokio::io::stdin(), tokio::io::stdout(), socket).serve(service).await;
        });
    }
}
