//! Change sets: what turns one text into another.
//!
//! A [`ChangeSet`] is the proof that its changes are sorted, disjoint and
//! sized. There is one checked way in, [`Builder`]; what comes out can be
//! applied, inverted, composed, reduced, and used to carry positions along.

mod apply;
mod builder;
mod carry;
mod compose;
mod invert;
mod map;
mod reduce;

use std::ops::Range;

pub use apply::ApplyError;
pub use builder::{Builder, OrderError};
pub(crate) use carry::starts_line;
pub use compose::{ComposeError, compose_all};
pub use map::Bias;

/// What turns a text of one length into a text of another, in bytes of UTF-8.
///
/// No two changes touch: what stands directly side by side is one change, so
/// that equal sets of changes are equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSet {
    len_before: usize,
    len_after: usize,
    changes: Vec<Entry>,
    /// The new text of all changes, one after the other: one allocation for
    /// the whole set.
    inserted: String,
}

/// One replacement: the bytes `span` of the old text become `text`, which
/// begins at `new_start` in the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// The bytes of the old text that go; empty for an insertion.
    pub span: Range<usize>,
    /// What stands in their place; empty for a deletion.
    pub text: &'a str,
    /// Where `text` begins in the new text.
    pub new_start: usize,
}

impl Change<'_> {
    /// The bytes of the new text that `text` occupies.
    pub fn new_span(&self) -> Range<usize> {
        self.new_start..self.new_start + self.text.len()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    start: usize,
    end: usize,
    /// Where the change's text ends in `inserted`; it begins where the text of
    /// the change before ends.
    text_end: usize,
    new_start: usize,
}

impl ChangeSet {
    /// The set that changes nothing in a text of `len` bytes.
    pub fn identity(len: usize) -> ChangeSet {
        ChangeSet { len_before: len, len_after: len, changes: Vec::new(), inserted: String::new() }
    }

    /// The length of the text that the set is for, in bytes.
    pub fn len_before(&self) -> usize {
        self.len_before
    }

    /// The length of the text that it makes, in bytes.
    pub fn len_after(&self) -> usize {
        self.len_after
    }

    /// How many changes there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes from the text's start to its end.
    pub fn ascending(&self) -> impl DoubleEndedIterator<Item = Change<'_>> + ExactSizeIterator {
        (0..self.changes.len()).map(|index| self.change(index))
    }

    /// The changes in the order of execution, from the text's end to its start
    /// (law 2): no change moves the place of one that is still to come.
    pub fn descending(&self) -> impl ExactSizeIterator<Item = Change<'_>> {
        self.ascending().rev()
    }

    fn change(&self, index: usize) -> Change<'_> {
        let entry = &self.changes[index];
        let text_start = match index {
            0 => 0,
            _ => self.changes[index - 1].text_end,
        };
        Change {
            span: entry.start..entry.end,
            text: &self.inserted[text_start..entry.text_end],
            new_start: entry.new_start,
        }
    }
}
