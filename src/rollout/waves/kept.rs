//! What is kept of a rollout in the state folder, and who may write it.

use std::fs;
use std::io::{self, ErrorKind};
use std::time::Duration;

use super::{Course, Record, Records, RolloutError};
use crate::rollout::lock::Lock;
use crate::rollout::{json_lines, replace};
use crate::state_folder::StateFolder;

const COURSE: &str = "rollout.json";
const RECORDS: &str = "rollout-decisions.jsonl";
const WATCHING: &str = "rollout-watch";

/// How long another process that decides is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is kept of a rollout.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    folder: StateFolder,
}

/// The right to watch a rollout, until it is dropped or its process ends.
#[derive(Debug)]
pub struct Watching {
    _lock: Lock,
}

impl Kept {
    pub(super) fn new(folder: StateFolder) -> Kept {
        Kept { folder }
    }

    pub(super) fn course(&self) -> Result<Course, RolloutError> {
        let path = self.folder.join(COURSE);
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

    /// Must be called by whoever has the lock.
    pub(super) fn set_course(&self, course: &Course) -> Result<(), RolloutError> {
        let path = self.folder.join(COURSE);
        let text = serde_json::to_vec_pretty(course).map_err(io::Error::from);
        let written = text.and_then(|text| replace::replace(&path, &text));
        written.map_err(|cause| RolloutError::Io { path, cause })
    }

    pub(super) fn records(&self) -> Result<Records, RolloutError> {
        let path = self.folder.join(RECORDS);
        Records::read(&path).map_err(|cause| RolloutError::Io { path, cause })
    }

    /// Must be called by whoever has the lock.
    pub(super) fn record(&self, record: &Record) -> Result<(), RolloutError> {
        let path = self.folder.join(RECORDS);
        json_lines::append(&path, std::slice::from_ref(record))
            .map_err(|cause| RolloutError::NotRecorded { path, cause })
    }

    /// The right to decide.
    pub(super) fn lock(&self) -> Result<Lock, RolloutError> {
        self.create_folder()?;
        let path = self.folder.join(COURSE);
        Lock::take(&path, PATIENCE).map_err(|cause| RolloutError::Io { path, cause })
    }

    /// The right to watch, which is another one: whoever watches lets others decide
    /// between two looks.
    pub(super) fn watching(&self) -> Result<Watching, RolloutError> {
        self.create_folder()?;
        let path = self.folder.join(WATCHING);
        let lock = Lock::try_take(&path).map_err(|cause| RolloutError::Io { path, cause })?;
        lock.map(|lock| Watching { _lock: lock }).ok_or(RolloutError::Watched)
    }

    fn create_folder(&self) -> Result<(), RolloutError> {
        let path = self.folder.path();
        self.folder.create().map_err(|cause| RolloutError::Io { path: path.to_owned(), cause })
    }
}
