//! The text model: what a line is, where a position lies, which text a token names.
//!
//! A [`Snapshot`] is one immutable text of one document. Everything that a
//! batch says (line numbers, columns, tokens) is turned into byte offsets of a
//! snapshot here, and nowhere else.

mod encoding;
mod excerpt;
mod lines;
mod position;
mod snapshot;
mod terminator;
mod token;

pub use encoding::{Position, PositionEncoding, Range};
pub use excerpt::Excerpt;
pub use lines::{Lines, from_lines, lines};
pub use position::PositionError;
pub use snapshot::{LineSpan, Snapshot};
pub use terminator::Terminator;
pub use token::{ContentHash, Revision, SnapshotToken, TokenError};
