//! `batchpatch rollout`, as an operator calls it.

use std::fs;

use batchpatch::rollout::waves::{Observations, Plan};
use serde_json::{Value, json};

use super::prometheus::{Answer, Played};
use super::{Place, well};
use crate::cli::{Run, batchpatch, run};

impl Place {
    fn rollout_command(&self, args: &[&str]) -> Run {
        let mut command = batchpatch();
        command.arg("rollout").args(args).env("BATCHPATCH_STATE", self.state().path());
        run(command, b"")
    }

    /// What a call prints, with its status. Times are `TIME`.
    fn rollout_prints(&self, args: &[&str]) -> (i32, String) {
        let run = self.rollout_command(args);
        assert_eq!(run.stderr, "", "{args:?}");
        let text = String::from_utf8(run.stdout).unwrap();
        (run.code, crate::docs::without_times(&text))
    }

    /// What a call says that makes no sense.
    fn refuses(&self, args: &[&str]) -> String {
        let run = self.rollout_command(args);
        assert_eq!((run.code, run.stdout.as_slice()), (2, &b""[..]), "{args:?}");
        run.stderr
    }
}

#[test]
fn each_step_by_hand_is_a_line_that_says_what_it_did() {
    let place = Place::new();
    let say = |args: &[&str]| {
        let (code, text) = place.rollout_prints(args);
        assert_eq!(code, 0);
        text
    };
    assert_eq!(say(&["start"]), "TIME  start      100 % → 10 %  it begins\n");
    assert_eq!(say(&["pause"]), "TIME  pause      10 %  somebody paused it\n");
    let resume = ["resume", "--who", "anna", "--why", "the network is back"];
    assert_eq!(say(&resume), "TIME  resume     10 %  the network is back\n");
    assert_eq!(say(&["rollback"]), "TIME  roll-back  10 % → 0 %  somebody rolled it back\n");
    let status: Value = serde_json::from_str(&say(&["status", "--json"])).unwrap();
    let whos: Vec<&Value> =
        status["decisions"].as_array().unwrap().iter().map(|it| &it["who"]).collect();
    assert_eq!(whos, ["cli", "cli", "cli: anna", "cli"]);
}

#[test]
fn advance_says_why_not_and_ends_with_one() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let advance = ["advance", "--prometheus", &played.address];
    place.rollout_command(&["start"]);
    let (code, text) = place.rollout_prints(&advance);
    assert_eq!((code, text.as_str()), (1, "TIME  hold       10 %  the 24h are not over\n"));
    place.let_pass(std::time::Duration::from_hours(24));
    played.now(Answer::Nothing);
    let (code, text) = place.rollout_prints(&advance);
    assert_eq!(code, 1);
    assert!(text.starts_with("TIME  hold       10 %  Prometheus does not answer: "), "{text}");
    played.now(Answer::Seen(well()));
    let (code, text) = place.rollout_prints(&advance);
    assert_eq!(
        (code, text.as_str()),
        (0, "TIME  advance    10 % → 25 %  all gates hold after 24h\n")
    );
    played.now(Answer::Seen(Observations { failed_share: Some(0.08), ..well() }));
    let (code, text) = place.rollout_prints(&advance);
    assert_eq!(code, 1);
    assert!(
        text.starts_with("TIME  roll-back  25 % → 10 %  above the share without it: "),
        "{text}"
    );
}

#[test]
fn the_plan_of_a_file_is_checked_and_kept_as_it_was_at_the_start() {
    let place = Place::new();
    let (code, shipped) = place.rollout_prints(&["plan"]);
    assert_eq!((code, &shipped), (0, &Plan::default().written()));
    let path = place.folder.path().join("plan.json");
    let file = path.to_str().unwrap();
    fs::write(&path, shipped.replacen("\"percentage\": 10", "\"percentage\": 3", 1)).unwrap();
    place.rollout_command(&["start", "--plan", file]);
    assert_eq!(place.percentage(), Some(3));
    fs::write(&path, "{\"flag\": 1}").unwrap();
    assert!(place.refuses(&["plan", "--plan", file]).contains("plan.json: flag: "));
    assert_eq!(place.rollout().course().unwrap().percentage().number(), 3);
    let run = place.rollout_command(&["plan", "--plan", "no-such-file"]);
    assert_eq!(run.code, 3);
}

#[test]
fn status_shows_the_stage_each_gate_and_the_last_decisions() {
    let place = Place::new();
    let slow = Observations { p99_ms: Some(612.0), fallback_samples: None, ..well() };
    let played = Played::new(Answer::Seen(slow));
    place.rollout_command(&["start"]);
    let (code, text) = place.rollout_prints(&["status", "--prometheus", &played.address]);
    let expected = "\
batch-patches-v1: wave 1 of 4, 10 %
in DIR/flags.json
since TIME
until TIME at least, LEFT left

gate                        reads      limit              now
faults                      0          none               holds
critical alerts             0          none               holds
processes                   20         at least 1         holds
batches with the flag       800        at least 100       holds
batches without it          –          at least 100       not known
above the share without it  +0.5 points  at most +2 points  not known
failed share                1 %        below 5 %          holds
p95                         120 ms     below 400 ms       holds
p99                         612 ms     below 500 ms       FAILS

roll-back: p99: 612 ms, has to be below 500 ms

when  what   percentage    who  why
TIME  start  100 % → 10 %  cli  it begins
";
    let cells = |text: &str| crate::docs::without_widths(text);
    let text = text.replace(place.state().path().to_str().unwrap(), "DIR");
    assert_eq!((code, cells(&text)), (0, cells(expected)));
    // Nothing was decided.
    assert_eq!(place.percentage(), Some(10));
    place.set_by_hand(4);
    place.rollout_command(&["pause"]);
    let (_, text) = place.rollout_prints(&["status", "--limit", "1"]);
    assert!(text.starts_with("batch-patches-v1: wave 1 of 4, 10 %, paused\n"), "{text}");
    assert!(text.contains("\nthe flag was set to 4 % by somebody else\n"), "{text}");
    assert!(text.ends_with("somebody paused it\nand 1 before; --limit shows more\n"), "{text}");
}

#[test]
fn status_as_json_has_all_of_it() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.rollout_command(&["start"]);
    let (_, text) = place.rollout_prints(&["status", "--json", "--prometheus", &played.address]);
    let status: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status["stage"], json!({ "wave": 1 }));
    assert_eq!((&status["wave"], &status["waves"]), (&json!(1), &json!(4)));
    assert_eq!((&status["percentage"], &status["found"]), (&json!(10), &json!(10)));
    assert_eq!(status["isPaused"], false);
    assert_eq!(status["now"]["step"], "hold");
    assert_eq!(status["now"]["observations"], serde_json::to_value(well()).unwrap());
    assert_eq!(
        status["now"]["gates"][6],
        json!({ "measure": "failedShare", "reads": 0.01, "limit": 0.05, "standing": "holds" })
    );
    let (_, text) = place.rollout_prints(&["status", "--json"]);
    let status: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(status["now"], Value::Null, "nobody was asked");
}

#[test]
fn a_call_that_makes_no_sense_is_refused_and_nothing_is_done() {
    let place = Place::new();
    for args in [&["status"][..], &["pause"], &["resume"], &["rollback"]] {
        assert!(place.refuses(args).contains("no rollout was started here"), "{args:?}");
    }
    assert_eq!(place.percentage(), None);
    place.rollout_command(&["start"]);
    let kept = fs::read(place.course_file()).unwrap();
    for args in [
        &[][..],
        &["advance"],
        &["watch"],
        &["start"],
        &["resume"],
        &["rollback", "--to", "10"],
        &["rollback", "--to", "101"],
        &["rollback", "--to", "after"],
        &["advance", "--prometheus", "https://127.0.0.1:9090"],
        &["advance", "--prometheus", "here"],
        &["watch", "--prometheus", "http://127.0.0.1:1", "--interval", "often"],
    ] {
        assert!(!place.refuses(args).is_empty(), "{args:?}");
    }
    assert_eq!(fs::read(place.course_file()).unwrap(), kept);
}

#[test]
fn the_flag_file_of_the_start_is_the_one_that_is_set_until_the_end() {
    let place = Place::new();
    let fleet = place.folder.path().canonicalize().unwrap().join("fleet.json");
    let fleet_file = fleet.to_str().unwrap();
    place.rollout_command(&["start", "--flags", fleet_file]);
    let on = |text: String| text.contains("[\"on\", 10]");
    assert!(on(fs::read_to_string(&fleet).unwrap()));
    let other = place.folder.path().join("other.json");
    let refused = place.refuses(&["rollback", "--flags", other.to_str().unwrap()]);
    assert!(refused.contains(&format!("the rollout sets {fleet_file}, and not ")), "{refused}");
    assert!(on(fs::read_to_string(&fleet).unwrap()));
    // Who is in a hurry names no file.
    assert_eq!(place.rollout_command(&["rollback"]).code, 0);
    assert!(fs::read_to_string(&fleet).unwrap().contains("DISABLED"));
    assert_eq!((place.percentage(), other.exists()), (None, false));
}

#[test]
fn a_plan_beyond_all_times_is_shown_and_nothing_breaks() {
    let place = Place::new();
    let path = place.folder.path().join("plan.json");
    let plan = Plan::default().written().replacen("24h", "99999999years", 1);
    fs::write(&path, plan).unwrap();
    place.rollout_command(&["start", "--plan", path.to_str().unwrap()]);
    let (code, _) = place.rollout_prints(&["status"]);
    assert_eq!(code, 0);
}

#[test]
fn what_an_operator_or_a_prometheus_says_never_orders_the_terminal_about() {
    let place = Place::new();
    let nasty = r#"{"status":"error","error":"\u001b[2J"}"#;
    let played = Played::new(Answer::Text(400, nasty.to_owned()));
    let started = place.rollout_command(&["start", "--why", "\u{1b}[31m", "--who", "\u{1b}\n"]);
    let looked = place.rollout_command(&["advance", "--prometheus", &played.address]);
    let shown = place.rollout_command(&["status", "--prometheus", &played.address]);
    for run in [started, looked, shown] {
        assert!(!run.stdout.contains(&0x1b) && !run.stderr.contains('\u{1b}'));
        assert!(!run.stdout.is_empty());
    }
}
