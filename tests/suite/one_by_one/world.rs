//! An editor that does with each edit as a test has it, and a workspace.

use std::sync::Arc;

use batchpatch::batch::{Batch, DocumentKey, Mode, Outcome};
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{Position, PositionEncoding, Range, Revision, Snapshot};
use batchpatch::workspace::{
    Abilities, ContentChange, DocumentEdit, EditReply, Effect, Event, Files, KeptTexts, Submission,
    Target, TextEdit, Workspace, WorkspaceEdit,
};
use serde_json::Value;

use crate::oracle::Encoding;
use crate::simulated::offset;

/// What the editor does with an edit that it is asked for.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Apply,
    Refuse,
    SayTrueAndDoNothing,
    NeverAnswer,
    /// And leave a text that nobody asked for.
    Scramble,
    /// The user typed first: it is refused, because the version is another.
    TypedBefore(ContentChange),
    /// It is applied, and the user types before the next.
    TypedAfter(ContentChange),
    ApplyAndClose,
    /// It is applied, and told with a final terminator.
    EndWithTerminator,
}

struct Held {
    uri: &'static str,
    text: String,
    version: i32,
}

/// An editor with documents, and the workspace that it talks to.
pub(super) struct World {
    pub(super) workspace: Workspace,
    documents: Vec<Held>,
    pub(super) edits: Vec<WorkspaceEdit>,
}

/// The text of a file that the editor does not have open.
struct Disk(&'static str);

impl Files for Disk {
    fn open_as(&mut self, _: &str) -> Option<DocumentKey> {
        None
    }

    fn read(&mut self, _: &str) -> Source {
        Source::Text(Snapshot::new(self.0.into(), Revision::FIRST, None))
    }
}

fn place(text: &str, Position { line, character }: Position) -> usize {
    offset(text, (line, character), Encoding::Utf16)
}

pub(super) fn apply(text: &mut String, change: &ContentChange) {
    match change.range {
        None => text.clone_from(&change.text),
        Some(Range { start, end }) => {
            text.replace_range(place(text, start)..place(text, end), &change.text);
        }
    }
}

impl World {
    pub(super) fn of(documents: &[(&'static str, &str)]) -> World {
        let abilities = Abilities { applies_edits: true, is_transactional: false };
        let mut workspace =
            Workspace::new(PositionEncoding::Utf16, KeptTexts::default()).with_abilities(abilities);
        for (uri, text) in documents {
            let (uri, text) = ((*uri).to_owned(), (*text).to_owned());
            workspace.handle(Event::Opened { uri, version: 1, text });
        }
        let held = |(uri, text): &(&'static str, &str)| {
            let (uri, text) = (*uri, (*text).to_owned());
            Held { uri, text, version: 1 }
        };
        World { workspace, documents: documents.iter().map(held).collect(), edits: Vec::new() }
    }

    pub(super) fn submit(&mut self, batch: &Value, mode: Mode, acts: &[Act]) -> Outcome {
        let batch = Batch::from_json(batch.to_string().as_bytes(), None).unwrap();
        self.submit_batch(batch, mode, acts)
    }

    /// The batch, the editor doing as `acts` say, and then as it is asked.
    pub(super) fn submit_batch(&mut self, mut batch: Batch, mode: Mode, acts: &[Act]) -> Outcome {
        let ticket = self.workspace.next_ticket();
        batch.batch_id.get_or_insert_with(|| ticket.to_string());
        let targets = batch.documents.iter().map(|it| Target::At(it.uri.clone())).collect();
        let encoding = PositionEncoding::Utf16;
        let batch = Arc::new(batch);
        self.live(Event::Submitted(Submission { ticket, batch, encoding, targets, mode }), acts)
    }

    pub(super) fn undo(&mut self) -> Outcome {
        let ticket = self.workspace.next_ticket();
        self.live(Event::Undo { ticket, batch_id: None }, &[])
    }

    fn live(&mut self, event: Event, acts: &[Act]) -> Outcome {
        let mut acts = acts.iter().cloned();
        let mut events = vec![event];
        let mut outcome = None;
        while let Some(event) = events.pop() {
            let mut deadlines = Vec::new();
            for effect in self.workspace.handle(event) {
                match effect {
                    Effect::Stage(job) => {
                        let staging = job.run(&Engine::default(), &mut Disk("file\n"));
                        events.push(Event::Staged(Box::new(staging)));
                    }
                    Effect::Edit(edit) => {
                        let answers = self.carry_out(&edit, acts.next().unwrap_or(Act::Apply));
                        events.extend(answers.into_iter().rev());
                        self.edits.push(edit);
                    }
                    Effect::Arm { deadline, .. } => deadlines.push(deadline),
                    Effect::Finish { report: Some(report), .. } => {
                        let conclusion = report.conclude();
                        outcome = Some(conclusion.outcome.clone());
                        events.push(Event::Concluded(Box::new(conclusion)));
                    }
                    _ => {}
                }
            }
            // Time passes when nothing else happens.
            if events.is_empty() {
                events.extend(deadlines.into_iter().map(Event::Elapsed));
            }
        }
        outcome.expect("the batch ends")
    }

    fn carry_out(&mut self, edit: &WorkspaceEdit, act: Act) -> Vec<Event> {
        let replied = |reply| Event::Replied { ticket: edit.ticket, reply };
        let refused = || replied(EditReply::Refused { reason: None });
        let [document] = edit.documents.as_slice() else {
            assert!(matches!(act, Act::Apply), "only batches have several documents");
            let alone = |document: &DocumentEdit| WorkspaceEdit {
                documents: vec![document.clone()],
                ..edit.clone()
            };
            let each = edit.documents.iter().map(alone);
            let told = each.flat_map(|edit| self.carry_out(&edit, Act::Apply).into_iter().take(1));
            return told
                .collect::<Vec<_>>()
                .into_iter()
                .chain([replied(EditReply::Applied)])
                .collect();
        };
        let Some(held) = self.documents.iter_mut().find(|it| it.uri == document.uri) else {
            assert_eq!(document.version, None);
            return vec![replied(EditReply::Applied)];
        };
        let change = |edit: &TextEdit| ContentChange {
            range: Some(edit.range),
            text: edit.new_text.clone(),
        };
        let mut asked: Vec<_> = document.edits.iter().map(change).collect();
        let tell = |held: &mut Held, changes: Vec<ContentChange>| {
            for change in &changes {
                apply(&mut held.text, change);
            }
            held.version += 1;
            Event::Changed { uri: held.uri.to_owned(), version: held.version, changes }
        };
        let is_current = document.version == Some(held.version);
        match act {
            Act::Refuse => vec![refused()],
            Act::NeverAnswer => Vec::new(),
            Act::SayTrueAndDoNothing => vec![replied(EditReply::Applied)],
            Act::TypedBefore(typed) => vec![tell(held, vec![typed]), refused()],
            _ if !is_current => vec![refused()],
            Act::Apply => vec![tell(held, asked), replied(EditReply::Applied)],
            Act::Scramble => {
                let scrambled = vec![ContentChange { range: None, text: "?".to_owned() }];
                vec![tell(held, scrambled), replied(EditReply::Applied)]
            }
            Act::TypedAfter(typed) => {
                asked.push(typed);
                vec![tell(held, asked), replied(EditReply::Applied)]
            }
            Act::ApplyAndClose => vec![
                tell(held, asked),
                Event::Closed { uri: held.uri.to_owned() },
                replied(EditReply::Applied),
            ],
            Act::EndWithTerminator => {
                let mut text = held.text.clone();
                for change in &asked {
                    apply(&mut text, change);
                }
                if !text.ends_with('\n') {
                    text.push('\n');
                }
                let whole = vec![ContentChange { range: None, text }];
                vec![tell(held, whole), replied(EditReply::Applied)]
            }
        }
    }

    pub(super) fn text(&self, uri: &str) -> &str {
        &self.documents.iter().find(|it| it.uri == uri).unwrap().text
    }

    pub(super) fn revision(&self, uri: &str) -> u64 {
        self.workspace.document(uri).unwrap().snapshot().revision().number()
    }
}
