//! What `bestEffort` left out, carried over to the text that it made.

use std::ops::Range;

use super::subject::{Subject, at_line, lines_of};
use crate::batch::Patch;
use crate::change::Bias;
use crate::executor::Staged;

/// The bytes of the new text that were `span` in the old one.
pub(super) fn carried_span(staged: &Staged, span: Range<usize>) -> Range<usize> {
    let start = staged.changes().map_position(span.start, Bias::Before);
    let end = staged.changes().map_position(span.end, Bias::After);
    start..end.max(start)
}

/// The patch, which holds on the old text, for the new one; `None` if what it
/// names was changed.
pub(super) fn carried(subject: &Subject<'_>, staged: &Staged, patch: &Patch) -> Option<Patch> {
    if !staged.is_changed() {
        return Some(patch.clone());
    }
    let (before, after) = (staged.before(), staged.after());
    let mapped = |byte| staged.changes().map_position(byte, Bias::After);
    if let Patch::Edit { new_text, expect, .. } = patch {
        let span = subject.span(patch);
        let start = mapped(span.start);
        let moved = start..start + span.len();
        (before.slice(span)? == after.slice(moved.clone())?).then_some(())?;
        return Some(Patch::Edit {
            range: after.range_of(moved, subject.encoding),
            new_text: new_text.clone(),
            expect: expect.clone(),
        });
    }
    let named = lines_of(patch)?;
    if *named.start() > before.line_count() {
        return at_line(patch, after.line_count() + 1);
    }
    let first = after.rope().try_byte_to_line(mapped(before.line(*named.start())?.start)).ok()? + 1;
    let is_kept = |(number, offset): (usize, usize)| {
        let (Some(old), Some(new)) = (before.line(number), after.line(first + offset)) else {
            return false;
        };
        before.slice(old.start..old.content_end) == after.slice(new.start..new.content_end)
    };
    named.zip(0..).all(is_kept).then(|| at_line(patch, first)).flatten()
}
