//! The diff is a patch that other programs read.

use std::path::Path;
use std::process::Command;

use batchpatch::diff::{LineKind, UnifiedDiff, unified};
use batchpatch::executor::Staged;
use batchpatch::text::PositionEncoding;
use tempfile::TempDir;

use crate::counts::runner;
use crate::{bridge, generate};

/// What git makes of `before` with the patch.
fn applied(before: &str, patch: &str) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("text");
    std::fs::write(&file, before).unwrap();
    std::fs::write(folder.path().join("patch"), patch).unwrap();
    let output = git_apply(folder.path());
    assert!(output.status.success(), "{}{patch}", String::from_utf8_lossy(&output.stderr));
    // A text without a line is no file to git.
    std::fs::read_to_string(&file).unwrap_or_default()
}

fn git_apply(folder: &Path) -> std::process::Output {
    let mut git = Command::new("git");
    git.args(["-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "patch"]);
    git.current_dir(folder).env("GIT_CEILING_DIRECTORIES", folder);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap()
}

fn check(before: &str, staged: &Staged) -> UnifiedDiff {
    let diff = unified(staged);
    assert_eq!(diff.hunks.is_empty(), !staged.is_changed());
    if staged.is_changed() {
        let after = staged.after().rope().to_string();
        assert_eq!(applied(before, &diff.to_patch("text")), after);
    }
    for hunk in &diff.hunks {
        let kinds: Vec<LineKind> = hunk.lines.iter().map(|line| line.kind).collect();
        let runs = kinds.split(|kind| *kind != LineKind::Context);
        let runs: Vec<usize> = runs.map(<[LineKind]>::len).collect();
        let (first, last) = (runs[0], runs[runs.len() - 1]);
        assert!(first <= 3 && last <= 3, "more context than was asked for: {runs:?}");
        assert!(runs.iter().all(|run| *run <= 6), "two hunks in one: {runs:?}");
    }
    diff
}

fn diff(before: &str, batch: &str) -> UnifiedDiff {
    let batch = batchpatch::batch::Batch::from_json(batch.as_bytes(), Some("text")).unwrap();
    let snapshot = bridge::snapshot(before);
    let staged = bridge::stage(&batch, &snapshot, PositionEncoding::Utf16).unwrap();
    check(before, bridge::staged(&staged))
}

fn numbered(what: &str, count: usize) -> String {
    (0..count).map(|line| format!("{what} {line}\n")).collect::<Vec<_>>().concat()
}

#[test]
fn git_makes_the_new_text_of_the_old_one_with_the_diff() {
    let mut runner = runner("random diffs for git", 100, 5_000);
    let strategy = generate::batch();
    runner
        .run(&strategy, |(text, patches)| {
            let snapshot = bridge::snapshot(&text);
            let batch = bridge::batch(&patches, "bestEffort");
            if let Ok(staged) = bridge::stage(&batch, &snapshot, PositionEncoding::Utf16) {
                check(&text, bridge::staged(&staged));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_missing_final_newline_is_told_on_the_side_that_misses_it() {
    let appended = diff("a\nb", r#"{"patches":[{"type":"insert","line":3,"text":"c"}]}"#);
    assert_eq!(
        appended.to_patch("x"),
        "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n\
         +b\n+c\n\\ No newline at end of file\n"
    );
    let terminated = r#"{"patches":[{"type":"edit","newText":"\n",
        "range":{"start":{"line":0,"character":9},"end":{"line":0,"character":9}}}]}"#;
    assert_eq!(
        diff("a", terminated).to_patch("x"),
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"
    );
}

#[test]
fn a_text_that_begins_or_ends_empty_has_a_diff() {
    let made = diff("", r#"{"patches":[{"type":"insert","line":1,"text":"a\nb\n"}]}"#);
    assert_eq!(made.to_patch("x"), "--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n");
    let gone = diff("a\nb\n", r#"{"patches":[{"type":"delete","line":1,"endLine":2}]}"#);
    assert_eq!(gone.to_patch("x"), "--- a/x\n+++ b/x\n@@ -1,2 +0,0 @@\n-a\n-b\n");
}

#[test]
fn a_changed_terminator_is_a_changed_line() {
    let batch = r#"{"patches":[{"type":"edit","newText":"\n",
        "range":{"start":{"line":0,"character":1},"end":{"line":1,"character":0}}}]}"#;
    assert_eq!(
        diff("a\r\nb\r\n", batch).to_patch("x"),
        "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\r\n+a\n b\r\n"
    );
}

#[test]
fn a_replaced_file_shows_only_the_lines_that_differ() {
    let before = numbered("line", 30_000);
    let after = before.replace("line 77\n", "").replace("line 29000\n", "other\n");
    let batch = serde_json::json!({ "patches": [
        { "type": "replace", "line": 1, "endLine": 30_000, "text": after } ] });
    let diff = diff(&before, &batch.to_string());
    assert_eq!((diff.count(LineKind::Removed), diff.count(LineKind::Added)), (2, 1));
    assert_eq!(diff.hunks.len(), 2);
}

#[test]
fn long_texts_in_another_order_have_a_diff_all_the_same() {
    let line = |number: usize| format!("line {number}\n}}\n");
    let before: String = (0..5_000).map(line).collect();
    let swapped: String = (0..5_000).map(|number| line(number ^ 7)).collect();
    let backwards: String = (0..5_000).rev().map(line).collect();
    for after in [swapped, backwards] {
        let batch = serde_json::json!({ "patches": [
            { "type": "replace", "line": 1, "endLine": 10_000, "text": after } ] });
        let diff = diff(&before, &batch.to_string());
        assert_eq!(diff.count(LineKind::Removed), diff.count(LineKind::Added));
    }
}

#[test]
fn texts_with_nothing_in_common_cost_no_search() {
    let patches: Vec<_> = (1..=50_000)
        .map(|line| serde_json::json!({ "type": "replace", "line": line, "text": format!("new {line}") }))
        .collect();
    let batch = serde_json::json!({ "patches": patches });
    let diff = diff(&numbered("old", 50_000), &batch.to_string());
    assert_eq!((diff.count(LineKind::Removed), diff.count(LineKind::Added)), (50_000, 50_000));
}

#[test]
fn a_name_that_a_line_cannot_hold_is_quoted_as_git_does_it() {
    let diff = diff("a\n", r#"{"patches":[{"type":"delete","line":1}]}"#);
    let headers = |uri| diff.to_patch(uri).lines().next().unwrap().to_owned();
    assert_eq!(headers("a b"), "--- a/a b\t");
    assert_eq!(headers("a\"\n\u{85}"), r#"--- "a/a\"\012\302\205""#);
}
