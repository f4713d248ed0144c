//! What the documents show is what happens.

use std::path::Path;
use std::process::{Command, Stdio};

const HOW_TO_RUN: &str = "cargo run --quiet --release -- ";

pub(crate) fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The `console` blocks of a document: each command with what it prints.
pub(crate) fn shown(document: &str) -> Vec<(String, String)> {
    let mut shown: Vec<(String, String)> = Vec::new();
    for block in document.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").expect("the block ends");
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                shown.push((command.to_owned(), String::new()));
                continue;
            }
            let (_, printed) = shown.last_mut().expect("a command comes first");
            printed.push_str(line);
            printed.push('\n');
        }
    }
    shown
}

/// What the command prints, with the binary under test in cargo's place.
fn printed(command: &str) -> String {
    let binary = format!("{} ", env!("CARGO_BIN_EXE_batchpatch"));
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {}; }} 2>&1", command.replace(HOW_TO_RUN, &binary))])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// How long it took is the one thing that no two runs share.
fn without_duration(text: &str) -> String {
    let other = |line: &&str| !line.trim_start().starts_with("\"durationMs\"");
    text.lines().filter(other).collect::<Vec<_>>().join("\n")
}

/// With `TIME` for each time, and `LEFT` for how long something still takes.
pub(crate) fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.len() == 20 && word.ends_with('Z') && word.contains('T');
    let line = |line: &str| {
        let words: Vec<&str> =
            line.split(' ').map(|word| if is_time(word) { "TIME" } else { word }).collect();
        let line = words.join(" ");
        match (line.split_once("at least, "), line.strip_suffix(" left")) {
            (Some((before, _)), Some(_)) => format!("{before}at least, LEFT left\n"),
            _ => line + "\n",
        }
    };
    text.lines().map(line).collect()
}

/// Columns are as wide as what is in them, which differs here and there.
pub(crate) fn without_widths(text: &str) -> String {
    let line = |line: &str| {
        let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        cells.collect::<Vec<_>>().join("  ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Runs the commands of an operator's page, one after the other, as anna would in her home
/// folder. `adapt` puts what differs here into a command.
#[cfg(unix)]
pub(crate) fn commands_print_what_is_shown(page: &str, adapt: impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let home = root.join("home/anna");
    let state = home.join(".local/state/batchpatch");
    std::fs::create_dir_all(&state).unwrap();
    std::fs::write(state.join("installation-id"), "5d0c2a7f7f0e4b0a9c3e6f1d2b4a8c90\n").unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_batchpatch")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", binary.display());
    let commands = shown(&read(page));
    assert!(commands.len() > 5);
    for (command, expected) in commands {
        let output = Command::new("sh")
            .args(["-c", &adapt(&command)])
            .current_dir(&home)
            .env("PATH", &path)
            .env("BATCHPATCH_STATE", &state)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let printed = printed.replace(root.to_str().unwrap(), "");
        let comparable = |text: &str| without_widths(&without_times(text));
        assert_eq!(comparable(&printed), comparable(&expected), "{command}");
    }
}

#[test]
fn what_the_readme_shows_is_what_the_command_prints() {
    let commands = shown(&read("README.md"));
    let ours = commands.iter().filter(|(command, _)| command.contains(HOW_TO_RUN));
    assert!(ours.clone().count() >= 2, "the README shows the command at work");
    for (command, expected) in ours {
        assert_eq!(without_duration(&printed(command)), without_duration(expected), "{command}");
    }
}

#[test]
fn every_file_that_a_document_links_to_exists() {
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/api.md",
        "docs/editors.md",
        "docs/operations/alerting.md",
        "docs/operations/deployment.md",
        "docs/operations/failure-model.md",
        "docs/operations/flags.md",
        "docs/operations/observability.md",
        "docs/rules.md",
        "docs/tong-ket.md",
        "docs/violations.md",
    ] {
        let text = read(name);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let folder = folder.parent().unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let target = link.0.split('#').next().unwrap();
            let outside = target.contains("://") || target.is_empty();
            assert!(outside || folder.join(target).exists(), "{name} links to {target}");
        }
    }
}

#[test]
fn the_architecture_describes_every_module_and_every_dependency() {
    let text = read("ARCHITECTURE.md");
    for line in read("src/lib.rs").lines() {
        if let Some(module) = line.strip_prefix("pub mod ").and_then(|m| m.strip_suffix(';')) {
            assert!(text.contains(&format!("`{module}")), "ARCHITECTURE.md has no `{module}`");
        }
    }
    let manifest = read("Cargo.toml");
    let sections = ["[dependencies]\n", "[dev-dependencies]\n"].map(|section| {
        let (_, rest) = manifest.split_once(section).unwrap();
        rest.split("\n[").next().unwrap()
    });
    for line in sections.iter().flat_map(|section| section.lines()) {
        if let Some((name, _)) = line.split_once(" =") {
            assert!(text.contains(&format!("| `{name}` |")), "no reason is given for {name}");
        }
    }
}

/// All that is written in the tests.
fn sources_of_tests() -> String {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite")];
    let mut sources = String::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    sources
}

#[test]
fn each_failure_has_a_test_that_shows_it_or_is_said_to_have_none() {
    let page = read("docs/operations/failure-model.md");
    let sources = sources_of_tests();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let rows: Vec<_> =
        rows.filter(|row| !row.starts_with("| failure") && !row.starts_with("| ---")).collect();
    assert!(rows.len() > 40, "{} rows", rows.len());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{row}");
        let tests = cells[4];
        if tests.starts_with("none: ") {
            continue;
        }
        for test in tests.split(", ") {
            let name = test.trim_matches('`');
            // Some are rows of a table of tests.
            let is_there = [format!("fn {name}()"), format!("\n    {name}: ")];
            assert!(is_there.iter().any(|it| sources.contains(it)), "there is no test {test}");
        }
    }
}
