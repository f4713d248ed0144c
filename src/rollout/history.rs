//! Who changed which flag, when, and why: one line of JSON for each change.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{FlagFile, Percentage, Rule};

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
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut history = History::default();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(change) => history.changes.push(change),
                Err(_) => history.broken_lines += 1,
            }
        }
        Ok(history)
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

/// Writes changes at the end of the history. Must be called by one writer at a
/// time.
pub(super) fn append(path: &Path, changes: &[Change]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut lines = Vec::new();
    if !ends_with_a_whole_line(&mut file)? {
        lines.push(b'\n');
    }
    for change in changes {
        serde_json::to_writer(&mut lines, change)?;
        lines.push(b'\n');
    }
    file.write_all(&lines)?;
    file.sync_all()
}

/// Whoever wrote last may have been ended in the middle of a line.
fn ends_with_a_whole_line(file: &mut fs::File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == [b'\n'])
}

mod rfc3339 {
    use std::time::SystemTime;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        at: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        // A clock that was never set may be before the first time that can be written.
        let at = SystemTime::UNIX_EPOCH.max(*at);
        serializer.collect_str(&humantime::format_rfc3339_millis(at))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_rfc3339(&text).map_err(D::Error::custom)
    }
}
