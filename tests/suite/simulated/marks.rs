//! What the user types: marks that are nowhere else, so that they can be taken
//! out of a text again, and so that it is seen if one is lost.

use std::collections::BTreeSet;
use std::ops::Range;

/// A mark that is `whole` has a line of its own.
pub(crate) fn mark(number: usize, is_whole_line: bool) -> String {
    if is_whole_line { format!("‹{number}¶\n") } else { format!("‹{number}›") }
}

/// A mark in a text.
pub(crate) struct Mark {
    pub(crate) number: usize,
    pub(crate) span: Range<usize>,
    pub(crate) is_whole_line: bool,
}

/// Every mark of the text, in order.
pub(crate) fn marks(text: &str) -> Vec<Mark> {
    let starts = text.match_indices('‹').map(|(start, _)| start);
    starts.filter_map(|start| mark_at(text, start)).collect()
}

fn mark_at(text: &str, start: usize) -> Option<Mark> {
    let digits = &text[start + '‹'.len_utf8()..];
    let len = digits.find(|c: char| !c.is_ascii_digit())?;
    let number = digits[..len].parse().ok()?;
    let is_whole_line = digits[len..].starts_with('¶');
    if !is_whole_line && !digits[len..].starts_with('›') {
        return None;
    }
    let closing = if is_whole_line { '¶' } else { '›' };
    let end = text.len() - digits.len() + len + closing.len_utf8();
    let behind = &text[end..];
    let terminator = if !is_whole_line {
        0
    } else if behind.starts_with("\r\n") {
        2
    } else {
        usize::from(behind.starts_with('\n'))
    };
    Some(Mark { number, span: start..end + terminator, is_whole_line })
}

/// The numbers of the marks in a text.
pub(crate) fn numbers(text: &str) -> BTreeSet<usize> {
    marks(text).into_iter().map(|mark| mark.number).collect()
}

/// The marks that `text` has and `was` has not.
pub(crate) fn typed_since(was: &str, text: &str) -> BTreeSet<usize> {
    &numbers(text) - &numbers(was)
}

/// The text without these marks.
pub(crate) fn without(text: &str, taken: &BTreeSet<usize>) -> String {
    let mut left = text.to_owned();
    for mark in marks(text).into_iter().rev() {
        if taken.contains(&mark.number) {
            left.replace_range(mark.span, "");
        }
    }
    left
}

/// The text without any mark.
pub(crate) fn unmarked(text: &str) -> String {
    without(text, &numbers(text))
}

/// Whether an offset is inside of a mark, or of what a batch is known by.
pub(crate) fn is_inside(text: &str, offset: usize) -> bool {
    let inside = |span: Range<usize>| span.start < offset && offset < span.end;
    marks(text).into_iter().any(|mark| inside(mark.span)) || tags(text).into_iter().any(inside)
}

/// What a batch puts into all that it writes.
pub(crate) fn tag(number: usize) -> String {
    format!("¤{number}¤")
}

fn tags(text: &str) -> Vec<Range<usize>> {
    let starts = text.match_indices('¤').map(|(start, sign)| (start, start + sign.len()));
    let tags = starts.filter_map(|(start, digits)| {
        let len = text[digits..].find(|c: char| !c.is_ascii_digit()).filter(|len| *len > 0)?;
        text[digits + len..].starts_with('¤').then(|| start..digits + len + '¤'.len_utf8())
    });
    tags.collect()
}
