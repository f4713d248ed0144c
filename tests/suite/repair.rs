//! Whether a rejection says how to put the batch right.
//!
//! A batch that is right for its document is spoiled, sent, and what the
//! rejection gives as the repaired batch is sent once. What it must make is
//! computed by the oracle from the right batch.

mod adversary;
mod case;
mod certain;
mod document;
mod draw;
mod measure;
mod mistakes;
mod place;
mod right;

use std::cell::Cell;
use std::collections::BTreeMap;

use batchpatch::batch::{Batch, Patch};
use batchpatch::text::{PositionEncoding, Snapshot};
use serde_json::{Value, json};

use crate::counts::runner;
use crate::{bridge, generate};
use measure::{Kind, measure};

const MISTAKES: &[Kind] = &[
    ("one patch off by one line", mistakes::off_by_one),
    ("all patches off by the same number of lines", mistakes::shifted),
    ("blanks or tabs differ in `expect`", mistakes::blanks),
    ("a patch listed twice", mistakes::duplicate),
    ("an end past the document's end", mistakes::past_end),
    ("lines put in above, with the old token", mistakes::stale_with_token),
    ("lines put in above, without a token", mistakes::stale_numbers),
    ("two replacements that overlap in what they restate", mistakes::overlapping),
];

const ADVERSARIES: &[Kind] = &[
    ("two mistakes at once", adversary::two_mistakes),
    ("the document changed at several places", adversary::several_changes),
    ("what a patch names stands twice", adversary::copies),
    ("a line that a patch names was changed or deleted", adversary::under_a_patch),
    ("two patches that contradict each other", adversary::contradiction),
];

#[test]
fn a_batch_with_one_mistake_is_right_after_one_resend() {
    let tallies = measure(MISTAKES, 200, 10_000);
    let failures = tallies.iter().map(|tally| {
        let too_few = tally.certain * 5 < tally.cases;
        let missed = if tally.share() < 95.0 { tally.missed() } else { String::new() };
        tally.broken() + &missed + if too_few { "too few are repairable\n" } else { "" }
    });
    assert_none(failures);
}

#[test]
fn no_repaired_batch_makes_a_wrong_text() {
    let tallies = measure(ADVERSARIES, 200, 5_000);
    let failures = tallies.iter().map(|tally| {
        let too_few = tally.undetected * 2 > tally.cases;
        tally.broken() + if too_few { "too few are detected\n" } else { "" }
    });
    assert_none(failures);
}

fn assert_none(failures: impl Iterator<Item = String>) {
    let failures: String = failures.collect();
    assert!(failures.is_empty(), "\n{failures}");
}

/// A line that was deleted while one copy of it stands elsewhere looks like a
/// wrong number, whatever is done. The table shows how often that is followed.
#[test]
fn a_change_that_looks_like_a_mistake_is_never_refused_twice() {
    let kinds: &[Kind] = &[("a change by the user that looks like one", adversary::seems_mistaken)];
    let tallies = measure(kinds, 200, 5_000);
    assert_eq!(tallies[0].refused, 0, "{}", tallies[0].broken());
}

#[test]
fn a_repaired_batch_is_the_batch_with_every_suggestion_followed_and_is_never_rejected() {
    let unit = PositionEncoding::Utf16;
    let repaired_count = Cell::new(0);
    runner("rejections with what they suggest", 3_000, 300_000)
        .run(&generate::batch(), |(text, patches)| {
            let snapshot = bridge::snapshot(&text);
            let batch = bridge::batch(&patches, "atomic");
            let Err(refusal) = bridge::stage(&batch, &snapshot, unit) else { return Ok(()) };
            let mut followed: BTreeMap<usize, Option<Patch>> =
                batch.documents[0].patches.iter().cloned().map(Some).enumerate().collect();
            let suggestions = || refusal.outcome.violations.iter().map(|it| it.suggestion.as_ref());
            for suggestion in suggestions().flatten() {
                followed.extend(suggestion.patches.clone());
                for patch in suggestion.patches.values().flatten() {
                    assert_right_by_itself(patch, &snapshot, unit);
                }
            }
            let Some(repaired) = &refusal.outcome.repaired_batch else { return Ok(()) };
            repaired_count.set(repaired_count.get() + 1);
            assert!(suggestions().all(|it| it.is_some()), "a violation without a suggestion");
            let expected: Vec<Patch> = followed.into_values().flatten().collect();
            assert_eq!(repaired.documents[0].patches, expected);
            assert_eq!(repaired.documents[0].snapshot, Some(snapshot.token()));
            let json = serde_json::to_vec(repaired).unwrap();
            let read = Batch::from_json(&json, None).unwrap();
            assert_eq!(read, **repaired, "it is read as it was written");
            bridge::stage(&read, &snapshot, unit).unwrap();
            Ok(())
        })
        .unwrap();
    assert!(repaired_count.get() > 0, "nothing was repaired");
}

/// Laws 1 and 4 are about one patch alone.
fn assert_right_by_itself(patch: &Patch, snapshot: &Snapshot, unit: PositionEncoding) {
    let patch: Value = serde_json::to_value(patch).unwrap();
    let json = json!({ "uri": "test:text", "patches": [patch] }).to_string();
    let batch = Batch::from_json(json.as_bytes(), None).unwrap();
    bridge::stage(&batch, snapshot, unit).unwrap();
}
