//! The engine against an oracle on plain strings that shares no code with it.

use batchpatch::change::ChangeSet;
use batchpatch::text::{Revision, Snapshot};
use proptest::prelude::*;

use crate::counts::runner;
use crate::oracle::{self, Breach, Encoding, Patch};
use crate::{bridge, generate};

const BOM: char = '\u{feff}';

/// What must hold of a staged text, whatever the batch.
fn check_invariants(before: &Snapshot, text: &str, staged: &batchpatch::executor::Staged) {
    let (after, changes) = (staged.after(), staged.changes());
    after.rope().assert_integrity();
    after.rope().assert_invariants();
    assert_eq!(before.rope(), text, "law 3: the snapshot is as it was");
    assert_eq!(changes.len_before(), text.len(), "law 7");
    assert_eq!(changes.len_after(), after.len_bytes(), "law 7");
    let steps = u64::from(staged.is_changed());
    assert_eq!(after.revision().number(), before.revision().number() + steps, "law 6");
    assert_eq!(staged.is_changed(), before.rope() != after.rope());
    let spans: Vec<_> = changes.descending().map(|change| change.span).collect();
    assert!(spans.is_sorted_by(|next, executed| executed.end < next.start), "law 2");
    let result = after.rope().to_string();
    assert_eq!(after.line_count(), oracle::lines(&result).len());
    check_inverse(text, &result, changes);
    check_changed_lines(text, &result, staged);
}

fn check_inverse(before: &str, after: &str, changes: &ChangeSet) {
    let inverse = changes.invert(&before.into()).unwrap();
    assert_eq!(inverse.apply(&after.into()).unwrap(), before, "invert after apply");
    assert_eq!(changes.compose(&inverse).unwrap().apply(&before.into()).unwrap(), before);
}

/// All that is outside the reported lines is in both texts, in order.
fn check_changed_lines(before: &str, after: &str, staged: &batchpatch::executor::Staged) {
    let new = oracle::lines(after);
    let changed = staged.changed_lines();
    assert_eq!(changed.is_empty(), !staged.is_changed());
    let mut kept = Vec::new();
    let mut next = 1;
    for [first, last] in changed {
        assert!(next <= first && first <= last + 1 && last <= new.len(), "{first} to {last}");
        kept.extend(&new[next - 1..first - 1]);
        next = last + 1;
    }
    kept.extend(&new[next - 1..]);
    let old = oracle::lines(before);
    let mut rest = old.iter();
    for (content, _) in kept {
        // A byte order mark is part of a line only where it is not first.
        let same = |old: &str| old.trim_start_matches(BOM) == content.trim_start_matches(BOM);
        assert!(rest.any(|(old, _)| same(old)), "{content:?} is reported as unchanged");
    }
}

fn check(text: &str, patches: &[Patch], encoding: Encoding) {
    let snapshot = bridge::snapshot(text);
    let unit = bridge::encoding(encoding);
    let staged = bridge::stage(&bridge::batch(patches, "atomic"), &snapshot, unit);
    match (oracle::apply(text, patches, encoding), staged) {
        (Ok(expected), Ok(staged)) => {
            assert_eq!(bridge::text_after(&staged), expected);
            check_invariants(&snapshot, text, bridge::staged(&staged));
        }
        (Err(expected), Err(refusal)) => {
            assert_eq!(bridge::breaches(&refusal.outcome), expected);
        }
        (expected, found) => panic!("the oracle says {expected:?}, the engine {found:?}"),
    }
}

#[test]
fn an_atomic_batch_is_exactly_right_or_refused_for_the_right_reasons() {
    runner("atomic batches against the oracle", 3_000, 300_000)
        .run(&(generate::batch(), generate::encoding()), |((text, patches), encoding)| {
            check(&text, &patches, encoding);
            Ok(())
        })
        .unwrap();
}

#[test]
fn best_effort_drops_what_is_reported_and_applies_the_rest() {
    runner("bestEffort batches against the oracle", 2_000, 200_000)
        .run(&(generate::batch(), generate::encoding()), |((text, patches), encoding)| {
            let snapshot = bridge::snapshot(&text);
            let batch = bridge::batch(&patches, "bestEffort");
            let staged = bridge::stage(&batch, &snapshot, bridge::encoding(encoding));
            let (expected, dropped): (_, Vec<Breach>) =
                oracle::best_effort(&text, &patches, encoding);
            match (expected, staged) {
                (Some(expected), Ok(staged)) => {
                    assert_eq!(bridge::text_after(&staged), expected);
                    assert_eq!(bridge::breaches(&staged.outcome()), dropped);
                    check_invariants(&snapshot, &text, bridge::staged(&staged));
                }
                (None, Err(refusal)) => {
                    assert_eq!(bridge::breaches(&refusal.outcome), dropped);
                }
                (expected, found) => panic!("the oracle says {expected:?}, the engine {found:?}"),
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_order_in_which_independent_patches_are_listed_does_not_matter() {
    let shuffled = generate::batch().prop_flat_map(|(text, patches)| {
        let (_, dropped) = oracle::best_effort(&text, &patches, Encoding::Utf16);
        let is_left = |index: &usize| dropped.iter().all(|breach| breach.patch != *index);
        let left: Vec<Patch> =
            (0..patches.len()).filter(is_left).map(|index| patches[index].clone()).collect();
        (Just(text), Just(left.clone()), Just(left).prop_shuffle())
    });
    runner("shuffled batches", 2_000, 100_000)
        .run(&shuffled, |(text, listed, shuffled)| {
            let apply = |patches: &[Patch]| {
                let batch = bridge::batch(patches, "atomic");
                let unit = bridge::encoding(Encoding::Utf16);
                let staged = bridge::stage(&batch, &bridge::snapshot(&text), unit).unwrap();
                (bridge::text_after(&staged), bridge::staged(&staged).changes().clone())
            };
            let (text_listed, changes_listed) = apply(&listed);
            let (text_shuffled, changes_shuffled) = apply(&shuffled);
            // Inserts at one position keep their order in the array, so they
            // are the exception.
            if several_inserts_at_one_place(&text, &listed) {
                return Ok(());
            }
            assert_eq!(text_listed, text_shuffled);
            assert_eq!(changes_listed, changes_shuffled);
            Ok(())
        })
        .unwrap();
}

/// Whether two edits insert at one place once columns are clamped.
fn several_inserts_at_one_place(text: &str, patches: &[Patch]) -> bool {
    let snapshot = bridge::snapshot(text);
    let mut places = Vec::new();
    for patch in patches {
        if let Patch::Edit { start, end, .. } = patch {
            let offset = |(line, character): (usize, usize)| {
                let position = batchpatch::text::Position {
                    line: u32::try_from(line).unwrap(),
                    character: u32::try_from(character).unwrap(),
                };
                snapshot.offset_of(position, bridge::encoding(Encoding::Utf16)).unwrap()
            };
            if offset(*start) == offset(*end) {
                places.push(offset(*start));
            }
        }
    }
    let count = places.len();
    places.sort_unstable();
    places.dedup();
    places.len() < count
}

#[test]
fn a_batch_on_a_later_revision_steps_from_there() {
    let snapshot = Snapshot::new("a\n".into(), Revision::new(41), Some(3));
    let batch = bridge::batch(&[Patch::Delete { line: 1, end_line: 1, expect: None }], "atomic");
    let staged = bridge::stage(&batch, &snapshot, bridge::encoding(Encoding::Utf8)).unwrap();
    let document = &staged.outcome().documents[0];
    assert_eq!(document.from_revision.as_deref(), Some("v41"));
    assert_eq!(document.to_revision.as_deref(), Some("v42"));
}
