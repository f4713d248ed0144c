//! Positions as the outside world writes them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The unit in which a position's `character` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum PositionEncoding {
    /// Bytes of UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Code units of UTF-16, LSP's default.
    #[default]
    #[serde(rename = "utf-16")]
    Utf16,
    /// Unicode scalar values.
    #[serde(rename = "utf-32")]
    Utf32,
}

impl PositionEncoding {
    /// The name in LSP's `PositionEncodingKind` and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            PositionEncoding::Utf8 => "utf-8",
            PositionEncoding::Utf16 => "utf-16",
            PositionEncoding::Utf32 => "utf-32",
        }
    }
}

impl fmt::Display for PositionEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A zero-based LSP position. Lines are LSP's own: the text after a final
/// terminator is a line too.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Zero-based line.
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub line: u32,
    /// Zero-based column, counted in the batch's position encoding. Past the
    /// end of the line it means the end of the line.
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub character: u32,
}

/// A half-open LSP range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first position inside.
    pub start: Position,
    /// The first position after; never before `start`.
    pub end: Position,
}
