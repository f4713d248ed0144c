//! One immutable text of one document.

use std::ops::Range;

use memchr::memchr2;
use ropey::str_utils::line_to_byte_idx;
use ropey::{Rope, RopeSlice};

use super::{ContentHash, Revision, SnapshotToken, Terminator};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One immutable text of one document, with its revision (law 3: the type
/// offers no mutation, a changed text is another snapshot).
///
/// Cloning is cheap and shares the text. Line numbers are one-based here and
/// mean *line patch* lines: a final terminator ends the last line and starts
/// no other, and a leading byte order mark is no part of the first line.
///
/// ```compile_fail
/// # use batchpatch::text::{Revision, Snapshot};
/// let mut snapshot = Snapshot::new("a\n".into(), Revision::FIRST, None);
/// snapshot.rope.insert(0, "law 3 forbids this");
/// ```
#[derive(Clone, Debug)]
pub struct Snapshot {
    rope: Rope,
    revision: Revision,
    version: Option<i32>,
    bom_len: usize,
    line_count: usize,
    last_terminator: Terminator,
}

/// Where one line lies, in bytes of the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSpan {
    /// The line's first byte.
    pub start: usize,
    /// The end of its content, where the terminator begins.
    pub content_end: usize,
    /// The end of its terminator, where the next line begins.
    pub end: usize,
    /// What ends it.
    pub terminator: Terminator,
}

impl Snapshot {
    /// A snapshot of `text`. `version` is the LSP version of a document that
    /// is open in an editor.
    pub fn new(text: Rope, revision: Revision, version: Option<i32>) -> Snapshot {
        let len = text.len_bytes();
        let bom_len = match text.get_byte_slice(..BYTE_ORDER_MARK.len()) {
            Some(head) if head == BYTE_ORDER_MARK => BYTE_ORDER_MARK.len(),
            _ => 0,
        };
        let byte_before_end = |distance| len.checked_sub(distance).and_then(|at| text.get_byte(at));
        let last_terminator = Terminator::at_end(byte_before_end(2), byte_before_end(1));
        let line_count = match last_terminator {
            _ if len == bom_len => 0,
            Terminator::None => text.len_lines(),
            _ => text.len_lines() - 1,
        };
        Snapshot { rope: text, revision, version, bom_len, line_count, last_terminator }
    }

    /// The snapshot that follows this one: another text, one revision on, and
    /// not yet a version that an editor knows.
    #[must_use]
    pub fn succeeded_by(&self, text: Rope) -> Snapshot {
        Snapshot::new(text, self.revision.next(), None)
    }

    /// The text.
    pub fn rope(&self) -> &Rope {
        &self.rope
    }

    /// The count of the document's texts up to this one.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The LSP version, for a document that is open in an editor.
    pub fn version(&self) -> Option<i32> {
        self.version
    }

    /// The text's size in bytes of UTF-8.
    pub fn len_bytes(&self) -> usize {
        self.rope.len_bytes()
    }

    /// How many lines a line patch may name: `"a\nb\n"` and `"a\nb"` have 2,
    /// `""` has none.
    pub fn line_count(&self) -> usize {
        self.line_count
    }

    /// The length of a leading byte order mark: 3 or 0.
    pub fn bom_len(&self) -> usize {
        self.bom_len
    }

    /// What ends the last line. [`Terminator::None`] also for an empty text.
    pub fn last_terminator(&self) -> Terminator {
        self.last_terminator
    }

    /// The terminator of the last terminated line, and `\n` where no line has
    /// one: what a new line gets that has no neighbour to take it from.
    pub fn default_terminator(&self) -> Terminator {
        let before_last = || match self.line_count {
            0 | 1 => Terminator::None,
            count => self.line(count - 1).map_or(Terminator::None, |line| line.terminator),
        };
        match self.last_terminator {
            Terminator::None => before_last().or_else(|| Terminator::Lf),
            found => found,
        }
    }

    /// Where line `number` (one-based) lies; `None` outside the document.
    /// O(log n) in the document, and linear in the line.
    pub fn line(&self, number: usize) -> Option<LineSpan> {
        if number == 0 || number > self.line_count {
            return None;
        }
        let mut line = self.lsp_line(number - 1)?;
        if number == 1 {
            line.start = self.bom_len;
        }
        Some(line)
    }

    /// Where LSP's zero-based line `index` lies, a byte order mark included.
    pub(crate) fn lsp_line(&self, index: usize) -> Option<LineSpan> {
        if index >= self.rope.len_lines() {
            return None;
        }
        let (chunk, chunk_start, _, chunk_line) = self.rope.get_chunk_at_line_break(index)?;
        let in_chunk = line_to_byte_idx(chunk, index - chunk_line);
        let start = chunk_start + in_chunk;
        let rest = &chunk.as_bytes()[in_chunk..];
        // Nearly every line ends in the chunk it begins in, and then one
        // descent of the tree has found all of it.
        if let Some(len) = memchr2(b'\n', b'\r', rest) {
            let terminator = Terminator::at_start(&rest[len..]);
            let content_end = start + len;
            let end = content_end + terminator.as_str().len();
            return Some(LineSpan { start, content_end, end, terminator });
        }
        let end = self.rope.try_line_to_byte(index + 1).unwrap_or(self.len_bytes());
        let byte = |at: usize| (at >= start).then(|| self.rope.get_byte(at)).flatten();
        let terminator = Terminator::at_end(
            end.checked_sub(2).and_then(byte),
            end.checked_sub(1).and_then(byte),
        );
        Some(LineSpan { start, content_end: end - terminator.as_str().len(), end, terminator })
    }

    /// The text in a byte range; `None` if the range is not one of whole
    /// characters inside the text.
    pub fn slice(&self, span: Range<usize>) -> Option<RopeSlice<'_>> {
        self.rope.get_byte_slice(span)
    }

    /// Whether exactly `text` stands in a byte range. O(log n), and the text.
    pub fn holds(&self, span: Range<usize>, text: &str) -> bool {
        if span.len() != text.len() {
            return false;
        }
        // A span mostly lies in one leaf of the rope, and then finding that
        // leaf is all there is to find.
        if let Some((chunk, chunk_start, ..)) = self.rope.get_chunk_at_byte(span.start)
            && let Some(in_chunk) =
                chunk.as_bytes().get(span.start - chunk_start..span.end - chunk_start)
        {
            return in_chunk == text.as_bytes();
        }
        self.slice(span).is_some_and(|found| found == text)
    }

    /// The token that names this text. Hashes it: linear in its length.
    pub fn token(&self) -> SnapshotToken {
        SnapshotToken { revision: self.revision, hash: ContentHash::of(&self.rope) }
    }
}
