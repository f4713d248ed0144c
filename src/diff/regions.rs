//! The whole lines that changes touch.

use std::ops::Range;

use super::breaks::{is_line_start, line_start, next_line_start};
use crate::executor::Staged;

/// Whole lines of the old text, and those that stand in their place in the new
/// one, in bytes. What lies between two regions is in both texts.
pub(super) struct Region {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// The lines that the changes touch, from the text's start to its end, those
/// that adjoin put together.
pub(super) fn regions(staged: &Staged) -> Vec<Region> {
    let (before, after) = (staged.before().rope(), staged.after().rope());
    let mut regions: Vec<Region> = Vec::with_capacity(staged.changes().len());
    for change in staged.changes().ascending() {
        let (mut old, mut new) = (change.span.clone(), change.new_span());
        let whole = is_line_start(before, old.end) && is_line_start(after, new.end);
        if !whole {
            old.end = next_line_start(before, old.end);
            new.end = next_line_start(after, new.end);
        }
        let start = line_start(before, old.start);
        match regions.last_mut() {
            Some(last) if start <= last.old.end => {
                last.old.end = old.end;
                last.new.end = new.end;
            }
            _ => {
                // The line's start is before the change, so it is in both.
                new.start -= old.start - start;
                regions.push(Region { old: start..old.end, new });
            }
        }
    }
    regions
}
