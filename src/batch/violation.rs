//! What is wrong with a batch that is well formed.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::Patch;
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
    /// The lines that are really there, each after its number and a tab; `…`
    /// stands for what was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actual: Vec<String>,
    /// Of a conflict: the lines as they were in the text that the batch was
    /// written for, in the same form as `actual`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<String>,
    /// What to send instead, where it is certain to be what was meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
}

impl Violation {
    /// A document as a whole is refused.
    pub(crate) fn of_document(code: Code, uri: &str, message: String) -> Violation {
        Violation {
            law: code.law(),
            code,
            uri: uri.to_owned(),
            patch: None,
            conflicts_with: None,
            range: Range::default(),
            message,
            actual: Vec::new(),
            was: Vec::new(),
            suggestion: None,
        }
    }
}

/// What to send instead of the patches that a violation concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// For each such patch, by its index in the document's `patches`, the one
    /// to send instead; `null` to leave it out. Where only the document was
    /// stale and its patches hold on the current text, there is none: send
    /// them again with the current token.
    #[schemars(with = "BTreeMap<String, Option<Patch>>")]
    pub patches: BTreeMap<usize, Option<Patch>>,
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
    /// The URI names no file, and no editor has the document open.
    UnsupportedUri,
    /// The file is outside the root folder, as its name or a symbolic link on
    /// its way leads there.
    OutsideRoot,
    /// There is no such file.
    FileNotFound,
    /// The name is that of a directory.
    IsDirectory,
    /// The name is that of a pipe, a socket or a device.
    SpecialFile,
    /// An earlier document of the batch is the same file under another name.
    SameFileTwice,
    /// The system does not let the file be read.
    UnreadableFile,
    /// The file holds NUL bytes where text would begin: it is no text.
    BinaryFile,
    /// The editor's changes of the document can no longer be followed.
    OutOfSync,
    /// The document is open in an editor and has a `\r` that ends a line
    /// alone.
    LoneCr,
    /// The editor takes no edits from a language server.
    ClientCannotApply,
    /// The batch changes nothing but line ends that the editor keeps as they
    /// are.
    ClientNormalises,
    /// Lines that a patch names were changed since, and nobody can say what it
    /// means now.
    RebaseConflict,
    /// What a batch changed was changed again since, and cannot be taken back
    /// alone.
    UndoConflict,
    /// There is no such batch to take back.
    UnknownBatch,
    /// The editor left a text that is neither the one before nor the one that
    /// was asked for.
    OtherText,
}

impl Code {
    /// Every code.
    pub const ALL: [Code; 29] = [
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
        Code::UnsupportedUri,
        Code::OutsideRoot,
        Code::FileNotFound,
        Code::IsDirectory,
        Code::SpecialFile,
        Code::SameFileTwice,
        Code::UnreadableFile,
        Code::BinaryFile,
        Code::OutOfSync,
        Code::LoneCr,
        Code::ClientCannotApply,
        Code::ClientNormalises,
        Code::RebaseConflict,
        Code::UndoConflict,
        Code::UnknownBatch,
        Code::OtherText,
    ];

    /// The law that such a violation breaks, if it is a law's.
    pub const fn law(self) -> Option<Law> {
        match self {
            Code::StaleSnapshot
            | Code::LineOutOfRange
            | Code::PositionOutOfRange
            | Code::PositionInsideCharacter
            | Code::ExpectMismatch
            | Code::RebaseConflict => Some(Law::SnapshotSsot),
            Code::InsertOutOfBounds => Some(Law::InsertBounds),
            Code::LineNamedTwice | Code::OverlappingPatches | Code::InsertsAtOneOffset => {
                Some(Law::IndependentPatches)
            }
            Code::TooManyPatches
            | Code::TooManyDocuments
            | Code::DocumentTooLarge
            | Code::NotUtf8
            | Code::UnsupportedUri
            | Code::OutsideRoot
            | Code::FileNotFound
            | Code::IsDirectory
            | Code::SpecialFile
            | Code::SameFileTwice
            | Code::UnreadableFile
            | Code::BinaryFile
            | Code::OutOfSync
            | Code::LoneCr
            | Code::ClientCannotApply
            | Code::ClientNormalises
            | Code::UndoConflict
            | Code::UnknownBatch
            | Code::OtherText => None,
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
            Code::UnsupportedUri => "unsupported-uri",
            Code::OutsideRoot => "outside-root",
            Code::FileNotFound => "file-not-found",
            Code::IsDirectory => "is-directory",
            Code::SpecialFile => "special-file",
            Code::SameFileTwice => "same-file-twice",
            Code::UnreadableFile => "unreadable-file",
            Code::BinaryFile => "binary-file",
            Code::OutOfSync => "out-of-sync",
            Code::LoneCr => "lone-cr",
            Code::ClientCannotApply => "client-cannot-apply",
            Code::ClientNormalises => "client-normalises",
            Code::RebaseConflict => "rebase-conflict",
            Code::UndoConflict => "undo-conflict",
            Code::UnknownBatch => "unknown-batch",
            Code::OtherText => "other-text",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
