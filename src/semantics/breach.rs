//! A violation before it is put into words.

use crate::batch::Code;
use crate::text::SnapshotToken;

/// A violation before it is put into words: small, because a batch may have a
/// hundred thousand of them and only the first are told in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// The document's text is not the one that the token names.
    OtherText {
        /// The token in the batch.
        expected: SnapshotToken,
    },
    /// The document's version is not the one that the batch names.
    OtherVersion {
        /// The version in the batch.
        expected: i32,
        /// The document's version, if it is open in an editor.
        found: Option<i32>,
    },
    /// The patch was written for another text and cannot be carried over.
    RebaseConflict,
    /// A replace or delete names a line that does not exist.
    LineOutOfRange,
    /// An insert names a line outside `[1, n + 1]`.
    InsertOutOfBounds,
    /// An edit names a line past the end. The text has `lines` LSP lines.
    PositionOutOfRange {
        /// How many LSP lines the text has.
        lines: usize,
    },
    /// An edit names a column inside the character at byte `starts_at`.
    PositionInsideCharacter {
        /// The first byte of the character.
        starts_at: usize,
    },
    /// The text is not what `expect` says.
    ExpectMismatch,
    /// Two line patches name one line.
    LineNamedTwice {
        /// The other patch.
        with: usize,
    },
    /// Two patches touch the same text.
    Overlapping {
        /// The other patch.
        with: usize,
    },
    /// A line patch and an edit insert at one place.
    InsertsAtOneOffset {
        /// The other patch.
        with: usize,
    },
    /// The document, or what the batch would make of it, is over the limit.
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
}

impl Breach {
    /// The stable code.
    pub const fn code(&self) -> Code {
        match self {
            Breach::OtherText { .. } | Breach::OtherVersion { .. } => Code::StaleSnapshot,
            Breach::RebaseConflict => Code::RebaseConflict,
            Breach::LineOutOfRange => Code::LineOutOfRange,
            Breach::InsertOutOfBounds => Code::InsertOutOfBounds,
            Breach::PositionOutOfRange { .. } => Code::PositionOutOfRange,
            Breach::PositionInsideCharacter { .. } => Code::PositionInsideCharacter,
            Breach::ExpectMismatch => Code::ExpectMismatch,
            Breach::LineNamedTwice { .. } => Code::LineNamedTwice,
            Breach::Overlapping { .. } => Code::OverlappingPatches,
            Breach::InsertsAtOneOffset { .. } => Code::InsertsAtOneOffset,
            Breach::TooLarge { .. } => Code::DocumentTooLarge,
        }
    }

    /// The other patch, where two are in conflict.
    pub const fn conflicts_with(&self) -> Option<usize> {
        match self {
            Breach::LineNamedTwice { with }
            | Breach::Overlapping { with }
            | Breach::InsertsAtOneOffset { with } => Some(*with),
            _ => None,
        }
    }
}
