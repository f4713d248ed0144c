//! Carrying a position over a change set.

use std::ops::Range;

use super::ChangeSet;

/// Where a position goes that has no place of its own in the new text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bias {
    /// To the start of what stands there now.
    Before,
    /// To its end.
    After,
}

impl ChangeSet {
    /// Where byte `position` of the old text lies in the new one.
    ///
    /// A position at the edge of a replaced span stays beside the text outside
    /// the span. Only inside such a span, and at an insertion, does `bias`
    /// choose between the start and the end of the new text. O(log c).
    pub fn map_position(&self, position: usize, bias: Bias) -> usize {
        let position = position.min(self.len_before());
        let first_after = self.changes.partition_point(|change| change.start <= position);
        let Some(index) = first_after.checked_sub(1) else {
            return position;
        };
        let change = self.change(index);
        let new = change.new_span();
        let insertion = change.span.is_empty() && position == change.span.start;
        if position < change.span.end || insertion {
            let at_start = position == change.span.start && !insertion;
            return if at_start || bias == Bias::Before { new.start } else { new.end };
        }
        new.end + (position - change.span.end)
    }

    /// Where the bytes `span` of the old text lie in the new one: `None` if any
    /// of them is taken, or text is put between them. What ends where the span
    /// begins, or begins where it ends, is beside it; but text at the place of
    /// an empty span is on neither side. O(log c).
    pub fn map_span(&self, span: Range<usize>) -> Option<Range<usize>> {
        let before = self.changes.partition_point(|change| change.end <= span.start);
        let is_free = |index: usize| self.changes.get(index).is_none_or(|it| it.start >= span.end);
        let last = before.checked_sub(1).map(|index| self.change(index));
        let inserts_here = last.as_ref().is_some_and(|it| it.span.start == span.end);
        if !is_free(before) || inserts_here || span.end > self.len_before() {
            return None;
        }
        let start = last.map_or(span.start, |it| it.new_span().end + (span.start - it.span.end));
        Some(start..start + span.len())
    }
}
