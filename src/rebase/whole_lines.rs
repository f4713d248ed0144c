//! Changes of whole lines, said as such.

use std::borrow::Cow;
use std::ops::Range;

use crate::change::{Builder, Change, ChangeSet, OrderError};
use crate::text::{LineSpan, Snapshot};

/// The same set, in which what can be said of whole lines is said of them.
///
/// A line that is typed behind another one is reported as text at the end of
/// that one, `"\nnew"`, and one that is taken back from there likewise. The
/// text would be the same if `"new\n"` had been put where the next line
/// begins, and then no byte of the line above is concerned. Where a change
/// could be moved both ways, nothing says which line is the old one, and it
/// stays. Linear in the changes, their text, and the lines at their edges.
pub(super) fn of_whole_lines(changes: &ChangeSet, was: &Snapshot) -> Result<ChangeSet, OrderError> {
    let mut moved = Builder::with_capacity(changes.len_before(), changes.len());
    let mut free_from = 0;
    let mut next_starts = changes.ascending().skip(1).map(|next| next.span.start);
    for change in changes.ascending() {
        let free = free_from..next_starts.next().unwrap_or(changes.len_before());
        let forward = forward(&change, was, &free);
        let backward = backward(&change, was, &free);
        let (span, text) = match (forward, backward) {
            (Some(moved), None) | (None, Some(moved)) => moved,
            _ => (change.span, Cow::from(change.text)),
        };
        free_from = span.end;
        moved.replace(span, &text)?;
    }
    Ok(moved.finish())
}

/// What a change takes, and what it puts there.
type Moved<'a> = (Range<usize>, Cow<'a, str>);

/// The change at the end of the line that it begins in, if what is left of
/// that line is put or kept behind it as well.
fn forward<'a>(change: &Change<'a>, was: &Snapshot, free: &Range<usize>) -> Option<Moved<'a>> {
    let Range { start, end } = change.span;
    let line = line_of(was, start).filter(|line| start < line.end)?;
    let moved = line.end..end + (line.end - start);
    let is_insertion = start == end;
    let is_whole =
        if is_insertion { change.text.ends_with(['\n', '\r']) } else { starts_line(was, end) };
    if line.start == start && is_whole || moved.end > free.end {
        return None;
    }
    // The lengths are compared first: a line may be very long.
    if is_insertion {
        let (rest, new) = change.text.split_at_checked(moved.start - start)?;
        let is_same = was.holds(start..moved.start, rest);
        return is_same.then(|| (moved, (new.to_owned() + rest).into()));
    }
    let is_same = change.text.is_empty() && was.slice(start..line.end) == was.slice(end..moved.end);
    is_same.then(|| (moved, "".into()))
}

/// The change at the start of the line that it begins in, if what stands there
/// before it is put or kept before it as well.
fn backward<'a>(change: &Change<'a>, was: &Snapshot, free: &Range<usize>) -> Option<Moved<'a>> {
    let Range { start, end } = change.span;
    let line = line_of(was, start).filter(|line| free.start <= line.start && line.start < start)?;
    let len = start - line.start;
    if start == end {
        let at = change.text.len().checked_sub(len)?;
        let (new, head) = change.text.split_at_checked(at)?;
        let is_same = new.ends_with(['\n', '\r']) && was.holds(line.start..start, head);
        return is_same.then(|| (line.start..line.start, (head.to_owned() + new).into()));
    }
    let from = end.checked_sub(len).filter(|from| start <= *from)?;
    let is_same = change.text.is_empty()
        && starts_line(was, from)
        && was.slice(line.start..start) == was.slice(from..end);
    is_same.then(|| (line.start..from, "".into()))
}

fn starts_line(was: &Snapshot, byte: usize) -> bool {
    line_of(was, byte).is_some_and(|line| line.start == byte)
}

/// The line that a byte is in; a byte order mark is before the first one.
fn line_of(was: &Snapshot, byte: usize) -> Option<LineSpan> {
    let line = was.lsp_line(was.rope().try_byte_to_line(byte).ok()?)?;
    Some(LineSpan { start: line.start.max(was.bom_len()), ..line })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Revision;

    /// The one change of `was`, moved; it still makes the same text.
    fn moved(was: &str, span: Range<usize>, text: &str) -> Option<(Range<usize>, String)> {
        let snapshot = Snapshot::new(was.into(), Revision::FIRST, None);
        let mut changes = Builder::new(was.len());
        changes.replace(span, text).ok()?;
        let (changes, rope) = (changes.finish(), snapshot.rope());
        let moved = of_whole_lines(&changes, &snapshot).ok()?;
        assert_eq!(moved.apply(rope).ok()?, changes.apply(rope).ok()?);
        let change = moved.ascending().next()?;
        Some((change.span, change.text.to_owned()))
    }

    fn check(was: &str, change: (Range<usize>, &str), expected: (Range<usize>, &str)) {
        let found = moved(was, change.0, change.1);
        assert_eq!(found, Some((expected.0, expected.1.to_owned())), "{was:?}");
    }

    #[test]
    fn a_line_typed_behind_another_is_put_before_the_next() {
        check("a\nb\n", (1..1, "\nx"), (2..2, "x\n"));
        check("a\r\nb", (1..1, "\r\n"), (3..3, "\r\n"));
        check("\n", (0..0, "\nx"), (1..1, "x\n"));
        check("  a\n", (2..2, "x\n  "), (0..0, "  x\n"));
    }

    #[test]
    fn a_line_taken_from_behind_another_is_taken_as_a_line() {
        check("a\nb\nc\n", (1..3, ""), (2..4, ""));
        check("\nx\n", (0..2, ""), (1..3, ""));
        check(" a\n b\n", (1..4, ""), (0..3, ""));
    }

    #[test]
    fn what_is_no_whole_line_or_could_go_both_ways_stays() {
        for (was, span, text) in [
            ("a\nb\n", 1..1, "x"),
            ("a\nb\n", 2..2, "x\n"),
            ("\n\n", 1..1, "\n"),
            ("a\na\n", 0..2, ""),
            ("\u{feff}a\na\n", 3..5, ""),
            ("a\na\n", 1..3, ""),
            ("ab\n", 2..2, "\nab"),
            ("a\nb", 3..3, "\nx"),
            ("a\nb\n", 0..1, "x"),
        ] {
            check(was, (span.clone(), text), (span, text));
        }
    }
}
