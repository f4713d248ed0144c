//! What a keystroke costs more, in time and in memory, because its document's
//! history is kept and edits are looked out for.
//!
//! Prints tables; nothing fails by them. All rows of a table are measured in
//! turns, so that whatever slows the computer down for a while slows them all.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

pub mod server;

use std::time::Duration;

use serde_json::{Value, json};
use server::{Server, applied, did_change, frame, typed};

const LINE: &str = "let total = price * count;  // a line of the usual length\n";

/// As long as [`LINE`], so that only looking at the text tells them apart.
const OTHER_LINE: &str = "let total = count * price;  // a line of the usual length\n";

const SMALL: usize = 10 << 10;
const LARGE: usize = 10 << 20;

/// How many keystrokes are timed together.
const AT_ONCE: usize = 200;

/// How often each row has its turn. The quickest quarter counts: whatever else
/// the computer does only ever adds.
const TURNS: usize = 51;

/// More changes than a document's history keeps.
const FILLED: usize = 20_000;

fn main() {
    keystrokes();
    memory();
}

/// A keystroke beside one in a document of which nothing is kept.
fn keystrokes() {
    let mut rows = [
        ("10 MB, just opened", Typist::just_opened(LARGE)),
        ("10 kB, its history full", Typist::with_full_history(SMALL)),
        ("10 MB, its history full", Typist::with_full_history(LARGE)),
        ("an edit is pending", Typist::with_pending_edit()),
        ("an edit may come late", Typist::with_late_edit()),
        ("100 batches can be taken back", Typist::after_batches()),
        ("100 were taken back, overtyping", Typist::after_undone_batches()),
        ("100 batches on 100 documents each", Typist::after_wide_batches()),
    ];
    let mut times = vec![Vec::new(); rows.len()];
    for _ in 0..TURNS {
        for ((_, typist), times) in rows.iter_mut().zip(&mut times) {
            times.push(typist.types());
        }
    }
    println!("{:<36} {:>10} {:>7} {:>10}", "one of 10,200 keystrokes", "each", "ratio", "more");
    let mut first = None;
    for ((name, _), mut times) in rows.iter().zip(times) {
        times.sort_unstable();
        let each = times[TURNS / 4] / u32::try_from(AT_ONCE).expect("a small number");
        let [each, first] = [each, *first.get_or_insert(each)].map(|it| it.as_secs_f64() * 1e6);
        println!("{name:<36} {each:>7.2} µs {:>7.2} {:>7.2} µs", each / first, each - first);
    }
}

/// What is kept of the keystrokes of somebody who types at one place, where the
/// text itself takes hardly more than what is typed.
fn memory() {
    println!("\n{:<36} {:>10} {:>16}", "memory, 10 MB", "process", "a keystroke");
    let mut typist = Typist::new(LARGE, &Value::Null);
    typist.lines = typist.lines.start..typist.lines.start + 1;
    typist.types();
    let mut before = typist.server.memory()[0];
    println!("{:<36} {:>7.1} MB", "after the first keystrokes", before / 1e6);
    for count in [10_000, 20_000, 30_000] {
        for _ in 0..10_000 / AT_ONCE {
            typist.types();
        }
        let after = typist.server.memory()[0];
        let each = (after - before) / 10_000.0;
        let name = format!("after {count}");
        println!("{name:<36} {:>7.1} MB {each:>10.0} bytes", after / 1e6);
        before = after;
    }
}

/// Somebody who types in a document.
struct Typist {
    server: Server,
    text: String,
    /// Where they type.
    lines: std::ops::Range<usize>,
    /// The document, and how many there were before it.
    uri: String,
    opened: usize,
    version: i32,
    /// Whether they type in a document of which nothing is known.
    opens_another: bool,
    overtypes: bool,
}

impl Typist {
    /// They type in the last tenth of the text, so that all that stands before
    /// would have to be compared.
    fn new(bytes: usize, options: &Value) -> Typist {
        let text = LINE.repeat(bytes / LINE.len());
        let lines = bytes / LINE.len();
        let mut typist = Typist {
            server: Server::ours(options),
            text,
            lines: lines - lines / 10..lines - 1,
            uri: String::new(),
            opened: 0,
            version: 1,
            opens_another: false,
            overtypes: false,
        };
        typist.open();
        typist
    }

    fn just_opened(bytes: usize) -> Typist {
        Typist { opens_another: true, ..Typist::new(bytes, &Value::Null) }
    }

    fn with_full_history(bytes: usize) -> Typist {
        let mut typist = Typist::new(bytes, &Value::Null);
        let filling = typist.keystrokes(FILLED);
        typist.server.time(&filling);
        typist
    }

    /// The edit is on the last line, and leaves the number of lines as it is.
    fn with_pending_edit() -> Typist {
        const HOUR: u64 = 3_600_000;
        let mut typist = Typist::new(LARGE, &json!({ "timeouts": { "reply": HOUR } }));
        typist.ask_for_edit();
        typist
    }

    fn with_late_edit() -> Typist {
        let timeouts = json!({ "reply": 1, "replyForEach": 0, "texts": 1 });
        let mut typist = Typist::new(LARGE, &json!({ "timeouts": timeouts }));
        typist.ask_for_edit();
        typist.server.read_until(|message| message["id"] == "batch");
        typist
    }

    fn ask_for_edit(&mut self) {
        let line = self.text.len() / LINE.len();
        let patch = json!({ "type": "replace", "line": line, "text": OTHER_LINE });
        let batch = json!({ "uri": self.uri, "patches": [patch] });
        self.server.write(&command("batchpatch.apply", &batch));
        self.server.read_until(|message| message["method"] == "workspace/applyEdit");
    }

    fn after_batches() -> Typist {
        let mut typist = Typist::new(LARGE, &Value::Null);
        for line in 1..=100 {
            let patch = json!({ "type": "replace", "line": line, "text": OTHER_LINE });
            let batch = json!({ "uri": typist.uri, "patches": [patch] });
            typist.has_done("batchpatch.apply", &batch);
        }
        typist
    }

    fn after_undone_batches() -> Typist {
        let mut typist = Typist::after_batches();
        for _ in 0..100 {
            typist.has_done("batchpatch.undo", &json!({}));
        }
        Typist { overtypes: true, ..typist }
    }

    fn after_wide_batches() -> Typist {
        let mut typist = Typist::new(LARGE, &Value::Null);
        let others: Vec<String> = (1..100).map(|at| format!("file:///w/other-{at}.txt")).collect();
        for uri in &others {
            typist.server.open(uri, 1, &LINE.repeat(100));
        }
        let uris: Vec<String> = others.into_iter().chain([typist.uri.clone()]).collect();
        for line in 1..=100 {
            let patch = json!({ "type": "replace", "line": line, "text": OTHER_LINE });
            let document = |uri: &String| json!({ "uri": uri, "patches": [patch] });
            let documents: Vec<Value> = uris.iter().map(document).collect();
            let batch = json!({ "documents": documents });
            typist.has_done("batchpatch.apply", &batch);
        }
        typist
    }

    /// Has the server do something, as an editor that answers at once.
    fn has_done(&mut self, name: &str, argument: &Value) {
        self.server.write(&command(name, argument));
        let is_edit = |message: &Value| message["method"] == "workspace/applyEdit";
        let (asked, _) = self.server.read_until(is_edit);
        self.version += 1;
        self.server.write(&applied(&asked, self.version));
        let (done, _) = self.server.read_until(|message| message["id"] == "batch");
        assert_eq!(done["result"]["status"], "applied", "{done}");
    }

    fn open(&mut self) {
        self.opened += 1;
        self.uri = format!("file:///w/document-{}.txt", self.opened);
        self.version = 1;
        self.server.open(&self.uri, self.version, &self.text);
    }

    /// How long their next keystrokes take.
    fn types(&mut self) -> Duration {
        if self.opens_another {
            let document = json!({ "textDocument": { "uri": self.uri } });
            self.server.notify("textDocument/didClose", &document);
            self.open();
            // The first keystrokes find nothing in the caches.
            let first = self.keystrokes(AT_ONCE / 10);
            self.server.time(&first);
        }
        let frames = self.keystrokes(AT_ONCE);
        self.server.time(&frames)
    }

    /// Each is a notification of its own.
    fn keystrokes(&mut self, count: usize) -> Vec<u8> {
        let keystroke = |step: usize| {
            let line = self.lines.start + step * 7_919 % self.lines.len();
            let mut change = typed(line);
            if self.overtypes {
                change["range"]["end"]["character"] = json!(5);
                change["text"] = json!(if self.version % 2 == 0 { "x" } else { "y" });
            }
            self.version += 1;
            did_change(&self.uri, self.version, &[change])
        };
        (0..count).flat_map(keystroke).collect()
    }
}

fn command(name: &str, argument: &Value) -> Vec<u8> {
    frame(&json!({ "jsonrpc": "2.0", "id": "batch", "method": "workspace/executeCommand",
        "params": { "command": name, "arguments": [argument] } }))
}
