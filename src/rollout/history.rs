//! Who changed which flag, when, and why: one line of JSON for each change.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{FlagFile, Percentage, Rule, json_lines, rfc3339};

/// One change of one flag in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When it was made, or found. In JSON as RFC 3339 has it, in UTC, to the
    /// millisecond.
    #[serde(with = "rfc3339")]
    pub at: SystemTime,
    /// Who made it: a name that was given, or `by hand` where the file was found
    /// changed.
    pub who: String,
    /// The flag.
    pub flag: String,
    /// The flag file.
    pub file: String,
    /// The percentage before; `None` if the flag was not mentioned.
    pub from: Option<Percentage>,
    /// The percentage after; `None` if the flag is not mentioned any more.
    pub to: Option<Percentage>,
    /// The ids that have the flag afterwards whatever the percentage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// Why, if somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// All changes that were recorded, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The changes.
    pub changes: Vec<Change>,
    /// How many lines could not be read. A crash may break one, or a disk.
    pub broken_lines: usize,
}

impl History {
    /// Reads the history at `path`; one that is not there is empty.
    ///
    /// # Errors
    ///
    /// What the system says if it cannot be read.
    pub fn read(path: &Path) -> io::Result<History> {
        let (changes, broken_lines) = json_lines::read(path)?;
        Ok(History { changes, broken_lines })
    }

    /// The changes that lead from what was recorded last of a file to what it
    /// says now.
    pub(super) fn unrecorded(&self, file: &str, now: Option<&FlagFile>, who: &str) -> Vec<Change> {
        let recorded = self.changes.iter().filter(|change| change.file == file);
        let recorded = recorded.map(|change| change.flag.as_str());
        let mut flags: Vec<&str> =
            recorded.chain(now.into_iter().flat_map(FlagFile::names)).collect();
        flags.sort_unstable();
        flags.dedup();
        let at = SystemTime::now();
        let change = |flag: &str| {
            let last = self.last(file, flag);
            let rule = now.and_then(|now| now.rule(flag));
            let change = Change {
                at,
                who: who.to_owned(),
                flag: flag.to_owned(),
                file: file.to_owned(),
                from: last.and_then(|last| last.to),
                to: rule.map(Rule::percentage),
                ids: rule.map(|rule| rule.named().to_vec()).unwrap_or_default(),
                why: None,
            };
            let ids_before = last.map(|last| last.ids.as_slice()).unwrap_or_default();
            (change.from != change.to || ids_before != change.ids).then_some(change)
        };
        flags.into_iter().filter_map(change).collect()
    }

    fn last(&self, file: &str, flag: &str) -> Option<&Change> {
        self.changes.iter().rev().find(|change| change.file == file && change.flag == flag)
    }
}
