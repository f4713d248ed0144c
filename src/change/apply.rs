//! Carrying a change set out.

use ropey::Rope;

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
    /// The rope refused an edit: a change cuts a character in two.
    #[error("{0}")]
    Rope(#[from] ropey::Error),
}

impl ChangeSet {
    /// The text after all changes, executed in descending order. `text` stays
    /// as it is, and both share what did not change.
    ///
    /// O(c log n) for c changes of a text of n bytes, and their new text.
    ///
    /// # Errors
    ///
    /// An [`ApplyError`] if the set is not for this text.
    pub fn apply(&self, text: &Rope) -> Result<Rope, ApplyError> {
        if text.len_bytes() != self.len_before {
            return Err(ApplyError::OtherLength {
                expected: self.len_before,
                found: text.len_bytes(),
            });
        }
        // Ropes are edited by character. Where every character is one byte the
        // two counts are one, which saves two descents of the tree per change.
        let one_byte_chars = text.len_chars() == text.len_bytes();
        let char_at = |byte| if one_byte_chars { Ok(byte) } else { text.try_byte_to_char(byte) };
        let mut result = text.clone();
        for change in self.descending() {
            let start = char_at(change.span.start)?;
            if !change.span.is_empty() {
                result.try_remove(start..char_at(change.span.end)?)?;
            }
            if !change.text.is_empty() {
                result.try_insert(start, change.text)?;
            }
        }
        Ok(result)
    }
}
