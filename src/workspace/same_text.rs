//! Whether a text that an editor reports is the one that was asked for.

use std::ops::Range;

use ropey::Rope;

/// How well a reported text agrees with the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// Byte for byte.
    Exact,
    /// But for what editors change by themselves: which terminators there are,
    /// and whether the last line has one.
    Normalised,
}

/// How `reported` agrees with `wanted`, which differs from the text before it
/// from byte `first` on.
///
/// A text of another length costs O(log n); one that is not there yet mostly
/// differs at `first`, so that is where it is looked at first.
pub(super) fn agreement(reported: &Rope, wanted: &Rope, first: usize) -> Option<Agreement> {
    if reported.len_bytes() == wanted.len_bytes() && same_bytes(reported, wanted, first) {
        return Some(Agreement::Exact);
    }
    same_but_for_line_ends(reported, wanted, first).then_some(Agreement::Normalised)
}

/// Whether two texts have the same lines, whatever ends them.
pub(super) fn same_lines(one: &Rope, other: &Rope) -> bool {
    same_but_for_line_ends(one, other, 0)
}

/// The smallest piece outside of which two texts agree, in either text; `None`
/// if they are the same. Linear in the texts.
pub(super) fn differing(before: &Rope, after: &Rope) -> Option<(Range<usize>, Range<usize>)> {
    let (before_len, after_len) = (before.len_bytes(), after.len_bytes());
    let shorter = before_len.min(after_len);
    let mut head = common_head(before, after);
    if head == before_len && head == after_len {
        return None;
    }
    let mut tail = common_tail(before, after).min(shorter - head);
    // No character may be cut in two, in neither text.
    while !is_boundary(before, head) {
        head -= 1;
    }
    while !is_boundary(before, before_len - tail) || !is_boundary(after, after_len - tail) {
        tail -= 1;
    }
    Some((head..before_len - tail, head..after_len - tail))
}

/// All of `before` that may have been changed to get `after`; `None` if they are
/// the same. Where lines repeat, one that went may be any of them. Linear in the
/// texts.
pub(super) fn may_differ(before: &Rope, after: &Rope) -> Option<Range<usize>> {
    let (span, _) = differing(before, after)?;
    let (before_len, after_len) = (before.len_bytes(), after.len_bytes());
    let tail = common_tail(before, after);
    Some(span.start.min(before_len.min(after_len) - tail)..span.end)
}

/// How many bytes two texts have in common at their starts.
fn common_head(one: &Rope, other: &Rope) -> usize {
    let (mut chunks, mut other_chunks) = (one.chunks(), other.chunks());
    let (mut chunk, mut other_chunk): (&[u8], &[u8]) = (&[], &[]);
    let mut head = 0;
    loop {
        if chunk.is_empty() {
            chunk = chunks.next().unwrap_or_default().as_bytes();
        }
        if other_chunk.is_empty() {
            other_chunk = other_chunks.next().unwrap_or_default().as_bytes();
        }
        let len = chunk.len().min(other_chunk.len());
        let ((piece, rest), (other_piece, other_rest)) =
            (chunk.split_at(len), other_chunk.split_at(len));
        // Whole pieces are compared much faster than single bytes.
        if len == 0 || piece != other_piece {
            let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
            return head + piece.iter().zip(other_piece).take_while(same).count();
        }
        head += len;
        (chunk, other_chunk) = (rest, other_rest);
    }
}

/// How many bytes two texts have in common at their ends.
fn common_tail(one: &Rope, other: &Rope) -> usize {
    let mut chunks = one.chunks_at_byte(one.len_bytes()).0.reversed();
    let mut other_chunks = other.chunks_at_byte(other.len_bytes()).0.reversed();
    let (mut chunk, mut other_chunk): (&[u8], &[u8]) = (&[], &[]);
    let mut tail = 0;
    loop {
        if chunk.is_empty() {
            chunk = chunks.next().unwrap_or_default().as_bytes();
        }
        if other_chunk.is_empty() {
            other_chunk = other_chunks.next().unwrap_or_default().as_bytes();
        }
        let len = chunk.len().min(other_chunk.len());
        let ((rest, piece), (other_rest, other_piece)) =
            (chunk.split_at(chunk.len() - len), other_chunk.split_at(other_chunk.len() - len));
        if len == 0 || piece != other_piece {
            let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
            return tail
                + piece.iter().rev().zip(other_piece.iter().rev()).take_while(same).count();
        }
        tail += len;
        (chunk, other_chunk) = (rest, other_rest);
    }
}

fn is_boundary(text: &Rope, byte: usize) -> bool {
    text.get_byte_slice(byte..).is_some()
}

fn same_bytes(one: &Rope, other: &Rope, first: usize) -> bool {
    let same = |span: Range<usize>| {
        let (one, other) = (one.get_byte_slice(span.clone()), other.get_byte_slice(span));
        one.zip(other).is_some_and(|(one, other)| one == other)
    };
    same(first..other.len_bytes()) && same(0..first)
}

fn same_but_for_line_ends(one: &Rope, other: &Rope, first: usize) -> bool {
    let (lines, other_lines) = (one.len_lines(), other.len_lines());
    if lines.abs_diff(other_lines) > 1
        || one.len_bytes().abs_diff(other.len_bytes()) > lines.max(other_lines) + 1
    {
        return false;
    }
    // Mostly the texts have one head, and that is compared much faster.
    let heads = one.get_byte_slice(..first).zip(other.get_byte_slice(..first));
    let cuts_terminator = |text: &Rope| text.get_byte(first) == Some(b'\n');
    let skips = heads.is_some_and(|(head, other_head)| head == other_head)
        && !cuts_terminator(one)
        && !cuts_terminator(other);
    let skip = if skips { first } else { 0 };
    let (mut one, mut other) = (LineFeeds::of(one, skip), LineFeeds::of(other, skip));
    loop {
        match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(b'\n'), None) => return one.next().is_none(),
            (None, Some(b'\n')) => return other.next().is_none(),
            (byte, other_byte) if byte == other_byte => {}
            _ => return false,
        }
    }
}

/// The bytes of a text, with `\n` for every terminator.
struct LineFeeds<'a> {
    bytes: std::iter::Peekable<ropey::iter::Bytes<'a>>,
}

impl<'a> LineFeeds<'a> {
    fn of(text: &'a Rope, from: usize) -> LineFeeds<'a> {
        LineFeeds { bytes: text.bytes_at(from).peekable() }
    }
}

impl Iterator for LineFeeds<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.next()?;
        if byte != b'\r' {
            return Some(byte);
        }
        self.bytes.next_if_eq(&b'\n');
        Some(b'\n')
    }
}
