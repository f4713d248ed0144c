//! The JSON Schemas, made from the types.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::{Outcome, wire::WireBatch};

/// The version of the batch's and the outcome's schema. A field more is not a
/// new version; a field less, or another meaning, is.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON Schema of a batch, as an editor uses it.
pub fn batch_schema() -> Schema {
    schema_of::<WireBatch>("batchpatch batch")
}

/// The JSON Schema of an outcome.
pub fn outcome_schema() -> Schema {
    schema_of::<Outcome>("batchpatch outcome")
}

fn schema_of<T: JsonSchema>(title: &str) -> Schema {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    RecursiveTransform(unwrap_description).transform(&mut schema);
    schema.insert("title".into(), format!("{title}, schema version {SCHEMA_VERSION}").into());
    schema
}

/// The lines of a comment in the source are not the lines of a hover text.
fn unwrap_description(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs = description.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
        *description = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
}
