//! What somebody does with a rollout by hand.

use std::time::SystemTime;

use super::rollout::found;
use super::{Course, FlagFound, Plan, Record, Rollout, RolloutError, Stage, Step};
use crate::rollout::Percentage;

/// Who does something with a rollout, and why.
#[derive(Clone, Debug)]
pub struct Operator {
    /// Who.
    pub who: String,
    /// Why, if they say so.
    pub why: Option<String>,
}

/// How far somebody wants to go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// To the wave before.
    Before,
    /// To the wave of this percentage, or to 0 %.
    To(Percentage),
}

impl Rollout {
    /// Begins with the first wave of a plan.
    ///
    /// # Errors
    ///
    /// [`RolloutError`].
    pub fn start(&self, plan: Plan, by: &Operator) -> Result<Record, RolloutError> {
        let _lock = self.kept.lock()?;
        match self.course() {
            Ok(course) if course.is_under_way() => {
                return Err(RolloutError::UnderWay(course.percentage()));
            }
            Ok(_) | Err(RolloutError::NotStarted) => {}
            Err(error) => return Err(error),
        }
        let before = match found(self.sources.clone(), &plan.flag) {
            FlagFound::At(found) => found,
            FlagFound::Broken(_) => Percentage::NONE,
        };
        let now = SystemTime::now();
        let course = Course::begun(plan, self.sources.own.clone(), now);
        let record = said(&course, Step::Start, before, now, by, "it begins");
        self.carry_out(&course, &record)?;
        Ok(record)
    }

    /// Keeps it from advancing.
    ///
    /// # Errors
    ///
    /// [`RolloutError`].
    pub fn pause(&self, by: &Operator) -> Result<Record, RolloutError> {
        self.change(Step::Pause, by, "somebody paused it", |course, _| {
            if course.is_paused {
                return Err(RolloutError::NotThatWay("the rollout is paused already".to_owned()));
            }
            course.is_paused = true;
            Ok(())
        })
    }

    /// Goes on after a pause, with the flag as the wave has it. The hold begins anew.
    ///
    /// # Errors
    ///
    /// [`RolloutError`].
    pub fn resume(&self, by: &Operator) -> Result<Record, RolloutError> {
        self.change(Step::Resume, by, "somebody lets it go on", |course, now| {
            let is_as_wanted = self.flag(course)? == FlagFound::At(course.percentage());
            if !course.is_paused && is_as_wanted {
                return Err(RolloutError::NotThatWay("the rollout is not paused".to_owned()));
            }
            (course.is_paused, course.since) = (false, now);
            Ok(())
        })
    }

    /// Goes back to an earlier wave, where the hold begins anew, or to 0 %.
    ///
    /// # Errors
    ///
    /// [`RolloutError`].
    pub fn roll_back(&self, back: Back, by: &Operator) -> Result<Record, RolloutError> {
        let _lock = self.kept.lock()?;
        let mut course = self.course()?;
        let (from, now) = (course.percentage(), SystemTime::now());
        course.stage = stage_back(&course, back)?;
        course.since = now;
        let record = said(&course, Step::RollBack, from, now, by, "somebody rolled it back");
        self.carry_out(&course, &record)?;
        Ok(record)
    }

    fn change(
        &self,
        step: Step,
        by: &Operator,
        otherwise: &str,
        change: impl FnOnce(&mut Course, SystemTime) -> Result<(), RolloutError>,
    ) -> Result<Record, RolloutError> {
        let _lock = self.kept.lock()?;
        let mut course = self.course()?;
        match course.stage {
            Stage::Done => return Err(RolloutError::Over("is done")),
            Stage::RolledBack => return Err(RolloutError::Over("is rolled back")),
            Stage::Wave(_) | Stage::Watching => {}
        }
        let (from, now) = (course.percentage(), SystemTime::now());
        change(&mut course, now)?;
        let record = said(&course, step, from, now, by, otherwise);
        self.carry_out(&course, &record)?;
        Ok(record)
    }
}

fn stage_back(course: &Course, back: Back) -> Result<Stage, RolloutError> {
    let percentage = match back {
        Back::Before => return Ok(course.before()),
        Back::To(percentage) if percentage == Percentage::NONE => return Ok(Stage::RolledBack),
        Back::To(percentage) => percentage,
    };
    let is_it = |number: &usize| course.percentage_in(Stage::Wave(*number)) == percentage;
    let wave = (1..=course.plan.last()).find(is_it);
    let wave = wave.filter(|number| course.wave().is_some_and(|now| *number < now));
    wave.map(Stage::Wave).ok_or_else(|| {
        let now = course.percentage();
        RolloutError::NotThatWay(format!("{percentage} is no wave before the one of {now}"))
    })
}

/// What somebody decided.
fn said(
    course: &Course,
    what: Step,
    from: Percentage,
    at: SystemTime,
    by: &Operator,
    otherwise: &str,
) -> Record {
    let (to, stage, who) = (course.percentage(), course.stage, by.who.clone());
    let why = by.why.clone().unwrap_or_else(|| otherwise.to_owned());
    Record { at, what, from, to, stage, why, who, observations: None }
}
