//! A patch that could not be carried over, put into words and in its place.

use std::ops::Range;

use super::Rebased;
use super::region::Region;
use crate::batch::Violation;
use crate::change::Bias;
use crate::repair::{count, numbered, numbered_lines};
use crate::text;

/// Why a patch could not be carried over.
#[derive(Clone, Debug)]
pub(super) enum Conflict {
    /// The text that it was written for does not have the lines that it names.
    /// The bytes there that are nearest to them.
    NoSuchLine(Range<usize>),
    /// Lines that it names or touches were changed since.
    Changed(Region),
    /// Lines beside those were, and a part of the batch may be in them.
    Beside(Region),
}

impl Rebased<'_> {
    /// What is told of a violation in this document: of a conflict, also what
    /// the lines were and what became of them. `place` says where bytes of the
    /// text as it is now are told, and which lines stand there.
    pub fn tell(
        &self,
        violation: Violation,
        place: impl FnOnce(Range<usize>) -> (text::Range, Vec<String>),
    ) -> Violation {
        let Some(conflict) = violation.patch.and_then(|patch| self.conflicts.get(&patch)) else {
            return violation;
        };
        let (was, now) = match conflict {
            Conflict::NoSuchLine(nearest) => (nearest.clone(), self.nearest(nearest)),
            Conflict::Changed(region) | Conflict::Beside(region) => {
                (region.content(), self.became(region))
            }
        };
        let at_end = now.start == self.now.len_bytes();
        let (range, actual) = place(now);
        let reason = match conflict {
            Conflict::NoSuchLine(_) => {
                format!("the text that it was written for has {}", count(self.was.line_count()))
            }
            Conflict::Changed(region) => self.what_happened(region, range, at_end),
            Conflict::Beside(region) => format!(
                "{}, and a part of the batch may be there already",
                self.what_happened(region, range, at_end)
            ),
        };
        Violation {
            message: format!("{}: {reason}", violation.message),
            range,
            actual,
            was: numbered_lines(self.was, was),
            ..violation
        }
    }

    /// What became of the lines, in a clause. They are told at `range`, which
    /// is `at_end` where that is the end of the text.
    fn what_happened(&self, region: &Region, range: text::Range, at_end: bool) -> String {
        if region.span().is_empty() {
            return "text was put at the end of the document since".to_owned();
        }
        let line_of = |byte| self.was.rope().try_byte_to_line(byte).unwrap_or_default() + 1;
        let (first, last) = (line_of(region.content().start), line_of(region.content().end));
        let lines = numbered(first, last);
        let is_one = first == last;
        let (was, is, its) = if is_one { ("was", "is", "its") } else { ("were", "are", "their") };
        let now = numbered(range.start.line as usize + 1, range.end.line as usize + 1);
        if self.is_deleted(region) && at_end {
            format!("{lines} {was} deleted since, at the end of the document")
        } else if self.is_deleted(region) {
            format!("{lines} {was} deleted since, and {now} is in {its} place now")
        } else if region.reaches_end() {
            format!("{lines} up to the end of the document {was} changed since, and {is} {now} now")
        } else {
            format!("{lines} {was} changed since, and {is} {now} now")
        }
    }

    fn is_deleted(&self, region: &Region) -> bool {
        let span = region.span();
        !span.is_empty() && self.start_of(span.start) >= self.end_of(span.end)
    }

    /// Where the lines are now, as narrowly as that can be said; without the
    /// terminator of the last of them.
    fn became(&self, region: &Region) -> Range<usize> {
        let content = region.content();
        let is_first = region.begins_document();
        let start = if is_first { self.now.bom_len() } else { self.start_of(content.start) };
        let is_last = region.reaches_end();
        let end = if is_last { self.now.len_bytes() } else { self.end_of(content.end) };
        let end = end.max(start);
        let line_of = |byte| self.now.rope().try_byte_to_line(byte).ok();
        let ended_before = (end > start)
            .then(|| self.now.lsp_line(line_of(end - 1)?))
            .flatten()
            .filter(|line| line.end <= end);
        start..ended_before.map_or(end, |line| line.content_end.max(start))
    }

    /// Behind what is inserted there, which is not of these lines; inside of
    /// what is replaced, at its start.
    fn start_of(&self, byte: usize) -> usize {
        let bias = if self.is_insertion(byte) { Bias::After } else { Bias::Before };
        self.changes.map_position(byte, bias)
    }

    /// Before what is inserted there; inside of what is replaced, at its end.
    fn end_of(&self, byte: usize) -> usize {
        let bias = if self.is_insertion(byte) { Bias::Before } else { Bias::After };
        self.changes.map_position(byte, bias)
    }

    fn is_insertion(&self, byte: usize) -> bool {
        self.changes.ascending().any(|change| change.span == (byte..byte))
    }

    fn nearest(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.changes.map_position(span.start, Bias::Before);
        start..self.changes.map_position(span.end, Bias::After).max(start)
    }
}
