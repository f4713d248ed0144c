//! What the server believes of the editor's documents: rule by rule, and
//! against a simulated editor.

mod agreement;

use std::sync::Arc;

use batchpatch::batch::{Batch, Code, DocumentKey, Mode};
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{Position, PositionEncoding, Range};
use batchpatch::workspace::{
    Abilities, ContentChange, EditReply, Effect, Event, Files, KeptTexts, OutOfSync, Submission,
    Target, Workspace,
};

const URI: &str = "file:///w/a.rs";

fn opened(uri: &str, version: i32, text: &str) -> Event {
    Event::Opened { uri: uri.to_owned(), version, text: text.to_owned() }
}

fn changed(version: i32, changes: &[ContentChange]) -> Event {
    Event::Changed { uri: URI.to_owned(), version, changes: changes.to_vec() }
}

fn closed() -> Event {
    Event::Closed { uri: URI.to_owned() }
}

fn malformed() -> Event {
    Event::MalformedChange { uri: Some(URI.to_owned()), reason: "no version".to_owned() }
}

fn whole(text: &str) -> ContentChange {
    ContentChange { range: None, text: text.to_owned() }
}

fn splice(start: (u32, u32), end: (u32, u32), text: &str) -> ContentChange {
    let at = |(line, character)| Position { line, character };
    ContentChange { range: Some(Range { start: at(start), end: at(end) }), text: text.to_owned() }
}

/// Inserts at the start of the text.
fn typed(text: &str) -> ContentChange {
    splice((0, 0), (0, 0), text)
}

fn past_the_end() -> ContentChange {
    splice((99, 0), (99, 0), "never seen")
}

fn workspace() -> Workspace {
    Workspace::new(PositionEncoding::Utf16, KeptTexts::default())
}

/// A workspace after these events, the first opening `text` as version 1.
fn after(text: &str, events: impl IntoIterator<Item = Event>) -> Workspace {
    let mut workspace = workspace();
    workspace.handle(opened(URI, 1, text));
    for event in events {
        workspace.handle(event);
    }
    workspace
}

/// Text, revision, version, and whether it is in sync.
fn state(workspace: &Workspace) -> (String, u64, i32, bool) {
    let document = workspace.document(URI).expect("the document is open");
    let snapshot = document.snapshot();
    (
        snapshot.rope().to_string(),
        snapshot.revision().number(),
        snapshot.version().unwrap(),
        document.out_of_sync().is_none(),
    )
}

fn is(text: &str, revision: u64, version: i32) -> (String, u64, i32, bool) {
    (text.to_owned(), revision, version, true)
}

fn is_out_of_sync(text: &str, revision: u64, version: i32) -> (String, u64, i32, bool) {
    (text.to_owned(), revision, version, false)
}

fn reason(workspace: &Workspace) -> Option<&OutOfSync> {
    workspace.document(URI).unwrap().out_of_sync()
}

fn warnings(effects: &[Effect]) -> Vec<&str> {
    let warnings = effects.iter().filter_map(|effect| match effect {
        Effect::Warn(warning) => Some(warning.as_str()),
        _ => None,
    });
    warnings.collect()
}

#[test]
fn a_document_opens_at_v1() {
    assert_eq!(state(&after("a\n", [])), is("a\n", 1, 1));
}

#[test]
fn a_document_is_found_by_every_spelling_and_told_by_the_editors() {
    let mut workspace = workspace();
    workspace.handle(opened("file:///C:/w/%5Bid%5D é.tsx", 1, "a"));
    let document = workspace.document("FILE:///c%3a/w/[id]%20%C3%A9.tsx").unwrap();
    assert_eq!(document.uri(), "file:///C:/w/%5Bid%5D é.tsx");
    workspace.handle(opened("untitled:Untitled-1", 1, "b"));
    workspace.handle(opened("vscode-notebook-cell:/n.ipynb#W0", 1, "c"));
    let uris: Vec<_> = workspace.documents().iter().map(|document| document.uri()).collect();
    let all =
        ["file:///C:/w/%5Bid%5D é.tsx", "untitled:Untitled-1", "vscode-notebook-cell:/n.ipynb#W0"];
    assert_eq!(uris, all);
}

#[test]
fn one_notification_is_one_step_however_many_changes_it_has() {
    let one = changed(2, &[typed("x"), typed("y"), typed("z")]);
    let two = changed(3, &[typed("1")]);
    assert_eq!(state(&after("a", [one, two])), is("1zyxa", 3, 3));
}

#[test]
fn a_notification_that_leaves_the_text_as_it_was_is_no_step() {
    let unchanged: &[&[ContentChange]] = &[
        &[],
        &[splice((0, 1), (0, 2), "b")],
        &[whole("ab\nab\n")],
        &[typed("x"), splice((0, 0), (0, 1), "")],
        &[
            splice((0, 0), (0, 1), ""),
            splice((1, 1), (1, 2), ""),
            splice((1, 1), (1, 1), "b"),
            typed("a"),
        ],
        // The first line goes, and comes again at the end.
        &[splice((0, 0), (1, 0), ""), splice((1, 0), (1, 0), "ab\n")],
        &[whole("other"), whole("ab\nab\n")],
    ];
    for changes in unchanged {
        let workspace = after("ab\nab\n", [changed(2, changes)]);
        assert_eq!(state(&workspace), is("ab\nab\n", 1, 2), "{changes:?}");
    }
}

#[test]
fn a_change_that_keeps_the_length_is_a_step() {
    let changes: &[&[ContentChange]] = &[
        &[splice((0, 1), (0, 2), "x")],
        &[splice((0, 0), (0, 1), "a"), splice((1, 0), (1, 1), "x")],
        &[splice((1, 0), (1, 1), ""), typed("y")],
        &[whole("ab\naB\n")],
        // What comes after it, before it or behind it, takes itself back.
        &[splice((0, 1), (0, 2), "x"), splice((1, 2), (1, 2), "y"), splice((1, 2), (1, 3), "")],
        &[splice((1, 1), (1, 2), "x"), typed("y"), splice((0, 0), (0, 1), "")],
    ];
    for changes in changes {
        assert_eq!(state(&after("ab\nab\n", [changed(2, changes)])).1, 2, "{changes:?}");
    }
}

#[test]
fn a_version_is_recorded_as_it_is() {
    let mut workspace = after("a", []);
    for (revision, version) in [(2, 9), (3, 9), (4, 2), (5, -1)] {
        workspace.handle(changed(version, &[typed("x")]));
        assert_eq!((state(&workspace).1, state(&workspace).2), (revision, version));
    }
}

#[test]
fn each_change_is_for_the_text_that_the_one_before_it_made() {
    let changes = [typed("a\r\n"), splice((1, 0), (1, 1), "X"), splice((0, 1), (1, 0), "-")];
    assert_eq!(state(&after("bc", [changed(2, &changes)])), is("a-Xc", 2, 2));
}

#[test]
fn a_column_past_the_end_of_its_line_means_the_lines_end() {
    let change =
        changed(2, &[splice((0, 7), (0, 9), "x"), splice((1, 0), (1, u32::MAX >> 1), "y")]);
    assert_eq!(state(&after("a\r\nb\n", [change])), is("ax\r\ny\n", 2, 2));
}

#[test]
fn a_column_counts_in_the_negotiated_encoding() {
    for (encoding, column) in
        [(PositionEncoding::Utf8, 6), (PositionEncoding::Utf16, 3), (PositionEncoding::Utf32, 2)]
    {
        let mut workspace = Workspace::new(encoding, KeptTexts::default());
        workspace.handle(opened(URI, 1, "é😀x"));
        workspace.handle(changed(2, &[splice((0, column), (0, column), "|")]));
        assert_eq!(state(&workspace), is("é😀|x", 2, 2), "{encoding}");
    }
}

#[test]
fn a_bad_change_keeps_the_text_before_its_notification_and_says_why() {
    let bad = [
        (past_the_end(), OutOfSync::PastTheEnd { line: 99, lines: 3 }),
        (splice((0, 0), (3, 0), ""), OutOfSync::PastTheEnd { line: 3, lines: 3 }),
        (
            splice((0, 1), (0, 1), "x"),
            OutOfSync::InsideCharacter { at: Position { line: 0, character: 1 } },
        ),
        (
            splice((1, 1), (1, 0), "x"),
            OutOfSync::Reversed { start: Position { line: 1, character: 1 } },
        ),
        (
            splice((1, 9), (1, 8), "x"),
            OutOfSync::Reversed { start: Position { line: 1, character: 9 } },
        ),
    ];
    for (change, why) in bad {
        let mut workspace = after("😀\nb\n", []);
        let effects = workspace
            .handle(changed(2, &[typed("x"), typed("y"), splice((0, 0), (0, 2), ""), change]));
        assert_eq!(state(&workspace), is_out_of_sync("😀\nb\n", 1, 2));
        assert_eq!(reason(&workspace), Some(&why));
        assert_eq!(warnings(&effects), [format!("{URI} is out of sync: {why}")]);
    }
}

#[test]
fn a_document_out_of_sync_ignores_incremental_changes_and_warns_once() {
    let mut workspace = after("a", [changed(2, &[past_the_end()])]);
    let effects = workspace.handle(changed(3, &[typed("x"), splice((7, 0), (7, 0), "")]));
    assert_eq!(state(&workspace), is_out_of_sync("a", 1, 3));
    assert_eq!(reason(&workspace), Some(&OutOfSync::PastTheEnd { line: 99, lines: 1 }));
    assert_eq!(warnings(&effects), [""; 0]);
}

#[test]
fn a_whole_text_ends_out_of_sync() {
    let bad = || changed(2, &[past_the_end()]);
    let recovered = after("a", [bad(), changed(3, &[typed("x"), whole("b"), typed("c")])]);
    assert_eq!(state(&recovered), is("cb", 2, 3));
    let same = after("a", [bad(), changed(3, &[whole("a")]), changed(4, &[typed("x")])]);
    assert_eq!(state(&same), is("xa", 2, 4));
    let at_once = after("a", [changed(2, &[past_the_end(), whole("b")])]);
    assert_eq!(state(&at_once), is("b", 2, 2));
    let again = after("a", [bad(), changed(3, &[whole("b"), past_the_end()])]);
    assert_eq!(state(&again), is_out_of_sync("a", 1, 3));
}

#[test]
fn a_malformed_change_is_out_of_sync_until_a_whole_text_or_an_open() {
    let mut workspace = after("a", [malformed(), changed(2, &[typed("x")])]);
    assert_eq!(state(&workspace), is_out_of_sync("a", 1, 2));
    assert_eq!(reason(&workspace), Some(&OutOfSync::Malformed("no version".to_owned())));
    workspace.handle(changed(3, &[whole("b")]));
    assert_eq!(state(&workspace), is("b", 2, 3));
    workspace.handle(malformed());
    workspace.handle(opened(URI, 4, "b"));
    assert_eq!(state(&workspace), is("b", 2, 4));
}

#[test]
fn a_change_of_what_was_never_open_is_a_warning_and_nothing_else() {
    let nameless = Event::MalformedChange { uri: None, reason: "no uri".to_owned() };
    for event in [changed(7, &[whole("x")]), malformed(), closed(), nameless] {
        let mut workspace = workspace();
        let effects = workspace.handle(event);
        assert_eq!((effects.len(), warnings(&effects).len()), (1, 1));
        assert!(workspace.documents().is_empty());
        workspace.handle(opened(URI, 1, "a"));
        assert_eq!(state(&workspace), is("a", 1, 1));
    }
}

#[test]
fn reopening_goes_on_counting() {
    let same = after("a", [changed(2, &[typed("x")]), closed(), opened(URI, 1, "xa")]);
    assert_eq!(state(&same), is("xa", 2, 1));
    let other = after("a", [changed(2, &[typed("x")]), closed(), opened(URI, 1, "b")]);
    assert_eq!(state(&other), is("b", 3, 1));
}

#[test]
fn a_closed_document_is_none() {
    let mut workspace = after("a", []);
    let effects = workspace.handle(closed());
    assert!(matches!(&effects[..], [Effect::Withdraw { key }] if *key == DocumentKey::of(URI)));
    assert!(workspace.document(URI).is_none() && workspace.documents().is_empty());
}

#[test]
fn a_change_after_close_is_applied_to_the_text_that_was_kept() {
    let mut workspace = after("a", [closed()]);
    assert!(workspace.handle(changed(2, &[typed("x")])).is_empty());
    assert!(workspace.document(URI).is_none());
    workspace.handle(opened(URI, 1, "xa"));
    assert_eq!(state(&workspace), is("xa", 2, 1));
}

#[test]
fn opening_what_is_open_counts_as_a_change() {
    let other = after("a", [opened("FILE:///w/%61.rs", 5, "b")]);
    assert_eq!(state(&other), is("b", 2, 5));
    assert_eq!(other.document(URI).unwrap().uri(), "FILE:///w/%61.rs");
    assert_eq!(state(&after("a", [opened(URI, 5, "a")])), is("a", 1, 5));
    let recovered = after("a", [changed(2, &[past_the_end()]), opened(URI, 3, "b")]);
    assert_eq!(state(&recovered), is("b", 2, 3));
}

/// Opens and closes documents of 4 bytes named 0, 1, 2 …, and tells which of
/// them still take a change.
fn kept(keep: KeptTexts, count: usize) -> Vec<usize> {
    let mut workspace = Workspace::new(PositionEncoding::Utf16, keep);
    for uri in (0..count).map(|name| name.to_string()) {
        workspace.handle(opened(&uri, 1, "text"));
        workspace.handle(Event::Closed { uri });
    }
    let takes_change = |name: &usize| {
        let change = Event::Changed {
            uri: name.to_string(),
            version: 2,
            changes: vec![splice((0, 0), (0, 1), "T")],
        };
        workspace.handle(change).is_empty()
    };
    (0..count).filter(takes_change).collect()
}

#[test]
fn the_texts_that_were_closed_last_are_kept_within_both_bounds() {
    assert_eq!(kept(KeptTexts { documents: 3, bytes: 1_000 }, 5), [2, 3, 4]);
    assert_eq!(kept(KeptTexts { documents: 9, bytes: 11 }, 5), [3, 4]);
    assert_eq!(kept(KeptTexts { documents: 9, bytes: 3 }, 5), [0; 0]);
    assert_eq!(kept(KeptTexts { documents: 0, bytes: 1_000 }, 5), [0; 0]);
}

#[test]
fn a_closed_text_that_grows_over_the_bound_is_forgotten_and_still_counted() {
    let mut workspace =
        Workspace::new(PositionEncoding::Utf16, KeptTexts { documents: 1, bytes: 4 });
    for event in [opened(URI, 1, "abc"), closed(), changed(2, &[typed("xy")])] {
        workspace.handle(event);
    }
    let lost = workspace.handle(changed(3, &[typed("z")]));
    assert_eq!(warnings(&lost).len(), 1);
    workspace.handle(opened(URI, 1, "xyabc"));
    assert_eq!(state(&workspace), is("xyabc", 2, 1));
    workspace.handle(closed());
    workspace.handle(opened(URI, 1, "\u{feff}xyabc"));
    assert_eq!(state(&workspace).1, 3, "the byte order mark makes it another text");
}

#[test]
fn a_forgotten_text_is_told_from_another_of_its_length() {
    for (text, revision) in [("abc", 1), ("abd", 2)] {
        let mut workspace =
            Workspace::new(PositionEncoding::Utf16, KeptTexts { documents: 0, bytes: 0 });
        for event in [opened(URI, 1, "abc"), closed(), opened(URI, 1, text)] {
            workspace.handle(event);
        }
        assert_eq!(state(&workspace), is(text, revision, 1));
    }
}

#[test]
fn ten_thousand_changes_are_one_notification() {
    let mut changes: Vec<_> = (0..9_998).map(|_| typed("ab\n")).collect();
    changes.push(splice((9_997, 2), (9_997, 2), "!"));
    changes.push(splice((0, 0), (1, 0), ""));
    let text = "ab\n".repeat(9_996) + "ab!\nend";
    assert_eq!(state(&after("end", [changed(2, &changes)])), is(&text, 2, 2));
}

struct NoFiles;

impl Files for NoFiles {
    fn open_as(&mut self, _: &str) -> Option<DocumentKey> {
        None
    }

    fn read(&mut self, uri: &str) -> Source {
        Source::Refused { code: Code::FileNotFound, message: uri.to_owned() }
    }
}

/// Runs the job that is asked for, and hands back what came of it.
fn stage(workspace: &mut Workspace, effects: Vec<Effect>) -> Vec<Effect> {
    let job = effects.into_iter().find_map(|effect| match effect {
        Effect::Stage(job) => Some(job),
        _ => None,
    });
    let staging = job.expect("a batch is to be staged").run(&Engine::default(), &mut NoFiles);
    workspace.handle(Event::Staged(Box::new(staging)))
}

/// Whether each batch that ended was cancelled.
fn cancelled(effects: &[Effect]) -> Vec<bool> {
    let ended = effects.iter().filter_map(|effect| match effect {
        Effect::Finish { report, .. } => Some(report.is_none()),
        _ => None,
    });
    ended.collect()
}

#[test]
fn a_batch_is_cancelled_only_before_an_edit_was_ever_sent_for_it() {
    let abilities = Abilities { applies_edits: true, is_transactional: true };
    for sends in [false, true] {
        let mut workspace = workspace().with_abilities(abilities);
        workspace.handle(opened(URI, 1, "a\nb\nc\n"));
        let json = format!(
            r#"{{ "uri": "{URI}", "patches": [{{ "type": "replace", "line": 1, "text": "x" }}] }}"#
        );
        let ticket = workspace.next_ticket();
        let mut effects = workspace.handle(Event::Submitted(Submission {
            ticket,
            batch: Arc::new(Batch::from_json(json.as_bytes(), None).unwrap()),
            encoding: PositionEncoding::Utf16,
            targets: vec![Target::At(URI.to_owned())],
            mode: Mode::Batch,
        }));
        if sends {
            stage(&mut workspace, effects);
            workspace.handle(changed(2, &[splice((2, 0), (2, 0), "typed")]));
            let reply = EditReply::Refused { reason: None };
            effects = workspace.handle(Event::Replied { ticket, reply });
        }
        let ended = workspace.handle(Event::Cancelled { ticket });
        assert_eq!(cancelled(&ended), if sends { vec![] } else { vec![true] });
        // What was being staged comes all the same.
        let ended = stage(&mut workspace, effects);
        assert_eq!(cancelled(&ended), if sends { vec![false] } else { vec![] });
    }
}

#[test]
fn half_of_an_edit_that_differs_from_it_by_a_last_blank_line_does_not_confirm_it() {
    let abilities = Abilities { applies_edits: true, is_transactional: true };
    for notifications in [1, 2] {
        let mut workspace = workspace().with_abilities(abilities);
        workspace.handle(opened(URI, 1, "\n\n\n"));
        let json = format!(
            r#"{{ "uri": "{URI}", "patches": [
                {{ "type": "insert", "line": 1, "text": "" }},
                {{ "type": "insert", "line": 3, "text": "" }} ] }}"#
        );
        let ticket = workspace.next_ticket();
        let effects = workspace.handle(Event::Submitted(Submission {
            ticket,
            batch: Arc::new(Batch::from_json(json.as_bytes(), None).unwrap()),
            encoding: PositionEncoding::Utf16,
            targets: vec![Target::At(URI.to_owned())],
            mode: Mode::Batch,
        }));
        stage(&mut workspace, effects);
        let changes = [splice((2, 0), (2, 0), "\n"), typed("\n")];
        for (version, changes) in (2..).zip(changes.chunks(2 / notifications)) {
            workspace.handle(changed(version, changes));
        }
        let ended = workspace.handle(Event::Replied { ticket, reply: EditReply::Applied });
        let Some(Effect::Finish { report: Some(report), .. }) =
            ended.into_iter().find(|effect| matches!(effect, Effect::Finish { .. }))
        else {
            panic!("it ends");
        };
        let outcome = report.conclude().outcome;
        let document = &outcome.documents[0];
        assert_eq!(
            document.snapshot,
            Some(workspace.document(URI).unwrap().snapshot().token()),
            "{notifications}"
        );
        assert!(outcome.warnings.is_empty(), "{outcome:?}");
        assert_eq!(document.to_revision.as_deref(), Some("v2"), "law 6");
    }
}
