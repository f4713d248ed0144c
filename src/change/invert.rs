//! Taking a change set back.

use std::borrow::Cow;

use ropey::Rope;

use super::{ApplyError, Builder, ChangeSet};

impl ChangeSet {
    /// The set that takes this one back, given the text from before it.
    /// Linear in the changes and in the text that they removed.
    ///
    /// # Errors
    ///
    /// An [`ApplyError`] if the set is not for this text.
    pub fn invert(&self, before: &Rope) -> Result<ChangeSet, ApplyError> {
        let other_length =
            || ApplyError::OtherLength { expected: self.len_before(), found: before.len_bytes() };
        if before.len_bytes() != self.len_before() {
            return Err(other_length());
        }
        let mut inverse = Builder::with_capacity(self.len_after(), self.len());
        for change in self.ascending() {
            let removed = before.get_byte_slice(change.span.clone()).ok_or_else(other_length)?;
            let removed = Cow::from(removed);
            inverse.replace(change.new_span(), &removed).map_err(|_| other_length())?;
        }
        Ok(inverse.finish())
    }
}
