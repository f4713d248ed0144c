//! What was decided, when, by whom, and why: one line of JSON for each decision.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::{Observations, Stage};
use crate::rollout::{Percentage, json_lines, rfc3339};

/// A reason to stay is kept again after this time, if there was another one
/// meanwhile.
const SAME_REASON: Duration = Duration::from_hours(1);

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// To begin with the first wave.
    Start,
    /// To go on to the next wave, or from the last one to watching it.
    Advance,
    /// To stay.
    Hold,
    /// To go back, to an earlier wave or to 0 %.
    RollBack,
    /// To stay until somebody says otherwise.
    Pause,
    /// To go on after a pause.
    Resume,
    /// To end the rollout, with the flag as it is.
    Done,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::Start => "start",
            Step::Advance => "advance",
            Step::Hold => "hold",
            Step::RollBack => "roll-back",
            Step::Pause => "pause",
            Step::Resume => "resume",
            Step::Done => "done",
        })
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// When.
    #[serde(with = "rfc3339")]
    pub at: SystemTime,
    /// What was decided.
    pub what: Step,
    /// The percentage before.
    pub from: Percentage,
    /// The percentage after.
    pub to: Percentage,
    /// Where the rollout is afterwards.
    pub stage: Stage,
    /// Why, in a sentence without its full stop.
    pub why: String,
    /// Who decided: `rollout watch`, or `cli` with the name that was given.
    pub who: String,
    /// All that was seen; `None` where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observations: Option<Observations>,
}

/// All decisions that were kept, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// The decisions.
    pub records: Vec<Record>,
    /// How many lines could not be read. A crash may break one, or a disk.
    pub broken_lines: usize,
}

impl Records {
    /// Reads the decisions at `path`; without a file there are none.
    ///
    /// # Errors
    ///
    /// What the system says if it cannot be read.
    pub fn read(path: &Path) -> io::Result<Records> {
        let (records, broken_lines) = json_lines::read(path)?;
        Ok(Records { records, broken_lines })
    }

    /// Whether a decision to stay tells something new. To stay for the reason for which it
    /// stayed before is nothing new, and two reasons that take turns are told once
    /// an hour each: two weeks of watching must not fill the disk.
    pub(super) fn is_news(&self, record: &Record) -> bool {
        let is_same = |known: &&Record| known.why == record.why;
        let holds = || self.records.iter().rev().take_while(|known| known.what == Step::Hold);
        let is_recent =
            |known: &Record| record.at.duration_since(known.at).is_ok_and(|age| age < SAME_REASON);
        let is_last = holds().next().as_ref().is_some_and(is_same);
        !is_last && !holds().find(is_same).is_some_and(is_recent)
    }
}
