//! Rollouts in waves: what is decided, what is asked, what is kept, and the command.

mod asking;
mod command;
mod judging;
mod keeping;
mod page;
mod plans;
mod prometheus;
mod watching;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use batchpatch::rollout::waves::{
    Course, Observations, Operator, Plan, Prometheus, Rollout, Stage,
};
use batchpatch::rollout::{BATCH_PATCHES, FlagFile, Percentage, Setting, set};

use crate::place::Place;

impl Place {
    fn rollout(&self) -> Rollout {
        Rollout::new(self.state(), self.sources())
    }

    /// A rollout that was just started.
    fn started(&self, plan: Plan) -> Rollout {
        let rollout = self.rollout();
        rollout.start(plan, &somebody()).unwrap();
        rollout
    }

    /// What the flag file says; `None` where it mentions nobody.
    fn flag(&self) -> Option<(u8, Vec<String>)> {
        let bytes = fs::read(self.sources().own).ok()?;
        let file = FlagFile::parse(&bytes).unwrap();
        let rule = file.rule(BATCH_PATCHES)?;
        Some((rule.percentage().number(), rule.named().to_vec()))
    }

    fn percentage(&self) -> Option<u8> {
        self.flag().map(|(percentage, _)| percentage)
    }

    fn set_by_hand(&self, percentage: u64) {
        let setting = Setting {
            flag: BATCH_PATCHES.to_owned(),
            share: percent(percentage),
            named: None,
            who: "a test".to_owned(),
            why: None,
            over_broken: false,
        };
        set(&self.sources(), &setting).unwrap();
    }

    fn course_file(&self) -> PathBuf {
        self.state().join("rollout.json")
    }

    fn decisions_file(&self) -> PathBuf {
        self.state().join("rollout-decisions.jsonl")
    }

    /// As if the rollout were in its stage for so much longer already.
    fn let_pass(&self, time: Duration) {
        let mut course = self.rollout().course().unwrap();
        course.since -= time;
        self.replace(&self.course_file(), &serde_json::to_vec(&course).unwrap());
    }

    /// Puts a content into a file's place, so that nobody reads half of it.
    fn replace(&self, path: &Path, content: &[u8]) {
        let new = self.folder.path().join("new");
        fs::write(&new, content).unwrap();
        fs::rename(&new, path).unwrap();
    }
}

fn somebody() -> Operator {
    Operator { who: "a test".to_owned(), why: None }
}

fn percent(number: u64) -> Percentage {
    Percentage::try_from(number).unwrap()
}

fn at(address: &str) -> Prometheus {
    address.parse().unwrap()
}

/// The shipped plan at a stage, since some fixed time.
fn course(stage: Stage) -> Course {
    Course { stage, ..Course::begun(Plan::default(), PathBuf::from("flags.json"), noon()) }
}

/// A fixed time.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(500_000)
}

/// Everything is known and well.
fn well() -> Observations {
    Observations {
        trouble: None,
        faults: Some(0.0),
        alerts: Some(0.0),
        alert_names: Vec::new(),
        processes: Some(20.0),
        samples: Some(800.0),
        failed_share: Some(0.01),
        fallback_samples: Some(1000.0),
        fallback_failed_share: Some(0.005),
        p95_ms: Some(120.0),
        p99_ms: Some(200.0),
    }
}
