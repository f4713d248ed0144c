//! Between the oracle and the engine: the one knows nothing of the other, so
//! they meet in JSON. And between the simulated editor and the workspace.

use batchpatch::batch::{Batch, Outcome};
use batchpatch::engine::{Engine, Refusal, Source, StagedBatch};
use batchpatch::executor::Staged;
use batchpatch::text::{Position, PositionEncoding, Range, Revision, Snapshot};
use batchpatch::workspace::{ContentChange, Event};
use serde_json::{Value, json};

use crate::oracle::{Breach, Encoding, Expect, Patch};
use crate::simulated::{Change, Notification};

pub(crate) fn snapshot(text: &str) -> Snapshot {
    Snapshot::new(text.into(), Revision::FIRST, None)
}

pub(crate) fn encoding(encoding: Encoding) -> PositionEncoding {
    match encoding {
        Encoding::Utf8 => PositionEncoding::Utf8,
        Encoding::Utf16 => PositionEncoding::Utf16,
        Encoding::Utf32 => PositionEncoding::Utf32,
    }
}

/// The patch as a program would write it.
pub(crate) fn patch_json(patch: &Patch) -> Value {
    let lines_expect = |expect: &Option<Expect>| match expect {
        None => Value::Null,
        Some(Expect::Text(text)) => json!(text),
        Some(Expect::FirstLast(first, last)) => json!({ "first": first, "last": last }),
    };
    match patch {
        Patch::Replace { line, end_line, text, expect } => json!({
            "type": "replace", "line": line, "endLine": end_line, "text": text,
            "expect": lines_expect(expect),
        }),
        Patch::Insert { line, text, expect } => {
            json!({ "type": "insert", "line": line, "text": text, "expect": lines_expect(expect) })
        }
        Patch::Delete { line, end_line, expect } => json!({
            "type": "delete", "line": line, "endLine": end_line, "expect": lines_expect(expect),
        }),
        Patch::Edit { start, end, new_text, expect } => {
            let position = |(line, character): &(usize, usize)| json!({ "line": line, "character": character });
            json!({
                "type": "edit", "newText": new_text, "expect": expect,
                "range": { "start": position(start), "end": position(end) },
            })
        }
    }
}

pub(crate) fn batch(patches: &[Patch], policy: &str) -> Batch {
    let patches: Vec<Value> = patches.iter().map(patch_json).collect();
    let json = json!({ "uri": "test:text", "policy": policy, "patches": patches }).to_string();
    Batch::from_json(json.as_bytes(), None).expect("the oracle's patches are well formed")
}

pub(crate) fn stage(
    batch: &Batch,
    text: &Snapshot,
    encoding: PositionEncoding,
) -> Result<StagedBatch, Box<Refusal>> {
    Engine::default().stage(batch, encoding, |_| Source::Text(text.clone()))
}

/// The first document of a staged batch.
pub(crate) fn staged(batch: &StagedBatch) -> &Staged {
    batch.documents()[0].staged.as_ref().expect("the document has a text")
}

pub(crate) fn text_after(batch: &StagedBatch) -> String {
    staged(batch).after().rope().to_string()
}

/// What an outcome reports, in the oracle's words.
pub(crate) fn breaches(outcome: &Outcome) -> Vec<Breach> {
    let told = outcome.violations.iter().map(|violation| Breach {
        patch: violation.patch.expect("every violation here is a patch's"),
        law: violation.law.expect("every violation here is a law's").number(),
        code: violation.code.as_str(),
        conflicts_with: violation.conflicts_with,
    });
    told.collect()
}

/// What an editor tells, as the workspace is told of it.
pub(crate) fn event(notification: Notification) -> Event {
    let at = |(line, character)| Position { line, character };
    let change = |Change { range, text }| ContentChange {
        range: range.map(|(start, end)| Range { start: at(start), end: at(end) }),
        text,
    };
    match notification {
        Notification::Opened { uri, version, text } => Event::Opened { uri, version, text },
        Notification::Changed { uri, version, changes } => {
            Event::Changed { uri, version, changes: changes.into_iter().map(change).collect() }
        }
        Notification::Malformed { uri } => {
            Event::MalformedChange { uri, reason: "simulated".to_owned() }
        }
        Notification::Closed { uri } => Event::Closed { uri },
    }
}
