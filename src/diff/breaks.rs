//! Where the lines of a diff begin and end in a rope, which counts others.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};
use ropey::Rope;

/// The start of the line that holds the byte at `at`, or that ends there.
pub(super) fn line_start(text: &Rope, at: usize) -> usize {
    let mut end = at;
    while let Some(last) = end.checked_sub(1) {
        let Some((chunk, chunk_start, ..)) = text.get_chunk_at_byte(last) else { break };
        let before = chunk.as_bytes().get(..end - chunk_start).unwrap_or_default();
        if let Some(found) = memrchr(b'\n', before) {
            return chunk_start + found + 1;
        }
        end = chunk_start;
    }
    0
}

/// The start of the line after the one that holds the byte at `at`; the end of
/// the text after the last line.
pub(super) fn next_line_start(text: &Rope, at: usize) -> usize {
    let mut start = at;
    while start < text.len_bytes() {
        let Some((chunk, chunk_start, ..)) = text.get_chunk_at_byte(start) else { break };
        let rest = chunk.as_bytes().get(start - chunk_start..).unwrap_or_default();
        if let Some(found) = memchr(b'\n', rest) {
            return start + found + 1;
        }
        start = chunk_start + chunk.len();
    }
    text.len_bytes()
}

/// Whether a line begins at `at`.
pub(super) fn is_line_start(text: &Rope, at: usize) -> bool {
    at == 0 || text.get_byte(at - 1) == Some(b'\n')
}

/// How many lines end in a span.
pub(super) fn count(text: &Rope, span: Range<usize>) -> usize {
    let chunks = text.get_byte_slice(span).into_iter().flat_map(|slice| slice.chunks());
    chunks.map(|chunk| memchr_iter(b'\n', chunk.as_bytes()).count()).sum()
}

/// The text of a span of whole lines.
pub(super) fn copy(text: &Rope, span: Range<usize>) -> String {
    text.get_byte_slice(span).map(|slice| slice.to_string()).unwrap_or_default()
}
