//! Standard error, which nobody may be reading: a pipe that is full stops
//! whoever writes to it.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io;
use std::panic::{self, PanicHookInfo};

use prometheus_client::metrics::counter::Counter;

use super::line_queue::{LineQueue, LineWriter};

/// How many lines may wait until somebody reads.
const MOST_LINES: usize = 64;

/// From now on a panic is told on standard error by a thread of its own, and in
/// the log. What it says is told only where it stands in the program: what is
/// made at run time may hold a piece of a text.
///
/// # Errors
///
/// The system's, if the thread cannot be started.
pub fn report_panics() -> io::Result<LineWriter> {
    let (queue, writer) = LineQueue::start("stderr", io::stderr(), MOST_LINES, Counter::default())?;
    panic::set_hook(Box::new(move |panic| {
        let report = report(panic);
        tracing::error!(
            place = report.place,
            what = report.what,
            "a bug of batchpatch: it panicked"
        );
        queue.line(report.lines().as_bytes());
    }));
    Ok(writer)
}

struct Report {
    place: String,
    what: &'static str,
    backtrace: Backtrace,
}

fn report(panic: &PanicHookInfo<'_>) -> Report {
    Report {
        place: panic.location().map(ToString::to_string).unwrap_or_default(),
        what: panic.payload().downcast_ref::<&'static str>().unwrap_or(&"(not told)"),
        backtrace: Backtrace::capture(),
    }
}

impl Report {
    fn lines(&self) -> String {
        let Report { place, what, backtrace } = self;
        let head = format!("batchpatch: a bug: panicked at {place}: {what}\n");
        match backtrace.status() {
            BacktraceStatus::Captured => format!("{head}{backtrace}\n"),
            _ => head,
        }
    }
}
