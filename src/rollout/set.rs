//! A flag, set by somebody who says so.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::flags::BY_HAND;
use super::history::Change;
use super::lock::Lock;
use super::source::Content;
use super::{FLAGS, FlagFile, FlagSources, Percentage, Rule, json_lines, recorder, replace};
use crate::state_folder::{beside, create_private};

/// How long other writers are waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What somebody wants a flag to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The flag.
    pub flag: String,
    /// How many of a hundred installations should have it.
    pub share: Percentage,
    /// The ids that should have it whatever the percentage; `None` leaves them as
    /// they are. Where the percentage is 0 and no ids are given, they do not have
    /// it either.
    pub named: Option<Vec<String>>,
    /// Who wants it, for the history.
    pub who: String,
    /// Why, for the history.
    pub why: Option<String>,
    /// Whether a file that is broken gives way. It is kept beside, with `.broken`
    /// behind its name, and the new one mentions no other flag: those are off.
    pub over_broken: bool,
}

/// Why a flag could not be set.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// Nobody asks for that flag, and the file does not mention it.
    #[error("there is no flag `{flag}`; known are {}", known.join(", "))]
    Unknown {
        /// The flag.
        flag: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The flag file is not well formed, and nothing was written over it.
    #[error("{}: {cause}; mend it first (only a flag that is set to 0 gets over it)", path.display())]
    Broken {
        /// The flag file.
        path: PathBuf,
        /// What is wrong with it, with the JSON path.
        cause: String,
    },
    /// The flag file could not be written.
    #[error("cannot write {}: {cause}", path.display())]
    Io {
        /// The flag file, or the history.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The flag is set, and that could not be recorded. Who finds the change later
    /// will record it as one by hand.
    #[error("the flag is set, but {} cannot be written: {cause}", path.display())]
    NotRecorded {
        /// The history.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

/// Sets a flag in this machine's own file, and records that. All other flags in
/// the file stay as they are. Waits for other writers, up to ten seconds.
///
/// # Errors
///
/// [`SetError`]; nothing has changed unless it says so.
pub fn set(sources: &FlagSources, setting: &Setting) -> Result<Change, SetError> {
    let FlagSources { own, history, .. } = sources;
    let at = |path: &Path| {
        let path = path.to_owned();
        move |cause| SetError::Io { path, cause }
    };
    if let Some(folder) = history.parent() {
        create_private(folder).map_err(at(folder))?;
    }
    // Another state folder may share the flag file, and another flag file the history.
    let _writing = Lock::take(own, PATIENCE).map_err(at(own))?;
    let _recording = Lock::take(history, PATIENCE).map_err(at(history))?;

    let (mut file, is_broken) = match Content::read(own).parse() {
        Ok(file) => (file.unwrap_or_else(FlagFile::empty), false),
        Err(_) if setting.over_broken => (FlagFile::empty(), true),
        Err(cause) => return Err(SetError::Broken { path: own.clone(), cause }),
    };
    refuse_unknown(&file, &setting.flag)?;
    let kept_as = is_broken.then(|| keep_broken(own)).transpose().map_err(at(own))?;
    recorder::record_locked(history, own, BY_HAND).map_err(at(history))?;

    let rule = rule(setting, file.rule(&setting.flag));
    let change = Change {
        at: SystemTime::now(),
        who: setting.who.clone(),
        flag: setting.flag.clone(),
        file: own.to_string_lossy().into_owned(),
        from: file.percentage(&setting.flag),
        to: Some(rule.percentage()),
        ids: rule.named().to_vec(),
        why: why(setting, kept_as.as_deref()),
    };
    file.set(&setting.flag, rule);
    replace::replace(own, file.written().as_bytes()).map_err(at(own))?;
    json_lines::append(history, std::slice::from_ref(&change))
        .map_err(|cause| SetError::NotRecorded { path: history.clone(), cause })?;
    Ok(change)
}

/// Disabling says what 0 % means to whoever sets it, and keeps the ids for when
/// the flag is set again.
fn rule(setting: &Setting, before: Option<&Rule>) -> Rule {
    let ids_before = before.map(|rule| rule.named.clone()).unwrap_or_default();
    Rule {
        is_enabled: setting.share > Percentage::NONE || setting.named.is_some(),
        named: setting.named.clone().unwrap_or(ids_before),
        share: setting.share,
    }
}

/// A copy, so that at no moment there is no file: without one a flag may be on.
fn keep_broken(path: &Path) -> io::Result<PathBuf> {
    let kept = beside(path, ".broken");
    // Opening a pipe would wait for somebody to write into it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    fs::copy(path, &kept)?;
    Ok(kept)
}

fn why(setting: &Setting, kept_as: Option<&Path>) -> Option<String> {
    let kept = kept_as.map(|path| format!("the file was broken, see {}", path.display()));
    let told: Vec<String> = setting.why.clone().into_iter().chain(kept).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// A mistyped name would set a flag that nobody asks for.
fn refuse_unknown(file: &FlagFile, flag: &str) -> Result<(), SetError> {
    let known: Vec<&str> = FLAGS.into_iter().chain(file.names()).collect();
    if known.contains(&flag) {
        return Ok(());
    }
    let mut known: Vec<String> = known.into_iter().map(str::to_owned).collect();
    known.sort_unstable();
    known.dedup();
    Err(SetError::Unknown { flag: flag.to_owned(), known })
}
