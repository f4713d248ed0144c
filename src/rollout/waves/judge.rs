//! What to do now, and why: a pure function.

use std::time::SystemTime;

use super::gates::gates;
use super::{Course, Gate, Measure, Observations, Stage, Standing, Step, span};
use crate::rollout::Percentage;

const PAUSED: &str = "it is paused";

/// What the flag files were found to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagFound {
    /// So many of a hundred have the flag.
    At(Percentage),
    /// That cannot be told, for this reason.
    Broken(String),
}

/// What to do now, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// What to do.
    pub step: Step,
    /// Where the rollout is afterwards.
    pub to: Stage,
    /// Why, in a sentence without its full stop. Of a rollout that stays where it
    /// is, it is the same as long as the reason is.
    pub why: String,
    /// Each gate.
    pub gates: Vec<Gate>,
}

/// What to do now, and why. Nothing is asked but what is given.
///
/// What is dangerous is looked at first and whatever else there is: a fault and
/// a critical alert lead to 0 %, also from a pause. Somebody who set the flag
/// lower is respected. A gate that fails leads to the wave before. Only where the
/// hold is over, everything is known and everything holds, the rollout advances.
pub fn judge(course: &Course, flag: &FlagFound, seen: &Observations, now: SystemTime) -> Judgement {
    let gates = gates(course, seen);
    let (step, to, why) = decide(course, flag, seen, now, &gates);
    Judgement { step, to, why, gates }
}

fn decide(
    course: &Course,
    flag: &FlagFound,
    seen: &Observations,
    now: SystemTime,
    gates: &[Gate],
) -> (Step, Stage, String) {
    let stay = |step, why: String| (step, course.stage, why);
    match course.stage {
        Stage::Done => return stay(Step::Hold, "the rollout is done".to_owned()),
        Stage::RolledBack => return stay(Step::Hold, "the rollout is rolled back".to_owned()),
        Stage::Wave(_) | Stage::Watching => {}
    }
    if let Some(danger) = danger(gates, seen) {
        return (Step::RollBack, Stage::RolledBack, danger);
    }
    let wanted = course.percentage();
    let lower = match flag {
        FlagFound::At(found) if *found < wanted => Some(found),
        _ => None,
    };
    if let Some(found) = lower {
        let why = format!("somebody set the flag to {found}, below the {wanted} of the wave");
        return if course.is_paused {
            stay(Step::Hold, format!("{PAUSED}; {why}"))
        } else {
            stay(Step::Pause, why)
        };
    }
    let failed: Vec<String> =
        gates.iter().filter(|gate| gate.standing == Standing::Fails).map(failure).collect();
    if !failed.is_empty() {
        return (Step::RollBack, course.before(), failed.join("; "));
    }
    let reasons = reasons(course, flag, seen, now, gates);
    if !reasons.is_empty() {
        return stay(Step::Hold, reasons.join("; "));
    }
    let step = if course.next() == Stage::Done { Step::Done } else { Step::Advance };
    let lasted = course.lasts().map(span::written).unwrap_or_default();
    (step, course.next(), format!("all gates hold after {lasted}"))
}

fn danger(gates: &[Gate], seen: &Observations) -> Option<String> {
    let fails = |measure| {
        let is_it = |gate: &&Gate| gate.measure == measure && gate.standing == Standing::Fails;
        gates.iter().find(is_it)
    };
    let faults = fails(Measure::Faults).map(|_| "a fault of batchpatch itself".to_owned());
    let alerts = fails(Measure::CriticalAlerts).map(|_| {
        let names = seen.alert_names.join(", ");
        if names.is_empty() { "a critical alert".to_owned() } else { format!("critical: {names}") }
    });
    let told: Vec<String> = faults.into_iter().chain(alerts).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn failure(gate: &Gate) -> String {
    format!("{}: {}, has to be {}", gate.measure, gate.reads(), gate.limit())
}

/// All that keeps the rollout where it is.
fn reasons(
    course: &Course,
    flag: &FlagFound,
    seen: &Observations,
    now: SystemTime,
    gates: &[Gate],
) -> Vec<String> {
    let mut reasons = Vec::new();
    if course.is_paused {
        reasons.push(PAUSED.to_owned());
    }
    match flag {
        FlagFound::At(found) if *found > course.percentage() => {
            let wanted = course.percentage();
            reasons
                .push(format!("somebody set the flag to {found}, above the {wanted} of the wave"));
        }
        FlagFound::At(_) => {}
        FlagFound::Broken(problem) => reasons.push(problem.clone()),
    }
    match (course.elapsed(now), course.lasts()) {
        (None, _) => {
            reasons.push("the clock went back behind the beginning of the wave".to_owned());
        }
        (Some(elapsed), Some(lasts)) if elapsed < lasts => {
            reasons.push(format!("the {} are not over", span::written(lasts)));
        }
        _ => {}
    }
    let unknown = gates.iter().filter(|gate| gate.standing == Standing::Unknown);
    let mut unknown = unknown.map(|gate| gate.measure);
    if let Some(trouble) = &seen.trouble {
        reasons.push(trouble.clone());
    } else if unknown.clone().any(|measure| measure == Measure::Processes) {
        reasons.push(Measure::Processes.unknown().to_owned());
    } else if let Some(few) = unknown.clone().find(|measure| is_of_few(*measure)) {
        // What is measured on too few batches is not known either.
        reasons.push(few.unknown().to_owned());
        reasons.extend(unknown.filter(|it| is_danger(*it)).map(|it| it.unknown().to_owned()));
    } else {
        reasons.extend(unknown.by_ref().map(|measure| measure.unknown().to_owned()));
    }
    reasons
}

fn is_of_few(measure: Measure) -> bool {
    matches!(measure, Measure::Samples | Measure::FallbackSamples)
}

fn is_danger(measure: Measure) -> bool {
    matches!(measure, Measure::Faults | Measure::CriticalAlerts)
}
