//! What is wrong on the open documents: where it moves, when it goes, and what
//! can be done about it.

use std::collections::HashMap;
use std::sync::Arc;

use batchpatch::batch::{Batch, DocumentKey, Outcome};
use batchpatch::engine::{Engine, Limits, Source, StagedBatch};
use batchpatch::text::{Position, PositionEncoding, Range, Revision, Snapshot};
use batchpatch::workspace::{Action, ActionCommand, Diagnostic, Diagnostics, Reported};
use serde_json::{Value, json};

const UTF16: PositionEncoding = PositionEncoding::Utf16;
const A: &str = "file:///w/a";
const B: &str = "file:///w/b";

/// What a client would see.
#[derive(Default)]
struct Client {
    diagnostics: Diagnostics,
    texts: HashMap<&'static str, String>,
}

fn key(uri: &str) -> DocumentKey {
    DocumentKey::of(uri)
}

fn snapshot(text: &str) -> Snapshot {
    Snapshot::new(text.into(), Revision::FIRST, Some(1))
}

fn at(line: u32, character: u32) -> Position {
    Position { line, character }
}

/// `0:0-0:3`.
fn shown(range: Range) -> String {
    let Range { start, end } = range;
    format!("{}:{}-{}:{}", start.line, start.character, end.line, end.character)
}

fn batch(json: &Value) -> Arc<Batch> {
    Arc::new(Batch::from_json(json.to_string().as_bytes(), None).unwrap())
}

/// A replacement that expects what is never there.
fn wrong(line: usize) -> Value {
    json!({ "type": "replace", "line": line, "text": "new", "expect": "never there" })
}

/// A replacement that is all right.
fn right(line: usize) -> Value {
    json!({ "type": "replace", "line": line, "text": "new" })
}

fn on(uri: &str, patches: &[Value]) -> Value {
    json!({ "batchId": "b", "documents": [{ "uri": uri, "patches": patches }] })
}

impl Client {
    fn with(text: &str) -> Client {
        let texts = HashMap::from([(A, text.to_owned()), (B, text.to_owned())]);
        Client { texts, ..Client::default() }
    }

    fn snapshot(&self, uri: &str) -> Option<Snapshot> {
        self.texts.get(uri).map(|text| snapshot(text))
    }

    fn stage(&self, batch: &Batch) -> Result<StagedBatch, Box<Outcome>> {
        let limits = Limits { violations_told: 1000, ..Limits::default() };
        let encoding = batch.position_encoding.unwrap_or(UTF16);
        Engine::new(limits)
            .stage(batch, encoding, |document| Source::Text(self.snapshot(&document.uri).unwrap()))
            .map_err(|refusal| Box::new(refusal.outcome))
    }

    /// Sends a batch, and reports what became of it.
    fn send(&mut self, json: &Value) -> Vec<DocumentKey> {
        let batch = batch(json);
        let staged = self.stage(&batch);
        let outcome = match &staged {
            Ok(staged) => staged.outcome(),
            Err(outcome) => (**outcome).clone(),
        };
        let mut texts = Vec::new();
        for (index, document) in batch.documents.iter().enumerate() {
            let applied =
                staged.as_ref().ok().and_then(|staged| staged.documents()[index].staged.as_ref());
            let snapshot = match applied {
                Some(applied) => applied.after().clone(),
                None => self.snapshot(&document.uri).unwrap(),
            };
            if let Some(text) = self.texts.get_mut(document.uri.as_str()) {
                *text = snapshot.rope().to_string();
            }
            let (key, uri) = (key(&document.uri), document.uri.as_str().into());
            texts.push(Some(Reported { key, uri, snapshot, applied }));
        }
        self.diagnostics.report(&batch, &outcome, &texts, UTF16)
    }

    /// Puts `new` in the place of `old`, which stands there once.
    fn edit(&mut self, old: &str, new: &str) -> bool {
        let text = self.texts.get_mut(A).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {text:?}");
        let start = text.find(old).unwrap();
        self.splice(start, old.len(), new)
    }

    fn splice(&mut self, start: usize, old_len: usize, new: &str) -> bool {
        let text = self.texts.get_mut(A).unwrap();
        text.replace_range(start..start + old_len, new);
        self.diagnostics.text_changed(&key(A), start..start + old_len, new.len())
    }

    fn of(&self, uri: &str) -> Vec<Diagnostic> {
        self.diagnostics.of(&key(uri), &self.snapshot(uri).unwrap(), UTF16)
    }

    fn ranges(&self) -> Vec<String> {
        self.of(A).into_iter().map(|diagnostic| shown(diagnostic.range)).collect()
    }

    fn actions(&self, line: u32) -> Vec<Action> {
        let range = Range { start: at(line, 0), end: at(line, 0) };
        self.diagnostics.actions(&key(A), range, &self.snapshot(A).unwrap(), UTF16)
    }

    fn titles(&self, line: u32) -> Vec<String> {
        self.actions(line).into_iter().map(|action| action.title).collect()
    }

    fn resolve(&self, line: u32, title: &str) -> Option<ActionCommand> {
        let action = self.actions(line).into_iter().find(|action| action.title == title).unwrap();
        self.diagnostics.resolve(&action.id)
    }

    /// The batch that an action sends.
    fn sent(&self, line: u32, title: &str) -> Value {
        match self.resolve(line, title) {
            Some(ActionCommand::Apply(batch)) => serde_json::to_value(batch).unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

/// Five lines, the third of them with a diagnostic.
fn third_line_wrong() -> Client {
    let mut client = Client::with("one\ntwo\nthree\nfour\nfive\n");
    assert_eq!(client.send(&on(A, &[wrong(3)])), [key(A)]);
    assert_eq!(client.ranges(), ["2:0-2:5"]);
    client
}

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

/// A mistake that can be repaired on line 3, beside a patch that is right.
fn repairable() -> Client {
    let mut client = Client::with("one\ntwo\nthree\nfour\nfive\n");
    let blanks = json!({ "type": "replace", "line": 3, "text": "3", "expect": "  three" });
    client.send(&on(A, &[right(1), blanks]));
    client
}

#[test]
fn actions_are_offered_where_the_mistake_is() {
    let client = repairable();
    let all = ["Apply the repaired batch", "Apply without this patch", "Dismiss"];
    assert_eq!(client.titles(2), all);
    assert_eq!(client.titles(1), [""; 0]);
    assert_eq!(client.titles(99), [""; 0]);
    let ids: Vec<String> = client.of(A).into_iter().map(|diagnostic| diagnostic.id).collect();
    assert!(client.actions(2).iter().all(|action| action.diagnostics == ids));
}

#[test]
fn the_repaired_batch_is_the_outcomes() {
    let client = repairable();
    let sent = client.sent(2, "Apply the repaired batch");
    let again = batch(&sent);
    let staged = client.stage(&again).unwrap();
    let text = staged.documents()[0].staged.as_ref().unwrap().after().rope().to_string();
    assert_eq!(text, "new\ntwo\n3\nfour\nfive\n");
}

#[test]
fn without_a_patch_the_others_are_sent_for_the_text_that_they_were_written_for() {
    let mut client = repairable();
    let token = client.snapshot(A).unwrap().token().to_string();
    client.edit("five", "six");
    let sent = client.sent(2, "Apply without this patch");
    let expected = json!({ "batchId": "b", "documents": [
        { "uri": A, "snapshot": token, "patches": [right(1)] } ] });
    assert_eq!(sent, expected);
}

#[test]
fn a_stale_token_stays_stale_without_a_patch() {
    let mut client = Client::with("one\ntwo\n");
    let token = snapshot("another\ntext\n").token().to_string();
    let json = json!({ "uri": A, "snapshot": token, "patches": [right(1), wrong(2)] });
    client.send(&json);
    let sent = client.sent(1, "Apply without this patch");
    assert_eq!(sent["documents"][0]["snapshot"], token);
}

#[test]
fn without_its_only_patch_a_document_is_left_out() {
    let mut client = Client::with("one\ntwo\n");
    client.send(&json!({ "documents": [
        { "uri": A, "patches": [wrong(1)] }, { "uri": B, "patches": [right(1)] } ] }));
    let sent = client.sent(0, "Apply without this patch");
    assert_eq!(sent["documents"].as_array().unwrap().len(), 1);
    assert_eq!(sent["documents"][0]["uri"], B);
}

#[test]
fn a_batch_of_one_patch_is_not_sent_without_it() {
    assert_eq!(third_line_wrong().titles(2), ["Dismiss"]);
}

#[test]
fn dismissing_takes_away_this_one_alone() {
    let mut client = Client::with("one\ntwo\n");
    client.send(&on(A, &[wrong(1), wrong(2)]));
    let Some(ActionCommand::Clear { uri, batch_id, patch }) = client.resolve(1, "Dismiss") else {
        panic!("it clears")
    };
    assert_eq!((uri.as_str(), batch_id.as_deref(), patch), (A, Some("b"), Some(1)));
    client.diagnostics.clear(Some(&key(&uri)), batch_id.as_deref(), patch);
    assert_eq!(client.ranges(), ["0:0-0:3"]);
}

#[test]
fn of_several_mistakes_at_one_place_each_action_names_its_patch() {
    let mut client = Client::with("one\n");
    client.send(&on(A, &[wrong(1), wrong(1)]));
    let expected = [
        "Apply without this patch: patches[0]",
        "Apply without this patch: patches[1]",
        "Dismiss: patches[0]",
        "Dismiss: patches[1]",
    ];
    assert_eq!(client.titles(0), expected);
}

#[test]
fn an_action_about_what_is_gone_is_nothing() {
    let mut client = repairable();
    let ids: Vec<String> = client.actions(2).into_iter().map(|action| action.id).collect();
    assert!(ids.iter().all(|id| client.diagnostics.resolve(id).is_some()));
    client.edit("three", "3");
    for id in ids.iter().map(String::as_str).chain(["", "1", "1.0", "1.0.other", "x.y.dismiss"]) {
        assert_eq!(client.diagnostics.resolve(id), None, "{id}");
    }
}
