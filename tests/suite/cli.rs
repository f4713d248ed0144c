//! The binary, as its users call it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// A call of `batchpatch filter`.
pub(crate) struct Filter<'a> {
    pub(crate) batch: &'a str,
    pub(crate) encoding: Option<&'a str>,
}

/// What came of a call.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    /// The outcome that stands on standard error, and nothing beside it.
    pub(crate) fn outcome(&self) -> Value {
        serde_json::from_str(&self.stderr)
            .unwrap_or_else(|error| panic!("{error} in: {}", self.stderr))
    }
}

impl Filter<'_> {
    pub(crate) fn run(&self, input: &[u8]) -> Run {
        let file = TemporaryFile::with(self.batch);
        let mut command = batchpatch();
        command.arg("filter").arg(&file.path);
        if let Some(encoding) = self.encoding {
            command.args(["--encoding", encoding]);
        }
        run(command, input)
    }
}

pub(crate) fn batchpatch() -> Command {
    Command::new(env!("CARGO_BIN_EXE_batchpatch"))
}

pub(crate) fn run(mut command: Command, input: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A call that is refused before it reads closes its end of the pipe.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().expect("it ends by itself"),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A file that is gone when the test is over.
struct TemporaryFile {
    path: PathBuf,
}

impl TemporaryFile {
    fn with(content: &str) -> TemporaryFile {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("batchpatch-test-{}-{number}.batch.json", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        TemporaryFile { path }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn filter(batch: &str, input: &[u8]) -> Run {
    Filter { batch, encoding: None }.run(input)
}

fn call(args: &[&str]) -> Run {
    let mut command = batchpatch();
    command.args(args);
    run(command, b"")
}

#[test]
fn applied_exits_0_and_says_nothing_on_standard_error() {
    let run = filter(r#"{"patches":[{"type":"delete","line":1}]}"#, b"a\nb\n");
    assert_eq!((run.code, run.stdout.as_slice(), run.stderr.as_str()), (0, &b"b\n"[..], ""));
}

#[test]
fn every_byte_that_no_patch_touches_comes_out_as_it_went_in() {
    let input = "\u{feff}a\r\nb\rc\n\u{2028}\0e\u{301}\r\nlast".as_bytes();
    let run = filter(r#"{"patches":[]}"#, input);
    assert_eq!((run.code, run.stdout.as_slice()), (0, input));
    let run = filter(r#"{"documents":[]}"#, b"not \xff UTF-8");
    assert_eq!((run.code, run.stdout.as_slice()), (0, &b"not \xff UTF-8"[..]));
}

#[test]
fn rejected_exits_1_with_the_outcome_on_standard_error_and_nothing_on_standard_output() {
    let run = filter(r#"{"batchId":"k","patches":[{"type":"delete","line":9}]}"#, b"a\n");
    assert_eq!((run.code, run.stdout.as_slice()), (1, &b""[..]));
    let outcome = run.outcome();
    assert_eq!(outcome["status"], "rejected");
    assert_eq!(outcome["batchId"], "k");
    assert_eq!(outcome["documents"][0]["state"], "before");
    assert_eq!(outcome["documents"][0]["toRevision"], "v1");
    assert!(outcome["durationMs"].is_f64());
}

#[test]
fn partial_exits_5_with_the_output_written_and_the_outcome_on_standard_error() {
    let batch = r#"{"policy":"bestEffort","patches":[
        {"type":"delete","line":9},{"type":"insert","line":2,"text":"b"}]}"#;
    let run = filter(batch, b"a\n");
    assert_eq!((run.code, run.stdout.as_slice()), (5, &b"a\nb\n"[..]));
    let document = &run.outcome()["documents"][0];
    assert_eq!(document["patches"], 1);
    assert_eq!(document["changed"], serde_json::json!([[2, 2]]));
    assert_eq!(document["linesAfter"], 2);
}

#[test]
fn a_malformed_batch_exits_2_with_one_message_that_names_the_path() {
    let run = filter(r#"{"patches":[{"type":"delete","line":1.5}]}"#, b"a\n");
    assert_eq!((run.code, run.stdout.as_slice()), (2, &b""[..]));
    assert_eq!(run.stderr.lines().count(), 1);
    assert!(run.stderr.contains(": patches[0].line: "), "{}", run.stderr);
}

#[test]
fn an_unknown_field_names_the_schema_version() {
    let run = filter(r#"{"patches":[{"type":"delete","line":1,"force":true}]}"#, b"a\n");
    assert!(run.stderr.contains(": patches[0].force: "), "{}", run.stderr);
    assert!(run.stderr.contains("schema version 1"), "{}", run.stderr);
}

#[test]
fn a_malformed_call_exits_2_with_a_message() {
    for args in [
        &["filter"][..],
        &["filter", "no-such-file.json"],
        &["filter", "--encoding", "utf-7", "x.json"],
        &["unheard-of"],
        &["--json"],
        &[],
    ] {
        let run = call(args);
        assert_eq!((run.code, run.stdout.as_slice()), (2, &b""[..]), "{args:?}");
        assert!(!run.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn an_encoding_flag_that_disagrees_with_the_batch_is_malformed() {
    let batch = r#"{"positionEncoding":"utf-16","patches":[]}"#;
    let run = Filter { batch, encoding: Some("utf-8") }.run(b"");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains(": positionEncoding: "), "{}", run.stderr);
}

#[test]
fn a_document_that_is_not_utf_8_is_rejected_even_by_best_effort() {
    for policy in ["atomic", "bestEffort"] {
        let batch = format!(r#"{{"policy":"{policy}","patches":[{{"type":"delete","line":1}}]}}"#);
        let run = filter(&batch, b"a\n\xff\n");
        assert_eq!((run.code, run.stdout.as_slice()), (1, &b""[..]));
        let violation = &run.outcome()["violations"][0];
        assert_eq!(violation["code"], "not-utf8");
        assert_eq!(violation["law"], Value::Null);
    }
}

#[test]
fn a_document_over_the_limit_is_rejected_without_being_read_to_its_end() {
    let input = vec![b'a'; (256 << 20) + 1];
    let run = filter(r#"{"patches":[{"type":"delete","line":1}]}"#, &input);
    assert_eq!((run.code, run.stdout.as_slice()), (1, &b""[..]));
    assert_eq!(run.outcome()["violations"][0]["code"], "document-too-large");
}

#[test]
fn a_batch_for_no_document_lets_everything_through_whatever_its_size() {
    let input = vec![b'a'; (256 << 20) + 1_000];
    let run = filter(r#"{"documents":[]}"#, &input);
    assert_eq!(run.code, 0);
    assert!(run.stdout == input);
}

#[test]
fn a_batch_over_the_limit_is_malformed_without_being_parsed() {
    let file = TemporaryFile::with(r#"{"patches":[]}"#);
    std::fs::File::options()
        .write(true)
        .open(&file.path)
        .unwrap()
        .set_len((512 << 20) + 1)
        .unwrap();
    let mut command = batchpatch();
    command.arg("filter").arg(&file.path);
    let run = run(command, b"a\n");
    assert_eq!((run.code, run.stdout.as_slice()), (2, &b""[..]));
    assert!(run.stderr.contains("more than 536870912 bytes"), "{}", run.stderr);
}

/// Only Linux has a device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_exits_3() {
    let full = std::path::Path::new("/dev/full");
    let file = TemporaryFile::with(r#"{"patches":[]}"#);
    let mut command = batchpatch();
    command.arg("filter").arg(&file.path).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.stdout(std::fs::File::create(full).unwrap()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"text").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write standard output"));
}

#[test]
fn the_version_is_told_to_people_and_to_programs() {
    let version = env!("CARGO_PKG_VERSION");
    for flag in ["--version", "-V"] {
        let run = call(&[flag]);
        assert_eq!(run.code, 0);
        assert_eq!(run.stdout, format!("batchpatch {version}\n").into_bytes());
    }
    let run = call(&["--version", "--json"]);
    let json: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(json["version"], version);
    assert_eq!(json["schemaVersion"], 1);
}

#[test]
fn the_example_in_the_help_works_as_it_is_printed() {
    let help = String::from_utf8(call(&["--help"]).stdout).unwrap();
    let (_, example) = help.split_once("A first batch:\n").expect("the help has an example");
    let lines: Vec<&str> =
        example.lines().map(|line| line.strip_prefix("  ").unwrap_or("")).collect();
    let script: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("$ ")).collect();
    let batch = lines.iter().skip_while(|line| !line.contains("<<'END'")).skip(1);
    let batch: String = batch.take_while(|line| **line != "END").copied().collect();
    assert!(script[0].starts_with(r"printf 'one\ntwo\nthree\n'"));
    let printed = lines.iter().skip_while(|line| !line.starts_with("$ batchpatch")).skip(1);
    let printed: String = printed.take_while(|l| !l.is_empty()).flat_map(|l| [*l, "\n"]).collect();
    let run = filter(&batch, b"one\ntwo\nthree\n");
    assert_eq!(String::from_utf8(run.stdout).unwrap(), printed);
}
