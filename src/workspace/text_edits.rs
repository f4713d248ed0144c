//! A change set as the edits that an editor is sent.

use std::borrow::Cow;
use std::ops::Range;

use super::TextEdit;
use crate::change::{Builder, Change, ChangeSet, OrderError};
use crate::executor::Staged;
use crate::text::{PositionEncoding, Snapshot};

/// The edits of a staged document, from its end to its start. Every position
/// is a place of the text before.
pub(super) fn text_edits(staged: &Staged, encoding: PositionEncoding) -> Vec<TextEdit> {
    let before = staged.before();
    let moved = before_the_last_terminator(before, staged.changes());
    // It fails only for changes that are no change set.
    let changes = moved.as_ref().map_or(staged.changes(), |moved| moved.as_ref());
    let edit = |change: Change<'_>| TextEdit {
        range: before.range_of(change.span, encoding),
        new_text: change.text.to_owned(),
    };
    changes.descending().map(edit).collect()
}

/// The same changes, none of them behind the terminator of the last line.
///
/// There is no line behind it in editors that count lines as files do. Neovim
/// makes one blank line too many of `"Z\n"` there, and reports a deletion that
/// ends there wrongly. `"\nZ"` at the end of the last line, and a deletion from
/// the end of the line before, mean the same and are right everywhere.
fn before_the_last_terminator<'c>(
    before: &Snapshot,
    changes: &'c ChangeSet,
) -> Result<Cow<'c, ChangeSet>, OrderError> {
    let last = changes.descending().next();
    let Some((span, text)) = last.and_then(|last| moved(before, &last)) else {
        return Ok(Cow::Borrowed(changes));
    };
    let mut all = Builder::with_capacity(before.len_bytes(), changes.len());
    for change in changes.ascending().take(changes.len() - 1) {
        all.replace(change.span, change.text)?;
    }
    all.replace(span, &text)?;
    Ok(Cow::Owned(all.finish()))
}

/// The last change, if it reaches behind the last terminator and can be moved
/// in front of it.
fn moved<'c>(before: &Snapshot, last: &Change<'c>) -> Option<(Range<usize>, Cow<'c, str>)> {
    let terminator = before.last_terminator().as_str();
    let (start, len) = (last.span.start, before.len_bytes());
    if terminator.is_empty() || last.span.end != len {
        return None;
    }
    let end = len - terminator.len();
    if let Some(lines) = last.text.strip_suffix('\n').or(last.text.strip_suffix('\r')) {
        let lines = lines.strip_suffix('\r').unwrap_or(lines);
        let is_appended = start == len;
        return Some(if is_appended {
            (end..end, Cow::Owned(format!("{terminator}{lines}")))
        } else {
            (start..end, Cow::Borrowed(lines))
        });
    }
    let line_before = start.checked_sub(terminator.len())?;
    let byte_before = line_before.checked_sub(1).and_then(|at| before.rope().get_byte(at));
    let is_whole = before.holds(line_before..start, terminator)
        && !(terminator == "\n" && byte_before == Some(b'\r'));
    (last.text.is_empty() && is_whole).then_some((line_before..end, Cow::Borrowed("")))
}
