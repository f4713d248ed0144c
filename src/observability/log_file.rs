//! The files of one process's log: a new one when one is full, the oldest gone.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::state_folder::{create_private, create_private_file};

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogFileLimits {
    /// A file that has more bytes gets no further line.
    pub bytes: u64,
    /// How many files of this process are kept.
    pub files: usize,
    /// Files of any process that were not written for so long are removed.
    pub age: Duration,
}

impl Default for LogFileLimits {
    fn default() -> LogFileLimits {
        LogFileLimits { bytes: 10 << 20, files: 5, age: Duration::from_hours(14 * 24) }
    }
}

/// Writes lines to files `batchpatch-PID-START-NUMBER.jsonl` in a folder.
#[derive(Debug)]
pub struct LogFile {
    folder: PathBuf,
    limits: LogFileLimits,
    /// When the process began to log, in seconds since 1970: ids of processes
    /// come back.
    start: u64,
    number: usize,
    written: u64,
    current: File,
    kept: VecDeque<PathBuf>,
}

const PREFIX: &str = "batchpatch-";
const EXTENSION: &str = "jsonl";

impl LogFile {
    /// The first file. Makes the folder where there is none, and removes the
    /// files in it that are too old.
    ///
    /// # Errors
    ///
    /// The system's, if the folder or the file cannot be made.
    pub fn open(folder: &Path, limits: LogFileLimits) -> io::Result<LogFile> {
        create_private(folder)?;
        remove_old(folder, limits.age);
        let start = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let path = path(folder, start, 1);
        let current = create_private_file(&path)?;
        let (folder, kept) = (folder.to_owned(), VecDeque::from([path]));
        Ok(LogFile { folder, limits, start, number: 1, written: 0, current, kept })
    }

    /// The file that is written now.
    pub fn path(&self) -> &Path {
        self.kept.back().map_or(&self.folder, PathBuf::as_path)
    }

    fn next(&mut self) -> io::Result<()> {
        let path = path(&self.folder, self.start, self.number + 1);
        self.current = create_private_file(&path)?;
        self.number += 1;
        self.written = 0;
        self.kept.push_back(path);
        while self.kept.len() > self.limits.files.max(1) {
            if let Some(oldest) = self.kept.pop_front() {
                // Somebody may have removed it already.
                let _ = fs::remove_file(oldest);
            }
        }
        Ok(())
    }
}

impl Write for LogFile {
    /// Whole lines only: none is split between two files.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.written >= self.limits.bytes {
            self.next()?;
        }
        self.current.write_all(line)?;
        self.written += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.current.flush()
    }
}

fn path(folder: &Path, start: u64, number: usize) -> PathBuf {
    folder.join(format!("{PREFIX}{}-{start}-{number:04}.{EXTENSION}", std::process::id()))
}

/// What cannot be looked at or removed stays: a log is no reason to stop.
fn remove_old(folder: &Path, age: Duration) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_log = name.starts_with(PREFIX) && path.extension().is_some_and(|it| it == EXTENSION);
        let modified = path.symlink_metadata().and_then(|metadata| metadata.modified());
        let is_old = modified.ok().and_then(|it| it.elapsed().ok()).is_some_and(|it| it > age);
        if is_log && is_old {
            let _ = fs::remove_file(path);
        }
    }
}
