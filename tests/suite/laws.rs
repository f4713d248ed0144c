//! Each law's guard, and what happens when one of ours is broken.

use batchpatch::batch::{Batch, Status};
use batchpatch::change::{Builder, ChangeSet};
use batchpatch::engine::{Engine, Source};
use batchpatch::executor;
use batchpatch::invariants::{self, Law};
use batchpatch::text::{PositionEncoding, Revision, Snapshot};

use crate::bridge;

#[test]
fn law_1_a_line_patch_names_lines_that_exist() {
    assert!(invariants::lines_in_document(1, 1, 1));
    assert!(invariants::lines_in_document(2, 5, 5));
    assert!(!invariants::lines_in_document(0, 1, 5));
    assert!(!invariants::lines_in_document(5, 6, 5));
    assert!(!invariants::lines_in_document(1, 1, 0));
    assert!(!invariants::lines_in_document(3, 2, 5));
}

#[test]
fn law_1_a_version_is_the_open_documents() {
    let open = Snapshot::new("a\n".into(), Revision::FIRST, Some(3));
    for (version, message) in
        [(3, None), (4, Some("the batch names version 4, the document is at version 3"))]
    {
        let json = format!(
            r#"{{"uri":"u","version":{version},"patches":[{{"type":"delete","line":1}}]}}"#
        );
        let batch = Batch::from_json(json.as_bytes(), None).unwrap();
        let told = bridge::stage(&batch, &open, PositionEncoding::Utf16)
            .err()
            .map(|refusal| refusal.outcome.violations[0].message.clone());
        match message {
            None => assert_eq!(told, None),
            Some(message) => assert!(told.is_some_and(|told| told.ends_with(message))),
        }
    }
}

#[test]
fn law_2_a_change_ends_where_the_one_executed_before_it_begins() {
    assert!(invariants::descending(&(3..5), 5).is_ok());
    assert!(invariants::descending(&(5..5), 5).is_ok());
    let fault = invariants::descending(&(3..6), 5).unwrap_err();
    assert_eq!(fault.law, Law::DescendingOrder);
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is refused")]
    invariants::descending(&(4..3), 5).unwrap_err();
}

#[test]
fn law_3_staging_leaves_the_snapshot_as_it_is() {
    let snapshot = bridge::snapshot("a\nb\n");
    let (token, text) = (snapshot.token(), snapshot.rope().clone());
    let mut changes = Builder::new(4);
    changes.replace(0..4, "something else entirely").unwrap();
    let staged = executor::stage(snapshot.clone(), changes.finish()).unwrap();
    assert_eq!((snapshot.token(), snapshot.rope()), (token, &text));
    assert_eq!(staged.before().token(), token);
}

#[test]
fn law_4_an_insert_names_a_line_or_the_place_behind_the_last() {
    assert!(invariants::insert_in_bounds(1, 0));
    assert!(invariants::insert_in_bounds(6, 5));
    assert!(!invariants::insert_in_bounds(0, 5));
    assert!(!invariants::insert_in_bounds(7, 5));
}

#[test]
fn law_5_closed_intervals_that_share_a_point_are_not_independent() {
    assert!(invariants::independent([(1, 1), (2, 4), (5, 5)]));
    assert!(invariants::independent::<u8>([]));
    assert!(!invariants::independent([(1, 2), (2, 3)]));
    assert!(!invariants::independent([(1, 1), (1, 1)]));
}

#[test]
fn law_6_a_change_is_one_step() {
    assert!(invariants::one_step(1, 2).is_ok());
    for to in [1, 3, 0] {
        assert_eq!(invariants::one_step(1, to).unwrap_err().law, Law::RevisionIncrement);
    }
    assert!(invariants::one_step(u64::MAX, 0).is_err());
}

#[test]
fn law_7_a_size_is_the_one_that_was_computed() {
    assert!(invariants::fixed_size(3, 3).is_ok());
    let fault = invariants::fixed_size(3, 4).unwrap_err();
    assert_eq!(fault.law, Law::FixedSnapshotSize);
    assert_eq!(fault.to_string(), "fault: law 7 is broken: 3 bytes were computed, 4 were found");
}

#[test]
fn law_7_changes_for_another_text_are_a_fault() {
    let fault = executor::stage(bridge::snapshot("abc"), ChangeSet::identity(4)).unwrap_err();
    assert_eq!(fault.law, Law::FixedSnapshotSize);
}

#[test]
fn law_7_changes_that_cut_a_character_are_a_fault() {
    let mut changes = Builder::new("😀".len());
    changes.replace(1..2, "").unwrap();
    let fault = executor::stage(bridge::snapshot("😀"), changes.finish()).unwrap_err();
    assert_eq!(fault.law, Law::FixedSnapshotSize);
}

#[test]
fn law_6_a_rejected_or_empty_batch_is_no_revision() {
    for (patches, status) in [
        (r"[]", Status::Noop),
        (r#"[{"type":"replace","line":1,"text":"a"}]"#, Status::Noop),
        (r#"[{"type":"delete","line":9}]"#, Status::Rejected),
    ] {
        let json = format!(r#"{{"uri":"u","patches":{patches}}}"#);
        let batch = Batch::from_json(json.as_bytes(), None).unwrap();
        let text = Snapshot::new("a\n".into(), Revision::new(7), None);
        let outcome = match bridge::stage(&batch, &text, PositionEncoding::Utf16) {
            Ok(staged) => staged.outcome(),
            Err(refusal) => refusal.outcome,
        };
        assert_eq!(outcome.status, status);
        assert_eq!(outcome.documents[0].to_revision.as_deref(), Some("v7"));
    }
}

/// A document at the last revision that there is cannot take a step, which is
/// the one fault that a caller can bring about from outside.
#[test]
fn a_fault_refuses_the_batch_and_changes_nothing() {
    let last = Snapshot::new("a\n".into(), Revision::new(u64::MAX), None);
    let json = br#"{"batchId":"k","uri":"u","patches":[{"type":"delete","line":1}]}"#;
    let batch = Batch::from_json(json, None).unwrap();
    let refusal = Engine::default()
        .stage(&batch, PositionEncoding::Utf16, |_| Source::Text(last.clone()))
        .unwrap_err();
    assert_eq!(refusal.fault.map(|fault| fault.law), Some(Law::RevisionIncrement));
    assert_eq!(refusal.outcome.status, Status::Failed);
    assert_eq!(refusal.outcome.violations, []);
    assert_eq!(refusal.outcome.warnings.len(), 1);
    assert_eq!(
        refusal.outcome.documents[0].to_revision,
        refusal.outcome.documents[0].from_revision
    );
}
