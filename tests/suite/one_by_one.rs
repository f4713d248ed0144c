//! A batch in mode `sequential`: the same text in the end, by one confirmed edit
//! for each patch, and a true account of where it stopped.

use std::slice;
use std::sync::Arc;

use batchpatch::batch::{Batch, Code, DocumentKey, DocumentState, Mode, Outcome, Status};
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{Position, PositionEncoding, Range, Revision, Snapshot};
use batchpatch::workspace::{
    Abilities, ContentChange, DocumentEdit, EditReply, Effect, Event, Files, KeptTexts, Submission,
    Target, Workspace, WorkspaceEdit,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::counts::runner;
use crate::oracle::{self, Encoding};
use crate::simulated::offset;
use crate::{bridge, generate};

const ONE: &str = "file:///w/one.rs";
const TWO: &str = "file:///w/two.rs";

/// What the editor does with an edit that it is asked for.
#[derive(Clone, Debug)]
enum Act {
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
struct World {
    workspace: Workspace,
    documents: Vec<Held>,
    edits: Vec<WorkspaceEdit>,
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

fn apply(text: &mut String, change: &ContentChange) {
    match change.range {
        None => text.clone_from(&change.text),
        Some(Range { start, end }) => {
            text.replace_range(place(text, start)..place(text, end), &change.text);
        }
    }
}

impl World {
    fn of(documents: &[(&'static str, &str)]) -> World {
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

    fn submit(&mut self, batch: &Value, mode: Mode, acts: &[Act]) -> Outcome {
        let batch = Batch::from_json(batch.to_string().as_bytes(), None).unwrap();
        self.submit_batch(batch, mode, acts)
    }

    /// The batch, the editor doing as `acts` say, and then as it is asked.
    fn submit_batch(&mut self, mut batch: Batch, mode: Mode, acts: &[Act]) -> Outcome {
        let ticket = self.workspace.next_ticket();
        batch.batch_id.get_or_insert_with(|| ticket.to_string());
        let targets = batch.documents.iter().map(|it| Target::At(it.uri.clone())).collect();
        let encoding = PositionEncoding::Utf16;
        let batch = Arc::new(batch);
        self.live(Event::Submitted(Submission { ticket, batch, encoding, targets, mode }), acts)
    }

    fn undo(&mut self) -> Outcome {
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
        let change = |edit: &batchpatch::workspace::TextEdit| ContentChange {
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

    fn text(&self, uri: &str) -> &str {
        &self.documents.iter().find(|it| it.uri == uri).unwrap().text
    }

    fn revision(&self, uri: &str) -> u64 {
        self.workspace.document(uri).unwrap().snapshot().revision().number()
    }
}

fn typed(line: u32, character: u32, text: &str) -> ContentChange {
    let at = Position { line, character };
    ContentChange { range: Some(Range { start: at, end: at }), text: text.to_owned() }
}

fn replacing(lines: &[u32]) -> Vec<Value> {
    let replace = |line| json!({ "type": "replace", "line": line, "text": format!("new {line}") });
    lines.iter().map(replace).collect()
}

/// The text with this terminator for every other one.
fn ended_by(terminator: &str, text: &str) -> String {
    let line = |(content, ended): (String, String)| {
        if ended.is_empty() { content } else { content + terminator }
    };
    oracle::lines(text).into_iter().map(line).collect()
}

fn two_documents() -> Value {
    json!({ "batchId": "two", "documents": [
        { "uri": ONE, "patches": replacing(&[1, 3, 2]) },
        { "uri": TWO, "patches": replacing(&[2]) },
    ] })
}

const THREE_LINES: &str = "a\nb\nc\n";

#[test]
fn the_steps_make_the_text_that_the_batch_makes_to_the_byte() {
    runner("batches and their steps", 2_000, 200_000)
        .run(&(generate::batch(), generate::encoding()), |((text, patches), encoding)| {
            let batch = bridge::batch(&patches, "bestEffort");
            let snapshot = bridge::snapshot(&text);
            let engine = Engine::default().one_by_one();
            let source = |_: &_| Source::Text(snapshot.clone());
            let Ok(staged) = engine.stage(&batch, bridge::encoding(encoding), source) else {
                return Ok(());
            };
            let document = &staged.documents()[0];
            let mut made = text.clone();
            for step in &document.steps {
                made.replace_range(step.span.clone(), &step.text);
            }
            prop_assert_eq!(made, bridge::text_after(&staged));
            prop_assert_eq!(document.steps.len(), document.patches);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_valid_batch_leaves_the_same_text_in_both_modes() {
    let documents = (generate::batch(), generate::batch(), any::<bool>());
    runner("batches in both modes", 2_000, 200_000)
        .run(&documents, |((one, patches), (two, more), is_crlf)| {
            // Where lines end in several ways, editors have ways of their own.
            let terminator = if is_crlf { "\r\n" } else { "\n" };
            let [one, two] = [one, two].map(|text| ended_by(terminator, &text));
            let mut batch = bridge::batch(&patches, "bestEffort");
            batch.documents.extend(bridge::batch(&more, "bestEffort").documents);
            batch.documents[0].uri = ONE.to_owned();
            batch.documents[1].uri = TWO.to_owned();
            let [mut together, mut one_by_one] =
                [0, 1].map(|_| World::of(&[(ONE, &one), (TWO, &two)]));
            let expected = together.submit_batch(batch.clone(), Mode::Batch, &[]);
            let outcome = one_by_one.submit_batch(batch, Mode::Sequential, &[]);
            prop_assert_eq!(outcome.mode, Mode::Sequential);
            prop_assert_eq!(outcome.status, expected.status, "{:?}", outcome);
            for (uri, index) in [(ONE, 0), (TWO, 1)] {
                prop_assert_eq!(one_by_one.text(uri), together.text(uri));
                let (document, expected) = (&outcome.documents[index], &expected.documents[index]);
                prop_assert_eq!(document.state, expected.state);
                prop_assert_eq!(document.patches, expected.patches);
                prop_assert_eq!(&document.changed, &expected.changed);
                prop_assert!(document.not_applied.is_empty());
                let asked = |it: &&WorkspaceEdit| it.documents[0].uri == uri;
                let edits = u64::try_from(one_by_one.edits.iter().filter(asked).count()).unwrap();
                prop_assert_eq!(one_by_one.revision(uri), 1 + edits, "law 6");
            }
            prop_assert_eq!(&outcome.violations, &expected.violations);
            if outcome.status == Status::Applied {
                prop_assert_eq!(one_by_one.workspace.history().count(), 1);
                prop_assert_eq!(one_by_one.undo().status, together.undo().status);
                prop_assert_eq!(one_by_one.text(ONE), together.text(ONE));
                prop_assert_eq!(one_by_one.text(TWO), together.text(TWO));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn patches_go_from_the_end_to_the_start_each_as_an_edit_of_its_own() {
    let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
    let outcome = world.submit(&two_documents(), Mode::Sequential, &[]);
    assert_eq!((outcome.status, outcome.mode), (Status::Applied, Mode::Sequential));
    let line = |edit: &WorkspaceEdit| edit.documents[0].edits[0].range.start.line;
    assert_eq!(world.edits.iter().map(line).collect::<Vec<_>>(), [2, 1, 0, 1]);
    assert_eq!(world.text(ONE), "new 1\nnew 2\nnew 3\n");
    assert_eq!(outcome.documents[0].to_revision.as_deref(), Some("v4"));
    assert_eq!(outcome.documents[0].version, Some(4));
    assert!(outcome.warnings[0].contains("one patch after the other"), "{:?}", outcome.warnings);
}

#[test]
fn a_batch_that_breaks_a_law_is_refused_before_the_first_edit() {
    let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
    let mut batch = two_documents();
    batch["documents"][1]["patches"] = json!(replacing(&[2, 2]));
    let outcome = world.submit(&batch, Mode::Sequential, &[]);
    assert_eq!((outcome.status, outcome.mode), (Status::Rejected, Mode::Sequential));
    assert_eq!(outcome.violations[0].code, Code::LineNamedTwice);
    assert_eq!(world.edits.len(), 0);
}

#[test]
fn the_first_failure_stops_it_and_the_outcome_tells_what_was_applied() {
    for failing in [Act::Refuse, Act::SayTrueAndDoNothing] {
        let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
        let outcome = world.submit(&two_documents(), Mode::Sequential, &[Act::Apply, failing]);
        assert_eq!(outcome.status, Status::Failed);
        assert_eq!(world.text(ONE), "a\nb\nnew 3\n");
        assert_eq!(world.text(TWO), THREE_LINES);
        let [one, two] = outcome.documents.as_slice() else { panic!("{outcome:?}") };
        assert_eq!((one.state, one.patches), (DocumentState::Other, 1));
        assert_eq!((&one.not_applied[..], &one.changed[..]), (&[2, 0][..], &[[3, 3]][..]));
        assert_eq!(one.to_revision.as_deref(), Some("v2"));
        assert_eq!(one.snapshot, Some(world.workspace.document(ONE).unwrap().snapshot().token()));
        assert_eq!((two.state, two.patches), (DocumentState::Before, 0));
        assert!(outcome.warnings.iter().any(|it| it.contains("half-way")), "{outcome:?}");
        assert_eq!(world.edits.len(), 2, "nothing is sent behind it");
        // One undo takes back what there is.
        assert_eq!(world.undo().status, Status::Applied);
        assert_eq!(world.text(ONE), THREE_LINES);
    }
}

#[test]
fn a_first_patch_that_is_refused_leaves_nothing_behind() {
    let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
    let outcome = world.submit(&two_documents(), Mode::Sequential, &[Act::Refuse]);
    assert_eq!(outcome.status, Status::Failed);
    assert!(outcome.documents.iter().all(|it| it.state == DocumentState::Before), "{outcome:?}");
    assert_eq!(world.workspace.history().count(), 0);
    // So the same batch may be sent again.
    let again = world.submit(&two_documents(), Mode::Sequential, &[]);
    assert_eq!((again.status, again.replayed), (Status::Applied, false));
}

#[test]
fn an_editor_that_does_not_answer_ends_it() {
    let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
    let outcome = world.submit(&two_documents(), Mode::Sequential, &[Act::Apply, Act::NeverAnswer]);
    assert_eq!(outcome.status, Status::Failed);
    assert_eq!(outcome.documents[0].state, DocumentState::Unknown);
    assert_eq!(world.edits.len(), 2);
}

#[test]
fn another_text_than_was_asked_for_ends_it_and_the_text_from_before_is_kept() {
    let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
    let outcome = world.submit(&two_documents(), Mode::Sequential, &[Act::Apply, Act::Scramble]);
    assert_eq!(outcome.status, Status::Failed);
    let one = &outcome.documents[0];
    assert_eq!((one.state, one.patches), (DocumentState::Other, 0));
    assert!(outcome.violations.iter().any(|it| it.code == Code::OtherText), "{outcome:?}");
    let entry = world.workspace.history().next().unwrap();
    assert_eq!(entry.documents[0].text_before.as_ref().unwrap(), THREE_LINES);
}

#[test]
fn typing_elsewhere_between_two_patches_does_not_stop_it() {
    let text = "a\nb\nc\nd\ne\n";
    let batch = json!({ "uri": ONE, "patches": replacing(&[1, 3, 5]) });
    for (act, expected) in [
        (Act::TypedAfter(typed(1, 1, "ee")), "new 1\nbee\nnew 3\nd\nnew 5\n"),
        (Act::TypedAfter(typed(3, 0, "more\n")), "new 1\nb\nnew 3\nmore\nd\nnew 5\n"),
        (Act::TypedAfter(typed(1, 0, "more\n")), "new 1\nmore\nb\nnew 3\nd\nnew 5\n"),
    ] {
        let mut world = World::of(&[(ONE, text)]);
        let outcome = world.submit(&batch, Mode::Sequential, slice::from_ref(&act));
        assert_eq!(outcome.status, Status::Applied, "{act:?}: {outcome:?}");
        assert_eq!(world.text(ONE), expected);
        assert_eq!(world.undo().status, Status::Applied);
        let Act::TypedAfter(typing) = act else { panic!() };
        let mut typed_only = text.to_owned();
        apply(&mut typed_only, &typing);
        assert_eq!(world.text(ONE), typed_only, "what was typed stays");
    }
}

#[test]
fn typing_before_a_later_patch_has_it_tried_again() {
    let batch = json!({ "uri": ONE, "patches": replacing(&[1, 3]) });
    let mut world = World::of(&[(ONE, THREE_LINES)]);
    let acts = [Act::Apply, Act::TypedBefore(typed(1, 0, "more\n"))];
    let outcome = world.submit(&batch, Mode::Sequential, &acts);
    // It adjoins the line that comes next, so it may be half of the edit.
    assert_eq!(outcome.status, Status::Failed);
    assert_eq!(outcome.documents[0].state, DocumentState::Other);

    let text = "a\nb\nc\nd\ne\n";
    let batch = json!({ "uri": ONE, "patches": replacing(&[1, 5]) });
    let mut world = World::of(&[(ONE, text)]);
    let acts = [Act::Apply, Act::TypedBefore(typed(2, 1, "c"))];
    let outcome = world.submit(&batch, Mode::Sequential, &acts);
    assert_eq!(outcome.status, Status::Applied, "{outcome:?}");
    assert_eq!(world.text(ONE), "new 1\nb\ncc\nd\nnew 5\n");
}

#[test]
fn typing_in_a_line_of_the_batch_between_two_patches_stops_it() {
    let text = "a\nb\nc\nd\ne\n";
    let batch = json!({ "uri": ONE, "patches": replacing(&[1, 3, 5]) });
    for (typing, is_applied) in
        [(typed(2, 1, "!"), 1), (typed(4, 0, "!"), 1), (typed(0, 0, "!"), 2)]
    {
        let mut world = World::of(&[(ONE, text)]);
        let acts = [Act::TypedAfter(typing)];
        let outcome = world.submit(&batch, Mode::Sequential, &acts);
        assert_eq!(outcome.status, Status::Failed, "{outcome:?}");
        assert_eq!(outcome.documents[0].patches, is_applied);
        let violation = &outcome.violations[0];
        assert_eq!(violation.code, Code::StaleSnapshot);
        assert_eq!(violation.patch, Some(2 - is_applied));
        assert_eq!(world.edits.len(), is_applied);
    }
}

#[test]
fn a_patch_is_tried_again_three_times_and_then_it_stops() {
    let text = "a\nb\nc\nd\ne\n";
    let batch = json!({ "uri": ONE, "patches": replacing(&[1, 5]) });
    for (times, status) in [(3, Status::Applied), (4, Status::Failed)] {
        let mut world = World::of(&[(ONE, text)]);
        let mut acts = vec![Act::Apply];
        acts.extend(std::iter::repeat_n(Act::TypedBefore(typed(2, 1, "c")), times));
        let outcome = world.submit(&batch, Mode::Sequential, &acts);
        assert_eq!(outcome.status, status, "{outcome:?}");
    }
}

#[test]
fn typing_elsewhere_in_the_line_of_the_next_patch_stops_it() {
    let batch = json!({ "uri": ONE, "patches": [
        { "type": "replace", "line": 3, "text": "C" },
        { "type": "edit", "newText": "x", "range": {
            "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } } },
    ] });
    let mut world = World::of(&[(ONE, "some words\nb\nc\n")]);
    let outcome = world.submit(&batch, Mode::Sequential, &[Act::TypedAfter(typed(0, 7, "!"))]);
    assert_eq!(outcome.status, Status::Failed, "{outcome:?}");
    assert_eq!(outcome.documents[0].not_applied, [1]);
}

#[test]
fn typing_before_the_first_patch_is_what_it_is_for_any_batch() {
    let batch = json!({ "uri": ONE, "onStale": "reject", "patches": replacing(&[1]) });
    let mut world = World::of(&[(ONE, "a\nb\nc\nd\n")]);
    let acts = [Act::TypedBefore(typed(3, 0, "!"))];
    let outcome = world.submit(&batch, Mode::Sequential, &acts);
    assert_eq!(outcome.status, Status::Rejected);
    assert_eq!(outcome.violations[0].code, Code::StaleSnapshot);

    let batch = json!({ "uri": ONE, "onStale": "rebase", "patches": replacing(&[1]) });
    let outcome = world.submit(&batch, Mode::Sequential, &[Act::TypedBefore(typed(3, 0, "!"))]);
    assert_eq!(outcome.status, Status::Applied);
    assert_eq!(world.text(ONE), "new 1\nb\nc\n!!d\n");
}

#[test]
fn a_document_that_is_closed_between_two_patches_ends_it() {
    let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
    let outcome = world.submit(&two_documents(), Mode::Sequential, &[Act::ApplyAndClose]);
    assert_eq!(outcome.status, Status::Failed);
    assert_eq!(outcome.violations[0].code, Code::OutOfSync);
    assert_eq!(outcome.documents[0].not_applied, [2, 0]);
}

#[test]
fn an_editor_that_ends_each_text_with_a_terminator_is_followed() {
    let batch = json!({ "uri": ONE, "patches": [
        { "type": "replace", "line": 1, "text": "A" },
        { "type": "replace", "line": 2, "text": "B" },
        { "type": "insert", "line": 3, "text": "C" },
    ] });
    let mut world = World::of(&[(ONE, "a\nb")]);
    let acts = [Act::EndWithTerminator, Act::EndWithTerminator, Act::EndWithTerminator];
    let outcome = world.submit(&batch, Mode::Sequential, &acts);
    assert_eq!(outcome.status, Status::Applied, "{outcome:?}");
    assert_eq!(world.text(ONE), "A\nB\nC\n");
    assert!(outcome.warnings.iter().any(|it| it.contains("line ends")), "{outcome:?}");
    assert_eq!(world.undo().status, Status::Applied);
    assert_eq!(world.text(ONE).trim_end(), "a\nb");
}

#[test]
fn a_file_that_the_editor_does_not_tell_of_is_applied_and_not_confirmed() {
    let mut world = World::of(&[]);
    let batch = json!({ "uri": TWO, "patches": [
        { "type": "replace", "line": 1, "text": "x" },
        { "type": "insert", "line": 2, "text": "y" },
    ] });
    let outcome = world.submit(&batch, Mode::Sequential, &[]);
    assert_eq!(outcome.status, Status::Applied, "{outcome:?}");
    let document = &outcome.documents[0];
    assert_eq!((document.state, document.confirmed), (DocumentState::Unknown, Some(false)));
    assert_eq!((document.patches, world.edits.len()), (2, 2));
}

#[test]
fn a_batch_that_is_sent_again_is_not_carried_out_twice() {
    let mut world = World::of(&[(ONE, THREE_LINES), (TWO, THREE_LINES)]);
    world.submit(&two_documents(), Mode::Sequential, &[]);
    let ticket = world.workspace.next_ticket();
    let json = two_documents().to_string();
    let batch = Arc::new(Batch::from_json(json.as_bytes(), None).unwrap());
    let targets = vec![Target::At(ONE.to_owned()), Target::At(TWO.to_owned())];
    let (encoding, mode) = (PositionEncoding::Utf16, Mode::Batch);
    let submission = Submission { ticket, batch, encoding, targets, mode };
    let effects = world.workspace.handle(Event::Submitted(submission));
    assert!(matches!(effects.as_slice(), [Effect::Replay { .. }]), "{effects:?}");
}
