//! What is decided: a table, and random looks held against a naive reading of the rules.

use std::cell::Cell;
use std::time::Duration;

use batchpatch::rollout::Percentage;
use batchpatch::rollout::waves::{Course, FlagFound, Observations, Stage, Standing, Step, judge};
use proptest::prelude::*;

use super::{course, noon, percent, well};
use crate::counts::runner;

const HOUR: Duration = Duration::from_hours(1);
const STAGES: [Stage; 7] = [
    Stage::Wave(1),
    Stage::Wave(2),
    Stage::Wave(3),
    Stage::Wave(4),
    Stage::Watching,
    Stage::RolledBack,
    Stage::Done,
];

/// What is decided in a stage when its time is over and all is well but for this.
fn after(
    stage: Stage,
    spoil: impl FnOnce(&mut Course, &mut FlagFound, &mut Observations),
) -> (Step, Stage, String) {
    let mut course = course(stage);
    let mut flag = FlagFound::At(course.percentage());
    let mut seen = well();
    spoil(&mut course, &mut flag, &mut seen);
    let now = noon() + course.lasts().unwrap_or_default();
    let judgement = judge(&course, &flag, &seen, now);
    (judgement.step, judgement.to, judgement.why)
}

#[test]
fn a_wave_that_is_over_with_all_gates_held_leads_to_the_next() {
    let well = |stage| {
        let (step, to, _) = after(stage, |_, _, _| {});
        (step, to)
    };
    assert_eq!(well(Stage::Wave(1)), (Step::Advance, Stage::Wave(2)));
    assert_eq!(well(Stage::Wave(2)), (Step::Advance, Stage::Wave(3)));
    assert_eq!(well(Stage::Wave(3)), (Step::Advance, Stage::Wave(4)));
    assert_eq!(well(Stage::Wave(4)), (Step::Advance, Stage::Watching));
    assert_eq!(well(Stage::Watching), (Step::Done, Stage::Done));
    assert_eq!(well(Stage::Done), (Step::Hold, Stage::Done));
    assert_eq!(well(Stage::RolledBack), (Step::Hold, Stage::RolledBack));
}

#[test]
fn a_wave_lasts_as_long_as_the_plan_says_and_not_a_moment_less() {
    for (stage, hours) in [
        (Stage::Wave(1), 24),
        (Stage::Wave(2), 48),
        (Stage::Wave(3), 48),
        (Stage::Wave(4), 48),
        (Stage::Watching, 14 * 24),
    ] {
        let course = course(stage);
        let flag = FlagFound::At(course.percentage());
        let over = noon() + hours * HOUR;
        let step = |now| judge(&course, &flag, &well(), now).step;
        assert_ne!(step(over), Step::Hold, "{stage:?}");
        assert_eq!(step(over - Duration::from_nanos(1)), Step::Hold, "{stage:?}");
        assert_eq!(step(noon()), Step::Hold, "{stage:?}");
    }
}

#[test]
fn a_fault_and_a_critical_alert_lead_to_nobody_from_everywhere() {
    for stage in STAGES.into_iter().filter(|stage| course(*stage).is_under_way()) {
        let fault = |_: &mut Course, _: &mut FlagFound, seen: &mut Observations| {
            seen.faults = Some(1.0);
        };
        let (step, to, why) = after(stage, fault);
        assert_eq!((step, to), (Step::RollBack, Stage::RolledBack));
        assert_eq!(why, "a fault of batchpatch itself");

        let (step, to, why) = after(stage, |course, flag, seen| {
            // Whatever else there is.
            course.is_paused = true;
            *flag = FlagFound::At(percent(5));
            *seen = Observations::none("Prometheus does not answer");
            seen.alerts = Some(1.0);
            seen.alert_names = vec!["BatchpatchFailedShareHigh".to_owned()];
        });
        assert_eq!((step, to), (Step::RollBack, Stage::RolledBack));
        assert_eq!(why, "critical: BatchpatchFailedShareHigh");
    }
}

#[test]
fn danger_does_not_wait_for_a_wave_to_be_over_nor_for_a_clock() {
    let course = course(Stage::Wave(3));
    let seen = Observations { faults: Some(0.5), ..well() };
    for now in [noon(), noon() - HOUR] {
        let judgement = judge(&course, &FlagFound::At(percent(50)), &seen, now);
        assert_eq!(judgement.to, Stage::RolledBack);
    }
}

/// A way to spoil what is seen, and what is said of it.
type Spoiled = (fn(&mut Observations), &'static str);

const FAILING: [Spoiled; 4] = [
    (|seen| seen.failed_share = Some(0.05), "failed share: 5 %, has to be below 5 %"),
    (
        |seen| seen.failed_share = Some(0.0261),
        "above the share without it: +2.11 points, has to be at most +2 points",
    ),
    (|seen| seen.p95_ms = Some(400.0), "p95: 400 ms, has to be below 400 ms"),
    (|seen| seen.p99_ms = Some(731.25), "p99: 731.3 ms, has to be below 500 ms"),
];

#[test]
fn a_gate_that_fails_leads_to_the_wave_before() {
    for (spoil, told) in FAILING {
        for (stage, before) in [
            (Stage::Wave(1), Stage::RolledBack),
            (Stage::Wave(2), Stage::Wave(1)),
            (Stage::Wave(3), Stage::Wave(2)),
        ] {
            let (step, to, why) = after(stage, |_, _, seen| spoil(seen));
            assert_eq!((step, to), (Step::RollBack, before), "{told}");
            assert!(why.contains(told), "{why} has no {told}");
        }
    }
    let slow = |_: &mut Course, _: &mut FlagFound, seen: &mut Observations| {
        seen.p99_ms = Some(1000.0);
    };
    assert_eq!(after(Stage::Wave(4), slow).1, Stage::Wave(3));
    assert_eq!(after(Stage::Watching, slow).1, Stage::Wave(3));
}

#[test]
fn where_everybody_has_the_flag_nobody_is_compared_with() {
    let alone = |_: &mut Course, _: &mut FlagFound, seen: &mut Observations| {
        seen.failed_share = Some(0.04);
        (seen.fallback_samples, seen.fallback_failed_share) = (None, None);
    };
    assert_eq!(after(Stage::Wave(4), alone).0, Step::Advance);
    let (step, _, why) = after(Stage::Wave(3), alone);
    assert_eq!(step, Step::Hold);
    assert_eq!(why, "there are too few batches without the flag to compare with");
}

#[test]
fn one_slow_batch_among_few_decides_no_quantile() {
    for (samples, step) in [(499.0, Step::Hold), (500.0, Step::RollBack)] {
        let slow = |_: &mut Course, _: &mut FlagFound, seen: &mut Observations| {
            (seen.samples, seen.p99_ms) = (Some(samples), Some(700.0));
        };
        assert_eq!(after(Stage::Wave(2), slow).0, step, "{samples} batches");
    }
}

#[test]
fn of_too_few_batches_nothing_is_concluded() {
    for (spoil, told) in FAILING {
        let few = |_: &mut Course, _: &mut FlagFound, seen: &mut Observations| {
            spoil(seen);
            seen.samples = Some(99.9);
        };
        let (step, _, why) = after(Stage::Wave(2), few);
        assert_eq!(step, Step::Hold, "{told}");
        assert_eq!(why, "there are too few batches with the flag");
    }
}

/// What must be known, and what is said where it is not.
const UNKNOWN: [Spoiled; 10] = [
    (|seen| seen.faults = None, "it is not known whether there were faults"),
    (|seen| seen.alerts = None, "it is not known whether a critical alert fires"),
    (|seen| seen.processes = None, "no process is seen to answer"),
    (|seen| seen.processes = Some(0.0), "no process is seen to answer"),
    (|seen| seen.samples = None, "there are too few batches with the flag"),
    (|seen| seen.fallback_samples = None, "there are too few batches without the flag"),
    (|seen| seen.failed_share = None, "the failed share is not known"),
    (|seen| seen.fallback_failed_share = None, "the failed share cannot be compared"),
    (|seen| seen.p95_ms = Some(f64::NAN), "the p95 is not known"),
    (|seen| seen.p99_ms = None, "the p99 is not known"),
];

#[test]
fn what_is_not_known_is_never_good() {
    for (spoil, told) in UNKNOWN {
        let (step, to, why) = after(Stage::Wave(2), |_, _, seen| spoil(seen));
        assert_eq!((step, to), (Step::Hold, Stage::Wave(2)), "{told}");
        assert!(why.contains(told), "{why} has no {told}");
    }
    let (step, _, why) = after(Stage::Wave(2), |_, _, seen| {
        *seen = Observations::none("Prometheus does not answer: refused");
    });
    assert_eq!((step, why.as_str()), (Step::Hold, "Prometheus does not answer: refused"));
    let (step, _, _) = after(Stage::Wave(2), |_, _, seen| *seen = Observations::default());
    assert_eq!(step, Step::Hold);
    // All is well that was asked, and then there was no answer any more.
    let (step, _, _) = after(Stage::Wave(2), |_, _, seen| seen.trouble = Some("late".to_owned()));
    assert_eq!(step, Step::Hold);
}

#[test]
fn a_pause_keeps_it_from_advancing_and_not_from_going_back() {
    let paused = |_: &mut Observations| {};
    let after_pause = |spoil: fn(&mut Observations)| {
        after(Stage::Wave(2), |course, _, seen| {
            course.is_paused = true;
            spoil(seen);
        })
    };
    let (step, to, why) = after_pause(paused);
    assert_eq!((step, to, why.as_str()), (Step::Hold, Stage::Wave(2), "it is paused"));
    assert_eq!(after_pause(|seen| seen.p95_ms = Some(401.0)).1, Stage::Wave(1));
    assert_eq!(after_pause(|seen| seen.faults = Some(1.0)).1, Stage::RolledBack);
}

#[test]
fn who_set_the_flag_lower_is_respected_and_who_set_it_higher_is_told() {
    let found = |percentage, is_paused| {
        after(Stage::Wave(2), |course, flag, _| {
            *flag = FlagFound::At(percent(percentage));
            course.is_paused = is_paused;
        })
    };
    let (step, to, why) = found(24, false);
    assert_eq!((step, to), (Step::Pause, Stage::Wave(2)));
    assert_eq!(why, "somebody set the flag to 24 %, below the 25 % of the wave");
    assert_eq!(found(0, true).0, Step::Hold);
    let (step, to, why) = found(26, false);
    assert_eq!((step, to), (Step::Hold, Stage::Wave(2)));
    assert_eq!(why, "somebody set the flag to 26 %, above the 25 % of the wave");
    let (step, _, why) = after(Stage::Wave(2), |_, flag, _| {
        *flag = FlagFound::Broken("flags.json: is broken".to_owned());
    });
    assert_eq!((step, why.as_str()), (Step::Hold, "flags.json: is broken"));
}

#[test]
fn a_gate_that_fails_never_raises_a_flag_that_somebody_set_lower() {
    let (step, to, _) = after(Stage::Wave(3), |_, flag, seen| {
        *flag = FlagFound::At(percent(1));
        seen.p95_ms = Some(5000.0);
    });
    assert_eq!((step, to), (Step::Pause, Stage::Wave(3)));
}

#[test]
fn a_clock_that_went_back_holds() {
    let course = course(Stage::Wave(1));
    let judgement =
        judge(&course, &FlagFound::At(percent(10)), &well(), noon() - Duration::from_nanos(1));
    assert_eq!(judgement.step, Step::Hold);
    assert_eq!(judgement.why, "the clock went back behind the beginning of the wave");
}

#[test]
fn why_it_stays_is_the_same_as_long_as_the_reason_is() {
    let why = |samples, hours| {
        let seen = Observations { samples: Some(samples), ..well() };
        let course = course(Stage::Wave(1));
        judge(&course, &FlagFound::At(percent(10)), &seen, noon() + hours * HOUR).why
    };
    assert_eq!(why(7.0, 1), why(93.5, 23));
    assert_eq!(why(7.0, 1), "the 24h are not over; there are too few batches with the flag");
}

/// A number as a gate may read it: often near a limit, sometimes none.
fn reading(near: f64) -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(f64::NAN)),
        1 => Just(Some(0.0)),
        2 => Just(Some(near)),
        4 => (0.0..2.0 * near).prop_map(Some),
        4 => (0.0..near).prop_map(Some),
    ]
}

fn anything_seen() -> impl Strategy<Value = Observations> {
    let rarely =
        |number: f64| prop_oneof![12 => Just(Some(0.0)), 1 => Just(Some(number)), 1 => Just(None)];
    let trouble = prop_oneof![8 => Just(None), 1 => Just(Some("no answer".to_owned()))];
    let share = || prop_oneof![3 => (0.0..0.02).prop_map(Some), 1 => reading(0.05)];
    let many = || prop_oneof![3 => Just(Some(500.0)), 1 => reading(100.0)];
    let with = (many(), share(), reading(400.0), reading(500.0));
    (trouble, rarely(1.0), rarely(1.0), many(), with, many(), share()).prop_map(
        |(trouble, faults, alerts, processes, with, fallback_samples, fallback_failed_share)| {
            let (samples, failed_share, p95_ms, p99_ms) = with;
            Observations {
                trouble,
                faults,
                alerts,
                alert_names: Vec::new(),
                processes,
                samples,
                failed_share,
                fallback_samples,
                fallback_failed_share,
                p95_ms,
                p99_ms,
            }
        },
    )
}

/// Whether all is known and well, read off the rules once more.
fn is_all_well(percentage: u8, seen: &Observations) -> bool {
    let is = |number: Option<f64>, holds: &dyn Fn(f64) -> bool| number.is_some_and(holds);
    let compared = || {
        let above = seen.failed_share.unwrap_or(1.0) - seen.fallback_failed_share.unwrap_or(-1.0);
        is(seen.fallback_samples, &|it| it >= 100.0) && above <= 0.02
    };
    seen.trouble.is_none()
        && seen.faults == Some(0.0)
        && seen.alerts == Some(0.0)
        && is(seen.processes, &|it| it >= 1.0)
        && is(seen.samples, &|it| it >= 500.0)
        && is(seen.failed_share, &|it| it < 0.05)
        && is(seen.p95_ms, &|it| it < 400.0)
        && is(seen.p99_ms, &|it| it < 500.0)
        && (percentage == 100 || compared())
}

#[test]
fn whatever_is_seen_nothing_but_all_well_advances_and_nothing_else_raises() {
    let stage = prop::sample::select(STAGES.to_vec());
    let found = prop_oneof![
        6 => Just(None),
        2 => (0_u64..=100).prop_map(|it| Some(FlagFound::At(percent(it)))),
        1 => Just(Some(FlagFound::Broken("broken".to_owned()))),
    ];
    let pause = prop::bool::weighted(0.1);
    let hours = prop_oneof![2 => -2_i64..400, 3 => 340_i64..400];
    let looks = (stage, found, pause, hours, anything_seen());
    let (forth, back) = (Cell::new(0), Cell::new(0));
    runner("looks at a rollout", 20_000, 1_000_000)
        .run(&looks, |(stage, found, is_paused, hours, seen)| {
            let course = Course { is_paused, ..course(stage) };
            let percentage = course.percentage();
            let found = found.unwrap_or(FlagFound::At(percentage));
            let hour = HOUR * u32::try_from(hours.unsigned_abs()).unwrap();
            let now = if hours < 0 { noon() - hour } else { noon() + hour };
            let judgement = judge(&course, &found, &seen, now);
            let after = course.percentage_in(judgement.to);

            let is_danger =
                [seen.faults, seen.alerts].iter().any(|it| it.is_some_and(|it| it > 0.0));
            let is_over = hours >= 0 && course.lasts().is_some_and(|lasts| hour >= lasts);
            let may_advance = course.is_under_way()
                && is_over
                && !is_paused
                && found == FlagFound::At(percentage)
                && is_all_well(percentage.number(), &seen);
            let advances = matches!(judgement.step, Step::Advance | Step::Done);
            prop_assert_eq!(advances, may_advance, "{:?}", judgement);
            prop_assert!(after <= percentage || advances, "{:?} raises", judgement);
            prop_assert!(advances || judgement.step == Step::RollBack || after == percentage);
            if is_danger && course.is_under_way() {
                prop_assert_eq!(judgement.to, Stage::RolledBack);
                prop_assert_eq!(after, Percentage::NONE);
            }
            if let FlagFound::At(found) = found {
                let raises = judgement.step != Step::Hold && judgement.step != Step::Pause;
                prop_assert!(!raises || after <= found || advances, "{:?} raises", judgement);
            }
            let fails = judgement.gates.iter().any(|gate| gate.standing == Standing::Fails);
            prop_assert!(judgement.step != Step::RollBack || fails, "{:?}", judgement);
            prop_assert!(!judgement.why.is_empty());
            forth.set(forth.get() + usize::from(advances));
            back.set(back.get() + usize::from(judgement.step == Step::RollBack));
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(forth.get() > 100 && back.get() > 100, "{forth:?} advanced, {back:?} went back");
}
