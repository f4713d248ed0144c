//! The patch types.

use schemars::{JsonSchema, Schema, json_schema};
use serde::Serialize;
use serde_json::{Value, json};

use crate::text::{Position, Range};

/// One edit of a document. Lines are one-based, ranges are LSP's.
// The set is open to more types: each says in `semantics` which bytes it means,
// and no later layer knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[schemars(transform = accept_old_names)]
pub enum Patch {
    /// Replaces whole lines by one or more lines.
    Replace {
        /// The lines that go.
        #[serde(flatten)]
        lines: NamedLines,
        /// One or more lines. Terminators only separate lines; one at the end
        /// is optional and adds no line; `""` is one blank line.
        text: String,
        /// What the named lines are believed to be.
        #[serde(skip_serializing_if = "Option::is_none")]
        expect: Option<Expect>,
    },
    /// Inserts lines before a line; one past the last line appends.
    Insert {
        /// The one-based line that the text goes before.
        #[schemars(range(min = 0, max = 2_147_483_647))]
        line: u32,
        /// One or more lines. Terminators only separate lines; one at the end
        /// is optional and adds no line; `""` is one blank line.
        text: String,
        /// What the line at `line` is believed to be.
        #[serde(skip_serializing_if = "Option::is_none")]
        expect: Option<Expect>,
    },
    /// Deletes whole lines.
    Delete {
        /// The lines that go.
        #[serde(flatten)]
        lines: NamedLines,
        /// What the named lines are believed to be.
        #[serde(skip_serializing_if = "Option::is_none")]
        expect: Option<Expect>,
    },
    /// Replaces a range of text, as an LSP `TextEdit` does.
    Edit {
        /// The range that goes. Columns count in the batch's
        /// `positionEncoding`.
        range: Range,
        /// What stands in its place, byte for byte.
        new_text: String,
        /// What the text in the range is believed to be.
        #[serde(skip_serializing_if = "Option::is_none")]
        expect: Option<String>,
    },
}

impl Patch {
    /// The same patch so many lines further down, or up where `lines` is
    /// negative; columns and texts stay. `None` where that is no line number.
    pub fn shifted(&self, lines: i64) -> Option<Patch> {
        let number = |number: u32| u32::try_from(i64::from(number).checked_add(lines)?).ok();
        let named = |named: &NamedLines| {
            let end_line = match named.end_line {
                Some(end) => Some(number(end)?),
                None => None,
            };
            Some(NamedLines { line: number(named.line)?, end_line })
        };
        let position = |at: Position| Some(Position { line: number(at.line)?, ..at });
        let mut patch = self.clone();
        match &mut patch {
            Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => *lines = named(lines)?,
            Patch::Insert { line, .. } => *line = number(*line)?,
            Patch::Edit { range, .. } => {
                *range = Range { start: position(range.start)?, end: position(range.end)? };
            }
        }
        Some(patch)
    }
}

/// The lines that a patch names: at least one, the last not before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedLines {
    /// The first line, one-based.
    #[schemars(range(min = 0, max = 2_147_483_647))]
    line: u32,
    /// The last line, inclusive; the same as `line` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2_147_483_647))]
    end_line: Option<u32>,
}

impl NamedLines {
    /// The lines from `first` to `last`, both included; `None` if `last` is
    /// before `first`.
    pub fn new(first: u32, last: u32) -> Option<NamedLines> {
        (first <= last)
            .then(|| NamedLines { line: first, end_line: (first != last).then_some(last) })
    }

    /// The first line, one-based. It may be 0, which is no line: law 1 says
    /// so, not the schema.
    pub fn first(self) -> usize {
        self.line as usize
    }

    /// The last line, one-based and inclusive.
    pub fn last(self) -> usize {
        self.end_line.unwrap_or(self.line) as usize
    }
}

/// What the author of a line patch believes the named lines to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Expect {
    /// All of them, compared line by line, terminators ignored.
    Lines(String),
    /// The first and the last of a long range.
    Ends {
        /// The first named line.
        first: String,
        /// The last named line.
        last: String,
    },
}

/// Lets the schema accept what the parser does: the type names and the line
/// field of the JavaScript system that came before.
fn accept_old_names(schema: &mut Schema) {
    let Some(variants) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else {
        return;
    };
    for variant in variants {
        let old_type = match variant.pointer("/properties/type/const").and_then(Value::as_str) {
            Some("replace") => "write_replace_line",
            Some("insert") => "insert_line",
            Some("delete") => "delete_line",
            _ => continue,
        };
        let Some(variant) = variant.as_object_mut() else { continue };
        if let Some(properties) = variant.get_mut("properties").and_then(Value::as_object_mut) {
            if let Some(name) = properties.get_mut("type").and_then(Value::as_object_mut)
                && let Some(new_type) = name.remove("const")
            {
                name.insert("enum".into(), json!([new_type, old_type]));
            }
            if let Some(line) = properties.get("line").cloned() {
                properties.insert("lineNumber".into(), line);
            }
        }
        if let Some(required) = variant.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| name != "line");
        }
        let either = json_schema!({
            "oneOf": [{ "required": ["line"] }, { "required": ["lineNumber"] }]
        });
        variant.extend(either.as_object().cloned().into_iter().flatten());
    }
}
