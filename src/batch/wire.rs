//! A batch as it is written, before the checks that serde cannot make.
//!
//! The documentation of these fields is what a person sees who writes a batch
//! in an editor: it becomes the description in the JSON Schema.

use std::collections::HashSet;

use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Value, json};

use super::malformed::At;
use super::strict::{Name, Object, Uinteger};
use super::{Batch, Document, DocumentKey, Expect, Malformed, NamedLines, OnStale, Patch, Policy};
use crate::text::{Position, PositionEncoding, Range};

/// A batch of edits that is applied all at once or not at all.
///
/// Write either `documents`, or the fields of a single document at the top
/// level.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Batch", transform = one_form_of_two)]
pub(super) struct WireBatch {
    /// The address of this schema, for editors.
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    /// An idempotency key of your choice. The server makes one when absent.
    batch_id: Option<String>,
    /// What a person sees in undo and history.
    label: Option<String>,
    /// `atomic` (the default) rejects the whole batch when one patch breaks a
    /// law; `bestEffort` leaves such patches out and applies the others.
    #[schemars(with = "Option<Policy>")]
    policy: Option<Name<Policy>>,
    /// What happens when a document is no longer the one the batch was written
    /// for. `reject` is the default; `rebase` carries the patches over to the
    /// text that is there now, where that is provably right.
    #[schemars(with = "Option<OnStale>")]
    on_stale: Option<Name<OnStale>>,
    /// The unit of the columns in `edit` patches.
    #[schemars(with = "Option<PositionEncoding>")]
    position_encoding: Option<Name<PositionEncoding>>,
    /// The documents, each of them once.
    #[schemars(with = "Option<Vec<WireDocument>>")]
    documents: Option<Vec<Object<WireDocument>>>,
    /// With `patches` at the top level: the document.
    uri: Option<String>,
    /// With `patches` at the top level: the token of the text that the patches
    /// were written for.
    #[schemars(regex(pattern = r"^v[0-9]+\.[0-9a-f]{32}$"))]
    snapshot: Option<String>,
    /// With `patches` at the top level: the LSP version that the patches were
    /// written for.
    #[schemars(with = "Option<i32>", range(min = 0))]
    version: Option<Uinteger>,
    /// The patches to a single document.
    #[schemars(with = "Option<Vec<Patch>>")]
    patches: Option<Vec<Object<WirePatch>>>,
}

/// The patches to one document.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Document")]
pub(super) struct WireDocument {
    /// The document: a URI, or a path relative to the root.
    uri: Option<String>,
    /// The token of the text that the patches were written for.
    #[schemars(regex(pattern = r"^v[0-9]+\.[0-9a-f]{32}$"))]
    snapshot: Option<String>,
    /// The LSP version that the patches were written for.
    #[schemars(with = "Option<i32>", range(min = 0))]
    version: Option<Uinteger>,
    /// The patches, in any order. All line numbers and ranges refer to the one
    /// text that the document held before the batch.
    #[schemars(with = "Vec<Patch>")]
    patches: Option<Vec<Object<WirePatch>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WirePatch {
    r#type: Option<Name<PatchType>>,
    #[serde(alias = "lineNumber")]
    line: Option<Uinteger>,
    end_line: Option<Uinteger>,
    text: Option<String>,
    expect: Option<Expect>,
    range: Option<Object<WireRange>>,
    new_text: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum PatchType {
    #[serde(alias = "write_replace_line")]
    Replace,
    #[serde(alias = "insert_line")]
    Insert,
    #[serde(alias = "delete_line")]
    Delete,
    Edit,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRange {
    start: Object<WirePosition>,
    end: Object<WirePosition>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePosition {
    line: Uinteger,
    character: Uinteger,
}

/// Reads the JSON. The path of a mistake costs a second reading, and a batch
/// without one pays nothing for it.
pub(super) fn parse(json: &[u8]) -> Result<WireBatch, Malformed> {
    if let Ok(Object(batch)) = serde_json::from_slice(json) {
        return Ok(batch);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let Object(batch) = serde_path_to_error::deserialize(&mut deserializer)?;
    deserializer.end().map_err(|error| Malformed::new("", error.to_string()))?;
    Ok(batch)
}

impl WireBatch {
    pub(super) fn into_batch(self, default_uri: Option<&str>) -> Result<Batch, Malformed> {
        let single = WireDocument {
            uri: self.uri,
            snapshot: self.snapshot,
            version: self.version,
            patches: self.patches,
        };
        let documents = match self.documents {
            None => vec![single.into_document(At::Root, default_uri)?],
            Some(documents) => {
                single.refuse_beside_documents()?;
                into_documents(documents, default_uri)?
            }
        };
        Ok(Batch {
            batch_id: self.batch_id,
            label: self.label,
            policy: self.policy.map_or(Policy::default(), |Name(policy)| policy),
            on_stale: self.on_stale.map_or(OnStale::default(), |Name(on_stale)| on_stale),
            position_encoding: self.position_encoding.map(|Name(encoding)| encoding),
            documents,
        })
    }
}

fn into_documents(
    documents: Vec<Object<WireDocument>>,
    default_uri: Option<&str>,
) -> Result<Vec<Document>, Malformed> {
    let list = At::Root.field("documents");
    let mut keys = HashSet::with_capacity(documents.len());
    let convert = |(index, Object(document)): (usize, Object<WireDocument>)| {
        let at = list.index(index);
        let document = document.into_document(at, default_uri)?;
        if !keys.insert(DocumentKey::of(&document.uri)) {
            let message = format!("`{}` is in the batch already", document.uri);
            return Err(Malformed::new(at.field("uri").to_string(), message));
        }
        Ok(document)
    };
    documents.into_iter().enumerate().map(convert).collect()
}

impl WireDocument {
    fn into_document(self, at: At<'_>, default_uri: Option<&str>) -> Result<Document, Malformed> {
        let Some(patches) = self.patches else {
            return Err(Malformed::missing(at, "patches"));
        };
        let Some(uri) = self.uri.or_else(|| default_uri.map(str::to_owned)) else {
            return Err(Malformed::missing(at, "uri"));
        };
        let parse_token = |token: String| {
            token.parse().map_err(|error: crate::text::TokenError| {
                Malformed::new(at.field("snapshot").to_string(), error.to_string())
            })
        };
        let list = at.field("patches");
        let patches = patches.into_iter().enumerate();
        Ok(Document {
            uri,
            snapshot: self.snapshot.map(parse_token).transpose()?,
            version: self.version.map(|Uinteger(version)| version.cast_signed()),
            patches: patches
                .map(|(index, Object(patch))| patch.into_patch(list.index(index)))
                .collect::<Result<_, _>>()?,
        })
    }

    fn refuse_beside_documents(&self) -> Result<(), Malformed> {
        let present = [
            ("patches", self.patches.is_some()),
            ("uri", self.uri.is_some()),
            ("snapshot", self.snapshot.is_some()),
            ("version", self.version.is_some()),
        ];
        match present.into_iter().find(|(_, present)| *present) {
            None => Ok(()),
            Some((name, _)) => Err(Malformed::new(
                name,
                format!("`{name}` cannot stand beside `documents`; it belongs into one of them"),
            )),
        }
    }
}

impl PatchType {
    /// The type's name and the fields it has beside `type` and `expect`.
    const fn fields(self) -> (&'static str, &'static [&'static str]) {
        match self {
            PatchType::Replace => ("replace", &["line", "endLine", "text"]),
            PatchType::Insert => ("insert", &["line", "text"]),
            PatchType::Delete => ("delete", &["line", "endLine"]),
            PatchType::Edit => ("edit", &["range", "newText"]),
        }
    }
}

impl WirePatch {
    fn into_patch(self, at: At<'_>) -> Result<Patch, Malformed> {
        let Some(Name(kind)) = self.r#type else {
            return Err(Malformed::missing(at, "type"));
        };
        self.refuse_foreign_fields(kind, at)?;
        let text = self.text.ok_or_else(|| Malformed::missing(at, "text"));
        let expect = self.expect;
        let line =
            self.line.map(|Uinteger(line)| line).ok_or_else(|| Malformed::missing(at, "line"));
        let named = |first| {
            let last = self.end_line.map_or(first, |Uinteger(last)| last);
            NamedLines::new(first, last).ok_or_else(|| {
                let message = format!("line {last} is before `line`, which is {first}");
                Malformed::new(at.field("endLine").to_string(), message)
            })
        };
        Ok(match kind {
            PatchType::Replace => Patch::Replace { lines: named(line?)?, text: text?, expect },
            PatchType::Insert => Patch::Insert { line: line?, text: text?, expect },
            PatchType::Delete => Patch::Delete { lines: named(line?)?, expect },
            PatchType::Edit => {
                let Object(range) = self.range.ok_or_else(|| Malformed::missing(at, "range"))?;
                Patch::Edit {
                    range: range.into_range(at.field("range"))?,
                    new_text: self.new_text.ok_or_else(|| Malformed::missing(at, "newText"))?,
                    expect: expect.map(|expect| range_text(expect, at)).transpose()?,
                }
            }
        })
    }

    fn refuse_foreign_fields(&self, kind: PatchType, at: At<'_>) -> Result<(), Malformed> {
        let (kind, fields) = kind.fields();
        let present = [
            ("line", self.line.is_some()),
            ("endLine", self.end_line.is_some()),
            ("text", self.text.is_some()),
            ("range", self.range.is_some()),
            ("newText", self.new_text.is_some()),
        ];
        let foreign = present.iter().find(|(name, present)| *present && !fields.contains(name));
        let Some((name, _)) = foreign else { return Ok(()) };
        let known = fields.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = format!("unknown field `{name}` in a `{kind}` patch, which has {known}");
        Err(Malformed::unknown_field(at.field(name), &message))
    }
}

/// A range's text can begin and end inside a line, so `first` and `last` would
/// not be lines.
fn range_text(expect: Expect, at: At<'_>) -> Result<String, Malformed> {
    match expect {
        Expect::Lines(text) => Ok(text),
        Expect::Ends { .. } => Err(Malformed::new(
            at.field("expect").to_string(),
            "the `expect` of an `edit` is a string: the text in its range",
        )),
    }
}

impl WireRange {
    fn into_range(self, at: At<'_>) -> Result<Range, Malformed> {
        let position = |Object(position): Object<WirePosition>| Position {
            line: position.line.0,
            character: position.character.0,
        };
        let range = Range { start: position(self.start), end: position(self.end) };
        if range.end < range.start {
            return Err(Malformed::new(at.to_string(), "`end` is before `start`"));
        }
        Ok(range)
    }
}

/// Lets the schema say that a batch has `documents`, or one document's fields
/// at the top level.
fn one_form_of_two(schema: &mut Schema) {
    let single = ["uri", "snapshot", "version", "patches"];
    let present: Vec<Value> = single.iter().map(|name| json!({ "required": [name] })).collect();
    let forms = json!([
        { "required": ["documents"], "not": { "anyOf": present } },
        { "required": ["patches"], "not": { "required": ["documents"] } },
    ]);
    schema.insert("oneOf".into(), forms);
}
