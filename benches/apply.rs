//! What one `batchpatch.apply` takes over pipes, from the request written to
//! the edit received, against the work that cannot be saved: a typed parse of
//! the request, the engine, and a typed serialisation of the edit.
//!
//! And what one on many documents takes for each of them: until the edit is
//! received, and on to the outcome, for an editor that answers at once.
//!
//! Prints tables; nothing fails by them. All sides run here in turns, so that
//! whatever slows the computer down for a while slows them all.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on stops"
)]

pub mod server;
pub mod workload;

use std::hint::black_box;
use std::time::{Duration, Instant};

use batchpatch::batch::Batch;
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{PositionEncoding, Range};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use server::{Server, applied, frame};
use workload::case::Case;
use workload::{WORKLOADS, Workload};

const URI: &str = "file:///w/document.txt";

/// The id of the request that is measured.
const ASKED: &str = "batch";

/// How often each side has its turn. An odd number has a middle.
const TURNS: usize = 15;

/// The documents of one batch, and how many lines and patches each has.
const DOCUMENTS: [usize; 3] = [10, 100, 1_000];
const LINES: usize = 100;
const PATCHES: usize = 10;

fn main() {
    one_document();
    many_documents();
}

fn one_document() {
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
    let request = json!({ "jsonrpc": "2.0", "id": ASKED, "method": "workspace/executeCommand",
        "params": { "command": "batchpatch.apply", "arguments": [batch] } });
    let framed = frame(&request);
    let request = request.to_string();
    let mut server = Server::ours(&Value::Null);
    let mut times = [const { Vec::new() }; 2];
    for version in (1..).take(TURNS) {
        server.open(URI, version, &case.text);
        times[0].push(asked_after(&mut server, &framed));
        let start = Instant::now();
        black_box(bare(&case, black_box(request.as_bytes())));
        times[1].push(start.elapsed());
    }
    times.map(median)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How long it takes until the edit is there.
fn asked_after(server: &mut Server, request: &[u8]) -> Duration {
    let start = Instant::now();
    server.write(request);
    let (asked, at) = server.read_until(|message| message["method"] == "workspace/applyEdit");
    // Whatever comes of it, the next turn starts from nothing.
    let refused = json!({ "applied": false });
    server.write(&frame(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": refused })));
    server.read_until(|message| message["id"] == ASKED);
    at - start
}

/// What a batch takes for each of its documents, beside one of the fewest.
fn many_documents() {
    println!("\n{:<28} {:>12} {:>7} {:>12} {:>7}", "for each", "edit", "ratio", "outcome", "ratio");
    let mut servers = DOCUMENTS.map(open_documents);
    let mut times = DOCUMENTS.map(|_| [const { Vec::new() }; 2]);
    for version in (2..).take(TURNS) {
        for ((server, count), times) in servers.iter_mut().zip(DOCUMENTS).zip(&mut times) {
            let taken = apply_to_documents(server, count, version);
            times.iter_mut().zip(taken).for_each(|(times, taken)| times.push(taken));
        }
    }
    let mut fewest = None;
    for (count, times) in DOCUMENTS.into_iter().zip(times) {
        let each = times.map(|times| median(times) / u32::try_from(count).unwrap());
        let fewest = fewest.get_or_insert(each);
        let [edit, outcome] = [0, 1].map(|at| each[at].as_secs_f64() / fewest[at].as_secs_f64());
        let name = format!("{PATCHES} patches on {count} documents");
        println!("{name:<28} {:>12.2?} {edit:>7.2} {:>12.2?} {outcome:>7.2}", each[0], each[1]);
    }
}

fn document(at: usize) -> String {
    format!("file:///w/document-{at}.txt")
}

fn open_documents(count: usize) -> Server {
    let mut server = Server::ours(&Value::Null);
    let text = "let total = price * count;  // a line of the usual length\n".repeat(LINES);
    for at in 0..count {
        server.open(&document(at), 1, &text);
    }
    server
}

/// How long it takes until the edit is there, and without the editor's own work
/// until the outcome is.
fn apply_to_documents(server: &mut Server, count: usize, version: i32) -> [Duration; 2] {
    let patch = |line: usize| {
        let text = format!("let total = count * price;  // line {line}, version {version}");
        json!({ "type": "replace", "line": line * LINES / PATCHES + 1, "text": text })
    };
    let patches: Vec<Value> = (0..PATCHES).map(patch).collect();
    let of_batch = |at| json!({ "uri": document(at), "patches": patches });
    let batch = json!({ "documents": (0..count).map(of_batch).collect::<Vec<_>>() });
    let request =
        frame(&json!({ "jsonrpc": "2.0", "id": ASKED, "method": "workspace/executeCommand",
        "params": { "command": "batchpatch.apply", "arguments": [batch] } }));
    let start = Instant::now();
    server.write(&request);
    let (asked, at) = server.read_until(|message| message["method"] == "workspace/applyEdit");
    let edit = at - start;
    let answer = applied(&asked, version);
    let start = Instant::now();
    server.write(&answer);
    let (done, at) = server.read_until(|message| message["id"] == ASKED);
    assert_eq!(done["result"]["status"], "applied", "{done}");
    [edit, edit + (at - start)]
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
