//! Lines on their way to where they are written. Whoever has a line never waits:
//! a disk that is full or slow costs lines, and those are counted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use tracing_subscriber::fmt::MakeWriter;

/// The longest line that is taken, in bytes.
const LONGEST: usize = 8 << 10;

/// How long the end of the process may wait for lines that are still to be
/// written.
const LAST_LINES: Duration = Duration::from_secs(1);

enum Entry {
    Line(Vec<u8>),
    End,
}

/// The way to a thread that writes lines. Takes so many, and drops and counts
/// what is more.
#[derive(Clone, Debug)]
pub struct LineQueue {
    lines: SyncSender<Entry>,
    dropped: Counter,
}

/// The thread that writes. Dropping it writes what is left, and waits a second
/// for that at most.
#[derive(Debug)]
pub struct LineWriter {
    lines: SyncSender<Entry>,
    is_ending: Arc<AtomicBool>,
    ended: Receiver<()>,
}

impl LineQueue {
    /// A queue of at most `most` lines to `output`. What is not written is
    /// counted by `dropped`.
    ///
    /// # Errors
    ///
    /// The system's, if a thread cannot be started.
    pub fn start(
        name: &str,
        mut output: impl Write + Send + 'static,
        most: usize,
        dropped: Counter,
    ) -> io::Result<(LineQueue, LineWriter)> {
        let (lines, queued) = sync_channel(most);
        let (end, ended) = sync_channel(1);
        let is_ending = Arc::new(AtomicBool::new(false));
        let (is_last, lost) = (Arc::clone(&is_ending), dropped.clone());
        let write = move || {
            let mut next = queued.recv().ok();
            while let Some(Entry::Line(line)) = next {
                if output.write_all(&line).is_err() {
                    lost.inc();
                }
                // A queue that is full has no place for the end.
                next = if is_last.load(Ordering::Acquire) {
                    queued.try_recv().ok()
                } else {
                    queued.recv().ok()
                };
            }
            let _ = output.flush();
            let _ = end.send(());
        };
        thread::Builder::new().name(name.to_owned()).spawn(write)?;
        let writer = LineWriter { lines: lines.clone(), is_ending, ended };
        Ok((LineQueue { lines, dropped }, writer))
    }

    /// One line, with its end.
    pub fn line(&self, line: &[u8]) {
        let is_taken = line.len() <= LONGEST && {
            let entry = Entry::Line(line.to_vec());
            self.lines.try_send(entry).is_ok()
        };
        if !is_taken {
            self.dropped.inc();
        }
    }
}

/// The subscriber writes each line at once.
impl Write for LineQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.line(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LineQueue {
    type Writer = LineQueue;

    fn make_writer(&'a self) -> LineQueue {
        self.clone()
    }
}

impl Drop for LineWriter {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Release);
        let _ = self.lines.try_send(Entry::End);
        let _ = self.ended.recv_timeout(LAST_LINES);
    }
}
