//! Whether a text that an editor reports is the one that was asked for.

use std::iter::Peekable;

use ropey::Rope;
use ropey::iter::Bytes;

use super::differing::common_head;

/// How well a reported text agrees with the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// Byte for byte.
    Exact,
    /// But for what editors change by themselves: which terminators there are,
    /// and whether the last line has one.
    Normalised,
}

/// What is known of a text that goes on being changed, compared with one that
/// it should become. After a change, only what that can have to do with is
/// looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    /// So many bytes at their starts are the same.
    head: usize,
    /// Where their first difference ends: a change behind it leaves it there.
    differs_to: usize,
}

impl Comparison {
    /// Of two texts whose first `head` bytes are the same; nothing is known of
    /// the others.
    pub(super) fn from(head: usize) -> Comparison {
        Comparison { head, differs_to: usize::MAX }
    }

    /// How `text` agrees with `wanted`, now that it changed from byte `at` on.
    ///
    /// O(log n) and the bytes that the two have in common from there on, or
    /// from their first difference on where that stands before it.
    pub(super) fn again(&mut self, at: usize, text: &Rope, wanted: &Rope) -> Option<Agreement> {
        if at >= self.differs_to {
            return None;
        }
        let head = common_head(text, wanted, self.head.min(at));
        *self = Comparison::from(head);
        if head == text.len_bytes() && head == wanted.len_bytes() {
            return Some(Agreement::Exact);
        }
        let Some(differs_to) = difference(head, text, wanted) else {
            return Some(Agreement::Normalised);
        };
        self.differs_to = differs_to;
        None
    }
}

/// Whether two texts have the same lines, whatever ends them; their first
/// `head` bytes are the same. Linear in the others.
pub(super) fn same_lines(head: usize, one: &Rope, other: &Rope) -> bool {
    Comparison::from(head).again(head, one, other).is_some()
}

/// Where the first difference of two texts ends that no editor makes by itself;
/// where that is that `text` ends, any change may end it. Their first `head`
/// bytes are the same.
fn difference(head: usize, text: &Rope, wanted: &Rope) -> Option<usize> {
    // A terminator must not be cut in two.
    let is_cut = head > 0 && text.get_byte(head - 1) == Some(b'\r');
    let start = head - usize::from(is_cut);
    let (mut text, mut wanted) = (LineFeeds::of(text, start), LineFeeds::of(wanted, start));
    loop {
        match (text.next(), wanted.next()) {
            (None, None) => return None,
            (Some(b'\n'), None) => return text.next().map(|_| text.offset),
            (None, Some(b'\n')) => return wanted.next().map(|_| usize::MAX),
            (None, Some(_)) => return Some(usize::MAX),
            (byte, wanted) if byte == wanted => {}
            (Some(_), _) => return Some(text.offset),
        }
    }
}

/// The bytes of a text, with `\n` for every terminator.
struct LineFeeds<'a> {
    bytes: Peekable<Bytes<'a>>,
    /// Where the next one begins.
    offset: usize,
}

impl<'a> LineFeeds<'a> {
    fn of(text: &'a Rope, offset: usize) -> LineFeeds<'a> {
        LineFeeds { bytes: text.bytes_at(offset).peekable(), offset }
    }
}

impl Iterator for LineFeeds<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.next()?;
        self.offset += 1;
        if byte != b'\r' {
            return Some(byte);
        }
        self.offset += usize::from(self.bytes.next_if_eq(&b'\n').is_some());
        Some(b'\n')
    }
}
