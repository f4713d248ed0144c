//! Files on disk: which names are read, and which are refused with what.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use batchpatch::batch::Code;
use batchpatch::engine::Source;
use batchpatch::files::Root;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::{self, Run};

/// The codes that need files, and are produced here and not by a case.
pub(crate) const CODES: &[Code] = &[
    Code::UnsupportedUri,
    Code::OutsideRoot,
    Code::FileNotFound,
    Code::IsDirectory,
    Code::SpecialFile,
    Code::SameFileTwice,
    Code::UnreadableFile,
    Code::BinaryFile,
];

/// A folder `root` with a folder `outside` beside it, gone when the test is
/// over.
struct Disk {
    folder: TempDir,
}

/// What came of a preview, and the documents that it should have refused.
struct Answer {
    run: Run,
    refused: Vec<String>,
}

impl Disk {
    fn new() -> Disk {
        let disk = Disk { folder: TempDir::new().unwrap() };
        fs::create_dir(disk.path("root")).unwrap();
        fs::create_dir(disk.path("outside")).unwrap();
        disk.with("outside/secret.txt", "found\n")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Disk {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn with_link(self, name: &str, target: &str) -> Disk {
        symlink(target, self.path(name)).unwrap();
        self
    }

    fn with_pipe(self, name: &str) -> Disk {
        assert!(Command::new("mkfifo").arg(self.path(name)).status().unwrap().success());
        self
    }

    fn preview(&self, uris: &[&str]) -> Answer {
        preview(&self.path("root"), uris, &[])
    }
}

impl Answer {
    /// The first document is fine, and its text is there.
    fn but_the_first(mut self) -> Answer {
        self.refused.remove(0);
        self
    }

    fn outcome(&self) -> Value {
        serde_json::from_slice(&self.run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.run.stderr))
    }

    /// The one code with which all were refused, in the words `says`.
    fn code(&self, says: &str) -> Code {
        let outcome = self.outcome();
        assert_eq!((self.run.code, &outcome["status"]), (1, &json!("rejected")), "{outcome:#}");
        let violations = outcome["violations"].as_array().unwrap();
        let refused: Vec<&str> = violations.iter().map(|v| v["uri"].as_str().unwrap()).collect();
        assert_eq!(refused, self.refused, "{outcome:#}");
        let code = violations[0]["code"].as_str().unwrap();
        for violation in violations {
            assert_eq!(violation["code"], code);
            assert!(violation["message"].as_str().unwrap().contains(says), "{violation:#}");
        }
        *Code::ALL.iter().find(|known| known.as_str() == code).unwrap()
    }
}

/// Runs `batchpatch preview` with a batch that believes to find `found` in the
/// first line of each document.
fn preview(root: &Path, uris: &[&str], args: &[&str]) -> Answer {
    let patch = json!({ "type": "replace", "line": 1, "expect": "found", "text": "replaced" });
    let document = |uri: &&str| json!({ "uri": uri, "patches": [patch] });
    let batch = json!({ "documents": uris.iter().map(document).collect::<Vec<_>>() });
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("batch.json");
    fs::write(&file, batch.to_string()).unwrap();
    let mut command = cli::batchpatch();
    command.arg("preview").arg(&file).arg("--root").arg(root).arg("--json").args(args);
    let run = ended(move || cli::run(command, b""));
    Answer { run, refused: uris.iter().map(ToString::to_string).collect() }
}

/// What `work` gives. If it waits for somebody, the test fails and does not.
fn ended<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_mins(1)).expect("it ends")
}

/// Each row is a test, and a line of the table that is checked to be complete.
macro_rules! refusals {
    ($($(#[$attribute:meta])* $name:ident: $code:ident, $says:literal, $answer:expr;)*) => {
        $(
            $(#[$attribute])*
            #[test]
            fn $name() {
                assert_eq!($answer.code($says), Code::$code);
            }
        )*

        #[test]
        fn every_code_for_files_is_produced_here() {
            let mut produced = BTreeSet::new();
            $(
                $(#[$attribute])*
                produced.insert($answer.code($says));
            )*
            let also_by_cases = [Code::DocumentTooLarge, Code::NotUtf8];
            assert_eq!(produced, CODES.iter().copied().chain(also_by_cases).collect());
        }
    };
}

refusals! {
    a_scheme_other_than_file_is_no_file_on_disk: UnsupportedUri, "is not on disk",
        Disk::new().preview(&["untitled:Untitled-1", "https://example.org/a", "note-cell:/a"]);
    a_file_on_another_host_is_not_on_disk: UnsupportedUri, "host `server`",
        Disk::new().preview(&["file://server/share/a.txt"]);
    two_slashes_before_a_path_are_explained: UnsupportedUri, "three slashes",
        Disk::new().preview(&["file://src/a.txt"]);
    a_nul_byte_is_part_of_no_name: UnsupportedUri, "NUL",
        Disk::new().with("root/a", "found").preview(&["a%00.txt", "a\0"]);
    an_empty_name_is_no_file: UnsupportedUri, "names no file",
        Disk::new().preview(&["", "file:", "file://", "file://localhost"]);

    a_name_that_goes_up_out_of_the_root_is_refused: OutsideRoot, "leads outside the root",
        Disk::new().with("root/sub/a.txt", "found").preview(&[
            "../outside/secret.txt", "sub/../../outside/secret.txt", "./../outside/secret.txt",
            "..", "../../../../../../../../../../etc/passwd",
        ]);
    percent_encoding_hides_no_way_out: OutsideRoot, "leads outside the root",
        Disk::new().preview(&[
            "%2e%2e%2foutside/secret.txt", "./..%2foutside%2Fsecret.txt",
            "././%2E%2E/outside/secret%2etxt",
        ]);
    an_absolute_name_outside_is_refused_in_every_form: OutsideRoot, "leads outside the root",
        Disk::new().preview(&[
            "/etc/passwd", "file:///etc/hosts", "FILE:/etc/group", "file://localhost/etc",
            "%2fetc%2fshadow", "//etc/fstab", "/", "file:///proc/self/environ",
        ]);
    a_symbolic_link_out_of_the_root_is_refused: OutsideRoot, "leads outside the root",
        Disk::new()
            .with_link("root/file", "../outside/secret.txt")
            .with_link("root/folder", "../outside")
            .with_link("root/twice", "folder")
            .preview(&["file", "folder/secret.txt", "twice/secret.txt", "folder"]);
    a_folder_whose_name_begins_like_the_root_is_outside: OutsideRoot, "leads outside the root",
        Disk::new().with("root2/a.txt", "found").preview(&["../root2/a.txt"]);
    what_is_missing_outside_is_outside_all_the_same: OutsideRoot, "leads outside the root",
        Disk::new()
            .with_link("root/dangling", "../outside/missing.txt")
            .with_link("root/chain", "dangling")
            .with_link("root/folder", "../outside")
            .preview(&[
                "../outside/missing.txt", "../missing/secret.txt", "/missing/secret.txt",
                "dangling", "chain", "dangling/a", "folder/missing", "../outside/secret.txt/a",
            ]);

    a_missing_file_is_not_found: FileNotFound, "there is no file",
        Disk::new().preview(&["a.txt", "sub/a.txt", "gone/../a.txt", "gone/../../outside/../x"]);
    #[cfg(target_os = "linux")]
    a_name_in_other_letters_is_told: FileNotFound,
        "; `src/Main.rs` exists, and differs only in letter case",
        Disk::new().with("root/src/Main.rs", "found").preview(&["src/main.rs", "src/MAIN.RS"]);
    #[cfg(target_os = "linux")]
    a_folder_in_other_letters_is_told: FileNotFound,
        "; `src` exists, and differs only in letter case",
        Disk::new().with("root/src/a.rs", "found").preview(&["SRC/a.rs"]);
    a_dangling_link_is_told: FileNotFound,
        "the symbolic link `link` leads to `gone.txt`, which does not exist",
        Disk::new().with_link("root/link", "gone.txt").preview(&["link", "link/a"]);
    a_file_is_no_folder: FileNotFound, "`a.txt` is no folder",
        Disk::new().with("root/a.txt", "found").preview(&["a.txt/b", "a.txt/../a.txt"]);

    a_folder_is_no_document: IsDirectory, "is a folder",
        Disk::new()
            .with("root/sub/a.txt", "found")
            .preview(&["sub", "sub/", ".", "sub/..", "file:sub"]);

    a_pipe_is_refused_and_nobody_waits_for_it: SpecialFile, "is a pipe",
        Disk::new()
            .with_pipe("root/pipe")
            .with_link("root/link", "pipe")
            .preview(&["pipe", "link"]);
    a_socket_is_refused: SpecialFile, "is a socket", {
        let disk = Disk::new();
        let _listener = UnixListener::bind(disk.path("root/socket")).unwrap();
        disk.preview(&["socket"])
    };
    a_device_is_refused: SpecialFile, "is a device",
        preview(Path::new("/dev"), &["null", "zero"], &[]);

    another_spelling_of_a_file_is_the_same_file: SameFileTwice, "is the same file as `sub/a.txt`",
        Disk::new()
            .with("root/sub/a.txt", "found")
            .preview(&["sub/a.txt", "sub//a.txt", "./sub/a.txt", "sub/../sub/a.txt"])
            .but_the_first();
    a_symbolic_link_to_a_file_is_the_same_file: SameFileTwice, "is the same file as `a.txt`",
        Disk::new()
            .with("root/a.txt", "found")
            .with_link("root/link", "a.txt")
            .with_link("root/here", ".")
            .preview(&["a.txt", "link", "here/a.txt"])
            .but_the_first();
    a_hard_link_to_a_file_is_the_same_file: SameFileTwice, "is the same file as `a.txt`", {
        let disk = Disk::new().with("root/a.txt", "found");
        fs::hard_link(disk.path("root/a.txt"), disk.path("root/b.txt")).unwrap();
        disk.preview(&["a.txt", "b.txt"]).but_the_first()
    };

    a_loop_of_symbolic_links_cannot_be_read: UnreadableFile, "symbolic links",
        Disk::new().with_link("root/a", "b").with_link("root/b", "a").preview(&["a", "b/c"]);
    a_name_that_is_too_long_cannot_be_read: UnreadableFile, "name too long",
        Disk::new().preview(&["x".repeat(256).as_str()]);
    #[cfg(target_os = "linux")]
    what_the_system_says_when_reading_fails_is_told: UnreadableFile, "nput/output error",
        preview(Path::new("/proc"), &["self/mem"], &[]);

    a_file_with_a_nul_byte_is_binary: BinaryFile, "is binary",
        Disk::new()
            .with("root/first", "\0")
            .with("root/last", ["x".repeat(7999).as_bytes(), b"\0"].concat())
            .with("root/wrong", b"\xff\0")
            .preview(&["first", "last", "wrong"]);
    utf_16_is_recognized_by_its_byte_order_mark: BinaryFile, "it looks like UTF-16",
        Disk::new()
            .with("root/le", b"\xff\xfef\0o\0")
            .with("root/be", b"\xfe\xff\0f\0o")
            .preview(&["le", "be"]);

    the_first_wrong_byte_is_named_with_its_line: NotUtf8,
        "byte 11, counted from 0, is wrong, in line 4",
        Disk::new()
            .with("root/mark", b"\xef\xbb\xbf1\r2\n3\r\n4\xff5\n")
            .with("root/cut", b"1\r2\n3\r\n4567\xe2\x82")
            .preview(&["mark", "cut"]);
    utf_16_without_nul_bytes_is_recognized_too: NotUtf8, "in line 1; it looks like UTF-16",
        Disk::new().with("root/cjk", b"\xff\xfe\x2d\x4e\x87\x65").preview(&["cjk"]);

    a_file_over_the_limit_is_refused: DocumentTooLarge, "has 11 bytes, and the limit is 10",
        preview(
            &Disk::new().with("root/a.txt", "found 6789\n").path("root"), &["a.txt"],
            &["--limit", "document-bytes=10"],
        );
    #[cfg(target_os = "linux")]
    a_file_that_holds_more_than_it_says_is_refused: DocumentTooLarge, "has more than 10 bytes",
        preview(Path::new("/proc"), &["version"], &["--limit", "document-bytes=10"]);
}

fn assert_read(disk: &Disk, uri: &str) {
    let answer = disk.preview(&[uri]);
    assert_eq!((answer.run.code, &answer.outcome()["status"]), (0, &json!("applied")), "{uri}");
}

#[test]
fn a_name_is_read_in_every_spelling() {
    let disk = Disk::new().with("root/sub/a.txt", "found\n");
    let absolute = disk.path("root/sub/a.txt").canonicalize().unwrap();
    let absolute = absolute.to_str().unwrap();
    for uri in [
        "sub/a.txt",
        "./sub/a.txt",
        "sub//./a.txt",
        "sub/../sub/a.txt",
        "../root/sub/a.txt",
        "%73ub%2Fa%2Etxt",
        "file:sub/a.txt",
        absolute,
        &format!("file:{absolute}"),
        &format!("file://{absolute}"),
        &format!("FILE://{absolute}"),
        &format!("File://localhost{absolute}"),
        &format!("file://LOCALHOST{absolute}"),
        &format!("file%3A//{absolute}"),
        &format!("/..{absolute}"),
        &absolute.replace('/', "%2f"),
    ] {
        assert_read(&disk, uri);
    }
}

#[test]
fn no_character_of_a_name_is_special() {
    for (name, uris) in [
        ("[id].tsx", &["[id].tsx", "%5Bid%5D.tsx", "%5bid].tsx"][..]),
        ("a b.txt", &["a b.txt", "a%20b.txt"]),
        ("é.txt", &["é.txt", "%C3%A9.txt", "%c3%a9.txt"]),
        ("a#b?c=d&e.txt", &["a#b?c=d&e.txt", "a%23b%3Fc=d&e.txt"]),
        ("100%.txt", &["100%.txt", "100%25.txt"]),
        ("%41.txt", &["%2541.txt"]),
        ("a+b~c;d,e.txt", &["a+b~c;d,e.txt"]),
        ("c:/x.txt", &["c:/x.txt", "c%3A/x.txt", "./c:/x.txt"]),
        ("note:x.txt", &["./note:x.txt"]),
        ("1a:x.txt", &["1a:x.txt"]),
        (":x", &[":x"]),
        ("..a/...", &["..a/..."]),
        ("back\\slash", &["back\\slash"]),
        ("~/x", &["~/x"]),
        ("new\nline", &["new\nline", "new%0Aline"]),
    ] {
        let disk = Disk::new().with(&format!("root/{name}"), "found\n");
        for uri in uris {
            assert_read(&disk, uri);
        }
    }
}

/// Other systems do not let such a name exist.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf_8_is_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let disk = Disk::new();
    let name = std::ffi::OsStr::from_bytes(b"\xff.txt");
    fs::write(disk.path("root").join(name), "found\n").unwrap();
    assert_read(&disk, "%ff.txt");
}

#[test]
fn symbolic_links_that_stay_inside_are_followed() {
    let disk = Disk::new()
        .with("root/deep/er/a.txt", "found\n")
        .with_link("root/file", "deep/er/a.txt")
        .with_link("root/folder", "deep/er")
        .with_link("root/deep/up", "../folder");
    for uri in ["file", "folder/a.txt", "deep/up/a.txt", "folder/../er/a.txt"] {
        assert_read(&disk, uri);
    }
}

#[test]
fn a_root_reached_by_a_symbolic_link_is_the_same_root() {
    let disk = Disk::new().with("root/a.txt", "found\n").with_link("alias", "root");
    let alias = disk.path("alias");
    let absolute = alias.join("a.txt");
    assert_read(&disk, absolute.to_str().unwrap());
    for uri in ["a.txt", absolute.to_str().unwrap()] {
        assert_eq!(preview(&alias, &[uri], &[]).run.code, 0, "{uri}");
    }
}

#[test]
fn whether_something_exists_outside_is_not_told() {
    let disk = Disk::new()
        .with("root/a.txt", "found\n")
        .with_pipe("outside/pipe")
        .with_link("outside/loop", "loop")
        .with_link("root/link", "../outside");
    let said = |uri: &str| {
        let outcome = disk.preview(&[uri]).outcome();
        let violation = &outcome["violations"][0];
        (violation["code"].clone(), violation["message"].as_str().unwrap().replace(uri, "it"))
    };
    let (code, _) = said("../outside/secret.txt");
    assert_eq!(code, "outside-root");
    for (there, gone) in [
        ("../outside/secret.txt", "../outside/gone.txt"),
        ("../outside/pipe", "../outside/gone"),
        ("../outside/loop", "../outside/gone"),
        ("../outside/../root/a.txt", "../gone/../root/a.txt"),
        ("../outside/secret.txt/../../root/a.txt", "../gone/../../root/a.txt"),
        ("link/secret.txt", "link/gone.txt"),
        ("link/loop", "link/gone"),
        ("link/../root/a.txt", "../gone/../root/a.txt"),
    ] {
        assert_eq!(said(there), said(gone), "{there} exists, {gone} does not");
        assert_eq!(said(there).0, "outside-root", "{there}");
    }
}

#[test]
fn a_byte_order_mark_is_set_aside() {
    let disk = Disk::new().with("root/a.txt", "\u{feff}found\n").with("root/only.txt", "\u{feff}");
    let root = Root::open(&disk.path("root")).unwrap();
    let mut reader = root.reader(100);
    for (name, expected) in [("a.txt", "found\n"), ("only.txt", "")] {
        let Source::Text(snapshot) = reader.read(name) else { panic!("{name} is refused") };
        assert_eq!(snapshot.rope(), expected);
        assert_eq!(snapshot.bom_len(), 0);
    }
}

#[test]
fn a_file_of_just_the_limit_is_read_and_a_late_nul_byte_is_text() {
    let mut content = "found\n".repeat(2000);
    content.push('\0');
    let disk = Disk::new().with("root/a.txt", &content);
    let limit = format!("document-bytes={}", content.len() + 3);
    let answer = preview(&disk.path("root"), &["a.txt"], &["--limit", &limit]);
    assert_eq!(answer.run.code, 0, "{}", answer.outcome());
}

#[test]
fn each_file_is_read_once_for_a_batch() {
    let disk = Disk::new().with("root/a.txt", "found\n");
    let root = Root::open(&disk.path("root")).unwrap();
    let mut reader = root.reader(100);
    assert!(matches!(reader.read("a.txt"), Source::Text(_)));
    let again = reader.read("./a.txt");
    assert!(matches!(again, Source::Refused { code: Code::SameFileTwice, .. }), "{again:?}");
    assert!(matches!(root.reader(100).read("./a.txt"), Source::Text(_)), "another batch");
}

#[test]
fn a_root_is_a_folder_that_exists() {
    let disk = Disk::new().with("root/a.txt", "found\n");
    assert!(Root::open(&disk.path("root/a.txt")).is_err());
    assert!(Root::open(&disk.path("missing")).is_err());
    let root = Root::open(&disk.path("root/../root/.")).unwrap();
    assert_eq!(root.path(), disk.path("root").canonicalize().unwrap());
}

/// Another process swaps the file for a pipe, a link out of the root, or
/// another file, at any moment. Nobody waits, and only the file is read.
#[test]
fn a_file_that_is_replaced_while_it_is_opened_is_read_or_refused() {
    let disk = Disk::new()
        .with("root/a.txt", "found\n")
        .with("outside/other.txt", "other\n")
        .with_pipe("root/pipe");
    let name = disk.path("root/a.txt");
    let next = disk.path("root/next");
    let pipe = disk.path("root/pipe");
    let root = Root::open(&disk.path("root")).unwrap();
    ended(move || {
        let other = std::thread::spawn(move || {
            for _ in 0..1000 {
                fs::hard_link(&pipe, &next).unwrap();
                fs::rename(&next, &name).unwrap();
                symlink("../outside/other.txt", &next).unwrap();
                fs::rename(&next, &name).unwrap();
                fs::write(&next, "found\n").unwrap();
                fs::rename(&next, &name).unwrap();
            }
        });
        while !other.is_finished() {
            match root.reader(100).read("a.txt") {
                Source::Text(text) | Source::Moved { now: text, .. } => {
                    assert_eq!(text.rope(), "found\n");
                }
                Source::Refused { code, message } => assert!(
                    matches!(code, Code::SpecialFile | Code::OutsideRoot | Code::UnreadableFile),
                    "{code}: {message}"
                ),
            }
        }
        other.join().unwrap();
    });
}
