//! Two change sets, one after the other, as one.

use super::{Builder, ChangeSet, OrderError};

/// Two sets of which the second is not for the text that the first makes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the second set is for {expected} bytes and does not fit the {made} that the first makes")]
pub struct ComposeError {
    /// The length after the first set, in bytes.
    pub made: usize,
    /// The length that the second set is for, in bytes.
    pub expected: usize,
}

/// The one set that does what all of `sets` do, each of them for the text that
/// the one before makes; `None` where there are none, or one is for another text.
///
/// Halves are composed, so that no change is copied more than a logarithm of
/// times.
pub fn compose_all(sets: &[ChangeSet]) -> Option<ChangeSet> {
    match sets {
        [] => None,
        [set] => Some(set.clone()),
        sets => {
            let (first, next) = sets.split_at(sets.len() / 2);
            compose_all(first)?.compose(&compose_all(next)?).ok()
        }
    }
}

impl ChangeSet {
    /// The one set that does what this one and then `next` do. Linear in the
    /// changes of both and in their text.
    ///
    /// # Errors
    ///
    /// A [`ComposeError`] if `next` is not for the text that this one makes.
    pub fn compose(&self, next: &ChangeSet) -> Result<ChangeSet, ComposeError> {
        let mismatch = ComposeError { made: self.len_after(), expected: next.len_before() };
        if self.len_after() != next.len_before() {
            return Err(mismatch);
        }
        let walk = Walk {
            composed: Builder::with_capacity(self.len_before(), self.len() + next.len()),
            first: self,
            next: 0,
            old: 0,
            new_text: "",
        };
        walk.compose(next).map_err(|NotComposable| mismatch)
    }
}

struct NotComposable;

impl From<OrderError> for NotComposable {
    fn from(_: OrderError) -> NotComposable {
        NotComposable
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Delete,
}

/// A walk over the text between the two sets, knowing of each piece whether
/// the first set kept it or put it there.
struct Walk<'a> {
    composed: Builder,
    first: &'a ChangeSet,
    /// The first set's next change.
    next: usize,
    /// The place in the old text.
    old: usize,
    /// What is left of the new text of the first set's change at this place.
    new_text: &'a str,
}

impl Walk<'_> {
    fn compose(mut self, next: &ChangeSet) -> Result<ChangeSet, NotComposable> {
        let mut walked = 0;
        for change in next.ascending() {
            self.walk(change.span.start - walked, Fate::Keep)?;
            self.composed.replace(self.old..self.old, change.text)?;
            self.walk(change.span.len(), Fate::Delete)?;
            walked = change.span.end;
        }
        self.walk(next.len_before() - walked, Fate::Keep)?;
        // What the first set deletes at the very end has no byte to walk over.
        while self.enter_change()? {}
        Ok(self.composed.finish())
    }

    fn walk(&mut self, mut len: usize, fate: Fate) -> Result<(), NotComposable> {
        while len > 0 {
            let (taken, left) = self
                .new_text
                .split_at_checked(len.min(self.new_text.len()))
                .ok_or(NotComposable)?;
            if !taken.is_empty() {
                if fate == Fate::Keep {
                    self.composed.replace(self.old..self.old, taken)?;
                }
                self.new_text = left;
                len -= taken.len();
                continue;
            }
            let kept_to = match self.first.changes.get(self.next) {
                Some(change) => change.start,
                None => self.first.len_before(),
            };
            let kept = len.min(kept_to - self.old);
            if fate == Fate::Delete {
                self.composed.replace(self.old..self.old + kept, "")?;
            }
            self.old += kept;
            len -= kept;
            if len > 0 && !self.enter_change()? {
                return Err(NotComposable);
            }
        }
        Ok(())
    }

    /// Steps over what the first set's next change removes, to its new text.
    fn enter_change(&mut self) -> Result<bool, NotComposable> {
        if self.next == self.first.len() {
            return Ok(false);
        }
        let change = self.first.change(self.next);
        self.next += 1;
        self.composed.replace(change.span.clone(), "")?;
        self.old = change.span.end;
        self.new_text = change.text;
        Ok(true)
    }
}
