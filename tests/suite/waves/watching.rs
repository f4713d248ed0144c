//! `batchpatch rollout watch`, as it runs for weeks.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use batchpatch::rollout::waves::{Back, Observations, Plan, Stage};
use serde_json::Value;

use super::prometheus::{Answer, DEADLINE, Played};
use super::{Place, percent, somebody, well};
use crate::cli::batchpatch;

const DAY: Duration = Duration::from_hours(24);

/// A process that watches.
struct Watcher {
    process: Child,
    told: Receiver<String>,
    complained: Receiver<String>,
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

impl Watcher {
    fn new(place: &Place, played: &Played, args: &[&str]) -> Watcher {
        let mut command = batchpatch();
        command
            .args(["rollout", "watch", "--interval", "1ms", "--prometheus", &played.address])
            .args(args)
            .env("BATCHPATCH_STATE", place.state().path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let told = lines(process.stdout.take().unwrap());
        let complained = lines(process.stderr.take().unwrap());
        Watcher { process, told, complained }
    }

    /// The next line, which has to have this in it.
    fn tells(&self, part: &str) -> String {
        let line = self.told.recv_timeout(DEADLINE).unwrap();
        assert!(line.contains(part), "{line} has no {part}");
        line
    }

    fn ends(&mut self) -> ExitStatus {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            thread::yield_now();
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The shipped plan, so short that a test can wait for it.
fn short() -> Plan {
    let mut plan = Plan { watch: Duration::from_millis(1), ..Plan::default() };
    for wave in &mut plan.waves {
        wave.hold = Duration::from_millis(1);
    }
    plan
}

#[test]
fn it_goes_through_all_waves_and_ends_when_the_rollout_does() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.started(short());
    let mut watcher = Watcher::new(&place, &played, &[]);
    watcher.tells("  advance    10 % → 25 %  all gates hold after 1ms");
    watcher.tells("  advance    25 % → 50 %  ");
    watcher.tells("  advance    50 % → 100 %  ");
    watcher.tells("  advance    100 %, watching  ");
    watcher.tells("  done       100 %  ");
    assert_eq!(watcher.ends().code(), Some(0));
    assert!(watcher.told.recv_timeout(DEADLINE).is_err(), "that is all");
    assert_eq!(place.percentage(), Some(100));
}

#[test]
fn on_a_fault_it_rolls_back_to_nobody_and_ends_with_one() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.started(Plan::default());
    let mut watcher = Watcher::new(&place, &played, &["--json"]);
    let hold: Value = serde_json::from_str(&watcher.tells("hold")).unwrap();
    assert_eq!(hold["why"], "the 24h are not over");
    played.now(Answer::Seen(Observations { faults: Some(1.0), ..well() }));
    let back: Value = serde_json::from_str(&watcher.tells("roll-back")).unwrap();
    assert_eq!((&back["from"], &back["to"]), (&Value::from(10), &Value::from(0)));
    assert_eq!(back["observations"]["faults"], 1.0);
    assert_eq!(watcher.ends().code(), Some(1));
    assert_eq!(place.percentage(), Some(0));
}

#[test]
fn it_survives_that_prometheus_goes_away_and_never_advances_meanwhile() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.started(Plan::default());
    let watcher = Watcher::new(&place, &played, &[]);
    watcher.tells("the 24h are not over");
    for (answer, told) in [
        (Answer::Nothing, "Prometheus does not answer"),
        (Answer::Text(500, String::new()), "Prometheus answers with status 500"),
        (Answer::Text(200, "{".to_owned()), "what answers is no Prometheus"),
        (Answer::Seen(Observations::default()), "no process is seen to answer"),
    ] {
        played.now(answer);
        watcher.tells(told);
    }
    place.let_pass(DAY);
    watcher.tells("hold       10 %  no process is seen to answer");
    played.wait_for(30);
    assert_eq!(place.percentage(), Some(10));
    played.now(Answer::Seen(well()));
    watcher.tells("10 % → 25 %");
}

#[test]
fn it_ends_when_somebody_rolls_back() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    let mut watcher = Watcher::new(&place, &played, &[]);
    watcher.tells("hold");
    rollout.roll_back(Back::To(percent(0)), &somebody()).unwrap();
    watcher.tells("the rollout is rolled back");
    assert_eq!(watcher.ends().code(), Some(1));
}

#[test]
fn a_second_one_is_refused() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.started(Plan::default());
    let first = Watcher::new(&place, &played, &[]);
    first.tells("hold");
    let mut second = Watcher::new(&place, &played, &[]);
    assert_eq!(second.ends().code(), Some(2));
    let told = second.complained.recv_timeout(DEADLINE).unwrap();
    assert_eq!(told, "batchpatch: another process watches this rollout");
}

#[test]
fn a_course_that_is_broken_is_told_and_goes_on_when_it_is_mended() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.started(Plan::default());
    let watcher = Watcher::new(&place, &played, &[]);
    watcher.tells("hold");
    let path = place.course_file();
    let whole = fs::read(&path).unwrap();
    place.replace(&path, b"{");
    let told = watcher.complained.recv_timeout(DEADLINE).unwrap();
    assert!(told.contains("rollout.json: "), "{told}");
    place.replace(&path, &whole);
    place.let_pass(DAY);
    watcher.tells("10 % → 25 %");
}

#[test]
fn a_rollback_that_cannot_be_written_is_told_once_and_tried_until_it_is_done() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.started(Plan::default());
    let mut watcher = Watcher::new(&place, &played, &[]);
    watcher.tells("hold");
    let path = place.sources().own;
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    played.now(Answer::Seen(Observations { faults: Some(1.0), ..well() }));
    let told = loop {
        let told = watcher.complained.recv_timeout(DEADLINE).unwrap();
        if told.contains("cannot write") {
            break told;
        }
    };
    played.wait_for(50);
    let again = watcher.complained.try_recv();
    assert!(again.is_err(), "{told} is told once, and not {again:?}");
    fs::remove_dir(&path).unwrap();
    place.replace(&path, &whole);
    watcher.tells("roll-back  10 % → 0 %");
    assert_eq!(watcher.ends().code(), Some(1));
}

#[test]
fn without_a_rollout_there_is_nothing_to_watch() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let mut watcher = Watcher::new(&place, &played, &[]);
    assert_eq!(watcher.ends().code(), Some(2));
    let told = watcher.complained.recv_timeout(DEADLINE).unwrap();
    assert!(told.contains("no rollout was started here"), "{told}");
}

#[cfg(unix)]
#[test]
fn the_signal_to_end_ends_it_and_another_one_goes_on() {
    use std::os::unix::process::ExitStatusExt as _;

    use rustix::process::{Pid, Signal, kill_process};
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    let mut watcher = Watcher::new(&place, &played, &[]);
    watcher.tells("hold");
    kill_process(Pid::from_child(&watcher.process), Signal::TERM).unwrap();
    assert_eq!(watcher.ends().signal(), Some(Signal::TERM.as_raw()));
    place.let_pass(DAY);
    let watcher = Watcher::new(&place, &played, &[]);
    watcher.tells("10 % → 25 %");
    assert_eq!(rollout.course().unwrap().stage, Stage::Wave(2));
}
