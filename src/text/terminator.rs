//! The three line terminators of LSP.

/// What ends a line: `\n`, `\r\n`, `\r`, or nothing (only a last line).
///
/// LSP 3.17, "Text Documents", knows these three and no others: U+2028, NEL,
/// VT and FF are ordinary characters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Terminator {
    /// The line is the last one and runs to the end of the text.
    #[default]
    None,
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
    /// `\r` that no `\n` follows
    Cr,
}

impl Terminator {
    /// The terminator's bytes; empty for [`Terminator::None`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Terminator::None => "",
            Terminator::Lf => "\n",
            Terminator::CrLf => "\r\n",
            Terminator::Cr => "\r",
        }
    }

    /// This terminator, or what `other` gives where there is none.
    #[must_use]
    pub fn or_else(self, other: impl FnOnce() -> Terminator) -> Terminator {
        match self {
            Terminator::None => other(),
            found => found,
        }
    }

    /// The terminator at the start of `bytes`.
    pub(crate) fn at_start(bytes: &[u8]) -> Terminator {
        match bytes {
            [b'\r', b'\n', ..] => Terminator::CrLf,
            [b'\r', ..] => Terminator::Cr,
            [b'\n', ..] => Terminator::Lf,
            _ => Terminator::None,
        }
    }

    /// The terminator that a text ends with, given its last two bytes.
    pub(super) fn at_end(before_last: Option<u8>, last: Option<u8>) -> Terminator {
        match (before_last, last) {
            (Some(b'\r'), Some(b'\n')) => Terminator::CrLf,
            (_, Some(b'\n')) => Terminator::Lf,
            (_, Some(b'\r')) => Terminator::Cr,
            _ => Terminator::None,
        }
    }
}
