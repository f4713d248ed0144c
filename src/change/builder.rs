//! The one way to make a change set.

use std::ops::Range;

use super::{ChangeSet, Entry};

/// A change that is out of order, overlaps the one before it, or lies outside
/// the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bytes {span:?} are not a span between byte {at} and the end at {len}")]
pub struct OrderError {
    /// The refused span.
    pub span: Range<usize>,
    /// The end of the change before.
    pub at: usize,
    /// The length of the text.
    pub len: usize,
}

/// Takes changes in ascending order and refuses all others.
#[derive(Debug)]
pub struct Builder {
    set: ChangeSet,
    /// The end of the last change, in the old text.
    at: usize,
}

impl Builder {
    /// A builder for changes to a text of `len` bytes.
    pub fn new(len: usize) -> Builder {
        Builder { set: ChangeSet::identity(len), at: 0 }
    }

    /// As [`new`](Builder::new), with room for `changes` changes.
    pub fn with_capacity(len: usize, changes: usize) -> Builder {
        let mut builder = Builder::new(len);
        builder.set.changes.reserve(changes);
        builder
    }

    /// The bytes `span` become `text`. Amortised O(1), and the text.
    ///
    /// # Errors
    ///
    /// An [`OrderError`], and the set is as before, if the span begins before
    /// the end of the change before it, ends before its start, or ends outside
    /// the text.
    pub fn replace(&mut self, span: Range<usize>, text: &str) -> Result<(), OrderError> {
        let set = &mut self.set;
        if span.start < self.at || span.end < span.start || set.len_before < span.end {
            return Err(OrderError { span, at: self.at, len: set.len_before });
        }
        if span.is_empty() && text.is_empty() {
            return Ok(());
        }
        set.inserted.push_str(text);
        let text_end = set.inserted.len();
        match set.changes.last_mut() {
            Some(last) if last.end == span.start => {
                last.end = span.end;
                last.text_end = text_end;
            }
            _ => set.changes.push(Entry {
                start: span.start,
                end: span.end,
                text_end,
                new_start: span.start + set.len_after - set.len_before,
            }),
        }
        // Grows before it shrinks, so that no step is below zero.
        set.len_after = set.len_after + text.len() - span.len();
        self.at = span.end;
        Ok(())
    }

    /// The finished set.
    pub fn finish(self) -> ChangeSet {
        self.set
    }
}
