//! Fuzz: large random documents, and JSON that is nearly a batch.

use batchpatch::batch::{Batch, batch_schema};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::bridge;
use crate::counts::runner;
use crate::generate;
use crate::oracle::{self, Patch};

/// A document of 5,000 lines with a terminator of its own for each.
fn large_text() -> impl Strategy<Value = String> {
    (any::<u64>(), any::<bool>()).prop_map(|(seed, terminated)| {
        let mut state = seed;
        let mut text = String::new();
        for line in 0..5_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let width = usize::try_from(state >> 59).unwrap();
            text.push_str(&["é", "x", "漢", ""][width % 4].repeat(width));
            if terminated || line < 4_999 {
                text.push_str(["\n", "\r\n", "\r"][usize::try_from(state >> 33).unwrap() % 3]);
            }
        }
        text
    })
}

#[test]
fn random_batches_on_5000_lines_are_right_or_refused() {
    let patch = (0..4_u8, any::<Index>(), 0..3_usize, generate::new_text());
    runner("batches on 5,000 lines", 12, 1_000)
        .run(&(large_text(), vec(patch, 1..12)), |(text, drafts)| {
            let count = oracle::lines(&text).len();
            let patches: Vec<Patch> = drafts
                .into_iter()
                .map(|(kind, at, span, text)| {
                    let line = at.index(count + 2);
                    let (end_line, expect) = (line + span, None);
                    match kind {
                        0 => Patch::Replace { line, end_line, text, expect },
                        1 => Patch::Insert { line, text, expect },
                        2 => Patch::Delete { line, end_line, expect },
                        _ => Patch::Edit {
                            start: (line, span),
                            end: (line + span, 9),
                            new_text: text,
                            expect: None,
                        },
                    }
                })
                .collect();
            let batch = bridge::batch(&patches, "bestEffort");
            let encoding = oracle::Encoding::Utf16;
            let staged =
                bridge::stage(&batch, &bridge::snapshot(&text), bridge::encoding(encoding));
            let (expected, dropped) = oracle::best_effort(&text, &patches, encoding);
            let (found, told) = match &staged {
                Ok(staged) => (Some(bridge::text_after(staged)), staged.outcome()),
                Err(refusal) => (None, refusal.outcome.clone()),
            };
            assert!(found == expected, "another text than the oracle's");
            assert_eq!(bridge::breaches(&told), dropped);
            Ok(())
        })
        .unwrap();
}

/// A JSON value that may stand anywhere.
fn anything() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        Just(json!(0)),
        Just(json!(1)),
        Just(json!(2)),
        Just(json!(-1)),
        Just(json!(1.0)),
        Just(json!(2.5)),
        Just(json!(2_147_483_647_u64)),
        Just(json!(2_147_483_648_u64)),
        Just(json!(u64::MAX)),
        Just(json!(1e300)),
    ];
    let word = select(
        &[
            "",
            "a",
            "a\nb",
            "replace",
            "insert",
            "delete",
            "edit",
            "write_replace_line",
            "atomic",
            "bestEffort",
            "reject",
            "rebase",
            "utf-8",
            "file:///a",
            "file:///%61",
            "v1.00000000000000000000000000000000",
        ][..],
    );
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number,
        word.prop_map(Value::from),
        Just(json!({ "line": 0, "character": 0 })),
        Just(
            json!({ "start": { "line": 0, "character": 1 }, "end": { "line": 1, "character": 0 } })
        ),
        Just(json!({ "type": "delete", "line": 1 })),
        Just(json!({ "first": "a", "last": "b" })),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| vec(inner, 0..3).prop_map(Value::Array))
}

/// A batch with everything in it, and then some of it replaced, removed or
/// added.
fn near_batches() -> impl Strategy<Value = Value> {
    let patches = json!([
        { "type": "replace", "line": 1, "endLine": 2, "text": "x", "expect": "a\nb" },
        { "type": "insert", "lineNumber": 3, "text": "x" },
        { "type": "delete", "line": 4, "expect": { "first": "a", "last": "a" } },
        { "type": "edit", "newText": "", "expect": "",
          "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 1 } } },
    ]);
    let single = json!({ "uri": "file:///a", "version": 1, "patches": patches });
    let several = json!({
        "batchId": "k", "label": "l", "policy": "atomic", "onStale": "reject",
        "positionEncoding": "utf-16", "documents": [single, { "uri": "b", "patches": [] }],
    });
    let keys = select(
        &[
            "type",
            "line",
            "lineNumber",
            "endLine",
            "text",
            "expect",
            "range",
            "newText",
            "uri",
            "patches",
            "documents",
            "policy",
            "onStale",
            "snapshot",
            "version",
            "start",
            "character",
            "first",
            "unheardOf",
            "$schema",
            "batchId",
            "label",
            "positionEncoding",
        ][..],
    );
    let mutation = (any::<Index>(), 0..3_u8, keys, anything());
    (select(vec![single, several]), vec(mutation, 0..4)).prop_map(|(mut batch, mutations)| {
        for (at, kind, key, value) in mutations {
            let mut places = Vec::new();
            pointers(&batch, String::new(), &mut places);
            let place = batch.pointer_mut(&places[at.index(places.len())]).unwrap();
            match (kind, place) {
                (0, place) => *place = value,
                (1, Value::Object(fields)) => drop(fields.remove(key)),
                (_, Value::Object(fields)) => drop(fields.insert(key.to_owned(), value)),
                (_, Value::Array(items)) => items.push(value),
                _ => {}
            }
        }
        batch
    })
}

fn pointers(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| pointers(value, format!("{at}/{key}"), places));
        }
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(index, item)| pointers(item, format!("{at}/{index}"), places));
        }
        _ => {}
    }
    places.push(at);
}

/// `null` means absent.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

#[test]
fn json_that_is_nearly_a_batch_is_read_or_refused_as_the_schema_says() {
    let schema = jsonschema::validator_for(&serde_json::to_value(batch_schema()).unwrap()).unwrap();
    runner("near batches", 5_000, 500_000)
        .run(&near_batches(), |value| {
            let json = value.to_string();
            match Batch::from_json(json.as_bytes(), Some("-")) {
                Ok(batch) => {
                    let value = without_nulls(value);
                    assert!(schema.is_valid(&value), "the parser reads it, the schema does not");
                    let snapshot = bridge::snapshot("a\nb\n");
                    let _ =
                        bridge::stage(&batch, &snapshot, bridge::encoding(oracle::Encoding::Utf16));
                }
                Err(malformed) => assert!(!malformed.message().is_empty()),
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn bytes_that_are_no_batch_at_all_are_refused() {
    runner("random bytes as a batch", 5_000, 500_000)
        .run(&vec(any::<u8>(), 0..60), |bytes| {
            assert!(Batch::from_json(&bytes, None).is_err());
            Ok(())
        })
        .unwrap();
}
