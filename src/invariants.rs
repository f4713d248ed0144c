//! The seven laws, as small pure guards over numbers and spans.
//!
//! A guard knows nothing of batches or ropes: it compares what it is given.
//! Breaches of laws 1, 4 and 5 are the caller's and become violations; laws 2,
//! 6 and 7 are ours, and a breach is a [`Fault`]: the batch is refused and
//! nothing has changed. Law 3 has no guard, because
//! [`Snapshot`](crate::text::Snapshot) offers nothing that could break it.

use std::ops::Range;

use serde::Serialize;

/// One of the seven laws that every batch obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Law {
    /// Every position of a batch refers to one original snapshot.
    SnapshotSsot = 1,
    /// Patches are executed from the end of the document to its start.
    DescendingOrder = 2,
    /// Nothing changes a snapshot while a batch refers to it.
    ImmutableSnapshot = 3,
    /// An insert names a line in `[1, n + 1]`.
    InsertBounds = 4,
    /// No two patches touch the same text.
    IndependentPatches = 5,
    /// Every change of a document's text is one step of its revision.
    RevisionIncrement = 6,
    /// The sizes before and after are the ones computed beforehand.
    FixedSnapshotSize = 7,
}

impl Law {
    /// The law's number, 1 to 7.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl Serialize for Law {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

/// A law found broken by our own code at run time. The batch is refused and
/// nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fault: law {} is broken: {detail}", law.number())]
pub struct Fault {
    /// The broken law: 2, 3, 6 or 7.
    pub law: Law,
    /// What was expected and what was found.
    pub detail: String,
}

/// Law 1 for a line patch: the lines `first..=last` exist among `count`.
pub fn lines_in_document(first: usize, last: usize, count: usize) -> bool {
    1 <= first && first <= last && last <= count
}

/// Law 4: an insert goes before a line of `count`, or appends.
pub fn insert_in_bounds(line: usize, count: usize) -> bool {
    1 <= line && line <= count + 1
}

/// Law 2: `next` ends where the span executed just before it begins, or
/// earlier.
///
/// # Errors
///
/// A [`Fault`] if it does not.
pub fn descending(next: &Range<usize>, executed: usize) -> Result<(), Fault> {
    if next.start <= next.end && next.end <= executed {
        return Ok(());
    }
    Err(Fault {
        law: Law::DescendingOrder,
        detail: format!("bytes {next:?} come after a change at byte {executed}"),
    })
}

/// Law 5: each closed interval lies wholly after all that come before it.
/// `intervals` are sorted by their lower end. One pass, stops at the first
/// breach.
pub fn independent<T: Ord>(intervals: impl IntoIterator<Item = (T, T)>) -> bool {
    let mut reached = None;
    intervals.into_iter().all(|(low, high)| {
        let free = reached.as_ref().is_none_or(|reached| *reached < low);
        reached = Some(high);
        free
    })
}

/// Law 6: an applied batch takes a document exactly one revision further.
///
/// # Errors
///
/// A [`Fault`] if it does not.
pub fn one_step(from: u64, to: u64) -> Result<(), Fault> {
    if from.checked_add(1) == Some(to) {
        return Ok(());
    }
    Err(Fault { law: Law::RevisionIncrement, detail: format!("v{from} was followed by v{to}") })
}

/// Law 7: a text has the size that was computed for it.
///
/// # Errors
///
/// A [`Fault`] if it does not.
pub fn fixed_size(computed: usize, found: usize) -> Result<(), Fault> {
    if computed == found {
        return Ok(());
    }
    Err(Fault {
        law: Law::FixedSnapshotSize,
        detail: format!("{computed} bytes were computed, {found} were found"),
    })
}
