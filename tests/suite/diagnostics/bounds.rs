//! How much is kept and shown.

use batchpatch::batch::DocumentKey;
use batchpatch::engine::{Engine, Source};
use batchpatch::text::Range;
use batchpatch::workspace::{Diagnostics, Reported};
use serde_json::{Value, json};

use super::{A, Client, UTF16, batch, key, on, right, snapshot, wrong};

#[test]
fn at_most_200_are_shown_of_a_document() {
    let mut client = Client::with(&"line\n".repeat(300));
    let patches: Vec<Value> = (1..=300).map(wrong).collect();
    client.send(&on(A, &patches));
    assert_eq!(client.of(A).len(), 200);
}

/// Reports a mistake on a document of its own.
fn report_on(diagnostics: &mut Diagnostics, uri: &str, text: &str) -> Vec<DocumentKey> {
    let mistaken = json!({ "type": "insert", "line": 1, "text": text, "expect": "never there" });
    let batch = batch(&on(uri, &[mistaken, right(1)]));
    let snapshot = snapshot("one\n");
    let outcome =
        Engine::default().stage(&batch, UTF16, |_| Source::Text(snapshot.clone())).unwrap_err();
    let text = Reported { key: key(uri), uri: uri.into(), snapshot, applied: None };
    diagnostics.report(&batch, &outcome.outcome, &[Some(text)], UTF16)
}

#[test]
fn of_too_many_documents_those_reported_first_have_none_any_more() {
    let mut diagnostics = Diagnostics::default();
    let uri = |number: usize| format!("file:///w/{number}");
    for number in 0..200 {
        assert_eq!(report_on(&mut diagnostics, &uri(number), "x"), [key(&uri(number))]);
    }
    report_on(&mut diagnostics, &uri(0), "x");
    let changed = report_on(&mut diagnostics, &uri(200), "x");
    assert_eq!(changed, [key(&uri(200)), key(&uri(1))]);
    let one = snapshot("one\n");
    let has_some = |number| !diagnostics.of(&key(&uri(number)), &one, UTF16).is_empty();
    assert_eq!((has_some(0), has_some(1), has_some(2)), (true, false, true));
}

#[test]
fn the_batches_that_are_kept_are_bounded_too() {
    let mut diagnostics = Diagnostics::default();
    let text = "x".repeat(15 << 20);
    for uri in ["file:///1", "file:///2", "file:///3", "file:///4"] {
        assert_eq!(report_on(&mut diagnostics, uri, &text), [key(uri)]);
    }
    let changed = report_on(&mut diagnostics, "file:///5", &text);
    assert_eq!(changed, [key("file:///5"), key("file:///1")]);
}

#[test]
fn a_huge_batch_is_not_kept_and_its_mistakes_are() {
    let mut diagnostics = Diagnostics::default();
    report_on(&mut diagnostics, A, &"x".repeat(17 << 20));
    let one = snapshot("one\n");
    assert_eq!(diagnostics.of(&key(A), &one, UTF16).len(), 1);
    let actions = diagnostics.actions(&key(A), Range::default(), &one, UTF16);
    let titles: Vec<&str> = actions.iter().map(|action| action.title.as_str()).collect();
    assert_eq!(titles, ["Dismiss"]);
}
