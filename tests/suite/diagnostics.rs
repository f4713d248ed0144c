//! What is wrong on the open documents: where it moves, when it goes, and what
//! can be done about it.

mod actions;
mod bounds;
mod shown;

use std::collections::HashMap;
use std::sync::Arc;

use batchpatch::batch::{Batch, DocumentKey, Outcome};
use batchpatch::engine::{Engine, Limits, Source, StagedBatch};
use batchpatch::text::{Position, PositionEncoding, Range, Revision, Snapshot};
use batchpatch::workspace::{Action, ActionCommand, Diagnostic, Diagnostics, Reported};
use serde_json::{Value, json};

const UTF16: PositionEncoding = PositionEncoding::Utf16;
const A: &str = "file:///w/a";
const B: &str = "file:///w/b";

/// What a client would see.
#[derive(Default)]
struct Client {
    diagnostics: Diagnostics,
    texts: HashMap<&'static str, String>,
}

fn key(uri: &str) -> DocumentKey {
    DocumentKey::of(uri)
}

fn snapshot(text: &str) -> Snapshot {
    Snapshot::new(text.into(), Revision::FIRST, Some(1))
}

fn at(line: u32, character: u32) -> Position {
    Position { line, character }
}

/// `0:0-0:3`.
fn shown(range: Range) -> String {
    let Range { start, end } = range;
    format!("{}:{}-{}:{}", start.line, start.character, end.line, end.character)
}

fn batch(json: &Value) -> Arc<Batch> {
    Arc::new(Batch::from_json(json.to_string().as_bytes(), None).unwrap())
}

/// A replacement that expects what is never there.
fn wrong(line: usize) -> Value {
    json!({ "type": "replace", "line": line, "text": "new", "expect": "never there" })
}

/// A replacement that is all right.
fn right(line: usize) -> Value {
    json!({ "type": "replace", "line": line, "text": "new" })
}

fn on(uri: &str, patches: &[Value]) -> Value {
    json!({ "batchId": "b", "documents": [{ "uri": uri, "patches": patches }] })
}

impl Client {
    fn with(text: &str) -> Client {
        let texts = HashMap::from([(A, text.to_owned()), (B, text.to_owned())]);
        Client { texts, ..Client::default() }
    }

    fn snapshot(&self, uri: &str) -> Option<Snapshot> {
        self.texts.get(uri).map(|text| snapshot(text))
    }

    fn stage(&self, batch: &Batch) -> Result<StagedBatch, Box<Outcome>> {
        let limits = Limits { violations_told: 1000, ..Limits::default() };
        let encoding = batch.position_encoding.unwrap_or(UTF16);
        Engine::new(limits)
            .stage(batch, encoding, |document| Source::Text(self.snapshot(&document.uri).unwrap()))
            .map_err(|refusal| Box::new(refusal.outcome))
    }

    /// Sends a batch, and reports what became of it.
    fn send(&mut self, json: &Value) -> Vec<DocumentKey> {
        let batch = batch(json);
        let staged = self.stage(&batch);
        let outcome = match &staged {
            Ok(staged) => staged.outcome(),
            Err(outcome) => (**outcome).clone(),
        };
        let mut texts = Vec::new();
        for (index, document) in batch.documents.iter().enumerate() {
            let applied =
                staged.as_ref().ok().and_then(|staged| staged.documents()[index].staged.as_ref());
            let snapshot = match applied {
                Some(applied) => applied.after().clone(),
                None => self.snapshot(&document.uri).unwrap(),
            };
            if let Some(text) = self.texts.get_mut(document.uri.as_str()) {
                *text = snapshot.rope().to_string();
            }
            let (key, uri) = (key(&document.uri), document.uri.as_str().into());
            texts.push(Some(Reported { key, uri, snapshot, applied }));
        }
        self.diagnostics.report(&batch, &outcome, &texts, UTF16)
    }

    /// Puts `new` in the place of `old`, which stands there once.
    fn edit(&mut self, old: &str, new: &str) -> bool {
        let text = self.texts.get_mut(A).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {text:?}");
        let start = text.find(old).unwrap();
        self.splice(start, old.len(), new)
    }

    fn splice(&mut self, start: usize, old_len: usize, new: &str) -> bool {
        let text = self.texts.get_mut(A).unwrap();
        text.replace_range(start..start + old_len, new);
        self.diagnostics.text_changed(&key(A), start..start + old_len, new.len())
    }

    fn of(&self, uri: &str) -> Vec<Diagnostic> {
        self.diagnostics.of(&key(uri), &self.snapshot(uri).unwrap(), UTF16)
    }

    fn ranges(&self) -> Vec<String> {
        self.of(A).into_iter().map(|diagnostic| shown(diagnostic.range)).collect()
    }

    fn actions(&self, line: u32) -> Vec<Action> {
        let range = Range { start: at(line, 0), end: at(line, 0) };
        self.diagnostics.actions(&key(A), range, &self.snapshot(A).unwrap(), UTF16)
    }

    fn titles(&self, line: u32) -> Vec<String> {
        self.actions(line).into_iter().map(|action| action.title).collect()
    }

    fn resolve(&self, line: u32, title: &str) -> Option<ActionCommand> {
        let action = self.actions(line).into_iter().find(|action| action.title == title).unwrap();
        self.diagnostics.resolve(&action.id)
    }

    /// The batch that an action sends.
    fn sent(&self, line: u32, title: &str) -> Value {
        match self.resolve(line, title) {
            Some(ActionCommand::Apply(batch)) => serde_json::to_value(batch).unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

/// Five lines, the third of them with a diagnostic.
fn third_line_wrong() -> Client {
    let mut client = Client::with("one\ntwo\nthree\nfour\nfive\n");
    assert_eq!(client.send(&on(A, &[wrong(3)])), [key(A)]);
    assert_eq!(client.ranges(), ["2:0-2:5"]);
    client
}
