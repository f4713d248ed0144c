//! Where what is wrong is shown, and when it goes.

use batchpatch::text::PositionEncoding;
use batchpatch::workspace::Reported;
use serde_json::{Value, json};

use super::{A, B, Client, UTF16, batch, key, on, right, shown, third_line_wrong, wrong};

#[test]
fn a_violation_is_shown_where_it_is_with_its_code_and_message() {
    let client = third_line_wrong();
    let found = client.of(A);
    assert_eq!(found[0].code.as_str(), "expect-mismatch");
    assert!(found[0].message.contains("never there"), "{}", found[0].message);
    assert_eq!(found[0].related, None);
    assert_eq!(client.of(B), []);
}

#[test]
fn a_change_above_moves_what_is_wrong() {
    let mut client = third_line_wrong();
    assert!(client.edit("one\n", "one\nand a half\n"));
    assert_eq!(client.ranges(), ["3:0-3:5"]);
    assert!(client.edit("and a half\n", ""));
    assert_eq!(client.ranges(), ["2:0-2:5"]);
    assert!(client.edit("two\n", ""), "a deleted line ends where the next one begins");
    assert_eq!(client.ranges(), ["1:0-1:5"]);
    assert!(client.splice(4, 0, "2\n"), "so does an inserted one");
    assert_eq!(client.ranges(), ["2:0-2:5"]);
}

#[test]
fn a_change_below_leaves_what_is_wrong() {
    let mut client = third_line_wrong();
    assert!(!client.edit("four\n", ""));
    assert!(!client.edit("five", "six"));
    assert_eq!(client.ranges(), ["2:0-2:5"]);
}

#[test]
fn a_change_that_moves_nothing_is_nothing_to_tell() {
    let mut client = third_line_wrong();
    assert!(!client.edit("one", "ONE"));
    assert!(!client.diagnostics.text_changed(&key(B), 0..1, 5));
}

#[test]
fn what_a_change_touches_is_gone() {
    let inside: &[(usize, usize, &str)] = &[
        (10, 0, "typed inside"),
        (13, 0, "typed at its end"),
        (9, 2, ""),
        (8, 5, "the whole line"),
        (6, 4, "from the line above into it"),
        (12, 4, "from it into the line below"),
        (0, 24, "the whole text"),
    ];
    for (start, len, new) in inside {
        let mut client = third_line_wrong();
        assert!(client.splice(*start, *len, new), "{new}");
        assert_eq!(client.of(A), [], "{new}");
        assert!(!client.diagnostics.closed(&key(A)), "{new}: nothing is left of it");
    }
}

#[test]
fn columns_are_those_of_the_text_now_in_the_clients_encoding() {
    let mut client = Client::with("x🦀y\n");
    let edit = |expect| {
        let range = json!({ "start": { "line": 0, "character": 3 },
                            "end": { "line": 0, "character": 4 } });
        json!({ "type": "edit", "range": range, "newText": "", "expect": expect })
    };
    client.send(&on(A, &[edit("never")]));
    assert_eq!(client.ranges(), ["0:3-0:4"]);
    client.edit("x", "é🦀");
    assert_eq!(client.ranges(), ["0:5-0:6"]);
    let snapshot = client.snapshot(A).unwrap();
    let bytes = client.diagnostics.of(&key(A), &snapshot, PositionEncoding::Utf8);
    assert_eq!(shown(bytes[0].range), "0:10-0:11");
}

#[test]
fn a_batchs_own_encoding_is_that_of_its_violations() {
    let mut client = Client::with("x🦀y\n");
    let patch = json!({ "type": "edit", "newText": "", "expect": "never", "range": {
        "start": { "line": 0, "character": 5 }, "end": { "line": 0, "character": 6 } } });
    client.send(&json!({ "positionEncoding": "utf-8", "uri": A, "patches": [patch] }));
    assert_eq!(client.ranges(), ["0:3-0:4"]);
}

#[test]
fn an_empty_place_is_shown_at_a_character_of_its_line() {
    let insert =
        |line| json!({ "type": "insert", "line": line, "text": "x", "expect": "never there" });
    let mut client = Client::with("🦀b\n\nlast");
    client.send(&on(A, &[insert(1), insert(2), insert(4)]));
    assert_eq!(client.ranges(), ["0:0-0:2", "1:0-1:0", "2:3-2:4"]);
}

#[test]
fn what_concerns_the_whole_document_stays_at_its_start() {
    let mut client = Client::with("one\ntwo\n");
    client.send(&json!({ "uri": A, "version": 7, "patches": [right(1)] }));
    assert_eq!(client.of(A)[0].code.as_str(), "stale-snapshot");
    assert_eq!(client.ranges(), ["0:0-0:1"]);
    assert!(!client.splice(0, 0, "zero\n"));
    assert_eq!(client.ranges(), ["0:0-0:1"]);
    assert_eq!(client.titles(0).last().map(String::as_str), Some("Dismiss"));
    assert!(!client.titles(0).iter().any(|title| title.contains("without")));
    assert!(client.edit("zero", "ZERO"));
    assert_eq!(client.of(A), []);
}

#[test]
fn a_conflict_points_to_the_other_patch_and_moves_with_it() {
    let mut client = Client::with("one\ntwo\nthree\n");
    let two_lines = json!({ "type": "delete", "line": 2, "endLine": 3 });
    client.send(&on(A, &[two_lines, right(3)]));
    let related = |client: &Client| {
        let found = client.of(A);
        assert_eq!(found.len(), 1);
        found[0].related.as_ref().map(|it| (it.uri.to_string(), shown(it.range)))
    };
    assert_eq!(client.of(A)[0].code.as_str(), "line-named-twice");
    assert_eq!(related(&client), Some((A.to_owned(), "1:0-2:5".to_owned())));
    client.edit("one", "one\nmore");
    assert_eq!(related(&client), Some((A.to_owned(), "2:0-3:5".to_owned())));
    assert!(client.edit("two", "2"));
    assert_eq!(related(&client), None, "the place of the other patch is another one now");
    assert_eq!(client.ranges(), ["3:0-3:5"]);
}

#[test]
fn after_partial_what_was_left_out_is_wrong_in_the_new_text() {
    let mut client = Client::with("one\ntwo\nthree\n");
    let above = json!({ "type": "insert", "line": 1, "text": "zero\nand a half" });
    let mut sent = on(A, &[above, right(2), right(2), wrong(3)]);
    sent["policy"] = json!("bestEffort");
    assert_eq!(client.send(&sent), [key(A)]);
    assert_eq!(client.texts[A], "zero\nand a half\none\nnew\nthree\n");
    assert_eq!(client.ranges(), ["3:0-3:3", "4:0-4:5"]);
    let related = client.of(A)[0].related.clone().unwrap();
    assert_eq!(shown(related.range), "3:0-3:3", "what the applied patch made");
    let again = client.titles(4).into_iter().filter(|title| title.contains("without"));
    assert_eq!(again.count(), 0, "the others are applied already");
}

#[test]
fn the_next_batch_of_a_document_takes_the_place_of_the_last() {
    let mut client = third_line_wrong();
    client.send(&on(A, &[wrong(1), wrong(5)]));
    assert_eq!(client.ranges(), ["0:0-0:3", "4:0-4:4"]);
    assert_eq!(client.send(&on(A, &[right(5)])), [key(A)]);
    assert_eq!(client.of(A), []);
    assert_eq!(client.send(&on(A, &[right(5)])), [], "there was nothing to take away");
}

#[test]
fn a_batch_leaves_documents_alone_that_it_does_not_name() {
    let mut client = third_line_wrong();
    assert_eq!(client.send(&on(B, &[wrong(1)])), [key(B)]);
    assert_eq!(client.send(&on(B, &[right(1)])), [key(B)]);
    assert_eq!(client.ranges(), ["2:0-2:5"]);
}

#[test]
fn a_retry_that_is_wrong_elsewhere_takes_away_what_it_mended() {
    let mut client = Client::with("one\ntwo\n");
    let both = |a: Value, b: Value| json!({ "documents": [{ "uri": A, "patches": [a] }, { "uri": B, "patches": [b] }] });
    assert_eq!(client.send(&both(wrong(1), wrong(1))), [key(A), key(B)]);
    assert_eq!(client.send(&both(right(1), wrong(1))), [key(A), key(B)]);
    assert_eq!((client.of(A).len(), client.of(B).len()), (0, 1));
}

#[test]
fn a_preview_changes_nothing() {
    let mut client = third_line_wrong();
    let right = batch(&on(A, &[right(1)]));
    let mut outcome = client.stage(&right).unwrap().outcome();
    outcome.preview = true;
    let (uri, snapshot) = (A.into(), client.snapshot(A).unwrap());
    let text = Reported { key: key(A), uri, snapshot, applied: None };
    assert_eq!(client.diagnostics.report(&right, &outcome, &[Some(text)], UTF16), []);
    assert_eq!(client.of(A).len(), 1);
}

#[test]
fn a_document_that_is_not_open_has_none() {
    let mut client = Client::with("one\n");
    let wrong = batch(&on(A, &[wrong(1)]));
    let outcome = client.stage(&wrong).unwrap_err();
    assert_eq!(client.diagnostics.report(&wrong, &outcome, &[None], UTF16), []);
    assert_eq!(client.of(A), []);
}

#[test]
fn a_closed_document_has_none() {
    let mut client = third_line_wrong();
    assert!(client.diagnostics.closed(&key(A)));
    assert_eq!(client.of(A), []);
    assert!(!client.diagnostics.closed(&key(A)));
}

/// The document, the batch and the patch, as far as they are given.
type Given<'a> = (Option<&'a str>, Option<&'a str>, Option<usize>);

#[test]
fn clearing_takes_away_what_matches_all_that_is_given() {
    let client = || {
        let mut client = Client::with("one\ntwo\n");
        client.send(&json!({ "batchId": "first", "uri": A, "patches": [wrong(1), wrong(2)] }));
        client.send(&json!({ "batchId": "second", "uri": B, "patches": [wrong(1), wrong(2)] }));
        client
    };
    let cases: &[(Given<'_>, usize, usize)] = &[
        ((None, None, None), 0, 0),
        ((Some(A), None, None), 0, 2),
        ((None, Some("second"), None), 2, 0),
        ((None, None, Some(1)), 1, 1),
        ((Some(B), None, Some(0)), 2, 1),
        ((None, Some("first"), Some(0)), 1, 2),
        ((Some(A), Some("second"), None), 2, 2),
        ((Some(A), Some("first"), Some(7)), 2, 2),
        ((None, Some("third"), None), 2, 2),
    ];
    for ((uri, id, patch), a, b) in cases {
        let mut client = client();
        let changed = client.diagnostics.clear(uri.map(key).as_ref(), *id, *patch);
        let left = (client.of(A).len(), client.of(B).len());
        assert_eq!(left, (*a, *b), "{uri:?} {id:?} {patch:?}");
        let expected = usize::from(*a < 2) + usize::from(*b < 2);
        assert_eq!(changed.len(), expected, "{uri:?} {id:?} {patch:?}");
    }
}
