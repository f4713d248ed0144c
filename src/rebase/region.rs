//! The lines that must still be there for a patch to be carried over.

use std::ops::Range;

use super::Rebased;
use crate::batch::Patch;
use crate::invariants::{insert_in_bounds, lines_in_document};
use crate::text::{LineSpan, Snapshot};

/// Whole lines of the text that a patch was written for.
#[derive(Clone, Debug)]
pub(super) struct Region {
    counts: Counts,
    /// The first line, one-based.
    first: usize,
    /// The last line, one-based and inclusive; before the first where the
    /// document has no lines at all.
    last: usize,
    /// Whether it must be the start of the document that it begins at.
    from_start: bool,
    /// Whether it must be the end of the document that it reaches to.
    to_end: bool,
    /// The lines without the last one's terminator.
    content: Range<usize>,
    /// The lines with it.
    span: Range<usize>,
}

/// What a line is.
#[derive(Clone, Copy, Debug)]
enum Counts {
    /// What line patches name.
    Lines,
    /// What positions name: a byte order mark is in the first, and a final
    /// terminator starts one more.
    Positions,
}

impl Region {
    /// The lines that a patch names or touches; `None` if `was` does not have
    /// them.
    pub(super) fn of(patch: &Patch, was: &Snapshot) -> Option<Region> {
        let count = was.line_count();
        match patch {
            Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => {
                let (first, last) = (lines.first(), lines.last());
                lines_in_document(first, last, count).then_some(())?;
                Region::new(was, Counts::Lines, first, last, false)
            }
            Patch::Insert { line, .. } => {
                let line = *line as usize;
                insert_in_bounds(line, count).then_some(())?;
                let last = line.min(count);
                Region::new(was, Counts::Lines, last.max(1), last, line > count)
            }
            Patch::Edit { range, .. } => {
                let (first, last) = (range.start.line as usize + 1, range.end.line as usize + 1);
                let to_end = last == Counts::Positions.count(was);
                Region::new(was, Counts::Positions, first, last, to_end)
            }
        }
    }

    /// The same with the line before and the line behind, or the start and the
    /// end of the document where there is none.
    pub(super) fn with_lines_beside(&self, was: &Snapshot) -> Region {
        let count = self.counts.count(was);
        let first = self.first.saturating_sub(1).max(1);
        let last = count.min(self.last + 1);
        let beside = Region::new(was, self.counts, first, last, self.to_end || self.last == count);
        Region { from_start: self.first == 1, ..beside.unwrap_or_else(|| self.clone()) }
    }

    /// How many lines further down the region is in the text as it is now;
    /// `None` if it is not there any more as it was.
    pub(super) fn shift(&self, rebased: &Rebased<'_>) -> Option<i64> {
        let now = rebased.now;
        if self.last < self.first {
            return (now.line_count() == 0).then_some(0);
        }
        let span = rebased.changes.map_span(self.span.clone())?;
        let first = now.rope().try_byte_to_line(span.start).ok()? + 1;
        let last = first + (self.last - self.first);
        let is_whole = self.counts.line(now, first)?.start == span.start
            && self.counts.line(now, last)?.end == span.end;
        let is_at_start = !self.from_start || first == 1;
        let is_at_end = !self.to_end || span.end == now.len_bytes();
        let shift = || Some(i64::try_from(first).ok()? - i64::try_from(self.first).ok()?);
        (is_whole && is_at_start && is_at_end).then(shift).flatten()
    }

    /// The lines, without the last one's terminator.
    pub(super) fn content(&self) -> Range<usize> {
        self.content.clone()
    }

    /// The lines, with the last one's terminator.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Whether the start of the document must be where they begin.
    pub(super) fn begins_document(&self) -> bool {
        self.from_start
    }

    /// Whether the end of the document must be where they end.
    pub(super) fn reaches_end(&self) -> bool {
        self.to_end
    }

    fn new(
        was: &Snapshot,
        counts: Counts,
        first: usize,
        last: usize,
        to_end: bool,
    ) -> Option<Region> {
        let (start, content_end, end) = if last < first {
            (was.bom_len(), was.len_bytes(), was.len_bytes())
        } else {
            let last = counts.line(was, last)?;
            (counts.line(was, first)?.start, last.content_end, last.end)
        };
        let (content, span) = (start..content_end, start..end);
        Some(Region { counts, first, last, from_start: false, to_end, content, span })
    }
}

impl Counts {
    fn line(self, text: &Snapshot, number: usize) -> Option<LineSpan> {
        match self {
            Counts::Lines => text.line(number),
            Counts::Positions => text.lsp_line(number.checked_sub(1)?),
        }
    }

    fn count(self, text: &Snapshot) -> usize {
        match self {
            Counts::Lines => text.line_count(),
            Counts::Positions => text.rope().len_lines(),
        }
    }
}
