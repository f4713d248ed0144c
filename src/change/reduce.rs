//! A change set without what it only puts back.

use std::borrow::Cow;
use std::ops::Range;

use ropey::Rope;

use super::{ApplyError, Builder, Change, ChangeSet};

impl ChangeSet {
    /// The set that makes the same text of `before` and takes no more of it
    /// than that needs at each place: a change loses what begins or ends both
    /// the text that it removes and the text that it puts there, and is gone
    /// if nothing is left of it. No character is cut in two, and no `\r\n`.
    ///
    /// Linear in the changes, in their text and in the text that they remove.
    ///
    /// # Errors
    ///
    /// An [`ApplyError`] if the set is not for this text.
    pub fn reduced(&self, before: &Rope) -> Result<ChangeSet, ApplyError> {
        let found = before.len_bytes();
        if found != self.len_before() {
            return Err(ApplyError::OtherLength { expected: self.len_before(), found });
        }
        let mut reduced = Builder::with_capacity(self.len_before(), self.len());
        for change in self.ascending() {
            let removed =
                before.get_byte_slice(change.span.clone()).ok_or(ApplyError::CutCharacter)?;
            let (span, text) = trimmed(before, &change, &Cow::from(removed));
            // Inside of the change's own span, so it is in order as well.
            reduced.replace(span, text).map_err(|_| ApplyError::CutCharacter)?;
        }
        Ok(reduced.finish())
    }
}

/// What is left of a change that removes `removed`.
fn trimmed<'a>(before: &Rope, change: &Change<'a>, removed: &str) -> (Range<usize>, &'a str) {
    let byte_before = change.span.start.checked_sub(1).and_then(|at| before.get_byte(at));
    let byte_behind = before.get_byte(change.span.end);
    let head = common_head(removed, change.text, byte_behind);
    let byte_before = removed.as_bytes()[..head].last().copied().or(byte_before);
    let (old, new) = (&removed[head..], &change.text[head..]);
    let tail = common_tail(old, new, byte_before);
    let start = change.span.start + head;
    (start..start + old.len() - tail, &new[..new.len() - tail])
}

/// The bytes that begin both texts; behind both stands `behind`.
fn common_head(old: &str, new: &str, behind: Option<u8>) -> usize {
    let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let head = old.floor_char_boundary(same);
    let next = |text: &str| text.as_bytes().get(head).copied().or(behind);
    let after_cr = old.as_bytes()[..head].ends_with(b"\r");
    let cuts = after_cr && (next(old) == Some(b'\n') || next(new) == Some(b'\n'));
    head - usize::from(cuts)
}

/// The bytes that end both texts; before both stands `before`.
fn common_tail(old: &str, new: &str, before: Option<u8>) -> usize {
    let same = old.bytes().rev().zip(new.bytes().rev()).take_while(|(old, new)| old == new).count();
    let start = old.ceil_char_boundary(old.len() - same);
    let tail = old.len() - start;
    let last = |text: &str| text.as_bytes()[..text.len() - tail].last().copied().or(before);
    let before_lf = old.as_bytes()[start..].starts_with(b"\n");
    let cuts = before_lf && (last(old) == Some(b'\r') || last(new) == Some(b'\r'));
    tail - usize::from(cuts)
}
