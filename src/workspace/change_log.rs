//! How a document came to its text: what its last changes took away.

use std::collections::VecDeque;

use ropey::Rope;

use super::edited::Splice;
use crate::change::{Builder, ChangeSet, compose_all};
use crate::text::Revision;

/// How many changes are kept for each document.
const MOST_CHANGES: usize = 16_384;

/// How many bytes of removed text are kept for each document.
const MOST_BYTES: usize = 4 << 20;

/// The last changes of one document, so that what was written for an earlier
/// text can be carried over to this one. Bounded; the oldest go first.
///
/// A change knows what it took away and not what it put there: that stands in
/// the text, or in what a later change took away.
#[derive(Clone, Debug)]
pub(super) struct ChangeLog {
    changes: VecDeque<Logged>,
    bytes: usize,
    /// The first revision whose text can still be made.
    known_from: Revision,
}

/// What happened to a document since one of its revisions. Cheap to make next
/// to what is made of it.
#[derive(Clone, Debug)]
pub(super) struct Since(Vec<Logged>);

#[derive(Clone, Debug)]
struct Logged {
    /// The revision that it belongs to: the first one whose text has it.
    revision: Revision,
    at: usize,
    new_len: usize,
    removed: Box<str>,
}

impl ChangeLog {
    /// The log of a document of which nothing older is known.
    pub(super) fn from(revision: Revision) -> ChangeLog {
        ChangeLog { changes: VecDeque::new(), bytes: 0, known_from: revision }
    }

    /// Something changed on the way to `revision`.
    pub(super) fn record(&mut self, revision: Revision, splice: &Splice) {
        let Splice { at, removed, new_len } = splice;
        // One more than it may hold would have it take twice the memory.
        if self.changes.len() == MOST_CHANGES {
            self.forget_oldest();
        }
        self.bytes += removed.len();
        let (at, new_len, removed) = (*at, *new_len, removed.clone());
        self.changes.push_back(Logged { revision, at, new_len, removed });
        while self.bytes > MOST_BYTES {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(oldest) = self.changes.pop_front() else { return };
        self.bytes -= oldest.removed.len();
        self.known_from = self.known_from.max(oldest.revision);
    }

    /// What happened after the text of `revision`; `None` if that is too long
    /// ago. O(log n) in the changes kept, and linear in those since.
    pub(super) fn since(&self, revision: Revision) -> Option<Since> {
        if revision < self.known_from {
            return None;
        }
        let first = self.changes.partition_point(|change| change.revision <= revision);
        Some(Since(self.changes.range(first..).cloned().collect()))
    }
}

impl Since {
    /// What leads from the text that there was to `now`, and that text.
    ///
    /// O(c log c) for c changes, their text, and O(c log n) for a text of n
    /// bytes. `None` if the changes are not those of this text.
    pub(super) fn to(&self, now: &Rope) -> Option<(Rope, ChangeSet)> {
        let back = back(&self.0, now.len_bytes())?;
        let was = back.apply(now).ok()?;
        Some((was, back.invert(now).ok()?))
    }
}

/// What takes the changes back, in a text of `len` bytes.
fn back(changes: &[Logged], len: usize) -> Option<ChangeSet> {
    let mut sets = Vec::with_capacity(changes.len());
    let mut now = len;
    for change in changes.iter().rev() {
        let mut one = Builder::new(now);
        one.replace(change.at..change.at + change.new_len, &change.removed).ok()?;
        let one = one.finish();
        now = one.len_after();
        sets.push(one);
    }
    if sets.is_empty() { Some(ChangeSet::identity(len)) } else { compose_all(&sets) }
}
