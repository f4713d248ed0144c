//! Carrying a change set over other changes of the same text.

use std::ops::Range;

use ropey::Rope;

use super::{Builder, Change, ChangeSet};

impl ChangeSet {
    /// This set for the text `now`, which `other` made of `was`; both sets are
    /// for `was`.
    ///
    /// That is certain as long as nothing that one of them changes meets what
    /// the other changes. What both of them do is done already, and is not done
    /// twice. Side by side they may stand only where a line begins between them,
    /// in both texts. O(c log n) for the changes of both, and the
    /// text of this one.
    ///
    /// # Errors
    ///
    /// The spans of `was` that this set changes and `other` touches.
    pub fn carried_over(
        &self,
        other: &ChangeSet,
        was: &Rope,
        now: &Rope,
    ) -> Result<ChangeSet, Vec<Range<usize>>> {
        let mut carried = Builder::with_capacity(other.len_after(), self.len());
        let mut touched = Vec::new();
        let mut others = other.ascending().peekable();
        // The end of the last change of the other set that is passed, in both.
        let (mut passed, mut passed_now) = (0, 0);
        for change in self.ascending() {
            let Range { start, end } = change.span;
            let mut is_apart = true;
            while let Some(before) = others.next_if(|it| is_before(it, &change)) {
                is_apart &= before.span.end < start
                    || (starts_line(was, start) && starts_line(now, before.new_span().end));
                (passed, passed_now) = (before.span.end, before.new_span().end);
            }
            let is_same = |it: &Change<'_>| it.span == change.span && it.text == change.text;
            if let Some(done) = others.next_if(is_same) {
                (passed, passed_now) = (done.span.end, done.new_span().end);
                if !is_apart {
                    touched.push(change.span);
                }
                continue;
            }
            let start_now = passed_now + (start - passed);
            if let Some(next) = others.peek() {
                let is_behind = next.span.start == end
                    && start < end
                    && starts_line(was, end)
                    && starts_line(now, next.new_start);
                is_apart &= next.span.start > end || is_behind;
            }
            let span_now = start_now..start_now + (end - start);
            if !is_apart || carried.replace(span_now, change.text).is_err() {
                touched.push(change.span);
            }
        }
        if touched.is_empty() { Ok(carried.finish()) } else { Err(touched) }
    }
}

/// Whether another change is wholly before this one. What is inserted where
/// text is inserted here is not: nobody said which goes first.
fn is_before(other: &Change<'_>, change: &Change<'_>) -> bool {
    other.span.end < change.span.start
        || (other.span.end == change.span.start && !change.span.is_empty())
}

/// Whether a line begins at a byte.
pub(crate) fn starts_line(text: &Rope, byte: usize) -> bool {
    let before = byte.checked_sub(1).and_then(|at| text.get_byte(at));
    match before {
        None => byte == 0,
        Some(b'\n') => true,
        Some(b'\r') => text.get_byte(byte) != Some(b'\n'),
        Some(_) => false,
    }
}
