//! Why a document is not what the editor shows.

use crate::text::{Position, PositionError};

/// Why the editor's changes of a document can no longer be followed. Positions
/// are as the editor counts them, from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfSync {
    /// A change names a line past the last one.
    #[error("a change names line {line} (counted from 0) of a text of {lines} lines")]
    PastTheEnd {
        /// The line.
        line: u32,
        /// How many LSP lines the text had.
        lines: usize,
    },
    /// A change names a column inside a character.
    #[error("a change begins or ends inside the character at {}:{} (counted from 0)", .at.line, .at.character)]
    InsideCharacter {
        /// The place.
        at: Position,
    },
    /// A change ends before it starts.
    #[error("a change ends before it starts, at {}:{} (counted from 0)", .start.line, .start.character)]
    Reversed {
        /// Its start.
        start: Position,
    },
    /// A change cannot be read.
    #[error("a change cannot be read: {0}")]
    Malformed(String),
}

impl OutOfSync {
    /// The reason that a position gives which is no place in the text.
    pub(super) fn because(at: Position, error: PositionError) -> OutOfSync {
        match error {
            PositionError::PastTheEnd { lines } => OutOfSync::PastTheEnd { line: at.line, lines },
            PositionError::InsideCharacter { .. } => OutOfSync::InsideCharacter { at },
        }
    }
}
