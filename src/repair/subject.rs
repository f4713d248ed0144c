//! One document of a batch, beside the text that it is judged on.

use std::ops::{Range, RangeInclusive};

use crate::batch::{Document, Expect, NamedLines, Patch};
use crate::invariants::{insert_in_bounds, lines_in_document};
use crate::semantics::{lines_match, range_matches};
use crate::text::{Position, PositionEncoding, PositionError, Snapshot};

/// One document of a batch, beside the text that it is judged on.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The patches, and what they are for.
    pub document: &'a Document,
    /// The text.
    pub snapshot: &'a Snapshot,
    /// The unit of the batch's columns.
    pub encoding: PositionEncoding,
}

impl<'a> Subject<'a> {
    /// The bytes that a patch names, or those that are nearest to them.
    pub fn span(&self, patch: &Patch) -> Range<usize> {
        match patch {
            Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => {
                let last = self.snapshot.line(lines.last());
                let end = last.map_or_else(|| self.line_start(lines.last()), |it| it.content_end);
                self.line_start(lines.first())..end
            }
            Patch::Insert { line, .. } => {
                let at = self.line_start(*line as usize);
                at..at
            }
            Patch::Edit { range, .. } => self.nearest(range.start)..self.nearest(range.end),
        }
    }

    /// The byte of a position, or the one that is nearest to it.
    pub fn nearest(&self, position: Position) -> usize {
        match self.snapshot.offset_of(position, self.encoding) {
            Ok(offset) => offset,
            Err(PositionError::PastTheEnd { .. }) => self.snapshot.len_bytes(),
            Err(PositionError::InsideCharacter { starts_at }) => starts_at,
        }
    }

    pub(super) fn patch(&self, index: usize) -> Option<&'a Patch> {
        self.document.patches.get(index)
    }

    /// Whether the patch has an `expect` that says something, and the text is
    /// what it says.
    pub(super) fn is_confirmed(&self, patch: &Patch) -> bool {
        match patch {
            Patch::Edit { range, expect: Some(expect), .. } if !expect.is_empty() => {
                let offset = |position| self.snapshot.offset_of(position, self.encoding);
                match (offset(range.start), offset(range.end)) {
                    (Ok(start), Ok(end)) => range_matches(self.snapshot, start..end, expect),
                    _ => false,
                }
            }
            Patch::Edit { .. } => false,
            _ => match (lines_of(patch), expect_of(patch)) {
                (Some(named), Some(expect)) => {
                    let is_inside = match patch {
                        Patch::Insert { .. } => insert_in_bounds(*named.start(), self.count()),
                        _ => lines_in_document(*named.start(), *named.end(), self.count()),
                    };
                    is_inside && lines_match(self.snapshot, named, expect)
                }
                _ => false,
            },
        }
    }

    fn count(&self) -> usize {
        self.snapshot.line_count()
    }

    fn line_start(&self, number: usize) -> usize {
        match self.snapshot.line(number) {
            Some(line) => line.start,
            None if number == 0 => self.snapshot.bom_len(),
            None => self.snapshot.len_bytes(),
        }
    }
}

/// The lines that a line patch names; an insert, the one that it goes before.
pub(super) fn lines_of(patch: &Patch) -> Option<RangeInclusive<usize>> {
    match patch {
        Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => {
            Some(lines.first()..=lines.last())
        }
        Patch::Insert { line, .. } => Some(*line as usize..=*line as usize),
        Patch::Edit { .. } => None,
    }
}

/// The `expect` of a line patch.
pub(super) fn expect_of(patch: &Patch) -> Option<&Expect> {
    match patch {
        Patch::Replace { expect, .. }
        | Patch::Insert { expect, .. }
        | Patch::Delete { expect, .. } => expect.as_ref(),
        Patch::Edit { .. } => None,
    }
}

/// The same line patch on the lines that begin at `first`, as many as before.
pub(super) fn at_line(patch: &Patch, first: usize) -> Option<Patch> {
    let first = u32::try_from(first).ok()?;
    let moved = |lines: &NamedLines| {
        let more = u32::try_from(lines.last() - lines.first()).ok()?;
        NamedLines::new(first, first.checked_add(more)?)
    };
    let mut patch = patch.clone();
    match &mut patch {
        Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => *lines = moved(lines)?,
        Patch::Insert { line, .. } => *line = first,
        Patch::Edit { .. } => return None,
    }
    Some(patch)
}
