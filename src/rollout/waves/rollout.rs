//! A rollout that looks at what is seen, and does what is decided.

use std::time::SystemTime;

use super::kept::{Kept, Watching};
use super::{
    Course, FlagFound, Judgement, Observations, Prometheus, Record, Records, RolloutError, Step,
    judge,
};
use crate::rollout::{FlagSources, Flags, InstallationId, Problem, SetError, Setting, set};
use crate::state_folder::StateFolder;

/// Who sets the flag, as the history of flags has it.
const WHO: &str = "rollout";

/// A rollout as it is kept in a state folder.
#[derive(Clone, Debug)]
pub struct Rollout {
    pub(super) kept: Kept,
    pub(super) sources: FlagSources,
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
        // What failed once would fail again: somebody has to look before it goes on.
        course.is_paused |= matches!(step, Step::Pause | Step::RollBack);
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
    pub(super) fn carry_out(&self, course: &Course, record: &Record) -> Result<(), RolloutError> {
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

/// What flag files say of a flag.
pub(super) fn found(sources: FlagSources, flag: &str) -> FlagFound {
    // How many have it is asked, and not whether somebody has.
    let flags = Flags::open(sources, InstallationId::new(0));
    let is_broken = |problem: &&Problem| !matches!(problem, Problem::NotRecorded { .. });
    match flags.problems().find(is_broken) {
        Some(problem) => FlagFound::Broken(problem.to_string()),
        None => FlagFound::At(flags.decide(flag).percentage),
    }
}

/// Where nobody is to have the flag, those that are named do not have it either.
/// Nothing that somebody wrote into the file keeps a rollout from going back.
fn setting(course: &Course, record: &Record) -> Setting {
    Setting {
        flag: course.plan.flag.clone(),
        share: record.to,
        named: course.wave().map(|number| course.plan.ids(number)),
        who: WHO.to_owned(),
        why: Some(format!("{}: {}", record.what, record.why)),
        over_broken: record.what == Step::RollBack,
    }
}
