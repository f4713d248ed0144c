//! The history: who, when, from, to, why, whatever happens to its file.

use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::{Duration, SystemTime};

use batchpatch::rollout::{BATCH_PATCHES, FlagSources, Flags, set};
use serde_json::Value;

use super::{Place, at, file, id, setting, steps};

#[test]
fn a_change_is_recorded_with_who_when_from_to_and_why() {
    let started = SystemTime::now();
    let place = Place::new();
    place.set(BATCH_PATCHES, 25).unwrap();
    let mut setting = setting(BATCH_PATCHES, 50);
    setting.why = Some("no alerts\nfor a week".to_owned());
    setting.named = Some(vec![id(7).to_string()]);
    set(&place.sources(), &setting).unwrap();

    let text = fs::read_to_string(place.sources().history).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "one line for each");
    let last = &lines[1];
    assert_eq!((&last["from"], &last["to"]), (&Value::from(25), &Value::from(50)));
    assert_eq!((&last["who"], &last["flag"]), (&"a test".into(), &BATCH_PATCHES.into()));
    assert_eq!(last["why"], "no alerts\nfor a week");
    assert_eq!(last["ids"], serde_json::json!([id(7).to_string()]));
    assert!(last["at"].as_str().unwrap().ends_with('Z'), "{last}");
    assert_eq!(last["file"], place.sources().own.to_str().unwrap());

    let history = place.history();
    assert_eq!(history.broken_lines, 0);
    assert_eq!(history.changes[0].from, None);
    // Times are written to the millisecond.
    let started = started - Duration::from_millis(1);
    assert!((started..=SystemTime::now()).contains(&history.changes[1].at));
}

#[test]
fn a_change_by_hand_is_recorded_once_however_many_processes_see_it() {
    const PROCESSES: usize = 10;
    const ROUNDS: u32 = 600;
    let percentage = |round: u32| u8::try_from(round % 100).unwrap();
    let place = Place::new();
    place.write(&at(0));
    let mut processes: Vec<Flags> = (0..PROCESSES).map(|_| place.flags()).collect();
    for round in 1..=ROUNDS {
        place.write(&at(percentage(round)));
        let together = Barrier::new(PROCESSES);
        thread::scope(|scope| {
            for flags in &mut processes {
                scope.spawn(|| {
                    together.wait();
                    // Who finds the history taken looks again the next time.
                    flags.refresh();
                    flags.refresh();
                });
            }
        });
    }
    for flags in &mut processes {
        flags.refresh();
    }
    let history = place.history();
    let step =
        |round| ("by hand", BATCH_PATCHES, Some(percentage(round - 1)), Some(percentage(round)));
    assert_eq!(steps(&history)[0], ("by hand", BATCH_PATCHES, None, Some(0)));
    assert_eq!(steps(&history)[1..], (1..=ROUNDS).map(step).collect::<Vec<_>>());
}

#[test]
fn what_was_changed_while_no_process_was_there_is_recorded_by_the_next_one() {
    let place = Place::new();
    place.set(BATCH_PATCHES, 10).unwrap();
    place.write(&at(20));
    place.flags();
    place.write(&at(30));
    place.set(BATCH_PATCHES, 40).unwrap();
    fs::remove_file(place.sources().own).unwrap();
    place.flags();
    place.flags();
    assert_eq!(
        steps(&place.history()),
        [
            ("a test", BATCH_PATCHES, None, Some(10)),
            ("by hand", BATCH_PATCHES, Some(10), Some(20)),
            ("by hand", BATCH_PATCHES, Some(20), Some(30)),
            ("a test", BATCH_PATCHES, Some(30), Some(40)),
            ("by hand", BATCH_PATCHES, Some(40), None),
        ]
    );
}

#[test]
fn setting_a_flag_is_not_taken_for_a_change_by_hand() {
    let place = Place::new();
    place.set(BATCH_PATCHES, 0).unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let set = |percentage| place.set(BATCH_PATCHES, percentage);
            let all: Result<Vec<_>, _> = (1..=50).map(set).collect();
            is_over.store(true, Ordering::Relaxed);
            all.unwrap();
        });
        for _ in 0..3 {
            scope.spawn(|| {
                let mut flags = place.flags();
                while !is_over.load(Ordering::Relaxed) {
                    flags.refresh();
                }
            });
        }
    });
    let history = place.history();
    let (by, others): (Vec<_>, Vec<_>) =
        steps(&history).into_iter().partition(|(who, ..)| *who == "a test");
    assert_eq!((by.len(), others), (51, vec![]));
}

#[test]
fn a_change_that_cannot_be_recorded_now_is_recorded_later_and_nobody_waits() {
    let place = Place::new();
    place.set(BATCH_PATCHES, 10).unwrap();
    let mut flags = place.flags();
    let lock = place.state().join("flag-history.jsonl.lock");
    let lock = fs::File::options().write(true).open(lock).unwrap();
    lock.lock().unwrap();
    place.write(&at(20));
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let changes = flags.refresh();
        drop(send.send((flags, changes)));
    });
    let (mut flags, changes) =
        receive.recv_timeout(Duration::from_secs(30)).expect("it does not wait for the lock");
    assert_eq!(changes.len(), 1, "the flag counts at once");
    assert_eq!(place.history().changes.len(), 1);
    lock.unlock().unwrap();
    assert_eq!(flags.refresh(), []);
    assert_eq!(place.history().changes.len(), 2);
}

#[test]
fn a_history_that_cannot_be_written_is_a_problem_and_the_flag_counts() {
    let place = Place::new();
    place.write(&at(0));
    fs::create_dir(place.sources().history).unwrap();
    let mut flags = place.flags();
    assert!(!flags.decide(BATCH_PATCHES).is_on);
    let problem = flags.problems().next().unwrap().to_string();
    assert!(problem.contains("cannot record a change of a flag"), "{problem}");
    fs::remove_dir(place.sources().history).unwrap();
    flags.refresh();
    assert_eq!(flags.problems().count(), 0);
    assert_eq!(place.history().changes.len(), 1);
}

#[test]
fn a_broken_line_costs_that_line_alone() {
    let place = Place::new();
    let path = place.sources().history;
    place.set(BATCH_PATCHES, 10).unwrap();
    let mut history = fs::File::options().append(true).open(&path).unwrap();
    history.write_all(b"\n{\"at\": \"yesterday\"}\n\xff\xfe\n[]\n").unwrap();
    place.set(BATCH_PATCHES, 20).unwrap();
    // A process that is ended in the middle of a line.
    history.write_all(br#"{"at":"2026-11-28T00:00:00Z","who":"a te"#).unwrap();
    place.set(BATCH_PATCHES, 30).unwrap();
    let history = place.history();
    assert_eq!(history.broken_lines, 4);
    let to: Vec<_> = steps(&history).into_iter().map(|(.., from, to)| (from, to)).collect();
    assert_eq!(to, [(None, Some(10)), (Some(10), Some(20)), (Some(20), Some(30))]);
}

#[test]
fn what_the_fleets_file_says_is_recorded_as_the_fleets() {
    let place = Place::new();
    let fleet = place.beside("fleet.json");
    fs::write(&fleet, file(&[(BATCH_PATCHES, 5)])).unwrap();
    place.set(BATCH_PATCHES, 50).unwrap();
    let sources = FlagSources::new(&place.state(), None, Some(fleet.clone()));
    let mut flags = Flags::open(sources, id(1));
    fs::write(&fleet, at(6)).unwrap();
    flags.refresh();
    let history = place.history();
    assert_eq!(
        steps(&history),
        [
            ("a test", BATCH_PATCHES, None, Some(50)),
            ("fleet", BATCH_PATCHES, None, Some(5)),
            ("fleet", BATCH_PATCHES, Some(5), Some(6)),
        ]
    );
    assert_eq!(history.changes[2].file, fleet.to_str().unwrap());
}
