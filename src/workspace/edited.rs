//! A text while the content changes of one notification arrive.

use std::borrow::Cow;
use std::ops::Range;

use ropey::Rope;

use super::OutOfSync;
use super::differing::differing;
use crate::change::{Builder, ChangeSet};
use crate::text::{self, PositionEncoding, Revision, Snapshot};

/// A text that content changes are applied to, one after the other.
///
/// It remembers how much of the text's two ends no change has touched, so that
/// asking whether the text is another one need not look there.
pub(super) struct Edited {
    text: Rope,
    untouched_head: usize,
    untouched_tail: usize,
}

/// Bytes of a text that became others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    /// Where that was.
    pub(super) at: usize,
    /// What went.
    pub(super) removed: Box<str>,
    /// How many bytes came.
    pub(super) new_len: usize,
}

impl Splice {
    /// What turns one text into another, as one piece; `None` if they are the
    /// same. Linear in the texts.
    pub(super) fn between(before: &Rope, after: &Rope) -> Option<Splice> {
        let (span, new) = differing(before, after)?;
        let removed = before.get_byte_slice(span.clone())?.to_string().into();
        Some(Splice { at: span.start, removed, new_len: new.len() })
    }

    /// The same as a change set, for the two texts that it lies between.
    pub(super) fn changes(&self, before: &Rope, after: &Rope) -> Option<ChangeSet> {
        let new = after.get_byte_slice(self.at..self.at + self.new_len)?.to_string();
        let mut changes = Builder::new(before.len_bytes());
        changes.replace(self.span(), &new).ok()?;
        Some(changes.finish())
    }

    /// The bytes that went.
    pub(super) fn span(&self) -> Range<usize> {
        self.at..self.at + self.removed.len()
    }
}

impl Edited {
    /// `text`, before the first change.
    pub(super) fn untouched(text: &Rope) -> Edited {
        let len = text.len_bytes();
        Edited { text: text.clone(), untouched_head: len, untouched_tail: len }
    }

    /// What a change of the whole text leaves.
    pub(super) fn whole(text: &str) -> Edited {
        Edited { text: text.into(), untouched_head: 0, untouched_tail: 0 }
    }

    /// Puts `new` in the place of `range`, and tells where that was; `None` if
    /// it stood there already. O(log n), and the text that goes and comes.
    ///
    /// # Errors
    ///
    /// The range is no place in the text, which stays as it was.
    pub(super) fn splice(
        &mut self,
        range: text::Range,
        new: &str,
        encoding: PositionEncoding,
    ) -> Result<Option<Splice>, OutOfSync> {
        if range.end < range.start {
            return Err(OutOfSync::Reversed { start: range.start });
        }
        let snapshot = Snapshot::new(self.text.clone(), Revision::FIRST, None);
        let offset_of =
            |at| snapshot.offset_of(at, encoding).map_err(|error| OutOfSync::because(at, error));
        let (start, end) = (offset_of(range.start)?, offset_of(range.end)?);
        // A change that changes nothing must not widen what has to be compared.
        if snapshot.holds(start..end, new) {
            return Ok(None);
        }
        // The copy would keep the rope from being edited in place.
        drop(snapshot);
        self.untouched_head = self.untouched_head.min(start);
        self.untouched_tail = self.untouched_tail.min(self.text.len_bytes() - end);
        let chars = self.text.byte_to_char(start)..self.text.byte_to_char(end);
        let removed = Cow::from(self.text.slice(chars.clone())).into();
        self.text.remove(chars.clone());
        self.text.insert(chars.start, new);
        Ok(Some(Splice { at: start, removed, new_len: new.len() }))
    }

    /// The text so far.
    pub(super) fn text(&self) -> &Rope {
        &self.text
    }

    /// The text, if it is another one than `before`, of which it was made.
    ///
    /// Only where the lengths are equal is anything compared: from the first
    /// changed byte, as far as the texts agree, and at most to the last one.
    pub(super) fn other_than(self, before: &Rope) -> Option<Rope> {
        let len = before.len_bytes();
        if self.text.len_bytes() != len {
            return Some(self.text);
        }
        let start = self.untouched_head;
        let end = len - self.untouched_tail.min(len - start);
        let same = before.get_byte_slice(start..end) == self.text.get_byte_slice(start..end);
        (!same).then_some(self.text)
    }
}
