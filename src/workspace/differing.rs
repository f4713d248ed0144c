//! Where two texts differ.

use std::ops::Range;

use ropey::Rope;
use ropey::iter::Chunks;

/// The smallest piece outside of which two texts agree, in either text; `None`
/// if they are the same. Linear in the texts.
pub(super) fn differing(before: &Rope, after: &Rope) -> Option<(Range<usize>, Range<usize>)> {
    let (before_len, after_len) = (before.len_bytes(), after.len_bytes());
    let shorter = before_len.min(after_len);
    let mut head = common_head(before, after, 0);
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

/// How many bytes two texts have in common at their starts, where so many are
/// `known` to be. Linear in the others.
pub(super) fn common_head(one: &Rope, other: &Rope, known: usize) -> usize {
    let mut head = known.min(one.len_bytes()).min(other.len_bytes());
    let (mut chunk, mut chunks) = chunks_behind(one, head);
    let (mut other_chunk, mut other_chunks) = chunks_behind(other, head);
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

/// What stands from `byte` on: the rest of a chunk, and the chunks behind it.
fn chunks_behind(text: &Rope, byte: usize) -> (&[u8], Chunks<'_>) {
    let (mut chunks, start, ..) = text.chunks_at_byte(byte);
    let chunk = chunks.next().unwrap_or_default().as_bytes();
    (chunk.get(byte - start..).unwrap_or_default(), chunks)
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
