//! Setting a flag: all of it or nothing, and nobody's work is lost.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use batchpatch::rollout::{BATCH_PATCHES, FlagFile, FlagSources, SetError, Setting, set};

use super::{Place, at, file, id, percent, setting, steps};

#[test]
fn the_first_flag_that_is_set_makes_the_file() {
    let place = Place::new();
    place.set(BATCH_PATCHES, 25).unwrap();
    let text = fs::read(place.sources().own).unwrap();
    let file = FlagFile::parse(&text).unwrap();
    assert_eq!(file.rule(BATCH_PATCHES).unwrap().percentage().number(), 25);
    assert!(String::from_utf8(text).unwrap().contains("\"$schema\": \"https://flagd.dev/"));
    assert_eq!(place.flags().decide(BATCH_PATCHES).percentage.number(), 25);
}

#[test]
fn all_other_flags_stay_as_they_are_byte_for_byte_and_in_their_order() {
    let place = Place::new();
    let other = "{\"variants\":{\"off\":false,  \"on\":true},\n\t\"defaultVariant\":\"on\", \"state\":\"ENABLED\"}";
    let flag = at(1);
    let (_, flag) = flag.split_once("\"batch-patches-v1\": ").unwrap();
    let flag = flag.strip_suffix("}}").unwrap();
    place.write(&format!(
        "{{\"flags\": {{\"z\": {other}, \"batch-patches-v1\": {flag}, \"a \\\" b\": {other}}}}}"
    ));
    place.set(BATCH_PATCHES, 2).unwrap();
    let text = fs::read_to_string(place.sources().own).unwrap();
    assert_eq!(text.matches(other).count(), 2, "{text}");
    let file = FlagFile::parse(text.as_bytes()).unwrap();
    assert_eq!(file.names().collect::<Vec<_>>(), ["z", BATCH_PATCHES, "a \" b"]);
    assert!(!text.contains("$schema"), "nothing is added either");
}

#[test]
fn what_is_written_is_read_as_it_was_meant() {
    let place = Place::new();
    for percentage in [0, 1, 50, 99, 100] {
        for named in [None, Some(vec![]), Some(vec![id(1).to_string(), "a \"b\" \n".to_owned()])] {
            let mut setting = setting(BATCH_PATCHES, percentage);
            setting.named.clone_from(&named);
            set(&place.sources(), &setting).unwrap();
            let text = fs::read(place.sources().own).unwrap();
            let file = FlagFile::parse(&text).unwrap();
            let rule = file.rule(BATCH_PATCHES).unwrap();
            assert_eq!(u64::from(rule.percentage().number()), percentage);
            if let Some(named) = named {
                assert_eq!(rule.named(), named);
            }
        }
    }
}

#[test]
fn ids_stay_named_until_others_are_and_zero_is_nobody() {
    let place = Place::new();
    let mut waves = setting(BATCH_PATCHES, 0);
    waves.named = Some(vec![id(1).to_string()]);
    set(&place.sources(), &waves).unwrap();
    let is_on = || place.flags().decide(BATCH_PATCHES).is_on;
    assert!(is_on(), "0 % with an id is that id");
    place.set(BATCH_PATCHES, 1).unwrap();
    assert!(is_on(), "nobody loses it when the percentage grows");
    place.set(BATCH_PATCHES, 0).unwrap();
    assert!(!is_on(), "and back is back for everybody");
    place.set(BATCH_PATCHES, 1).unwrap();
    assert!(is_on());
    waves.named = Some(vec![id(2).to_string()]);
    set(&place.sources(), &waves).unwrap();
    assert!(!is_on());
}

#[test]
fn a_broken_file_is_not_written_over() {
    let place = Place::new();
    place.set(BATCH_PATCHES, 10).unwrap();
    for broken in ["", "{", "{\"flags\": {\"x\": {}}}"] {
        place.write(broken);
        let error = place.set(BATCH_PATCHES, 25).unwrap_err();
        assert!(matches!(error, SetError::Broken { .. }), "{error}");
        assert_eq!(fs::read_to_string(place.sources().own).unwrap(), broken);
    }
    assert_eq!(place.history().changes.len(), 1);
}

#[test]
fn who_gets_over_a_broken_file_keeps_it_beside_the_new_one() {
    let place = Place::new();
    let own = place.sources().own;
    place.write("{ \"flags\": {");
    let over = Setting { over_broken: true, ..setting(BATCH_PATCHES, 0) };
    let change = set(&place.sources(), &over).unwrap();
    assert_eq!((change.from, change.to), (None, Some(percent(0))));
    let kept = format!("{}.broken", own.display());
    assert_eq!(change.why, Some(format!("the file was broken, see {kept}")));
    assert_eq!(fs::read_to_string(kept).unwrap(), "{ \"flags\": {");
    let file = FlagFile::parse(&fs::read(&own).unwrap()).unwrap();
    assert_eq!(file.rule(BATCH_PATCHES).unwrap().percentage(), percent(0));
    // What cannot be kept is not written over.
    fs::remove_file(&own).unwrap();
    fs::create_dir(&own).unwrap();
    assert!(matches!(set(&place.sources(), &over), Err(SetError::Io { .. })));
    assert!(own.is_dir());
}

#[test]
fn a_flag_that_nobody_asks_for_is_refused() {
    let place = Place::new();
    let error = place.set("batch-patch-v1", 25).unwrap_err();
    assert_eq!(error.to_string(), "there is no flag `batch-patch-v1`; known are batch-patches-v1");
    assert!(!place.sources().own.exists());
    place.write(&file(&[("mine", 1)]));
    place.set("mine", 2).unwrap();
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_and_nothing_has_changed() {
    let place = Place::new();
    let nowhere = place.beside("no such folder").join("flags.json");
    let sources = FlagSources::new(&place.state(), Some(nowhere), None);
    let error = set(&sources, &setting(BATCH_PATCHES, 1)).unwrap_err();
    assert!(matches!(error, SetError::Io { .. }), "{error}");
    assert_eq!(place.history().changes.len(), 0);
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    const WRITERS: usize = 8;
    const ROUNDS: u64 = 12;
    let place = Place::new();
    let names: Vec<String> = (0..WRITERS).map(|writer| format!("flag-{writer}")).collect();
    let flags: Vec<(&str, u8)> = names.iter().map(|name| (name.as_str(), 0)).collect();
    place.write(&file(&flags));
    place.flags();
    thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| {
                for round in 1..=ROUNDS {
                    let before = place.set(name, round).unwrap().from.unwrap();
                    assert_eq!(u64::from(before.number()) + 1, round, "my own last one");
                }
            });
        }
    });
    let file = FlagFile::parse(&fs::read(place.sources().own).unwrap()).unwrap();
    for name in &names {
        assert_eq!(u64::from(file.rule(name).unwrap().percentage().number()), ROUNDS);
    }
    let history = place.history();
    assert_eq!(history.broken_lines, 0);
    assert_eq!(history.changes.len(), WRITERS + WRITERS * usize::try_from(ROUNDS).unwrap());
    for name in &names {
        // The first one is how the test itself began.
        let own = steps(&history).into_iter().filter(|(_, flag, ..)| flag == name).skip(1);
        for (to, (_, _, from, now)) in (0..).zip(own) {
            assert_eq!((from, now), (Some(to), Some(to + 1)), "{name}");
        }
    }
}

#[test]
fn a_reader_never_sees_half_a_file() {
    let place = Place::new();
    let names: Vec<String> = (0..500).map(|number| format!("flag-{number}")).collect();
    let flags: Vec<(&str, u8)> = names.iter().map(|name| (name.as_str(), 50)).collect();
    place.write(&file(&flags));
    let path = place.sources().own;
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                let is_last = is_over.load(Ordering::Relaxed);
                let text = fs::read(&path).unwrap();
                let file = FlagFile::parse(&text).unwrap_or_else(|error| panic!("{error}"));
                assert_eq!(file.names().count(), 500);
                if is_last {
                    break;
                }
            }
        });
        let set = |percentage| place.set("flag-7", percentage);
        let all: Result<Vec<_>, _> = (0..40).map(set).collect();
        is_over.store(true, Ordering::Relaxed);
        all.unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_a_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let real = place.beside("real.json");
    fs::write(&real, at(1)).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    place.state().create().unwrap();
    std::os::unix::fs::symlink(&real, place.sources().own).unwrap();
    place.set(BATCH_PATCHES, 2).unwrap();
    assert!(fs::symlink_metadata(place.sources().own).unwrap().is_symlink());
    let file = FlagFile::parse(&fs::read(&real).unwrap()).unwrap();
    assert_eq!(file.rule(BATCH_PATCHES).unwrap().percentage().number(), 2);
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}
