//! What a person reads: `batchpatch preview`, as it comes out.
//!
//! `INSTA_UPDATE=always` writes the snapshots anew; read what changed.

mod patches;

use std::process::Command;

use insta::assert_snapshot;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli;

const CART: &str = "\
def total(items):
    sum = 0
    for item in items:
        sum = sum + item.price
    print(sum)
    return sum


def is_empty(items):
    return len(items) == 0
";

/// A folder with documents and a batch, gone when the test is over.
struct Folder {
    folder: TempDir,
}

impl Folder {
    fn with(files: &[(&str, &str)], batch: &Value) -> Folder {
        Folder::with_json(files, &batch.to_string())
    }

    fn with_json(files: &[(&str, &str)], batch: &str) -> Folder {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("b.json"), batch).unwrap();
        Folder { folder }
    }

    /// The patches for one file.
    fn cart(patches: &Value) -> Folder {
        Folder::with(&[("cart.py", CART)], &json!({ "uri": "cart.py", "patches": patches }))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = cli::batchpatch();
        command.args(["preview", "b.json"]).args(args).current_dir(self.folder.path());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    /// All that a call says, and how it ends.
    fn shown(&self, args: &[&str]) -> String {
        let mut command = self.command(args);
        command.env("NO_COLOR", "1");
        self.told(&cli::run(command, b""))
    }

    fn coloured(&self) -> String {
        let mut command = self.command(&[]);
        command.env("CLICOLOR_FORCE", "1");
        self.told(&cli::run(command, b"")).replace('\u{1b}', "␛")
    }

    fn told(&self, run: &cli::Run) -> String {
        let stdout = String::from_utf8(run.stdout.clone()).unwrap();
        let root = self.folder.path().canonicalize().unwrap();
        let told = format!("{stdout}{}exit status {}", run.stderr, run.code);
        let told = told.replace(root.to_str().unwrap(), "[root]");
        let kept = told.lines().filter(|line| !line.contains("\"durationMs\""));
        // Blanks at the end of a line would not survive every editor.
        kept.map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

fn good() -> Value {
    json!([
        { "type": "replace", "line": 2, "text": "    net = 0", "expect": "    sum = 0" },
        { "type": "replace", "line": 4, "text": "        net += item.price" },
        { "type": "delete", "line": 5, "expect": "    print(sum)" },
        { "type": "edit", "newText": "net", "expect": "sum",
          "range": { "start": { "line": 5, "character": 11 }, "end": { "line": 5, "character": 14 } } },
        { "type": "insert", "line": 11, "text": "\n\ndef count(items):\n    return len(items)" },
    ])
}

/// Numbers that are one too large.
fn off_by_one() -> Value {
    json!([
        { "type": "replace", "line": 3, "text": "    net = 0", "expect": "    sum = 0" },
        { "type": "delete", "line": 6, "expect": "    print(sum)" },
    ])
}

#[test]
fn a_diff_is_shown_and_nothing_is_written() {
    let folder = Folder::cart(&good());
    assert_snapshot!(folder.shown(&[]));
    assert_eq!(folder.text("cart.py"), CART);
}

#[test]
fn a_diff_is_coloured() {
    assert_snapshot!(Folder::cart(&good()).coloured());
}

#[test]
fn each_document_has_its_diff() {
    let files = [("a.txt", "one\ntwo\n"), ("b.txt", "no end"), ("c.txt", "same\n")];
    let documents = json!({ "documents": [
        { "uri": "a.txt", "patches": [{ "type": "delete", "line": 1 }] },
        { "uri": "b.txt", "patches": [{ "type": "insert", "line": 2, "text": "end" }] },
        { "uri": "c.txt", "patches": [{ "type": "replace", "line": 1, "text": "same" }] },
    ] });
    assert_snapshot!(Folder::with(&files, &documents).shown(&[]));
}

#[test]
fn the_outcome_as_json_has_the_diff() {
    assert_snapshot!(Folder::cart(&good()).shown(&["--json"]));
}

#[test]
fn blanks_are_marked_where_nothing_else_changes() {
    let batch = json!({ "uri": "a.txt", "patches": [
        { "type": "replace", "line": 1, "text": "    a" },
        { "type": "replace", "line": 2, "text": "b  " } ] });
    let folder = Folder::with(&[("a.txt", "\ta\r\nb\r\n\tc\r\n")], &batch);
    assert_snapshot!(folder.shown(&[]));
}

#[test]
fn nothing_to_do_says_why() {
    let same = json!([{ "type": "replace", "line": 2, "text": "    sum = 0" }]);
    assert_snapshot!(Folder::cart(&same).shown(&[]));
    assert_snapshot!(Folder::cart(&json!([])).shown(&[]));
}

#[test]
fn a_malformed_batch_is_one_message_with_the_path() {
    let batch = r#"{"uri":"cart.py","patches":[{"type":"delete","line":1.5}]}"#;
    assert_snapshot!(Folder::with_json(&[], batch).shown(&[]));
}

#[test]
fn an_expectation_one_line_off() {
    assert_snapshot!(Folder::cart(&off_by_one()).shown(&[]));
}

#[test]
fn mistakes_are_coloured() {
    assert_snapshot!(Folder::cart(&off_by_one()).coloured());
}

#[test]
fn an_expectation_that_differs_in_blanks() {
    let patches = json!([
        { "type": "replace", "line": 2, "text": "    net = 0", "expect": "\tsum = 0" } ]);
    assert_snapshot!(Folder::cart(&patches).shown(&[]));
}

#[test]
fn a_patch_listed_twice() {
    let patch = json!({ "type": "delete", "line": 5, "expect": "    print(sum)" });
    assert_snapshot!(Folder::cart(&json!([patch, patch])).shown(&[]));
}

#[test]
fn two_patches_in_conflict_are_both_shown() {
    let patches = json!([
        { "type": "delete", "line": 2, "endLine": 4 },
        { "type": "edit", "newText": "net",
          "range": { "start": { "line": 3, "character": 8 }, "end": { "line": 3, "character": 11 } } },
    ]);
    assert_snapshot!(Folder::cart(&patches).shown(&[]));
}

#[test]
fn two_patches_in_conflict_far_from_each_other() {
    let text = (1..=60).map(|line| format!("line {line}\n")).collect::<Vec<_>>().concat();
    let batch = json!({ "uri": "a.txt", "patches": [
        { "type": "delete", "line": 50 }, { "type": "delete", "line": 3, "endLine": 55 } ] });
    assert_snapshot!(Folder::with(&[("a.txt", &text)], &batch).shown(&[]));
}

#[test]
fn two_patches_that_can_be_merged() {
    let before = "    sum = 0\n    for item in items:";
    let patches = json!([
        { "type": "replace", "line": 2, "endLine": 3, "expect": before,
          "text": "    net = 0\n    for item in items:" },
        { "type": "replace", "line": 2, "endLine": 3, "expect": before,
          "text": "    sum = 0\n    for one in items:" },
    ]);
    assert_snapshot!(Folder::cart(&patches).shown(&[]));
}

#[test]
fn places_outside_of_the_document() {
    let patches = json!([
        { "type": "delete", "line": 0 },
        { "type": "delete", "line": 40 },
        { "type": "replace", "line": 10, "endLine": 12, "text": "    return not items" },
        { "type": "insert", "line": 40, "text": "# end" },
        { "type": "edit", "newText": "",
          "range": { "start": { "line": 8, "character": 4 }, "end": { "line": 50, "character": 0 } } },
    ]);
    assert_snapshot!(Folder::cart(&patches).shown(&[]));
}

#[test]
fn the_underline_is_under_wide_characters_and_tabs() {
    let text = "\tlet s = \"漢字😀\";\r\n\tlet e\u{301} = 1;\r\n";
    let edit = |from: u32, to: u32| {
        json!({ "type": "edit", "newText": "", "expect": "?", "range": {
            "start": { "line": 0, "character": from }, "end": { "line": 0, "character": to } } })
    };
    let batch = json!({ "uri": "a.rs", "patches": [
        edit(1, 4), edit(10, 11), edit(12, 14), edit(13, 14), edit(14, 16),
        { "type": "delete", "line": 2, "expect": "" } ] });
    assert_snapshot!(Folder::with(&[("a.rs", text)], &batch).shown(&[]));
}

#[test]
fn no_byte_of_a_file_or_a_batch_orders_the_terminal_about() {
    let text = "a\u{1b}[31m\u{9b}31m\u{202e}b\u{7}\n";
    let batch = json!({ "uri": "a.txt", "patches": [
        { "type": "replace", "line": 1, "text": "\u{1b}]0;title\u{7}", "expect": "\u{1b}[2J" } ] });
    let told = Folder::with(&[("a.txt", text)], &batch).shown(&[]);
    assert_snapshot!(told);
    let batch = json!({ "uri": "a.txt", "patches": [
        { "type": "insert", "line": 1, "text": "\u{1b}]0;title\u{7}\u{9b}1m" } ] });
    let diff = Folder::with(&[("a.txt", text)], &batch).shown(&[]);
    assert_snapshot!(diff);
    assert!((told + &diff).chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let text = format!("{}MARK{}\n", "é".repeat(100_000), "y".repeat(100_000));
    let batch = json!({ "uri": "a.txt", "patches": [
        { "type": "edit", "newText": "", "expect": "MARX", "range": {
            "start": { "line": 0, "character": 100_000 },
            "end": { "line": 0, "character": 100_004 } } } ] });
    assert_snapshot!(Folder::with(&[("a.txt", &text)], &batch).shown(&[]));
}

#[test]
fn a_stale_document() {
    let batch = json!({ "uri": "cart.py", "snapshot": "v1.0123456789abcdef0123456789abcdef",
        "patches": [{ "type": "delete", "line": 5, "expect": "    print(sum)" }] });
    assert_snapshot!(Folder::with(&[("cart.py", CART)], &batch).shown(&[]));
}

#[test]
fn documents_that_cannot_be_read() {
    let documents = json!({ "documents": [
        { "uri": "missing.txt", "patches": [{ "type": "delete", "line": 1 }] },
        { "uri": "../outside.txt", "patches": [{ "type": "delete", "line": 1 }] },
        { "uri": "a.txt", "patches": [{ "type": "delete", "line": 9 }] },
    ] });
    assert_snapshot!(Folder::with(&[("a.txt", "a\n")], &documents).shown(&[]));
}

#[test]
fn the_violations_beyond_the_limit_are_counted() {
    let mut patches: Vec<Value> =
        (0..5).map(|line| json!({ "type": "delete", "line": 40 + line })).collect();
    patches.push(json!({ "type": "insert", "line": 99, "text": "" }));
    let folder = Folder::cart(&json!(patches));
    assert_snapshot!(folder.shown(&["--limit", "violations=1"]));
}

#[test]
fn a_batch_over_a_limit() {
    assert_snapshot!(Folder::cart(&off_by_one()).shown(&["--limit", "patches=1"]));
}

#[test]
fn best_effort_shows_the_part_and_what_is_left_out() {
    let batch = json!({ "uri": "cart.py", "policy": "bestEffort", "patches": [
        { "type": "insert", "line": 1, "text": "# new" },
        { "type": "delete", "line": 6, "expect": "    print(sum)" } ] });
    assert_snapshot!(Folder::with(&[("cart.py", CART)], &batch).shown(&[]));
}

#[test]
fn the_repaired_batch_is_one_that_would_be_applied() {
    let folder = Folder::cart(&off_by_one());
    let run = cli::run(folder.command(&["--repaired"]), b"");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let repaired: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_snapshot!(Folder::with(&[("cart.py", CART)], &repaired).shown(&[]));
}

#[test]
fn a_batch_that_needs_no_repair_is_its_own_repaired_batch() {
    let run = cli::run(Folder::cart(&good()).command(&["--repaired"]), b"");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let repaired: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(repaired["documents"][0]["patches"], good());
}

#[test]
fn the_repaired_batch_of_best_effort_is_for_the_text_on_disk() {
    let batch = json!({ "uri": "cart.py", "policy": "bestEffort", "patches": [
        { "type": "insert", "line": 1, "text": "# new", "expect": "def total(items):" },
        { "type": "delete", "line": 6, "expect": "    print(sum)" } ] });
    let folder = Folder::with(&[("cart.py", CART)], &batch);
    let run = cli::run(folder.command(&["--repaired"]), b"");
    let repaired: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(repaired["policy"], "bestEffort");
    assert_eq!(repaired["documents"][0]["patches"][1]["line"], 5);
}

#[test]
fn why_there_is_no_repaired_batch_is_told() {
    let patches = json!([{ "type": "delete", "line": 40 }]);
    assert_snapshot!(Folder::cart(&patches).shown(&["--repaired"]));
}

#[test]
fn a_root_that_is_none_and_a_limit_that_is_none_are_told() {
    let folder = Folder::cart(&good());
    assert_snapshot!(folder.shown(&["--root", "nowhere"]));
    assert_snapshot!(folder.shown(&["--limit", "patience=3"]));
    assert_snapshot!(folder.shown(&["--limit", "patches=many"]));
}

#[test]
fn names_start_at_the_root() {
    let folder = Folder::cart(&good());
    let root = folder.folder.path().to_str().unwrap();
    let batch = folder.folder.path().join("b.json");
    let mut elsewhere = cli::batchpatch();
    elsewhere.arg("preview").arg(batch).args(["--root", root]).current_dir("/");
    assert_eq!(cli::run(elsewhere, b"").code, 0);
}
