//! A rollout as it is kept in a state folder, and what is done with it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::{
    Course, FlagFound, Judgement, Observations, Plan, Prometheus, Record, Records, Stage, Step,
    judge,
};
use crate::rollout::lock::Lock;
use crate::rollout::{
    FlagSources, Flags, InstallationId, Percentage, Problem, SetError, Setting, json_lines,
    replace, set,
};
use crate::state_folder::StateFolder;

const COURSE: &str = "rollout.json";
const RECORDS: &str = "rollout-decisions.jsonl";
const WATCHING: &str = "rollout-watch";

/// Who sets the flag, as the history of flags has it.
const WHO: &str = "rollout";

/// How long another process that decides is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A rollout as it is kept in a state folder.
#[derive(Clone, Debug)]
pub struct Rollout {
    folder: StateFolder,
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

/// Why nothing could be done. The rollout is as it was unless it says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum RolloutError {
    /// There is none.
    #[error("no rollout was started; `batchpatch rollout start` does")]
    NotStarted,
    /// There is one already.
    #[error("a rollout is under way, at {0}; go on with it, or roll it back first")]
    UnderWay(Percentage),
    /// There is nothing left to do in it.
    #[error("the rollout {0}; `batchpatch rollout start` begins a new one")]
    Over(&'static str),
    /// It does not go that way from where it is.
    #[error("{0}")]
    NotThatWay(String),
    /// Another process watches it.
    #[error("another process watches this rollout")]
    Watched,
    /// What is kept of it is broken.
    #[error("{}: {cause}; mend it, or remove it and start anew; to switch the flag off: batchpatch flags set FLAG 0", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// Something could not be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The flag could not be set.
    #[error(transparent)]
    Flag(#[from] SetError),
}

/// The right to watch a rollout, until it is dropped or its process ends.
#[derive(Debug)]
pub struct Watching {
    _lock: Lock,
}

impl Rollout {
    /// The rollout of a state folder, which sets the flag in these files.
    pub fn new(folder: StateFolder, sources: FlagSources) -> Rollout {
        Rollout { folder, sources }
    }

    /// How far it is.
    ///
    /// # Errors
    ///
    /// [`RolloutError::NotStarted`], or that what is kept is broken or cannot be read.
    pub fn course(&self) -> Result<Course, RolloutError> {
        let path = self.course_path();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(RolloutError::NotStarted);
            }
            Err(cause) => return Err(RolloutError::Io { path, cause }),
        };
        let course: Result<Course, String> =
            serde_json::from_slice(&bytes).map_err(|error| error.to_string());
        match course.and_then(|course| course.mistake().map_or(Ok(course), Err)) {
            Ok(course) => Ok(course),
            Err(cause) => Err(RolloutError::Broken { path, cause }),
        }
    }

    /// What was decided so far.
    ///
    /// # Errors
    ///
    /// [`RolloutError::Io`] if it cannot be read.
    pub fn records(&self) -> Result<Records, RolloutError> {
        let path = self.records_path();
        Records::read(&path).map_err(|cause| RolloutError::Io { path, cause })
    }

    /// What the flag files say of a flag.
    pub fn flag(&self, flag: &str) -> FlagFound {
        // How many have it is asked, and not whether somebody has.
        let flags = Flags::open(self.sources.clone(), InstallationId::new(0));
        let is_broken = |problem: &&Problem| !matches!(problem, Problem::NotRecorded { .. });
        match flags.problems().find(is_broken) {
            Some(problem) => FlagFound::Broken(problem.to_string()),
            None => FlagFound::At(flags.decide(flag).percentage),
        }
    }

    /// Begins with the first wave of a plan.
    ///
    /// # Errors
    ///
    /// [`RolloutError`].
    pub fn start(&self, plan: Plan, by: &Operator) -> Result<Record, RolloutError> {
        let _lock = self.lock()?;
        match self.course() {
            Ok(course) if course.is_under_way() => {
                return Err(RolloutError::UnderWay(course.percentage()));
            }
            Ok(_) | Err(RolloutError::NotStarted) => {}
            Err(error) => return Err(error),
        }
        let before = match self.flag(&plan.flag) {
            FlagFound::At(found) => found,
            FlagFound::Broken(_) => Percentage::NONE,
        };
        let now = SystemTime::now();
        let course = Course::begun(plan, now);
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
            let _lock = self.lock()?;
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
        let Judgement { step, to, why, .. } =
            judge(&course, &self.flag(&course.plan.flag), &seen, now);
        if to != course.stage {
            (course.stage, course.since) = (to, now);
        }
        course.is_paused |= step == Step::Pause;
        let (stage, to, who) = (course.stage, course.percentage(), who.to_owned());
        let observations = Some(seen);
        let record = Record { at: now, what: step, from, to, stage, why, who, observations };
        let is_news = course.is_under_way() || step != Step::Hold;
        let is_news = is_news && self.records()?.is_news(&record);
        if is_news {
            self.carry_out(&course, &record)?;
        }
        Ok(Checked { course, record, is_news })
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
        let found = |course: &Course| self.flag(&course.plan.flag);
        self.change(Step::Resume, by, "somebody lets it go on", |course, now| {
            if !course.is_paused && found(course) == FlagFound::At(course.percentage()) {
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
        let _lock = self.lock()?;
        let mut course = self.course()?;
        let (from, now) = (course.percentage(), SystemTime::now());
        course.stage = stage_back(&course, back)?;
        course.since = now;
        let record = said(&course, Step::RollBack, from, now, by, "somebody rolled it back");
        self.carry_out(&course, &record)?;
        Ok(record)
    }

    /// The right to watch it. Only one process has it.
    ///
    /// # Errors
    ///
    /// [`RolloutError::Watched`] if another one has it.
    pub fn watching(&self) -> Result<Watching, RolloutError> {
        let path = self.folder.join(WATCHING);
        self.create_folder()?;
        let lock = Lock::try_take(&path).map_err(|cause| RolloutError::Io { path, cause })?;
        lock.map(|lock| Watching { _lock: lock }).ok_or(RolloutError::Watched)
    }

    fn change(
        &self,
        step: Step,
        by: &Operator,
        otherwise: &str,
        change: impl FnOnce(&mut Course, SystemTime) -> Result<(), RolloutError>,
    ) -> Result<Record, RolloutError> {
        let _lock = self.lock()?;
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

    /// Sets the flag first: should this process end in the middle, the next look
    /// finds a flag that is not as the wave has it, and does not advance.
    fn carry_out(&self, course: &Course, record: &Record) -> Result<(), RolloutError> {
        let not_recorded = match record.what {
            Step::Start | Step::Advance | Step::RollBack | Step::Resume => {
                match set(&self.sources, &setting(course, record)) {
                    Ok(_) => None,
                    Err(error @ SetError::NotRecorded { .. }) => Some(error),
                    Err(error) => return Err(error.into()),
                }
            }
            Step::Hold | Step::Pause | Step::Done => None,
        };
        if record.what != Step::Hold {
            let path = self.course_path();
            let text = serde_json::to_vec_pretty(course).map_err(io::Error::from);
            let written = text.and_then(|text| replace::replace(&path, &text));
            written.map_err(|cause| RolloutError::Io { path, cause })?;
        }
        let path = self.records_path();
        json_lines::append(&path, std::slice::from_ref(record))
            .map_err(|cause| RolloutError::Io { path, cause })?;
        not_recorded.map_or(Ok(()), |error| Err(error.into()))
    }

    fn lock(&self) -> Result<Lock, RolloutError> {
        self.create_folder()?;
        let path = self.course_path();
        Lock::take(&path, PATIENCE).map_err(|cause| RolloutError::Io { path, cause })
    }

    fn create_folder(&self) -> Result<(), RolloutError> {
        let path = || self.folder.path().to_owned();
        self.folder.create().map_err(|cause| RolloutError::Io { path: path(), cause })
    }

    fn course_path(&self) -> PathBuf {
        self.folder.join(COURSE)
    }

    fn records_path(&self) -> PathBuf {
        self.folder.join(RECORDS)
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
