//! What is wrong with a batch that is well formed.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::invariants::Law;
use crate::text::Range;

/// One reason why a batch, or a patch of it, was not applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// The broken law; absent where the refusal is no law's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<u8>", range(min = 1, max = 7))]
    pub law: Option<Law>,
    /// The stable code.
    pub code: Code,
    /// The document, spelled as in the batch.
    pub uri: String,
    /// The index of the offending patch in its document's `patches`; absent
    /// where the document as a whole is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<usize>,
    /// The earliest patch that this one is in conflict with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts_with: Option<usize>,
    /// The range that it concerns, in the current text and the batch's
    /// encoding.
    pub range: Range,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// The stable codes of violations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The document holds another text than the batch was written for.
    StaleSnapshot,
    /// A replace or delete names a line that the document does not have.
    LineOutOfRange,
    /// An edit names a line past the end of the document.
    PositionOutOfRange,
    /// An edit names a column inside a character.
    PositionInsideCharacter,
    /// The text is not what `expect` says.
    ExpectMismatch,
    /// An insert names a line outside `[1, n + 1]`.
    InsertOutOfBounds,
    /// Two line patches name the same line.
    LineNamedTwice,
    /// Two patches touch the same text.
    OverlappingPatches,
    /// A line patch and an edit insert at the same place, and nothing says
    /// which goes first.
    InsertsAtOneOffset,
    /// The batch has more patches than the limit.
    TooManyPatches,
    /// The batch has more documents than the limit.
    TooManyDocuments,
    /// The document, or what the batch would make of it, is over the limit.
    DocumentTooLarge,
    /// The document is not UTF-8.
    NotUtf8,
}

impl Code {
    /// Every code.
    pub const ALL: [Code; 13] = [
        Code::StaleSnapshot,
        Code::LineOutOfRange,
        Code::PositionOutOfRange,
        Code::PositionInsideCharacter,
        Code::ExpectMismatch,
        Code::InsertOutOfBounds,
        Code::LineNamedTwice,
        Code::OverlappingPatches,
        Code::InsertsAtOneOffset,
        Code::TooManyPatches,
        Code::TooManyDocuments,
        Code::DocumentTooLarge,
        Code::NotUtf8,
    ];

    /// The law that such a violation breaks, if it is a law's.
    pub const fn law(self) -> Option<Law> {
        match self {
            Code::StaleSnapshot
            | Code::LineOutOfRange
            | Code::PositionOutOfRange
            | Code::PositionInsideCharacter
            | Code::ExpectMismatch => Some(Law::SnapshotSsot),
            Code::InsertOutOfBounds => Some(Law::InsertBounds),
            Code::LineNamedTwice | Code::OverlappingPatches | Code::InsertsAtOneOffset => {
                Some(Law::IndependentPatches)
            }
            Code::TooManyPatches
            | Code::TooManyDocuments
            | Code::DocumentTooLarge
            | Code::NotUtf8 => None,
        }
    }

    /// The code as it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::StaleSnapshot => "stale-snapshot",
            Code::LineOutOfRange => "line-out-of-range",
            Code::PositionOutOfRange => "position-out-of-range",
            Code::PositionInsideCharacter => "position-inside-character",
            Code::ExpectMismatch => "expect-mismatch",
            Code::InsertOutOfBounds => "insert-out-of-bounds",
            Code::LineNamedTwice => "line-named-twice",
            Code::OverlappingPatches => "overlapping-patches",
            Code::InsertsAtOneOffset => "inserts-at-one-offset",
            Code::TooManyPatches => "too-many-patches",
            Code::TooManyDocuments => "too-many-documents",
            Code::DocumentTooLarge => "document-too-large",
            Code::NotUtf8 => "not-utf8",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
