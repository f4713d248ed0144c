//! What the user types while the patches go out.

use std::slice;

use batchpatch::batch::{Code, DocumentState, Mode, Status};
use batchpatch::text::{Position, Range};
use batchpatch::workspace::ContentChange;
use serde_json::json;

use super::world::{Act, World, apply};
use super::{ONE, THREE_LINES, replacing};

fn typed(line: u32, character: u32, text: &str) -> ContentChange {
    let at = Position { line, character };
    ContentChange { range: Some(Range { start: at, end: at }), text: text.to_owned() }
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
