//! After thousands of batches the workspace remembers no more than it says.

use std::sync::Arc;

use batchpatch::batch::{Batch, Mode};
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{Position, PositionEncoding, Range};
use batchpatch::workspace::{
    Abilities, ContentChange, EditReply, Effect, Event, Files, KeptTexts, Submission, Target,
    Workspace,
};
use serde_json::json;

use batchpatch::batch::{Code, DocumentKey, Status};

const URI: &str = "file:///w/a.rs";
const BATCHES: usize = 3_000;

/// There are no files.
struct Nothing;

impl Files for Nothing {
    fn open_as(&mut self, _: &str) -> Option<DocumentKey> {
        None
    }

    fn read(&mut self, _: &str) -> Source {
        Source::Refused { code: Code::FileNotFound, message: String::new() }
    }
}

/// An editor that does what it is asked, and at once; and what became of the
/// batches.
fn carry_out(workspace: &mut Workspace, version: &mut i32, event: Event) -> Vec<Status> {
    let mut events = vec![event];
    let mut statuses = Vec::new();
    while let Some(event) = events.pop() {
        for effect in workspace.handle(event) {
            match effect {
                Effect::Stage(job) => {
                    let staging = job.run(&Engine::default(), &mut Nothing);
                    events.push(Event::Staged(Box::new(staging)));
                }
                Effect::Edit(edit) => {
                    let change = |edit: batchpatch::workspace::TextEdit| ContentChange {
                        range: Some(edit.range),
                        text: edit.new_text,
                    };
                    let edits = edit.documents.into_iter().flat_map(|document| document.edits);
                    let changes: Vec<_> = edits.map(change).collect();
                    *version += 1;
                    // The last one is handled first.
                    events.push(Event::Replied { ticket: edit.ticket, reply: EditReply::Applied });
                    let uri = URI.to_owned();
                    events.push(Event::Changed { uri, version: *version, changes });
                }
                Effect::Finish { report: Some(report), .. } => {
                    let conclusion = report.conclude();
                    statuses.push(conclusion.outcome.status);
                    events.push(Event::Concluded(Box::new(conclusion)));
                }
                _ => {}
            }
        }
    }
    statuses
}

#[test]
fn after_thousands_of_batches_two_hundred_are_remembered_and_none_is_under_way() {
    let abilities = Abilities { applies_edits: true, is_transactional: false };
    let mut workspace =
        Workspace::new(PositionEncoding::Utf16, KeptTexts::default()).with_abilities(abilities);
    let (mut version, text) = (1, "0\n1\n2\n".to_owned());
    workspace.handle(Event::Opened { uri: URI.to_owned(), version, text });
    for number in 0..BATCHES {
        let line = 1 + number % 3;
        let json = json!({
            "batchId": format!("b{number}"), "uri": URI,
            "patches": [{ "type": "replace", "line": line, "text": format!("{number}") }],
        });
        let batch = Arc::new(Batch::from_json(json.to_string().as_bytes(), None).unwrap());
        let ticket = workspace.next_ticket();
        let targets = vec![Target::At(URI.to_owned())];
        let encoding = PositionEncoding::Utf16;
        let submission = Submission { ticket, batch, encoding, targets, mode: Mode::Batch };
        let statuses = carry_out(&mut workspace, &mut version, Event::Submitted(submission));
        // The first ones write what is there.
        let is_there = number < 3;
        let expected = if is_there { Status::Noop } else { Status::Applied };
        assert_eq!(statuses, [expected], "b{number}");
        assert!(workspace.history().count() <= 200);
        assert_eq!(workspace.batches_under_way(), 0);
    }
    assert_eq!(workspace.history().count(), 200);
    let start = Position { line: 0, character: 0 };
    let range = Some(Range { start, end: start });
    let changes = vec![ContentChange { range, text: "typed\n".to_owned() }];
    workspace.handle(Event::Changed { uri: URI.to_owned(), version: version + 1, changes });
    version += 1;
    for _ in 0..200 {
        let ticket = workspace.next_ticket();
        let undo = Event::Undo { ticket, batch_id: None };
        let statuses = carry_out(&mut workspace, &mut version, undo);
        assert!(matches!(statuses[..], [Status::Applied | Status::Rejected]), "{statuses:?}");
        assert!(workspace.history().count() <= 200);
    }
    assert_eq!(workspace.batches_under_way(), 0);
    let text = workspace.document(URI).unwrap().snapshot().rope().to_string();
    assert!(text.starts_with("typed\n"), "{text}");
}
