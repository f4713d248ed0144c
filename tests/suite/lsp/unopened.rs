//! Documents that no editor has open, and the folders that they are in.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::client::{Client, uri};
use super::{refusal, result};

const OUTSIDE_ROOT: (i64, &str) = (-32803, "outside-root");

/// A folder that goes with the test.
struct Folder {
    _guard: tempfile::TempDir,
    path: PathBuf,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let guard = tempfile::tempdir().unwrap();
        let path = guard.path().canonicalize().unwrap();
        for (name, text) in files {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Folder { _guard: guard, path }
    }

    fn uri(&self, name: &str) -> String {
        uri(&self.path.join(name))
    }
}

fn client_in(folders: &[&Folder]) -> Client {
    let folders: Vec<&Path> = folders.iter().map(|folder| folder.path.as_path()).collect();
    Client::in_folders(&folders)
}

fn open(client: &mut Client, uri: &str, text: &str) {
    let document = json!({ "uri": uri, "languageId": "x", "version": 3, "text": text });
    client.notify("textDocument/didOpen", &json!({ "textDocument": document }));
}

#[test]
fn a_file_below_the_root_is_read_by_its_uri_and_by_its_relative_path() {
    let folder = Folder::new(&[("src/[id] é.tsx", "\u{feff}one\r\ntwo")]);
    let mut client = client_in(&[&folder]);
    for spelling in ["src/[id] é.tsx", "./src/%5Bid%5D%20é.tsx", &folder.uri("src/[id] é.tsx")] {
        let answer = client.snapshot(spelling);
        let snapshot = result(&answer);
        assert_eq!(snapshot["text"], "one\r\ntwo", "{spelling}");
        assert_eq!((&snapshot["uri"], &snapshot["version"]), (&json!(spelling), &Value::Null));
        assert_eq!(snapshot["lineCount"], 2);
    }
}

#[test]
fn a_root_uri_alone_is_a_root() {
    let folder = Folder::new(&[("a", "one\n")]);
    let mut client = Client::spawn();
    let params =
        json!({ "capabilities": {}, "rootUri": uri(&folder.path), "workspaceFolders": null });
    result(&client.request("initialize", &params));
    assert_eq!(client.text("a"), "one\n");
}

#[test]
fn lines_are_clamped_and_the_answer_says_which_they_are() {
    let folder = Folder::new(&[("a", "1\n2\n3\n")]);
    let mut client = client_in(&[&folder]);
    let argument = json!([{ "uri": "a", "startLine": 2, "endLine": 99 }]);
    let answer = client.execute("batchpatch.snapshot", &argument);
    let snapshot = result(&answer);
    assert_eq!((&snapshot["startLine"], &snapshot["endLine"]), (&json!(2), &json!(3)));
    assert_eq!((&snapshot["text"], &snapshot["lineCount"]), (&json!("2\n3\n"), &json!(3)));
}

#[test]
fn an_open_document_hides_its_file() {
    let folder = Folder::new(&[("a", "on disk\n")]);
    let mut client = client_in(&[&folder]);
    open(&mut client, &folder.uri("a"), "in the editor\n");
    for spelling in [&folder.uri("a"), "a", "./a", "%61"] {
        assert_eq!(client.text(spelling), "in the editor\n", "{spelling}");
    }
    let close = json!({ "textDocument": { "uri": folder.uri("a") } });
    client.notify("textDocument/didClose", &close);
    assert_eq!(client.text("a"), "on disk\n");
}

#[test]
fn an_open_document_without_a_file_is_found_by_its_relative_path() {
    let folder = Folder::new(&[]);
    let mut client = client_in(&[&folder]);
    open(&mut client, &folder.uri("new"), "never saved\n");
    assert_eq!(client.text("new"), "never saved\n");
}

#[test]
fn a_relative_path_starts_at_the_root_and_not_where_the_server_runs() {
    const NAME: &str = "Cargo.toml";
    let here = std::env::current_dir().unwrap().join(NAME);
    let (one, two) = (Folder::new(&[(NAME, "of the folder\n")]), Folder::new(&[]));
    let mut client = client_in(&[&one]);
    open(&mut client, &uri(&here), "of another folder\n");
    assert_eq!(client.text(NAME), "of the folder\n");

    let mut client = client_in(&[&one, &two]);
    open(&mut client, &uri(&here), "of another folder\n");
    assert_eq!(refusal(&client.snapshot(NAME)), OUTSIDE_ROOT);
}

#[cfg(unix)]
#[test]
fn a_link_to_an_open_document_gives_the_text_in_the_editor() {
    let folder = Folder::new(&[("a", "on disk\n")]);
    std::os::unix::fs::symlink(folder.path.join("a"), folder.path.join("link")).unwrap();
    let mut client = client_in(&[&folder]);
    open(&mut client, &folder.uri("a"), "in the editor\n");
    assert_eq!(client.text(&folder.uri("link")), "in the editor\n");
    assert_eq!(client.text("link"), "in the editor\n");
    let change = json!({
        "textDocument": { "uri": folder.uri("a"), "version": 4 },
        "contentChanges": [{ "range": {
            "start": { "line": 99, "character": 0 }, "end": { "line": 99, "character": 0 }
        }, "text": "" }]
    });
    client.notify("textDocument/didChange", &change);
    assert_eq!(refusal(&client.snapshot(&folder.uri("link"))), (-32803, "out-of-sync"));
}

#[test]
fn a_file_outside_the_root_is_refused() {
    let (folder, other) = (Folder::new(&[]), Folder::new(&[("a", "secret\n")]));
    let mut client = client_in(&[&folder]);
    assert_eq!(refusal(&client.snapshot(&other.uri("a"))), OUTSIDE_ROOT);
    assert_eq!(refusal(&client.snapshot("../a")), OUTSIDE_ROOT);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(other.path.join("a"), folder.path.join("link")).unwrap();
        assert_eq!(refusal(&client.snapshot("link")), OUTSIDE_ROOT);
    }
    let mut rootless = Client::initialized();
    assert_eq!(refusal(&rootless.snapshot(&other.uri("a"))), OUTSIDE_ROOT);
}

#[test]
fn what_is_no_text_file_is_refused_for_what_it_is() {
    let folder = Folder::new(&[("folder/a", "")]);
    fs::write(folder.path.join("latin1"), b"\xe9\n").unwrap();
    let mut client = client_in(&[&folder]);
    assert_eq!(refusal(&client.snapshot("missing")), (-32803, "file-not-found"));
    assert_eq!(refusal(&client.snapshot(&folder.uri("missing"))), (-32803, "file-not-found"));
    assert_eq!(refusal(&client.snapshot("folder")), (-32803, "is-directory"));
    assert_eq!(refusal(&client.snapshot("latin1")), (-32803, "not-utf8"));
    assert_eq!(refusal(&client.snapshot("untitled:a")), (-32803, "unsupported-uri"));
}

#[test]
fn a_file_over_the_limit_is_refused() {
    let folder = Folder::new(&[("a", "12345\n")]);
    let mut client = client_in(&[&folder]);
    let settings = json!({ "batchpatch": { "limits": { "documentBytes": 5 } } });
    client.notify("workspace/didChangeConfiguration", &json!({ "settings": settings }));
    assert_eq!(refusal(&client.snapshot("a")), (-32803, "document-too-large"));
}

#[test]
fn with_several_folders_a_file_in_any_is_read_and_a_relative_path_refused() {
    let (one, two) = (Folder::new(&[("a", "one\n")]), Folder::new(&[("a", "two\n"), ("b", "b\n")]));
    let mut client = client_in(&[&one, &two]);
    assert_eq!(client.text(&one.uri("a")), "one\n");
    assert_eq!(client.text(&two.uri("a")), "two\n");
    assert_eq!(refusal(&client.snapshot("a")), OUTSIDE_ROOT);
    assert_eq!(refusal(&client.snapshot(&two.uri("missing"))), (-32803, "file-not-found"));
    assert_eq!(refusal(&client.snapshot("file:///nowhere/at/all")), OUTSIDE_ROOT);
}

fn folders_change(client: &mut Client, added: &[&str], removed: &[&str]) {
    let folders = |uris: &[&str]| -> Vec<Value> {
        uris.iter().map(|uri| json!({ "uri": uri, "name": "w" })).collect()
    };
    let event = json!({ "added": folders(added), "removed": folders(removed) });
    client.notify("workspace/didChangeWorkspaceFolders", &json!({ "event": event }));
}

#[test]
fn a_folder_counts_from_when_it_is_added_until_it_is_removed() {
    let (one, two) = (Folder::new(&[("a", "one\n")]), Folder::new(&[("a", "two\n")]));
    let (first, second) = (uri(&one.path), uri(&two.path));
    let mut client = client_in(&[&one]);
    assert_eq!(refusal(&client.snapshot(&two.uri("a"))), OUTSIDE_ROOT);
    folders_change(&mut client, &[&second], &[]);
    assert_eq!(client.text(&two.uri("a")), "two\n");
    assert_eq!(refusal(&client.snapshot("a")), OUTSIDE_ROOT);
    // Clients write the same folder in several ways, and tell of one twice.
    folders_change(&mut client, &[&format!("{second}/")], &[&format!("{first}/")]);
    assert_eq!(client.text("a"), "two\n");
    assert_eq!(refusal(&client.snapshot(&one.uri("a"))), OUTSIDE_ROOT);
    folders_change(&mut client, &[], &[&second.replace("file:///", "FILE:///")]);
    assert_eq!(refusal(&client.snapshot(&two.uri("a"))), OUTSIDE_ROOT);
    assert_eq!(refusal(&client.snapshot("a")), OUTSIDE_ROOT);
}

#[test]
fn a_folder_is_added_beside_a_root_uri() {
    let (one, two) = (Folder::new(&[("a", "one\n")]), Folder::new(&[("a", "two\n")]));
    let mut client = Client::spawn();
    let params = json!({ "capabilities": {}, "rootUri": uri(&one.path) });
    result(&client.request("initialize", &params));
    folders_change(&mut client, &[&uri(&two.path)], &[]);
    assert_eq!(client.text(&one.uri("a")), "one\n");
    assert_eq!(client.text(&two.uri("a")), "two\n");
}

#[test]
fn a_change_of_folders_that_nobody_can_read_changes_none() {
    let folder = Folder::new(&[("a", "one\n")]);
    let mut client = client_in(&[&folder]);
    for params in [json!({}), json!({ "event": { "added": [7], "removed": [] } }), json!(null)] {
        client.notify("workspace/didChangeWorkspaceFolders", &params);
        let told = client.notified("window/logMessage");
        assert!(told["message"].as_str().unwrap().contains("didChangeWorkspaceFolders"), "{told}");
    }
    assert_eq!(client.text("a"), "one\n");
}
