//! The lines that are really there.

use std::ops::Range;

use crate::text::Snapshot;

/// How many lines are shown.
const LINES: usize = 10;

/// How many characters of a line are shown.
const CHARACTERS: usize = 200;

/// The lines that the bytes `span` touch, each as its number, a tab and its
/// text; the last line for a place behind it. What is too much is left out in
/// the middle.
pub(crate) fn numbered_lines(snapshot: &Snapshot, span: Range<usize>) -> Vec<String> {
    let number_of = |byte| {
        let line = snapshot.rope().try_byte_to_line(byte).unwrap_or_default() + 1;
        line.min(snapshot.line_count())
    };
    let (first, last) = (number_of(span.start), number_of(span.end));
    let numbered = |number| {
        let line = snapshot.line(number)?;
        let mut content = snapshot.slice(line.start..line.content_end)?.chars();
        let mut shown: String = content.by_ref().take(CHARACTERS).collect();
        if content.next().is_some() {
            shown.push('…');
        }
        Some(format!("{number}\t{shown}"))
    };
    if last - first < LINES {
        return (first..=last).filter_map(numbered).collect();
    }
    let head = (first..first + LINES / 2).filter_map(numbered);
    let tail = (last + 1 - (LINES - LINES / 2)..=last).filter_map(numbered);
    head.chain(["…".to_owned()]).chain(tail).collect()
}
