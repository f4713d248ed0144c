//! What a patch takes and what it puts there.

use std::ops::Range;

use crate::text::{Terminator, lines};

/// What one patch means: these bytes of the snapshot become this text.
#[derive(Clone, Debug)]
pub struct Claim<'b> {
    /// The patch's index in its document's `patches`.
    pub patch: usize,
    /// The bytes of the snapshot that go; empty for an insertion.
    pub span: Range<usize>,
    /// The lines that the patch names, if it is a line patch.
    pub lines: Option<Named>,
    /// What stands in their place.
    pub text: NewText<'b>,
}

/// The lines that a line patch names, one-based; an insert names the line that
/// it goes before.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The first line.
    pub first: usize,
    /// The last line, inclusive.
    pub last: usize,
    pub(super) action: Action,
}

/// What a line patch does with the lines that it names. Only the document's
/// end still needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Replace,
    Insert,
    Delete,
}

/// The text that a patch puts into the document.
#[derive(Clone, Copy, Debug)]
pub enum NewText<'b> {
    /// Byte for byte.
    Verbatim(&'b str),
    /// The lines of `text`, with the document's terminators.
    Lines {
        /// One or more lines as the batch writes them.
        text: &'b str,
        /// What goes before the first line.
        lead: Terminator,
        /// What goes between two lines.
        between: Terminator,
        /// What goes after the last line.
        tail: Terminator,
    },
}

impl NewText<'_> {
    /// Appends the text to `out`.
    pub fn write_to(&self, out: &mut String) {
        match *self {
            NewText::Verbatim(text) => out.push_str(text),
            NewText::Lines { text, lead, between, tail } => {
                out.push_str(lead.as_str());
                for (index, line) in lines(text).enumerate() {
                    if index > 0 {
                        out.push_str(between.as_str());
                    }
                    out.push_str(line);
                }
                out.push_str(tail.as_str());
            }
        }
    }
}

/// A place at, before or behind a byte offset, finer than bytes: so that "two
/// claims touch the same text" is "two closed intervals of edges meet".
///
/// At one offset, a span that ends there comes first, then the insertions at
/// this offset, each at a place of its own, then a span that starts there.
/// That is also the order in which LSP wants edits at one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge(usize, Side);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    End,
    FirstInsertion,
    Insertion(usize),
    LastInsertion,
    Start,
}

impl Claim<'_> {
    /// The closed interval of places that the claim occupies.
    ///
    /// Insertions by several edits at one offset are apart from each other, in
    /// array order; one by a line patch meets every other there, because
    /// nothing says which of the two goes first.
    pub fn extent(&self) -> (Edge, Edge) {
        let Range { start, end } = self.span;
        if start < end {
            return (Edge(start, Side::Start), Edge(end, Side::End));
        }
        if self.lines.is_some() {
            return (Edge(start, Side::FirstInsertion), Edge(start, Side::LastInsertion));
        }
        let place = Edge(start, Side::Insertion(self.patch));
        (place, place)
    }
}
