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

pub mod server;

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use server::{Server, did_change, typed};

/// The argument by which this program becomes the server to compare with.
const STOCK: &str = "--stock-server";

const URI: &str = "file:///a";

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
        let mut server = Server::ours(&Value::Null);
        server.open(URI, 1, &text);
        let each = server.time(&typing(lines, 2_000)) / 2_000;
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
    let stock = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        Server::start(command.arg(STOCK), &Value::Null)
    };
    let sides: [(_, &dyn Fn() -> Server); 2] =
        [("the library's own loop", &stock), ("batchpatch lsp", &|| Server::ours(&Value::Null))];
    let mut times = Vec::new();
    for (name, start) in sides {
        let mut runs: Vec<Duration> = (0..5)
            .map(|_| {
                let mut server = start();
                server.open(URI, 1, &LINE.repeat(1_000));
                server.time(&typing(1_000, 10_000))
            })
            .collect();
        runs.sort();
        times.push(runs[2]);
        println!("{name:<24} {:>10?}", runs[2]);
    }
    println!("{:<24} {:>10.2}", "ratio", times[1].as_secs_f64() / times[0].as_secs_f64());
}

/// So many changes all over a text of so many lines, each a notification of its
/// own.
fn typing(lines: usize, count: usize) -> Vec<u8> {
    let versions = (2..).take(count);
    let frame = |(step, version)| did_change(URI, version, &[typed(step * 7_919 % lines)]);
    (0..count).zip(versions).flat_map(frame).collect()
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
