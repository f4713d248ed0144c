//! The JSON Schemas: checked in, current, and of one mind with the parser.

use std::path::Path;

use batchpatch::batch::{Batch, batch_schema, outcome_schema};
use serde_json::Value;

use crate::bridge;
use crate::cli;
use crate::oracle::Encoding;

fn checked_in(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn printed(of: &str) -> String {
    let mut command = cli::batchpatch();
    command.args(["schema", of]);
    String::from_utf8(cli::run(command, b"").stdout).unwrap()
}

#[test]
fn the_schemas_in_docs_are_what_the_command_prints() {
    for (of, name) in [("batch", "batch.schema.json"), ("outcome", "outcome.schema.json")] {
        assert!(
            printed(of) == checked_in(name),
            "docs/{name} is out of date: run `cargo run -- schema {of} > docs/{name}`"
        );
    }
}

fn validator(schema: schemars::Schema) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::to_value(schema).unwrap()).unwrap()
}

#[test]
fn the_schema_refuses_what_an_editor_should_underline() {
    let schema = validator(batch_schema());
    for (valid, json) in [
        (true, r#"{"patches":[]}"#),
        (true, r#"{"$schema":"x","documents":[]}"#),
        (true, r#"{"patches":[{"type":"write_replace_line","lineNumber":1,"text":"x"}]}"#),
        (true, r#"{"patches":[{"type":"delete","line":1,"expect":{"first":"a","last":"b"}}]}"#),
        (true, r#"{"uri":null,"patches":[{"type":"insert","line":1,"text":"","expect":null}]}"#),
        (false, "{}"),
        (false, r#"{"patches":[],"documents":[]}"#),
        (false, r#"{"uri":"a","documents":[]}"#),
        (false, r#"{"patches":[{"type":"REPLACE","line":1,"text":"x"}]}"#),
        (false, r#"{"patches":[{"type":"replace","line":1}]}"#),
        (false, r#"{"patches":[{"type":"delete","line":1,"text":"x"}]}"#),
        (false, r#"{"patches":[{"type":"delete","line":1,"lineNumber":1}]}"#),
        (false, r#"{"patches":[{"type":"delete","line":-1}]}"#),
        (false, r#"{"patches":[{"type":"delete","line":2147483648}]}"#),
        (false, r#"{"patches":[{"type":"edit","newText":""}]}"#),
        (false, r#"{"snapshot":"7","patches":[]}"#),
        (false, r#"{"policy":"most","patches":[]}"#),
        (false, r#"{"unheardOf":1,"patches":[]}"#),
    ] {
        let value: Value = serde_json::from_str(json).unwrap();
        assert_eq!(schema.is_valid(&value), valid, "the schema, for {json}");
        assert_eq!(Batch::from_json(json.as_bytes(), Some("-")).is_ok(), valid, "{json}");
    }
}

#[test]
fn every_field_of_a_batch_tells_an_editor_what_it_means() {
    fn check(schema: &Value, at: &str, checked: &mut usize) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let told = field["description"].is_string() || field["const"].is_string();
            assert!(told || name == "type", "{at}.{name} has no description");
            *checked += 1;
        }
        let nested = ["definitions", "oneOf", "anyOf"].iter().filter_map(|key| schema.get(key));
        for (key, inner) in nested.flat_map(|nested| match nested {
            Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), v)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        }) {
            check(inner, &format!("{at}/{key}"), checked);
        }
    }
    let mut checked = 0;
    check(&serde_json::to_value(batch_schema()).unwrap(), "", &mut checked);
    check(&serde_json::to_value(outcome_schema()).unwrap(), "", &mut checked);
    assert!(checked > 50, "only {checked} fields were found");
}

#[test]
fn an_outcome_is_what_its_schema_says() {
    let schema = validator(outcome_schema());
    for json in [
        r#"{"batchId":"k","uri":"u","patches":[{"type":"delete","line":1}]}"#,
        r#"{"uri":"u","patches":[{"type":"delete","line":9},{"type":"insert","line":0,"text":""}]}"#,
        r#"{"uri":"u","policy":"bestEffort","version":3,"patches":[{"type":"delete","line":1}]}"#,
    ] {
        let batch = Batch::from_json(json.as_bytes(), None).unwrap();
        let text = bridge::snapshot("a\n");
        let outcome = match bridge::stage(&batch, &text, bridge::encoding(Encoding::Utf16)) {
            Ok(staged) => staged.outcome(),
            Err(refusal) => refusal.outcome,
        };
        let value = serde_json::to_value(outcome).unwrap();
        let errors: Vec<String> = schema.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} in {value}");
    }
}
