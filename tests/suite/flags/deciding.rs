//! What counts: two files, missing, broken, changed.

use std::fs;

use batchpatch::rollout::{BATCH_PATCHES, FlagSources, Flags, Percentage, Why, bucket};

use super::{Place, at, file, id};

fn numbers(flags: &Flags) -> (bool, u8) {
    let decision = flags.decide(BATCH_PATCHES);
    (decision.is_on, decision.percentage.number())
}

fn why(flags: &Flags) -> String {
    flags.decide(BATCH_PATCHES).why.to_string()
}

#[test]
fn without_any_file_a_flag_is_on() {
    let place = Place::new();
    let flags = place.flags();
    assert_eq!(numbers(&flags), (true, 100));
    assert_eq!(flags.decide(BATCH_PATCHES).why, Why::NoRollout);
    assert_eq!(flags.problems().count(), 0);
    assert!(!place.state().path().exists(), "nothing is made for somebody without flags");
}

#[test]
fn where_a_rollout_is_set_up_a_missing_file_or_flag_is_off() {
    let place = Place::new();
    let named = |name: &str| FlagSources::new(&place.state(), Some(place.beside(name)), None);
    let missing = Flags::open(named("missing.json"), id(1));
    assert_eq!(numbers(&missing), (false, 0));
    assert!(why(&missing).starts_with("there is no "), "{}", why(&missing));

    fs::write(place.beside("other.json"), file(&[("other", 100)])).unwrap();
    let other = Flags::open(named("other.json"), id(1));
    assert_eq!(numbers(&other), (false, 0));
    assert!(why(&other).ends_with(" does not mention it"), "{}", why(&other));

    place.write(r#"{"flags": {}}"#);
    assert_eq!(numbers(&place.flags()), (false, 0), "at the usual place too");

    let fleet = Some(place.beside("missing.json"));
    let flags = Flags::open(FlagSources::new(&Place::new().state(), None, fleet), id(1));
    assert_eq!(numbers(&flags), (false, 0), "and for the fleet");
}

#[test]
fn the_lower_one_of_both_files_counts() {
    let fleet_at = |place: &Place, percentage| {
        let path = place.beside("fleet.json");
        fs::write(&path, at(percentage)).unwrap();
        FlagSources::new(&place.state(), None, Some(path))
    };
    for (own, fleet, lower) in [(25, 50, 25), (50, 25, 25), (30, 30, 30), (0, 100, 0), (100, 0, 0)]
    {
        let place = Place::new();
        place.write(&at(own));
        let sources = fleet_at(&place, fleet);
        for number in 0..20 {
            let flags = Flags::open(sources.clone(), id(number));
            let is_below = bucket(BATCH_PATCHES, id(number)) < lower;
            assert_eq!(numbers(&flags), (is_below, lower), "{own} and {fleet}");
            let decision = flags.decide(BATCH_PATCHES);
            let by_each = (decision.own.number(), decision.fleet.map(Percentage::number));
            assert_eq!(by_each, (own, Some(fleet)));
            let file = if fleet < own { "fleet.json" } else { "flags.json" };
            assert!(decision.why.to_string().contains(file), "{}", decision.why);
        }
    }
    let place = Place::new();
    let flags = Flags::open(fleet_at(&place, 40), id(1));
    assert_eq!(flags.decide(BATCH_PATCHES).percentage.number(), 40, "the fleet's alone");
}

#[test]
fn who_is_named_has_the_flag_whatever_the_percentage_but_only_by_that_file() {
    let place = Place::new();
    let named = at(0).replace(
        r#"{"fractional": [["on", 0], ["off", 100]]}"#,
        &format!(
            r#"{{"if": [{{"in": [{{"var": "targetingKey"}}, ["{}"]]}}, "on",
                {{"fractional": [["on", 0], ["off", 100]]}}]}}"#,
            id(1)
        ),
    );
    place.write(&named);
    assert_eq!(numbers(&place.flags()), (true, 0));
    assert_eq!(
        why(&place.flags()),
        format!("{} names this installation", place.sources().own.display())
    );
    assert_eq!(numbers(&Flags::open(place.sources(), id(2))), (false, 0));

    let fleet = place.beside("fleet.json");
    fs::write(&fleet, at(0)).unwrap();
    let sources = FlagSources::new(&place.state(), None, Some(fleet));
    assert_eq!(numbers(&Flags::open(sources, id(1))), (false, 0));

    place.write(&named.replace("ENABLED", "DISABLED"));
    assert_eq!(numbers(&place.flags()), (false, 0));
    assert!(why(&place.flags()).ends_with("switches it off for everybody"));
}

#[test]
fn a_flag_file_that_breaks_keeps_the_last_good_one() {
    let place = Place::new();
    place.write(&at(100));
    let mut flags = place.flags();
    for broken in ["", "{", &at(0)[..40], "{\"flags\": {\"batch-patches-v1\": true}}"] {
        place.write(broken);
        assert_eq!(flags.refresh(), [], "nothing else counts");
        assert_eq!(numbers(&flags), (true, 100));
        let problem = flags.problems().next().unwrap().to_string();
        assert!(problem.ends_with("what it said before still counts"), "{problem}");
    }
    place.write(&at(0));
    assert_eq!(flags.refresh().len(), 1);
    assert_eq!((numbers(&flags), flags.problems().count()), ((false, 0), 0));
}

#[test]
fn a_flag_file_that_was_never_good_switches_all_off() {
    let place = Place::new();
    place.write("{");
    let mut flags = place.flags();
    assert_eq!(numbers(&flags), (false, 0));
    let problem = flags.problems().next().unwrap().to_string();
    assert!(problem.ends_with("until it is mended all flags are off"), "{problem}");
    assert!(why(&flags).ends_with(" is broken"));

    place.write(&at(100));
    flags.refresh();
    assert_eq!((numbers(&flags), flags.problems().count()), ((true, 100), 0));

    fs::remove_file(place.sources().own).unwrap();
    place.write("no flags");
    let mut flags = place.flags();
    fs::remove_file(place.sources().own).unwrap();
    flags.refresh();
    assert_eq!(numbers(&flags), (true, 100), "a file that is taken away is none");
    place.write("[");
    flags.refresh();
    assert_eq!(numbers(&flags), (false, 0), "and no file is no good one");
}

#[test]
fn something_else_than_a_file_is_a_problem_and_stops_nobody() {
    let place = Place::new();
    fs::create_dir_all(place.sources().own).unwrap();
    let flags = place.flags();
    assert_eq!(numbers(&flags), (false, 0));
    let problem = flags.problems().next().unwrap().to_string();
    assert!(problem.contains("cannot be read: it is not a regular file"), "{problem}");
}

#[test]
fn a_refresh_tells_what_counts_now_and_what_did_before() {
    let place = Place::new();
    let mut flags = place.flags();
    assert_eq!(flags.refresh(), []);
    place.write(&file(&[(BATCH_PATCHES, 0), ("other", 100)]));
    let changes = flags.refresh();
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            let (before, after) = (&change.before, &change.after);
            (
                change.flag.as_str(),
                before.percentage.number(),
                after.percentage.number(),
                after.is_on,
            )
        })
        .collect();
    assert_eq!(told, [(BATCH_PATCHES, 100, 0, false), ("other", 100, 100, true)]);
    assert_eq!(flags.names(), [BATCH_PATCHES, "other"]);
    assert_eq!(flags.refresh(), [], "once");

    place.write(&at(0));
    let changes = flags.refresh();
    assert_eq!(changes.len(), 1, "a flag that is not mentioned any more");
    assert_eq!((changes[0].flag.as_str(), changes[0].after.is_on), ("other", false));
}

#[test]
fn a_file_of_the_same_length_and_time_is_seen() {
    let place = Place::new();
    place.write(&at(11));
    let path = place.sources().own;
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let mut flags = place.flags();
    for percentage in [12, 34, 56] {
        place.write(&at(percentage));
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        assert_eq!(flags.refresh().len(), 1);
        assert_eq!(flags.decide(BATCH_PATCHES).percentage.number(), percentage);
    }
}
