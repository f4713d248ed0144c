//! Every violation has its section in `docs/violations.md`, and what that
//! shows is what happens.
//!
//! `BATCHPATCH_BLESS=1` writes what is printed into the document; read what
//! changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use batchpatch::batch::Code;
use tempfile::TempDir;

use crate::cli;
use crate::docs::{read, shown};

const DOCUMENT: &str = "docs/violations.md";
const EXAMPLES: &str = "examples/violations";

/// What stands in the document for the folder that the commands run in.
const FOLDER: &str = "/home/me/shop";

/// The sections of the document, each with its code.
fn sections(document: &str) -> Vec<(&str, &str)> {
    let starts = document.match_indices("\n## ").map(|(at, _)| at + 1);
    let mut ends: Vec<usize> = starts.chain([document.len()]).collect();
    let starts = ends.clone();
    ends.remove(0);
    let section = |(start, end): (usize, usize)| {
        let section = &document[start..end];
        (section["## ".len()..].lines().next().unwrap(), section)
    };
    starts.into_iter().zip(ends).map(section).collect()
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A copy of the examples, gone when the test is over.
fn examples() -> TempDir {
    let folder = TempDir::new().unwrap();
    for entry in fs::read_dir(path(EXAMPLES)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}

/// The `console` block with these commands and what they really print, one
/// after the other in one folder.
fn console_block(commands: &[(String, String)]) -> String {
    let folder = examples();
    let binary = Path::new(env!("CARGO_BIN_EXE_batchpatch")).parent().unwrap();
    let search = std::env::var("PATH").unwrap_or_default();
    let search = format!("{}:{search}", binary.display());
    let mut block = "```console\n".to_owned();
    for (command, _) in commands {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{{ {command}; }} 2>&1")]).current_dir(folder.path());
        shell.env("PATH", &search).env_remove("CLICOLOR_FORCE");
        let run = cli::run(shell, b"");
        let printed = String::from_utf8(run.stdout).unwrap();
        let here = folder.path().canonicalize().unwrap();
        let printed = printed.replace(here.to_str().unwrap(), FOLDER);
        block.extend(["$ ", command, "\n", &printed]);
    }
    block + "```\n"
}

/// The sections about what happens without an editor: those have an example.
fn examples_of(document: &str) -> Vec<(&str, &str)> {
    // Only an editor's changes lead from an older text to a newer one.
    let needs_editor = |code: &str| {
        crate::lsp::CODES.iter().chain(&[Code::RebaseConflict]).any(|it| it.as_str() == code)
    };
    sections(document).into_iter().filter(|(code, _)| !needs_editor(code)).collect()
}

/// The section as it is when its commands are run.
fn executed(section: &str) -> String {
    let (before, rest) = section.split_once("```console\n").expect("a console block");
    let (_, after) = rest.split_once("```\n").expect("the block ends");
    assert!(!after.contains("```console\n"), "one console block: {section}");
    format!("{before}{}{after}", console_block(&shown(section)))
}

#[test]
fn every_violation_has_one_section_in_the_order_of_the_codes() {
    let document = read(DOCUMENT);
    let found: Vec<&str> = sections(&document).into_iter().map(|(code, _)| code).collect();
    assert_eq!(found, Code::ALL.map(Code::as_str));
}

#[test]
fn what_a_section_shows_is_what_its_commands_print() {
    let document = read(DOCUMENT);
    let mut blessed = document.clone();
    for (code, section) in examples_of(&document) {
        let executed = executed(section);
        if std::env::var_os("BATCHPATCH_BLESS").is_some() {
            blessed = blessed.replace(section, &executed);
        } else {
            assert_eq!(section, executed, "{code}");
        }
    }
    if blessed != document {
        fs::write(path(DOCUMENT), blessed).unwrap();
        panic!("{DOCUMENT} was written anew: read what changed");
    }
}

#[test]
fn what_a_section_shows_is_its_own_violation() {
    for (code, section) in examples_of(&read(DOCUMENT)) {
        let (command, printed) = shown(section).pop().expect("a command");
        assert!(command.starts_with(&format!("batchpatch preview {code}.batch.json")), "{command}");
        let violation = format!("error[{code}]");
        assert_eq!(printed.matches("error[").count(), 1, "{code}: one mistake");
        assert!(printed.contains(&violation), "{code} prints {printed}");
    }
}

#[test]
fn the_batch_that_a_section_shows_is_the_one_in_the_examples() {
    for (code, section) in examples_of(&read(DOCUMENT)) {
        let (_, rest) = section.split_once("```json\n").expect("a batch");
        let (batch, _) = rest.split_once("```\n").expect("the batch ends");
        assert_eq!(batch, read(&format!("{EXAMPLES}/{code}.batch.json")), "{code}");
    }
}

#[test]
fn every_example_is_shown() {
    let document = read(DOCUMENT);
    for entry in fs::read_dir(path(EXAMPLES)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(document.contains(&name), "{name} is in no section");
    }
}

#[test]
fn explain_prints_the_section() {
    for (code, section) in sections(&read(DOCUMENT)) {
        let mut command = cli::batchpatch();
        command.args(["explain", code]).env_remove("CLICOLOR_FORCE");
        let run = cli::run(command, b"");
        assert_eq!(run.code, 0, "{code}");
        assert_eq!(String::from_utf8(run.stdout).unwrap().trim_end(), section.trim_end());
    }
}

#[test]
fn explain_without_a_code_lists_every_code_with_what_it_means() {
    let mut command = cli::batchpatch();
    command.arg("explain").env_remove("CLICOLOR_FORCE");
    let run = cli::run(command, b"");
    let listed = String::from_utf8(run.stdout).unwrap();
    for (code, line) in Code::ALL.into_iter().zip(listed.lines()) {
        let law = code.law().map_or("–".to_owned(), |law| law.number().to_string());
        let columns: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(columns[..2], [law.as_str(), code.as_str()], "{line}");
        assert!(line.ends_with('.') && line.chars().count() <= 100, "{line}");
    }
    assert_eq!(listed.lines().count(), Code::ALL.len(), "{listed}");
}

#[test]
fn explain_refuses_an_unknown_code_and_says_which_is_similar() {
    let mut command = cli::batchpatch();
    command.args(["explain", "expect-missmatch"]);
    let run = cli::run(command, b"");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("a similar value exists: 'expect-mismatch'"), "{}", run.stderr);
}
