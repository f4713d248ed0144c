//! What is written, and what happens where it cannot be.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use batchpatch::observability::{LineQueue, LogFile, LogFileLimits, Metrics, Observers};
use serde_json::Value;
use tracing::level_filters::LevelFilter;

/// Far more than anything here takes, on any machine.
const DEADLINE: Duration = Duration::from_secs(30);

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged, at this level, while something happens.
fn logged(level: LevelFilter, happens: impl FnOnce()) -> Vec<Value> {
    let kept = Kept::default();
    let metrics = Metrics::default();
    let (queue, writer) =
        LineQueue::start("log", kept.clone(), 1_000, metrics.dropped_lines()).unwrap();
    let mut observers = Observers::new();
    observers.log(queue, level);
    tracing::subscriber::with_default(observers.subscriber(), happens);
    drop(writer);
    let bytes = kept.0.lock().unwrap();
    let lines = std::str::from_utf8(&bytes).unwrap().lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many lines were lost.
fn lost(metrics: &Metrics) -> u64 {
    metrics.dropped_lines().get()
}

#[test]
fn only_what_the_program_itself_says_is_logged() {
    let lines = logged(LevelFilter::TRACE, || {
        tracing::error!(target: "tower_lsp_server::service", "a whole message");
        tracing::error!(target: "batchpatchwork", "somebody else");
        let _span = tracing::error_span!(target: "hyper", "request", secret = 1).entered();
        tracing::trace!(target: "batchpatch::server", number = 7, "ours");
        tracing::info!(target: "batchpatch", "ours too");
    });
    let messages: Vec<&str> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["ours", "ours too"]);
    assert_eq!(lines[0]["number"], 7);
    assert!(!lines[0].to_string().contains("secret"), "{}", lines[0]);
}

#[test]
fn the_level_decides_what_is_logged() {
    let all = || {
        tracing::error!(target: "batchpatch", "error");
        tracing::warn!(target: "batchpatch", "warn");
        tracing::info!(target: "batchpatch", "info");
        tracing::debug!(target: "batchpatch", "debug");
        tracing::trace!(target: "batchpatch", "trace");
    };
    for (level, count) in [
        (LevelFilter::ERROR, 1),
        (LevelFilter::WARN, 2),
        (LevelFilter::INFO, 3),
        (LevelFilter::DEBUG, 4),
        (LevelFilter::TRACE, 5),
    ] {
        assert_eq!(logged(level, all).len(), count, "{level}");
    }
}

#[test]
fn warnings_that_the_editor_was_not_told_yet_are_told_in_a_line() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut observers = Observers::new();
    let tell = Arc::clone(&told);
    observers.warnings(move |line| tell.lock().unwrap().push(line.to_owned()));
    tracing::subscriber::with_default(observers.subscriber(), || {
        tracing::error!(target: "batchpatch::engine", law = 7, detail = "10 bytes", "fault");
        tracing::warn!(target: "batchpatch::told", "a document is out of sync");
        tracing::info!(target: "batchpatch", "all is well");
        tracing::error!(target: "tower_lsp_server", "a whole message");
    });
    assert_eq!(*told.lock().unwrap(), ["fault, law: 7, detail: 10 bytes"]);
}

/// A disk that writes nothing before it is told to.
struct Stuck(Receiver<()>);

impl Write for Stuck {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_disk_that_is_stuck_costs_lines_and_holds_up_nobody() {
    let metrics = Metrics::default();
    let (go_on, stuck) = channel();
    let (queue, writer) =
        LineQueue::start("log", Stuck(stuck), 10, metrics.dropped_lines()).unwrap();
    let (done, is_done) = channel();
    std::thread::spawn(move || {
        for _ in 0..1_000 {
            queue.line(b"{}\n");
        }
        let _ = done.send(());
    });
    is_done.recv_timeout(DEADLINE).expect("nobody waits for the disk");
    // One is being written, and ten wait.
    assert!(lost(&metrics) >= 989, "{} were lost", lost(&metrics));
    drop(go_on);
    drop(writer);
}

#[test]
fn a_line_is_of_a_bounded_length() {
    let metrics = Metrics::default();
    let kept = Kept::default();
    let (queue, writer) =
        LineQueue::start("log", kept.clone(), 10, metrics.dropped_lines()).unwrap();
    queue.line("x".repeat(100_000).as_bytes());
    queue.line(b"short\n");
    drop(writer);
    assert_eq!((lost(&metrics), &**kept.0.lock().unwrap()), (1, &b"short\n"[..]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_lines_and_they_are_counted() {
    let metrics = Metrics::default();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let (queue, writer) = LineQueue::start("log", full, 10, metrics.dropped_lines()).unwrap();
    for _ in 0..3 {
        queue.line(b"{}\n");
    }
    drop(writer);
    assert_eq!(lost(&metrics), 3);
    assert!(metrics.in_open_metrics().contains("\nlog_lines_dropped_total 3\n"));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_is_full_is_followed_by_another_and_the_oldest_go() {
    let folder = tempfile::tempdir().unwrap();
    let limits = LogFileLimits { bytes: 100, files: 3, ..LogFileLimits::default() };
    let mut log = LogFile::open(folder.path(), limits).unwrap();
    for number in 0..50 {
        log.write_all(
            format!("{{\"number\":{number:04},\"padding\":\"0123456789\"}}\n").as_bytes(),
        )
        .unwrap();
    }
    let names = names(folder.path());
    assert_eq!(names.len(), 3, "{names:?}");
    let mut numbers = Vec::new();
    for name in &names {
        assert!(name.starts_with(&format!("batchpatch-{}-", std::process::id())), "{name}");
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.len() < 200, "{}", text.len());
        for line in text.lines() {
            let line = line.replace(":00", ":").replace(":0", ":");
            numbers.push(serde_json::from_str::<Value>(&line).unwrap()["number"].as_u64().unwrap());
        }
    }
    let last: Vec<u64> = (50 - numbers.len() as u64..50).collect();
    assert_eq!(numbers, last, "the last lines are there, whole and in order");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = log.path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn logs_that_nobody_wrote_for_two_weeks_are_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let day = Duration::from_hours(24);
    let file = |name: &str, days: u32| {
        let file = File::create(folder.path().join(name)).unwrap();
        file.set_modified(SystemTime::now() - day * days).unwrap();
    };
    file("batchpatch-1-1-0001.jsonl", 15);
    file("batchpatch-2-1-0001.jsonl", 13);
    file("batchpatch-notes.txt", 100);
    file("other.jsonl", 100);
    let log = LogFile::open(folder.path(), LogFileLimits::default()).unwrap();
    let own = log.path().file_name().unwrap().to_str().unwrap().to_owned();
    let mut expected = ["batchpatch-2-1-0001.jsonl", &own, "batchpatch-notes.txt", "other.jsonl"];
    expected.sort_unstable();
    assert_eq!(names(folder.path()), expected);
}
