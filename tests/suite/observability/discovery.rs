//! Which processes can be found.

use std::fs;
use std::process::{Command, Stdio};

use batchpatch::observability::{Discovery, discovered};
use serde_json::{Value, json};

/// A process that was there and is no more.
fn dead_process() -> u32 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_batchpatch"))
        .arg("--version")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.wait().unwrap();
    child.id()
}

#[test]
fn a_process_is_told_as_a_target_of_prometheus_and_the_dead_are_reaped() {
    let state = tempfile::tempdir().unwrap();
    let folder = state.path().join("discovery");
    fs::create_dir(&folder).unwrap();
    let dead = folder.join(format!("{}.json", dead_process()));
    let target = r#"[{"targets":["127.0.0.1:1"],"labels":{"job":"batchpatch","pid":"1"}}]"#;
    fs::write(&dead, target).unwrap();
    fs::write(folder.join("notes.json"), "mine").unwrap();
    assert_eq!(discovered(state.path()), [], "the dead cannot be asked");
    assert!(dead.exists(), "who only looks removes nothing");

    let address = "127.0.0.1:9000".parse().unwrap();
    let discovery = Discovery::announce(state.path(), address).unwrap();
    assert!(!dead.exists());
    assert!(folder.join("notes.json").exists());
    let process = std::process::id();
    let own = folder.join(format!("{process}.json"));
    let written: Value = serde_json::from_slice(&fs::read(&own).unwrap()).unwrap();
    let labels = json!({ "job": "batchpatch", "pid": process.to_string() });
    assert_eq!(written, json!([{ "targets": ["127.0.0.1:9000"], "labels": labels }]));
    let found = discovered(state.path());
    assert_eq!((found[0].process, found[0].address), (process, address));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "no draft is left");
    drop(discovery);
    assert!(!own.exists());
}
