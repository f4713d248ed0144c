//! What is wrong with a batch that is no batch.

use std::fmt;

use super::SCHEMA_VERSION;

/// A batch that breaks the schema. It is no rejection: nothing was checked
/// against any text, and the mistake is in the program that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    path: String,
    message: String,
}

impl Malformed {
    /// A mistake at a JSON path.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Malformed {
        Malformed { path: path.into(), message: message.into() }
    }

    /// A field that nobody knows here; it may come from another version.
    pub(super) fn unknown_field(path: At<'_>, message: &str) -> Malformed {
        Malformed::new(path.to_string(), format!("{message} (schema version {SCHEMA_VERSION})"))
    }

    /// A field that has to be there.
    pub(super) fn missing(object: At<'_>, field: &str) -> Malformed {
        Malformed::new(At::Field(&object, field).to_string(), "is missing")
    }

    /// Where the mistake is, as in `documents[0].patches[3].line`; empty for
    /// the batch as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for Malformed {}

impl From<serde_path_to_error::Error<serde_json::Error>> for Malformed {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Malformed {
        // Where the JSON itself breaks off, the path ends in an unknown step.
        let path = error.path().to_string();
        let path = At::Path(path.trim_end_matches(['?', '.']));
        let (line, column) = (error.inner().line(), error.inner().column());
        let message = error.inner().to_string();
        let message = message.trim_end_matches(&format!(" at line {line} column {column}"));
        // Serde tells these two apart by nothing but their sentence.
        if message.starts_with("unknown field") {
            return Malformed::unknown_field(path, message);
        }
        if let Some(field) = message.strip_prefix("missing field `") {
            return Malformed::missing(path, field.trim_end_matches('`'));
        }
        let message = format!("{} (line {line}, column {column})", in_terms_of_json(message));
        Malformed::new(path.to_string(), message)
    }
}

/// Serde speaks of its own data model; the reader thinks of JSON.
fn in_terms_of_json(message: &str) -> String {
    let mut message = message.to_owned();
    for (serde, json) in [
        ("invalid type: sequence", "invalid type: array"),
        ("invalid type: map", "invalid type: object"),
        ("invalid type: floating point", "invalid type: fractional number"),
        ("unknown variant", "unknown name"),
    ] {
        if message.starts_with(serde) {
            message.replace_range(..serde.len(), json);
        }
    }
    message
}

/// A place in the JSON, written out only when something is wrong there.
#[derive(Clone, Copy, Debug)]
pub(super) enum At<'a> {
    Root,
    Path(&'a str),
    Field(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    pub(super) fn field(&'a self, name: &'a str) -> At<'a> {
        At::Field(self, name)
    }

    pub(super) fn index(&'a self, index: usize) -> At<'a> {
        At::Index(self, index)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Root => Ok(()),
            At::Path(path) => f.write_str(path),
            At::Field(At::Root | At::Path(""), name) => f.write_str(name),
            At::Field(parent, name) => write!(f, "{parent}.{name}"),
            At::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}
