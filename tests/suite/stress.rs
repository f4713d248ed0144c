//! Stress: as many patches as a batch may have, and one more.

use std::fmt::Write as _;

use batchpatch::batch::Batch;
use batchpatch::text::PositionEncoding;
use serde_json::{Value, json};

use crate::bridge;

/// One patch for every `step`th line of `lines`, replace, insert and delete in
/// turn, listed from both ends at once; and the text that they make of it.
fn workload(lines: usize, step: usize) -> (String, Vec<Value>, String) {
    let (mut before, mut after) = (String::new(), String::new());
    let mut patches = Vec::new();
    for line in 1..=lines {
        let old = format!("line {line} of the text\n");
        before.push_str(&old);
        if line % step != 0 {
            after.push_str(&old);
            continue;
        }
        let text = format!("new {line}");
        match line / step % 3 {
            0 => {
                writeln!(after, "{text}").unwrap();
                patches.push(json!({ "type": "replace", "line": line, "text": text }));
            }
            1 => {
                write!(after, "{text}\n{old}").unwrap();
                patches.push(json!({ "type": "insert", "line": line, "text": text }));
            }
            _ => patches.push(json!({ "type": "delete", "line": line, "expect": old })),
        }
    }
    let half = patches.split_off(patches.len() / 2);
    let listed = patches.into_iter().zip(half.into_iter().rev()).flat_map(|(a, b)| [a, b]);
    (before, listed.collect(), after)
}

fn batch(patches: &[Value]) -> Batch {
    let json = json!({ "uri": "test:text", "patches": patches }).to_string();
    Batch::from_json(json.as_bytes(), None).unwrap()
}

fn check(lines: usize, step: usize) {
    let (before, patches, after) = workload(lines, step);
    assert_eq!(patches.len(), lines / step);
    let batch = batch(&patches);
    let snapshot = bridge::snapshot(&before);
    let staged = bridge::stage(&batch, &snapshot, PositionEncoding::Utf16).unwrap();
    assert!(bridge::staged(&staged).after().rope() == after.as_str());
    let changed = bridge::staged(&staged).changed_lines();
    assert!(changed.is_sorted_by(|[_, end], [start, _]| end < start));
}

#[test]
fn stress_500_patches() {
    check(5_000, 10);
}

#[test]
fn stress_100_000_patches_on_as_many_lines() {
    check(100_000, 1);
}

#[test]
fn stress_100_000_patches_in_conflict_with_each_other_are_all_counted() {
    let patches = vec![json!({ "type": "replace", "line": 1, "endLine": 3, "text": "x" }); 100_000];
    let snapshot = bridge::snapshot("a\nb\nc\n");
    let refusal = bridge::stage(&batch(&patches), &snapshot, PositionEncoding::Utf16).unwrap_err();
    let outcome = refusal.outcome;
    assert_eq!(outcome.violations.len(), 100, "the first hundred are told in full");
    assert_eq!(outcome.violations[99].patch, Some(100));
    assert!(outcome.violations.iter().all(|violation| violation.conflicts_with == Some(0)));
    let more: Vec<_> =
        outcome.more_violations.iter().map(|(code, n)| (code.as_str(), *n)).collect();
    assert_eq!(more, [("line-named-twice", 99_899)]);
}

#[test]
fn stress_one_patch_too_many_is_refused() {
    let patches = vec![json!({ "type": "delete", "line": 1 }); 100_001];
    let snapshot = bridge::snapshot("a\n");
    let refusal = bridge::stage(&batch(&patches), &snapshot, PositionEncoding::Utf16).unwrap_err();
    let codes: Vec<_> = refusal.outcome.violations.iter().map(|v| v.code.as_str()).collect();
    assert_eq!(codes, ["too-many-patches"]);
}

#[test]
fn stress_a_single_line_of_ten_million_characters() {
    let text = "x😀".repeat(5_000_000);
    let at = |character: usize| json!({ "line": 0, "character": character });
    let edit = |from: usize, to: usize| json!({ "type": "edit", "range": { "start": at(from), "end": at(to) }, "newText": "" });
    let patches = [edit(3, 6), edit(14_999_997, 14_999_998)];
    let snapshot = bridge::snapshot(&text);
    let staged = bridge::stage(&batch(&patches), &snapshot, PositionEncoding::Utf16).unwrap();
    let mut expected = text;
    expected.replace_range(expected.len() - 5..expected.len() - 4, "");
    expected.replace_range(5..10, "");
    assert!(bridge::staged(&staged).after().rope() == expected.as_str());
}
