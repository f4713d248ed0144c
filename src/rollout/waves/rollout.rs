//! A rollout, and what is done with it.

use std::time::SystemTime;

use super::kept::{Kept, Watching};
use super::{
    Course, FlagFound, Judgement, Observations, Plan, Prometheus, Record, Records, RolloutError,
    Stage, Step, judge,
};
use crate::rollout::{
    FlagSources, Flags, InstallationId, Percentage, Problem, SetError, Setting, set,
};
use crate::state_folder::StateFolder;

/// Who sets the flag, as the history of flags has it.
const WHO: &str = "rollout";

/// A rollout as it is kept in a state folder.
#[derive(Clone, Debug)]
pub struct Rollout {
    kept: Kept,
    sources: FlagSources,
}

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

/// What was decided in one look at a rollout.
#[derive(Clone, Debug)]
pub struct Checked {
    /// How far the rollout is now.
    pub course: Course,
    /// The decision, as it is kept if it is news.
    pub record: Record,
    /// Whether it is news, and not the reason for staying that was kept before.
    pub is_news: bool,
}

impl Rollout {
    /// The rollout of a state folder, which sets the flag in these files.
    pub fn new(folder: StateFolder, sources: FlagSources) -> Rollout {
        Rollout { kept: Kept::new(folder), sources }
    }

    /// How far it is.
    ///
    /// # Errors
    ///
    /// [`RolloutError::NotStarted`], or that what is kept is broken or cannot be read.
    pub fn course(&self) -> Result<Course, RolloutError> {
        self.kept.course()
    }

    /// What was decided so far.
    ///
    /// # Errors
    ///
    /// [`RolloutError::Io`] if it cannot be read.
    pub fn records(&self) -> Result<Records, RolloutError> {
        self.kept.records()
    }

    /// What the flag files say of its flag.
    ///
    /// # Errors
    ///
    /// [`RolloutError::NotThatWay`] if another flag file was named than it sets.
    pub fn flag(&self, course: &Course) -> Result<FlagFound, RolloutError> {
        Ok(found(self.sources(course)?, &course.plan.flag))
    }

    /// Who does not name a flag file means the one that the rollout sets.
    fn sources(&self, course: &Course) -> Result<FlagSources, RolloutError> {
        let given = self.sources.clone();
        if given.own == course.flag_file {
            return Ok(given);
        }
        if given.is_configured {
            let (sets, own) = (course.flag_file.display(), given.own.display());
            let message = format!("the rollout sets {sets}, and not {own}");
            return Err(RolloutError::NotThatWay(message));
        }
        Ok(FlagSources { own: course.flag_file.clone(), is_configured: true, ..given })
    }

    /// The right to watch it. Only one process has it.
    ///
    /// # Errors
    ///
    /// [`RolloutError::Watched`] if another one has it.
    pub fn watching(&self) -> Result<Watching, RolloutError> {
        self.kept.watching()
    }

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

    /// Looks at what is seen, decides, and does what was decided.
    ///
    /// # Errors
    ///
    /// [`RolloutError`].
    pub fn check(&self, prometheus: &Prometheus, who: &str) -> Result<Checked, RolloutError> {
        loop {
            // Others may have their turn while Prometheus is asked.
            let course = self.course()?;
            let seen = prometheus.observe(&course, SystemTime::now());
            let _lock = self.kept.lock()?;
            if self.course()? == course {
                return self.decide(course, seen, who);
            }
        }
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

    fn decide(
        &self,
        mut course: Course,
        seen: Observations,
        who: &str,
    ) -> Result<Checked, RolloutError> {
        let now = SystemTime::now();
        let from = course.percentage();
        let Judgement { step, to, why, .. } = judge(&course, &self.flag(&course)?, &seen, now);
        if to != course.stage {
            (course.stage, course.since) = (to, now);
        }
        course.is_paused |= step == Step::Pause;
        let (stage, to, who) = (course.stage, course.percentage(), who.to_owned());
        let observations = Some(seen);
        let record = Record { at: now, what: step, from, to, stage, why, who, observations };
        // What was kept must never keep a rollout from going back.
        let is_news =
            step != Step::Hold || (course.is_under_way() && self.records()?.is_news(&record));
        if is_news {
            self.carry_out(&course, &record)?;
        }
        Ok(Checked { course, record, is_news })
    }

    /// Sets the flag first: should this process end in the middle, the next look
    /// finds a flag that is not as the wave has it, and does not advance.
    fn carry_out(&self, course: &Course, record: &Record) -> Result<(), RolloutError> {
        let sets = match record.what {
            Step::Start | Step::RollBack | Step::Resume => true,
            Step::Advance => record.from != record.to,
            Step::Hold | Step::Pause | Step::Done => false,
        };
        let sources = self.sources(course)?;
        let not_recorded = match sets.then(|| set(&sources, &setting(course, record))) {
            None | Some(Ok(_)) => None,
            Some(Err(error @ SetError::NotRecorded { .. })) => Some(error),
            Some(Err(error)) => return Err(error.into()),
        };
        if record.what != Step::Hold {
            self.kept.set_course(course)?;
        }
        self.kept.record(record)?;
        not_recorded.map_or(Ok(()), |error| Err(error.into()))
    }
}

fn found(sources: FlagSources, flag: &str) -> FlagFound {
    // How many have it is asked, and not whether somebody has.
    let flags = Flags::open(sources, InstallationId::new(0));
    let is_broken = |problem: &&Problem| !matches!(problem, Problem::NotRecorded { .. });
    match flags.problems().find(is_broken) {
        Some(problem) => FlagFound::Broken(problem.to_string()),
        None => FlagFound::At(flags.decide(flag).percentage),
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

/// Where nobody is to have the flag, those that are named do not have it either.
fn setting(course: &Course, record: &Record) -> Setting {
    Setting {
        flag: course.plan.flag.clone(),
        share: record.to,
        named: course.wave().map(|number| course.plan.ids(number)),
        who: WHO.to_owned(),
        why: Some(format!("{}: {}", record.what, record.why)),
    }
}
