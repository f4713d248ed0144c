//! What a rollout does to the flag, and what is kept of it.

use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use batchpatch::rollout::waves::{
    Back, FlagFound, Observations, Plan, Record, Records, Rollout, RolloutError, Stage, Step,
};
use batchpatch::rollout::{FlagSources, History};

use super::prometheus::{Answer, Played};
use super::{Place, at, percent, somebody, well};

const DAY: Duration = Duration::from_hours(24);

fn check(rollout: &Rollout, played: &Played) -> Record {
    rollout.check(&at(&played.address), "a test").unwrap().record
}

fn steps(rollout: &Rollout) -> Vec<(Step, u8, u8)> {
    let records = rollout.records().unwrap().records;
    let step = |it: &Record| (it.what, it.from.number(), it.to.number());
    records.iter().map(step).collect()
}

#[test]
fn a_rollout_goes_through_all_waves_and_its_watch_to_its_end() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    let mut seen = vec![place.percentage().unwrap()];
    for days in [1, 2, 2, 2, 14] {
        assert_eq!(check(&rollout, &played).what, Step::Hold);
        place.let_pass(days * DAY);
        check(&rollout, &played);
        seen.push(place.percentage().unwrap());
    }
    assert_eq!(seen, [10, 25, 50, 100, 100, 100]);
    assert_eq!(rollout.course().unwrap().stage, Stage::Done);
    let steps = steps(&rollout);
    let moves: Vec<_> = steps.into_iter().filter(|(what, ..)| *what != Step::Hold).collect();
    assert_eq!(
        moves,
        [
            (Step::Start, 100, 10),
            (Step::Advance, 10, 25),
            (Step::Advance, 25, 50),
            (Step::Advance, 50, 100),
            (Step::Advance, 100, 100),
            (Step::Done, 100, 100),
        ]
    );
    // And who looks again decides nothing.
    let before = fs::read(place.decisions_file()).unwrap();
    assert!(!rollout.check(&at(&played.address), "a test").unwrap().is_news);
    assert_eq!(fs::read(place.decisions_file()).unwrap(), before);
}

#[test]
fn the_flags_history_tells_what_the_rollout_did_and_why() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    place.let_pass(DAY);
    check(&rollout, &played);
    let changes = History::read(&place.sources().history).unwrap().changes;
    let told: Vec<_> = changes
        .iter()
        .map(|it| (it.who.as_str(), it.to.unwrap().number(), it.why.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [("rollout", 10, "start: it begins"), ("rollout", 25, "advance: all gates hold after 24h"),]
    );
}

#[test]
fn every_decision_is_kept_with_all_numbers() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    place.let_pass(DAY);
    let told = check(&rollout, &played);
    let kept = rollout.records().unwrap().records;
    assert_eq!(kept[0].observations, None);
    assert_eq!(kept[1].observations, Some(well()));
    assert_eq!((kept[1].who.as_str(), &kept[1].why), ("a test", &told.why));
    assert!(kept[1].at.elapsed().unwrap() < Duration::from_mins(10));
}

#[test]
fn a_fault_takes_the_flag_from_everybody_and_also_from_those_that_are_named() {
    let place = Place::new();
    let mut plan = Plan::default();
    plan.waves[0].ids = vec!["a".repeat(32)];
    let rollout = place.started(plan);
    assert_eq!(place.flag(), Some((10, vec!["a".repeat(32)])));
    let played = Played::new(Answer::Seen(Observations { faults: Some(1.0), ..well() }));
    let record = check(&rollout, &played);
    assert_eq!((record.what, record.to), (Step::RollBack, percent(0)));
    assert_eq!(place.flag(), Some((0, vec![])));
    assert_eq!(rollout.course().unwrap().stage, Stage::RolledBack);
}

#[test]
fn a_failed_gate_leads_to_the_wave_before_which_waits_for_somebody() {
    let place = Place::new();
    let mut plan = Plan::default();
    plan.waves[1].ids = vec!["b".repeat(32)];
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(plan);
    place.let_pass(DAY);
    check(&rollout, &played);
    assert_eq!(place.flag(), Some((25, vec!["b".repeat(32)])));
    played.now(Answer::Seen(Observations { p95_ms: Some(500.0), ..well() }));
    let record = check(&rollout, &played);
    assert_eq!((record.what, record.stage), (Step::RollBack, Stage::Wave(1)));
    assert_eq!(place.flag(), Some((10, vec![])), "who was named in the later wave is not any more");
    played.now(Answer::Seen(well()));
    place.let_pass(2 * DAY);
    let record = check(&rollout, &played);
    assert_eq!((record.what, &*record.why), (Step::Hold, "it is paused"));
    rollout.resume(&somebody()).unwrap();
    place.let_pass(Duration::from_hours(23));
    assert_eq!(check(&rollout, &played).what, Step::Hold);
    place.let_pass(Duration::from_hours(1));
    assert_eq!(check(&rollout, &played).what, Step::Advance);
}

#[test]
fn staying_for_the_same_reason_is_kept_once() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    let mut news = Vec::new();
    for samples in 0..20 {
        played.now(Answer::Seen(Observations { samples: Some(f64::from(samples)), ..well() }));
        news.push(rollout.check(&at(&played.address), "a test").unwrap().is_news);
    }
    assert_eq!(news.iter().filter(|is_news| **is_news).count(), 1);
    // Two reasons in turns are told once each.
    for _ in 0..10 {
        played.now(Answer::Seen(well()));
        check(&rollout, &played);
        played.now(Answer::Text(500, String::new()));
        check(&rollout, &played);
    }
    assert_eq!(steps(&rollout).len(), 4);
}

#[test]
fn a_reason_that_comes_back_after_an_hour_is_kept_again() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    check(&rollout, &played);
    played.now(Answer::Nothing);
    check(&rollout, &played);
    let mut records = rollout.records().unwrap().records;
    for record in &mut records {
        record.at -= Duration::from_hours(1);
    }
    let lines: Vec<String> =
        records.iter().map(|it| serde_json::to_string(it).unwrap() + "\n").collect();
    fs::write(place.decisions_file(), lines.concat()).unwrap();
    played.now(Answer::Seen(well()));
    assert!(rollout.check(&at(&played.address), "a test").unwrap().is_news);
    assert!(!rollout.check(&at(&played.address), "a test").unwrap().is_news);
}

#[test]
fn a_broken_line_costs_no_other_decision() {
    let place = Place::new();
    let rollout = place.started(Plan::default());
    let path = place.decisions_file();
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("nothing\n{whole}{}", &whole[..whole.len() / 2])).unwrap();
    rollout.pause(&somebody()).unwrap();
    let Records { records, broken_lines } = rollout.records().unwrap();
    assert_eq!(broken_lines, 2);
    let steps: Vec<Step> = records.iter().map(|record| record.what).collect();
    assert_eq!(steps, [Step::Start, Step::Pause]);
}

#[test]
fn a_course_that_is_broken_is_told_and_nothing_is_done() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(Observations { faults: Some(1.0), ..well() }));
    let rollout = place.started(Plan::default());
    let whole = fs::read_to_string(place.course_file()).unwrap();
    let history = fs::read(place.sources().history).unwrap();
    for broken in [
        String::new(),
        whole[..whole.len() / 2].to_owned(),
        whole.replace("\"wave\": 1", "\"wave\": 5"),
        whole.replace("\"wave\": 1", "\"wave\": 0"),
        whole.replace("\"isPaused\"", "\"paused\""),
        whole.replace("\"24h\"", "\"0s\""),
    ] {
        assert_ne!(broken, whole);
        fs::write(place.course_file(), &broken).unwrap();
        let prometheus = at(&played.address);
        for error in [
            rollout.check(&prometheus, "a test").unwrap_err(),
            rollout.pause(&somebody()).unwrap_err(),
            rollout.start(Plan::default(), &somebody()).unwrap_err(),
            rollout.roll_back(Back::Before, &somebody()).unwrap_err(),
        ] {
            assert!(matches!(error, RolloutError::Broken { .. }), "{error}");
            assert!(error.to_string().contains("rollout.json: "), "{error}");
        }
        assert_eq!(fs::read_to_string(place.course_file()).unwrap(), broken);
    }
    assert_eq!(fs::read(place.sources().history).unwrap(), history);
    assert_eq!(place.percentage(), Some(10));
}

#[test]
fn a_rollout_is_started_once_and_again_only_after_its_end() {
    let place = Place::new();
    let rollout = place.rollout();
    assert!(matches!(rollout.course(), Err(RolloutError::NotStarted)));
    assert!(matches!(rollout.pause(&somebody()), Err(RolloutError::NotStarted)));
    let start = || rollout.start(Plan::default(), &somebody());
    start().unwrap();
    assert!(matches!(start(), Err(RolloutError::UnderWay(_))));
    rollout.pause(&somebody()).unwrap();
    assert!(matches!(start(), Err(RolloutError::UnderWay(_))));
    rollout.roll_back(Back::To(percent(0)), &somebody()).unwrap();
    assert_eq!(place.percentage(), Some(0));
    assert!(matches!(rollout.resume(&somebody()), Err(RolloutError::Over(_))));
    start().unwrap();
    assert!(!rollout.course().unwrap().is_paused, "it begins anew");
    assert_eq!(place.percentage(), Some(10));
}

#[test]
fn a_plan_for_a_flag_that_nobody_asks_for_starts_nothing() {
    let place = Place::new();
    let plan = Plan { flag: "batch-patch-v1".to_owned(), ..Plan::default() };
    let error = place.rollout().start(plan, &somebody()).unwrap_err();
    assert!(matches!(error, RolloutError::Flag(_)), "{error}");
    assert!(!place.course_file().exists());
}

#[test]
fn somebody_goes_back_to_any_earlier_wave_and_to_no_other() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    for days in [1, 2] {
        place.let_pass(days * DAY);
        check(&rollout, &played);
    }
    let back = |percentage| rollout.roll_back(Back::To(percent(percentage)), &somebody());
    for wrong in [50, 100, 11] {
        assert!(matches!(back(wrong), Err(RolloutError::NotThatWay(_))), "{wrong}");
    }
    assert_eq!(place.percentage(), Some(50));
    back(10).unwrap();
    assert_eq!(place.percentage(), Some(10));
    let course = rollout.course().unwrap();
    assert_eq!(course.stage, Stage::Wave(1));
    assert!(course.elapsed(SystemTime::now()).unwrap() < Duration::from_mins(10));
    rollout.roll_back(Back::Before, &somebody()).unwrap();
    assert_eq!(place.percentage(), Some(0));
    // Once more changes nothing, and never fails who is in a hurry.
    back(0).unwrap();
}

#[test]
fn a_flag_that_somebody_set_lower_pauses_and_resuming_sets_it_again() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    place.let_pass(DAY);
    place.set_by_hand(3);
    assert_eq!(check(&rollout, &played).what, Step::Pause);
    assert_eq!(place.percentage(), Some(3));
    assert!(rollout.course().unwrap().is_paused);
    assert_eq!(check(&rollout, &played).what, Step::Hold);
    rollout.resume(&somebody()).unwrap();
    assert_eq!(place.percentage(), Some(10));
    assert_eq!(check(&rollout, &played).why, "the 24h are not over");
}

#[test]
fn a_flag_that_somebody_set_higher_is_left_and_told() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    place.let_pass(DAY);
    place.set_by_hand(80);
    let record = check(&rollout, &played);
    assert_eq!((record.what, place.percentage()), (Step::Hold, Some(80)));
    assert!(record.why.contains("somebody set the flag to 80 %"), "{}", record.why);
    fs::remove_file(place.sources().own).unwrap();
    let record = check(&rollout, &played);
    assert!(record.why.contains("to 100 %"), "no file is everybody: {}", record.why);
    rollout.resume(&somebody()).unwrap();
    assert_eq!(place.percentage(), Some(10));
    assert!(matches!(rollout.resume(&somebody()), Err(RolloutError::NotThatWay(_))));
}

#[test]
fn a_broken_flag_file_holds_and_does_not_keep_a_rollout_from_going_back() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    let rollout = place.started(Plan::default());
    place.let_pass(DAY);
    fs::write(place.sources().own, "{").unwrap();
    let record = check(&rollout, &played);
    assert_eq!(record.what, Step::Hold);
    assert!(record.why.contains("flags.json: "), "{}", record.why);
    played.now(Answer::Seen(Observations { faults: Some(1.0), ..well() }));
    assert_eq!(fs::read_to_string(place.sources().own).unwrap(), "{", "nothing was set yet");
    assert_eq!(check(&rollout, &played).what, Step::RollBack);
    assert_eq!(place.percentage(), Some(0));
    assert_eq!(fs::read_to_string(place.state().join("flags.json.broken")).unwrap(), "{");
    let change = History::read(&place.sources().history).unwrap().changes.pop().unwrap();
    assert!(change.why.unwrap().contains("the file was broken, see "));
}

#[test]
fn decisions_that_cannot_be_kept_do_not_keep_the_flag_from_going_back() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(Observations { alerts: Some(1.0), ..well() }));
    let rollout = place.started(Plan::default());
    fs::remove_file(place.decisions_file()).unwrap();
    fs::create_dir(place.decisions_file()).unwrap();
    let error = rollout.check(&at(&played.address), "a test").unwrap_err();
    assert!(matches!(error, RolloutError::NotRecorded { .. }), "{error}");
    assert_eq!(place.percentage(), Some(0));
    assert_eq!(rollout.course().unwrap().stage, Stage::RolledBack);
}

#[test]
fn only_one_process_watches() {
    let place = Place::new();
    let rollout = place.rollout();
    let first = rollout.watching().unwrap();
    assert!(matches!(rollout.watching(), Err(RolloutError::Watched)));
    drop(first);
    rollout.watching().unwrap();
}

/// A process that is being started has everything that this one has open, for a moment.
#[test]
fn who_ends_watching_leaves_it_to_the_next_while_processes_are_started() {
    let place = Place::new();
    let rollout = place.rollout();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                assert!(Command::new("true").status().unwrap().success());
            }
        });
        for round in 0..10_000 {
            if let Err(error) = rollout.watching() {
                is_over.store(true, Ordering::Relaxed);
                panic!("{error} in round {round}");
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn others_decide_while_prometheus_does_not_answer() {
    let place = Place::new();
    let played = Played::new(Answer::Half);
    let rollout = place.started(Plan::default());
    thread::scope(|scope| {
        let asked = scope.spawn(|| played.wait_for(1));
        let looking = scope.spawn(|| check(&rollout, &played));
        asked.join().unwrap();
        rollout.roll_back(Back::To(percent(0)), &somebody()).unwrap();
        assert_eq!(place.percentage(), Some(0));
        assert!(!looking.is_finished(), "it still waits for the answer");
        played.now(Answer::Seen(well()));
        // What was decided meanwhile counts, and not what was there before.
        assert_eq!(looking.join().unwrap().why, "the rollout is rolled back");
    });
    assert_eq!(place.percentage(), Some(0));
}

#[test]
fn the_lower_one_of_two_flag_files_is_what_is_found() {
    let place = Place::new();
    let played = Played::new(Answer::Seen(well()));
    place.started(Plan::default());
    let fleet = place.folder.path().join("fleet.json");
    let text = fs::read_to_string(place.sources().own).unwrap();
    let text = text.replace("[\"on\", 10], [\"off\", 90]", "[\"on\", 2], [\"off\", 98]");
    fs::write(&fleet, text).unwrap();
    let sources = FlagSources::new(&place.state(), None, Some(fleet));
    let rollout = Rollout::new(place.state(), sources);
    let record = check(&rollout, &played);
    assert_eq!(record.what, Step::Pause);
    assert!(record.why.contains("to 2 %"), "{}", record.why);
    assert_eq!(rollout.flag(&rollout.course().unwrap()).unwrap(), FlagFound::At(percent(2)));
}
