//! How far a rollout is.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::super::{Percentage, rfc3339};
use super::Plan;

/// How far a rollout is, and by which plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Course {
    /// Where it is.
    pub stage: Stage,
    /// Since when it is there, or since when it goes on after a pause.
    #[serde(with = "rfc3339")]
    pub since: SystemTime,
    /// Whether somebody keeps it from advancing.
    pub is_paused: bool,
    /// The flag file that it sets.
    pub flag_file: PathBuf,
    /// The plan as it was when the rollout was started.
    pub plan: Plan,
}

/// Where a rollout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// In the wave of this number; the first one is 1.
    Wave(usize),
    /// In the last wave, after its hold.
    Watching,
    /// Back at 0 %.
    RolledBack,
    /// At its end.
    Done,
}

impl Course {
    /// A rollout that begins, and sets the flag in this file.
    pub fn begun(plan: Plan, flag_file: PathBuf, now: SystemTime) -> Course {
        Course { stage: Stage::Wave(1), since: now, is_paused: false, flag_file, plan }
    }

    /// Whether there is something to guard.
    pub fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Wave(_) | Stage::Watching)
    }

    /// The number of its wave; `None` where it is back at 0 %.
    pub fn wave(&self) -> Option<usize> {
        match self.stage {
            Stage::Wave(number) => Some(number),
            Stage::Watching | Stage::Done => Some(self.plan.last()),
            Stage::RolledBack => None,
        }
    }

    /// How many of a hundred have the flag in a stage.
    pub fn percentage_in(&self, stage: Stage) -> Percentage {
        let wave = Course { stage, ..self.clone() }.wave();
        let wave = wave.and_then(|number| self.plan.wave(number));
        wave.map_or(Percentage::NONE, |wave| wave.percentage)
    }

    /// How many of a hundred have the flag now.
    pub fn percentage(&self) -> Percentage {
        self.percentage_in(self.stage)
    }

    /// How long the stage lasts at least; `None` where it has no end.
    pub fn lasts(&self) -> Option<Duration> {
        match self.stage {
            Stage::Wave(number) => self.plan.wave(number).map(|wave| wave.hold),
            Stage::Watching => Some(self.plan.watch),
            Stage::RolledBack | Stage::Done => None,
        }
    }

    /// When the stage may end at the earliest.
    pub fn until(&self) -> Option<SystemTime> {
        self.since.checked_add(self.lasts()?)
    }

    /// What comes after this stage if all is well.
    pub fn next(&self) -> Stage {
        match self.stage {
            Stage::Wave(number) if number < self.plan.last() => Stage::Wave(number + 1),
            Stage::Wave(_) => Stage::Watching,
            Stage::Watching => Stage::Done,
            end @ (Stage::RolledBack | Stage::Done) => end,
        }
    }

    /// Where a gate that does not hold leads to: the wave before, and 0 % from the
    /// first one.
    pub fn before(&self) -> Stage {
        match self.wave() {
            Some(number) if number > 1 => Stage::Wave(number - 1),
            _ => Stage::RolledBack,
        }
    }

    /// How long it is in its stage; `None` where the clock went back.
    pub fn elapsed(&self, now: SystemTime) -> Option<Duration> {
        now.duration_since(self.since).ok()
    }

    /// What keeps it from being one, where somebody edited it.
    pub(super) fn mistake(&self) -> Option<String> {
        if let Some((path, message)) = self.plan.mistake() {
            return Some(format!("plan.{path}: {message}"));
        }
        match self.stage {
            Stage::Wave(number) if self.plan.wave(number).is_none() => {
                Some(format!("stage.wave: there is no wave {number}"))
            }
            _ => None,
        }
    }
}
