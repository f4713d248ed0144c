//! A batch in mode `sequential`: the same text in the end, by one confirmed edit
//! for each patch, and a true account of where it stopped.

mod typing;
mod world;

use std::sync::Arc;

use batchpatch::batch::{Batch, Code, DocumentState, Mode, Status};
use batchpatch::engine::{Engine, Source};
use batchpatch::text::PositionEncoding;
use batchpatch::workspace::{Effect, Event, Submission, Target, WorkspaceEdit};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::counts::runner;
use crate::{bridge, generate, oracle};

use world::{Act, World};

const ONE: &str = "file:///w/one.rs";
const TWO: &str = "file:///w/two.rs";

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
