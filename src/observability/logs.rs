//! The log of this process, as it is asked for.

use std::io;
use std::path::PathBuf;

use prometheus_client::metrics::counter::Counter;
use tracing::level_filters::LevelFilter;

use super::line_queue::{LineQueue, LineWriter};
use super::log_file::{LogFile, LogFileLimits};

/// How many lines may wait to be written.
const MOST_LINES: usize = 4_096;

/// Where the log goes, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// The folder of its files.
    pub folder: PathBuf,
    /// What is at least so important is written.
    pub level: LevelFilter,
}

/// A log that is open. Dropping it writes what is left.
#[derive(Debug)]
pub struct Logs {
    /// Where lines go.
    pub queue: LineQueue,
    /// What is at least so important is written.
    pub level: LevelFilter,
    /// The thread that writes them.
    pub writer: LineWriter,
}

impl Logs {
    /// Opens the first file.
    ///
    /// # Errors
    ///
    /// The system's, if the file or the thread that writes it cannot be made.
    pub fn open(config: &LogConfig, dropped: Counter) -> io::Result<Logs> {
        let file = LogFile::open(&config.folder, LogFileLimits::default())?;
        let (queue, writer) = LineQueue::start("log", file, MOST_LINES, dropped)?;
        Ok(Logs { queue, level: config.level, writer })
    }
}
