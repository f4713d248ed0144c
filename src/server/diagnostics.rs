//! Diagnostics, as they stand on the wire (LSP 3.17,
//! `textDocument/publishDiagnostics`).
//!
//! The types are our own, because URIs are strings here: the library refuses
//! some that editors do send.

use std::collections::HashMap;

use serde::Serialize;

use crate::batch::{Code, DocumentKey};
use crate::text::{PositionEncoding, Range};
use crate::workspace::{self, Document, Related};

/// The parameters of `textDocument/publishDiagnostics`: all that is wrong on a
/// document.
#[derive(Debug, Serialize)]
pub(super) struct PublishDiagnostics {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i32>,
    diagnostics: Vec<Diagnostic>,
}

/// One of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Diagnostic {
    range: Range,
    severity: u8,
    source: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_description: Option<CodeDescription>,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_information: Vec<RelatedInformation>,
    data: String,
}

#[derive(Clone, Debug, Serialize)]
struct CodeDescription {
    href: String,
}

#[derive(Clone, Debug, Serialize)]
struct RelatedInformation {
    location: Location,
    message: String,
}

#[derive(Clone, Debug, Serialize)]
struct Location {
    uri: String,
    range: Range,
}

impl Diagnostic {
    /// `documentation` is what a page about a code has before it in its
    /// address, where there are such pages.
    pub(super) fn new(
        diagnostic: workspace::Diagnostic,
        documentation: Option<&str>,
    ) -> Diagnostic {
        const ERROR: u8 = 1;
        let workspace::Diagnostic { id, range, code, message, related } = diagnostic;
        let related = related.map(|Related { uri, range, message }| RelatedInformation {
            location: Location { uri: uri.to_string(), range },
            message,
        });
        Diagnostic {
            range,
            severity: ERROR,
            source: "batchpatch",
            code,
            code_description: documentation
                .map(|prefix| CodeDescription { href: format!("{prefix}{code}") }),
            message,
            related_information: related.into_iter().collect(),
            data: id,
        }
    }
}

/// What the client was told last of each document on which something is wrong.
///
/// While somebody types, the bytes of a diagnostic move with every key, and its
/// lines mostly do not: then there is nothing to tell.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<DocumentKey, Vec<workspace::Diagnostic>>);

impl Told {
    /// What the client has to be told of a document that is open; `None` if it
    /// knows.
    pub(super) fn of_open(
        &mut self,
        key: &DocumentKey,
        document: &Document,
        diagnostics: &workspace::Diagnostics,
        encoding: PositionEncoding,
        documentation: Option<&str>,
    ) -> Option<PublishDiagnostics> {
        let now = diagnostics.of(key, document.snapshot(), encoding);
        let known = self.0.get(key).map_or(&[][..], Vec::as_slice);
        if now == known {
            return None;
        }
        let wire = |it: &workspace::Diagnostic| Diagnostic::new(it.clone(), documentation);
        let told = PublishDiagnostics {
            uri: document.uri().to_owned(),
            version: document.snapshot().version(),
            diagnostics: now.iter().map(wire).collect(),
        };
        if now.is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.clone(), now);
        }
        Some(told)
    }

    /// What the client has to be told of a document that it closes: a client may
    /// go on showing what is wrong on it.
    pub(super) fn of_closed(&mut self, key: &DocumentKey, uri: &str) -> Option<PublishDiagnostics> {
        self.0.remove(key)?;
        Some(PublishDiagnostics { uri: uri.to_owned(), version: None, diagnostics: Vec::new() })
    }
}
