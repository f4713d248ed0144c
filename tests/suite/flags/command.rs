//! `batchpatch flags`, as an operator calls it.

use std::fs;

use batchpatch::rollout::{BATCH_PATCHES, FlagFile, bucket};
use serde_json::{Value, json};

use super::{Place, at, id};
use crate::cli::{Run, batchpatch, run};
use crate::docs::read;

impl Place {
    /// Calls `batchpatch flags` for this installation 1.
    fn flags_command(&self, args: &[&str]) -> Run {
        self.state().create().unwrap();
        fs::write(self.state().join("installation-id"), format!("{}\n", id(1))).unwrap();
        let mut command = batchpatch();
        command.arg("flags").args(args).env("BATCHPATCH_STATE", self.state().path());
        run(command, b"")
    }

    /// What a call prints that must succeed, with the test's folder as `DIR`.
    fn flags_prints(&self, args: &[&str]) -> String {
        let run = self.flags_command(args);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        let text = String::from_utf8(run.stdout).unwrap();
        text.replace(self.folder.path().canonicalize().unwrap().to_str().unwrap(), "DIR")
            .replace(self.folder.path().to_str().unwrap(), "DIR")
    }
}

#[test]
fn list_tells_each_flag_with_why() {
    let place = Place::new();
    assert_eq!(
        place.flags_prints(&["list"]),
        format!(
            "flag              counts  here\n\
             batch-patches-v1  100 %   on: no rollout is set up\n\n\
             installation {}\nstate in DIR/state\n",
            id(1)
        )
    );
    place.write(&at(100));
    fs::write(place.beside("fleet.json"), at(0)).unwrap();
    let fleet = place.beside("fleet.json");
    let listed = place.flags_prints(&["list", "--fleet-flags", fleet.to_str().unwrap()]);
    let bucket = bucket(BATCH_PATCHES, id(1));
    assert_eq!(
        listed.lines().take(2).collect::<Vec<_>>(),
        [
            "flag              own    fleet  counts  here".to_owned(),
            format!(
                "batch-patches-v1  100 %  0 %    0 %     \
                 off: bucket {bucket} is not below the 0 % of DIR/fleet.json"
            ),
        ]
    );
    let json: Value = serde_json::from_str(&place.flags_prints(&["list", "--json"])).unwrap();
    assert_eq!(
        json,
        json!({
            "installationId": id(1).to_string(), "stateFolder": "DIR/state", "problems": [],
            "flags": [{
                "flag": "batch-patches-v1", "isOn": true, "percentage": 100, "own": 100, "fleet": null,
                "why": format!("bucket {bucket} is below the 100 % of DIR/state/flags.json"),
            }],
        })
    );
}

#[test]
fn set_says_what_it_did_and_history_remembers_it() {
    let place = Place::new();
    assert_eq!(place.flags_prints(&["history"]), "no flag was ever changed\n");
    let set = |args: &[&str]| place.flags_prints(&[&["set", "batch-patches-v1"], args].concat());
    let id = id(3).to_string();
    assert_eq!(set(&["25"]), "batch-patches-v1: – → 25 % in DIR/state/flags.json\n");
    assert_eq!(
        set(&["50", "--ids", &id, "--who", "anna", "--why", "a quiet week"]),
        "batch-patches-v1: 25 % → 50 % and 1 id in DIR/state/flags.json\n"
    );
    place.write(&at(60));
    let history = place.flags_prints(&["history"]);
    let rows: Vec<Vec<&str>> = history
        .lines()
        .map(|row| row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert!(rows[1][0].ends_with('Z') && rows[1][0].len() == 20, "{history}");
    let flag = "batch-patches-v1";
    assert_eq!(rows[0], ["when", "flag", "percentage", "who", "why"]);
    assert_eq!(rows[1][1..], [flag, "– → 25 %", "cli"]);
    assert_eq!(rows[2][1..], [flag, "25 % → 50 % and 1 id", "cli: anna", "a quiet week"]);
    assert_eq!(rows[3][1..], [flag, "50 % → 60 %", "by hand"]);
    assert!(history.ends_with("\n\nall in DIR/state/flags.json\n"), "{history}");
    let limited = place.flags_prints(&["history", "--limit", "1"]);
    assert!(limited.ends_with("and 2 before; --limit shows more\n"), "{limited}");
    let json: Value =
        serde_json::from_str(&place.flags_prints(&["history", "--json", "--limit", "2"])).unwrap();
    assert_eq!((&json["earlier"], &json["brokenLines"]), (&json!(1), &json!(0)));
    let change = &json["changes"][0];
    assert_eq!((&change["from"], &change["to"]), (&json!(25), &json!(50)));
    assert_eq!((&change["who"], &change["ids"]), (&json!("cli: anna"), &json!([id])));
}

#[test]
fn history_tells_how_many_lines_are_broken() {
    let place = Place::new();
    place.set("batch-patches-v1", 1).unwrap();
    let path = place.sources().history;
    fs::write(&path, format!("nothing\n{}", fs::read_to_string(&path).unwrap())).unwrap();
    let told = place.flags_prints(&["history"]);
    assert!(told.ends_with("1 line of the history is broken and left out\n"), "{told}");
}

#[test]
fn a_broken_file_is_told_on_standard_error_beside_what_counts() {
    let place = Place::new();
    place.write("{\"flags\": {\"batch-patches-v1\": {\"state\": \"ON\"}}}");
    let run = place.flags_command(&["list"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains(": flags.batch-patches-v1.state: expected "), "{}", run.stderr);
    assert!(String::from_utf8(run.stdout).unwrap().contains("off: "));
    let run = place.flags_command(&["set", "batch-patches-v1", "5"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("mend it first"), "{}", run.stderr);
    // What is dangerous can be switched off whatever stands there.
    let told = place.flags_prints(&["set", "batch-patches-v1", "0"]);
    assert!(told.starts_with("batch-patches-v1: "), "{told}");
    assert!(place.flags_prints(&["history"]).contains("flags.json.broken"));
}

#[test]
fn a_malformed_call_sets_nothing() {
    let place = Place::new();
    for args in [
        &["set"][..],
        &["set", "batch-patches-v1"],
        &["set", "batch-patches-v1", "101"],
        &["set", "batch-patches-v1", "-1"],
        &["set", "batch-patches-v1", "2.5"],
        &["set", "batch-patches-v1", "5", "--ids", "anna"],
        &["set", "batch-patches", "5"],
        &["history", "--limit", "many"],
        &[],
    ] {
        let run = place.flags_command(args);
        assert_eq!((run.code, run.stdout.as_slice()), (2, &b""[..]), "{args:?}");
        assert!(!run.stderr.is_empty(), "{args:?}");
    }
    assert!(!place.sources().own.exists());
}

#[test]
fn what_a_file_says_never_orders_the_terminal_about() {
    let place = Place::new();
    place.write(&at(5).replace("batch-patches-v1", "\\u001b[2J\\n"));
    let run = place.flags_command(&["list"]);
    assert!(!run.stdout.contains(&0x1b));
    let mut set = place.flags_command(&["set", "\u{1b}[2J\n", "7", "--why", "\u{1b}[31m"]);
    assert_eq!((set.code, set.stdout.contains(&0x1b)), (0, false));
    set = place.flags_command(&["history"]);
    assert!(!set.stdout.contains(&0x1b));
}

#[cfg(unix)]
#[test]
fn what_the_operators_page_shows_is_what_the_commands_print() {
    crate::docs::commands_print_what_is_shown("docs/operations/flags.md", str::to_owned);
}

#[test]
fn the_files_on_the_operators_page_are_flag_files() {
    let page = read("docs/operations/flags.md");
    let files = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let percentages: Vec<u8> = files
        .map(|file| FlagFile::parse(file.as_bytes()).unwrap_or_else(|error| panic!("{error}")))
        .map(|file| file.rule(BATCH_PATCHES).unwrap().percentage().number())
        .collect();
    assert_eq!(percentages, [25, 5]);
}
