//! The flags as one process sees them.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::decision::Verdict;
use super::source::Source;
use super::{Decision, FLAGS, FlagFile, InstallationId, Problem, recorder};
use crate::state_folder::StateFolder;

const FLAG_FILE: &str = "flags.json";
const HISTORY_FILE: &str = "flag-history.jsonl";

pub(super) const BY_HAND: &str = "by hand";
const BY_FLEET: &str = "fleet";

/// Where flags come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagSources {
    /// This machine's own flag file.
    pub own: PathBuf,
    /// Whether somebody named it: then a flag is off where it is missing. At the
    /// usual place, no file means that all flags are on.
    pub is_configured: bool,
    /// The flag file that an organisation distributes. The lower one of both
    /// counts.
    pub fleet: Option<PathBuf>,
    /// Where changes are recorded.
    pub history: PathBuf,
}

impl FlagSources {
    /// The sources of a state folder, with the flag files that are named.
    pub fn new(
        folder: &StateFolder,
        flags: Option<PathBuf>,
        fleet: Option<PathBuf>,
    ) -> FlagSources {
        FlagSources {
            is_configured: flags.is_some(),
            own: flags.map_or_else(|| folder.join(FLAG_FILE), |path| absolute(&path)),
            fleet: fleet.map(|path| absolute(&path)),
            history: folder.join(HISTORY_FILE),
        }
    }

    /// Whether a rollout is set up: a flag file is named, or there is one at the
    /// usual place.
    pub fn are_there(&self) -> bool {
        let is_there = || match self.own.symlink_metadata() {
            Ok(_) => true,
            // What cannot be asked about is there, and what is wrong with it is told.
            Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        };
        self.is_configured || self.fleet.is_some() || is_there()
    }
}

/// The one name of a file that all processes record it under.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let canonical = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (canonical, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// The flags as one process sees them: as of the last refresh.
#[derive(Debug)]
pub struct Flags {
    files: Files,
    history: PathBuf,
    /// Whether the files may say what the history does not know yet.
    is_unrecorded: bool,
    not_recorded: Option<Problem>,
}

/// A flag for which something else counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagChange {
    /// The flag.
    pub flag: String,
    /// What counted before.
    pub before: Decision,
    /// What counts now.
    pub after: Decision,
}

impl Flags {
    /// Reads the flags, and records what was changed by hand while no process
    /// was there to see it.
    pub fn open(sources: FlagSources, id: InstallationId) -> Flags {
        let files = Files {
            id,
            is_configured: sources.is_configured,
            own: Source::open(sources.own),
            fleet: sources.fleet.map(Source::open),
        };
        let history = sources.history;
        let mut flags = Flags { files, history, is_unrecorded: true, not_recorded: None };
        flags.record();
        flags
    }

    /// Reads the files again, and tells the flags for which something else
    /// counts now. It costs little more than reading them, so that it can be done
    /// each second.
    pub fn refresh(&mut self) -> Vec<FlagChange> {
        let Some(files) = self.files.newer() else {
            self.record();
            return Vec::new();
        };
        let before = std::mem::replace(&mut self.files, files);
        self.is_unrecorded = true;
        self.record();
        let mut names = before.names();
        names.extend(self.files.names());
        let change = |flag: String| {
            let (before, after) = (before.decide(&flag), self.files.decide(&flag));
            (before != after).then_some(FlagChange { flag, before, after })
        };
        names.into_iter().filter_map(change).collect()
    }

    /// Whether a flag is on, and why.
    pub fn decide(&self, flag: &str) -> Decision {
        self.files.decide(flag)
    }

    /// The names of all flags that batchpatch asks for or a file mentions, sorted.
    pub fn names(&self) -> Vec<String> {
        self.files.names().into_iter().collect()
    }

    /// What is wrong now, if anything is.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.files.all().filter_map(Source::problem).chain(&self.not_recorded)
    }

    /// Which installation this is.
    pub fn installation(&self) -> InstallationId {
        self.files.id
    }

    /// Records what was changed by hand, if there may be something.
    fn record(&mut self) {
        if !self.is_unrecorded {
            return;
        }
        let own = recorder::record(&self.history, &self.files.own.path, BY_HAND);
        let fleet = self
            .files
            .fleet
            .as_ref()
            .map_or(Ok(true), |fleet| recorder::record(&self.history, &fleet.path, BY_FLEET));
        let recorded = own.and_then(|own| Ok(own && fleet?));
        self.is_unrecorded = !matches!(recorded, Ok(true));
        self.not_recorded = recorded.err().map(|error| {
            let (path, cause) = (self.history.clone(), error.to_string());
            Problem::NotRecorded { path, cause }
        });
    }
}

/// The flag files as they stood at one time.
#[derive(Debug)]
struct Files {
    id: InstallationId,
    is_configured: bool,
    own: Source,
    fleet: Option<Source>,
}

impl Files {
    /// The same files as they stand now, if one of them holds something else.
    fn newer(&self) -> Option<Files> {
        let own = self.own.newer();
        let fleet = self.fleet.as_ref().and_then(Source::newer);
        (own.is_some() || fleet.is_some()).then(|| Files {
            own: own.unwrap_or_else(|| self.own.clone()),
            fleet: fleet.or_else(|| self.fleet.clone()),
            ..*self
        })
    }

    fn all(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.own).chain(&self.fleet)
    }

    fn names(&self) -> BTreeSet<String> {
        let mentioned = self.all().filter_map(Source::file).flat_map(FlagFile::names);
        FLAGS.into_iter().chain(mentioned).map(str::to_owned).collect()
    }

    fn decide(&self, flag: &str) -> Decision {
        let own = Verdict::of(&self.own, self.is_configured, flag, self.id);
        let fleet = self.fleet.as_ref().map(|fleet| Verdict::of(fleet, true, flag, self.id));
        Decision::of(own, fleet)
    }
}
