//! Carrying a change set out.

use std::ops::Range;

use ropey::iter::Chunks;
use ropey::str_utils::byte_to_char_idx;
use ropey::{Rope, RopeBuilder};

use super::ChangeSet;

/// A text that a change set cannot be applied to.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The text is not as long as the one the set was made for.
    #[error("the changes are for a text of {expected} bytes, this one has {found}")]
    OtherLength {
        /// The set's own length before.
        expected: usize,
        /// The text's length.
        found: usize,
    },
    /// A change cuts a character in two.
    #[error("a change cuts a character in two")]
    CutCharacter,
}

/// How many bytes of text for each change make it cheaper to edit the rope than
/// to write it anew. A leaf has about a thousand bytes: with a change in every
/// leaf, editing copies all of them too, and finds each of them several times.
const BYTES_PER_CHANGE: usize = 1_000;

impl ChangeSet {
    /// The text after all changes, executed in descending order. `text` stays
    /// as it is.
    ///
    /// O(c log n) for c changes of a text of n bytes, and their new text; the
    /// result shares with `text` what did not change. Where there is a change
    /// in nearly every leaf of the rope, O(n), and nothing is shared.
    ///
    /// # Errors
    ///
    /// An [`ApplyError`] if the set is not for this text.
    pub fn apply(&self, text: &Rope) -> Result<Rope, ApplyError> {
        let found = text.len_bytes();
        if found != self.len_before {
            return Err(ApplyError::OtherLength { expected: self.len_before, found });
        }
        let dense = self.len_before / BYTES_PER_CHANGE < self.len();
        let result = if dense { self.rewrite(text) } else { self.edit(text) };
        result.ok_or(ApplyError::CutCharacter)
    }

    /// Edits a copy. `None` if a change cuts a character in two.
    fn edit(&self, text: &Rope) -> Option<Rope> {
        let mut result = text.clone();
        for change in self.descending() {
            let chars = char_range(text, change.span)?;
            let start = chars.start;
            if !chars.is_empty() {
                result.try_remove(chars).ok()?;
            }
            if !change.text.is_empty() {
                result.try_insert(start, change.text).ok()?;
            }
        }
        Some(result)
    }

    /// Writes the text anew. `None` if a change cuts a character in two.
    fn rewrite(&self, text: &Rope) -> Option<Rope> {
        let mut before = Backward { chunks: text.chunks_at_byte(text.len_bytes()).0, chunk: "" };
        let mut pieces = Vec::with_capacity(text.len_bytes() / 512 + 2 * self.len());
        let mut end = self.len_before;
        for change in self.descending() {
            before.take(end - change.span.end, |kept| pieces.push(kept))?;
            pieces.push(change.text);
            before.take(change.span.len(), |_| ())?;
            end = change.span.start;
        }
        before.take(end, |kept| pieces.push(kept))?;
        let mut result = RopeBuilder::new();
        pieces.into_iter().rev().for_each(|piece| result.append(piece));
        Some(result.finish())
    }
}

/// The characters of a byte range, counted from the text's start: ropes are
/// edited by character. `None` if the range cuts one in two.
fn char_range(text: &Rope, bytes: Range<usize>) -> Option<Range<usize>> {
    // Where every character is one byte the two counts are one.
    if text.len_chars() == text.len_bytes() {
        return Some(bytes);
    }
    let leaf = Leaf::at(text, bytes.start)?;
    let start = leaf.char_at(bytes.start)?;
    // Most ranges end in the leaf that they begin in, which is found already.
    let end = leaf.char_at(bytes.end).or_else(|| Leaf::at(text, bytes.end)?.char_at(bytes.end))?;
    Some(start..end)
}

/// A leaf of a rope, with its place.
struct Leaf<'a> {
    text: &'a str,
    first_byte: usize,
    first_char: usize,
}

impl<'a> Leaf<'a> {
    fn at(text: &'a Rope, byte: usize) -> Option<Leaf<'a>> {
        let (text, first_byte, first_char, _) = text.get_chunk_at_byte(byte)?;
        Some(Leaf { text, first_byte, first_char })
    }

    /// The character that begins at a byte; `None` outside of the leaf, and
    /// inside a character.
    fn char_at(&self, byte: usize) -> Option<usize> {
        let byte = byte - self.first_byte;
        self.text
            .is_char_boundary(byte)
            .then(|| self.first_char + byte_to_char_idx(self.text, byte))
    }
}

/// The text of a rope from its end to its start.
struct Backward<'a> {
    chunks: Chunks<'a>,
    /// What is left of the chunk at this place.
    chunk: &'a str,
}

impl<'a> Backward<'a> {
    /// Gives the last `len` bytes that are left, from the end to the start.
    /// `None` if they begin inside a character, or are too few.
    fn take(&mut self, mut len: usize, mut give: impl FnMut(&'a str)) -> Option<()> {
        while len > 0 {
            if self.chunk.is_empty() {
                self.chunk = self.chunks.prev()?;
            }
            let cut = self.chunk.len().saturating_sub(len);
            let (rest, piece) = self.chunk.split_at_checked(cut)?;
            give(piece);
            len -= piece.len();
            self.chunk = rest;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::change::Builder;

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 300,
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(7),
            ..ProptestConfig::default()
        })]

        #[test]
        fn writing_the_text_anew_and_editing_it_give_the_same(
            text in "[a-zé漢😀\\r\\n]{0,2500}",
            cuts in prop::collection::vec((any::<prop::sample::Index>(), "[xé\\r\\n]{0,4}"), 0..12),
        ) {
            let mut places: Vec<(usize, String)> = cuts
                .into_iter()
                .map(|(at, new)| (text.floor_char_boundary(at.index(text.len() + 1)), new))
                .collect();
            places.sort();
            let mut changes = Builder::new(text.len());
            for pair in places.chunks(2) {
                let (first, last) = (&pair[0], &pair[pair.len() - 1]);
                prop_assert!(changes.replace(first.0..last.0, &first.1).is_ok());
            }
            let (changes, rope) = (changes.finish(), Rope::from_str(&text));
            let (edited, rewritten) = (changes.edit(&rope), changes.rewrite(&rope));
            prop_assert!(edited.is_some());
            prop_assert_eq!(&edited, &rewritten);
            prop_assert_eq!(edited.map(|rope| rope.len_bytes()), Some(changes.len_after()));
        }
    }

    #[test]
    fn neither_way_cuts_a_character() {
        let text = "a😀".repeat(600);
        for span in [0..2, 2..5, 3..3, 1503..1505] {
            let mut changes = Builder::new(text.len());
            assert_eq!(changes.replace(span, "x"), Ok(()));
            let (changes, rope) = (changes.finish(), Rope::from_str(&text));
            assert!(changes.edit(&rope).is_none() && changes.rewrite(&rope).is_none());
        }
    }
}
