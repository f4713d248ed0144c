//! Carrying a position over a change set.

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
}
