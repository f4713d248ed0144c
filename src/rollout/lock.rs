//! One writer at a time, among all processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::state_folder::beside;

const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(5);

/// The right to write one file, until it is dropped or its process ends.
///
/// What is locked is a file of its own, which is never removed: the file itself
/// may be replaced meanwhile, and on some systems could not be read.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of the file at `path`, or `None` while somebody else has it.
    pub(super) fn try_take(path: &Path) -> io::Result<Option<Lock>> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(beside(path, ".lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes the lock of the file at `path`, and waits for it for so long at most:
    /// whoever has it may be stopped.
    pub(super) fn take(path: &Path, patience: Duration) -> io::Result<Lock> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(lock) = Lock::try_take(path)? {
                return Ok(lock);
            }
            if Instant::now() >= deadline {
                let message = "another process is writing it and does not end";
                return Err(io::Error::new(ErrorKind::TimedOut, message));
            }
            thread::sleep(BETWEEN_ATTEMPTS);
        }
    }
}

impl Drop for Lock {
    /// A process that is being started has a copy of the file until it runs its own
    /// program, and closing ours alone would leave it the lock for that moment.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}
