//! The engine against the test suite's oracle, led by coverage.

#![no_main]

use batchpatch::batch::Batch;
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{PositionEncoding, Revision, Snapshot};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/suite/oracle.rs"]
pub mod oracle;

use oracle::{Encoding, Patch};

#[derive(Arbitrary, Debug)]
struct Input {
    text: String,
    encoding: u8,
    patches: Vec<Draft>,
}

#[derive(Arbitrary, Debug)]
enum Draft {
    Replace { line: u8, span: u8, text: String },
    Insert { line: u8, text: String },
    Delete { line: u8, span: u8 },
    Edit { start: (u8, u8), end: (u8, u8), text: String },
}

impl Draft {
    fn patch(&self) -> Patch {
        let expect = None;
        match self {
            Draft::Replace { line, span, text } => Patch::Replace {
                line: (*line).into(),
                end_line: usize::from(*line) + usize::from(*span % 4),
                text: text.clone(),
                expect,
            },
            Draft::Insert { line, text } => {
                Patch::Insert { line: (*line).into(), text: text.clone(), expect }
            }
            Draft::Delete { line, span } => Patch::Delete {
                line: (*line).into(),
                end_line: usize::from(*line) + usize::from(*span % 4),
                expect,
            },
            Draft::Edit { start, end, text } => {
                let (start, end) = (*start.min(end), *start.max(end));
                let position = |(line, column): (u8, u8)| (line.into(), column.into());
                Patch::Edit {
                    start: position(start),
                    end: position(end),
                    new_text: text.clone(),
                    expect: None,
                }
            }
        }
    }

    fn json(&self) -> serde_json::Value {
        match self.patch() {
            Patch::Replace { line, end_line, text, .. } => serde_json::json!(
                { "type": "replace", "line": line, "endLine": end_line, "text": text }),
            Patch::Insert { line, text, .. } => {
                serde_json::json!({ "type": "insert", "line": line, "text": text })
            }
            Patch::Delete { line, end_line, .. } => {
                serde_json::json!({ "type": "delete", "line": line, "endLine": end_line })
            }
            Patch::Edit { start, end, new_text, .. } => serde_json::json!({
                "type": "edit", "newText": new_text, "range": {
                    "start": { "line": start.0, "character": start.1 },
                    "end": { "line": end.0, "character": end.1 } } }),
        }
    }
}

fuzz_target!(|input: Input| {
    let (ours, theirs) = [
        (PositionEncoding::Utf8, Encoding::Utf8),
        (PositionEncoding::Utf16, Encoding::Utf16),
        (PositionEncoding::Utf32, Encoding::Utf32),
    ][usize::from(input.encoding % 3)];
    let drafts = &input.patches[..input.patches.len().min(12)];
    let patches: Vec<Patch> = drafts.iter().map(Draft::patch).collect();
    let listed: Vec<_> = drafts.iter().map(Draft::json).collect();
    let json = serde_json::json!({ "patches": listed }).to_string();
    let batch = Batch::from_json(json.as_bytes(), Some("-")).expect("it is well formed");
    let source =
        |_: &_| Source::Text(Snapshot::new(input.text.as_str().into(), Revision::FIRST, None));
    match (Engine::default().stage(&batch, ours, source), oracle::apply(&input.text, &patches, theirs)) {
        (Ok(staged), Ok(text)) => {
            let staged = staged.documents()[0].staged.as_ref().expect("it has a text");
            assert_eq!(staged.after().rope(), text.as_str());
            let inverse = staged.changes().invert(staged.before().rope()).expect("it fits");
            let back = inverse.apply(staged.after().rope()).expect("it fits");
            assert_eq!(back, *staged.before().rope());
        }
        (Err(refusal), Err(breaches)) => {
            let told = refusal.outcome.violations.iter();
            let told: Vec<_> = told.map(|v| (v.patch, v.code.as_str(), v.conflicts_with)).collect();
            let expected = breaches.iter().map(|b| (Some(b.patch), b.code, b.conflicts_with));
            assert_eq!(told, expected.collect::<Vec<_>>());
        }
        (ours, theirs) => panic!("the engine says {ours:?}, the oracle {theirs:?}"),
    }
});
