//! Layer 3: the change set executed on a copy, and compared with what was
//! computed. Nothing has left the engine yet.

mod changed_lines;

use crate::change::ChangeSet;
use crate::invariants::{self, Fault, Law};
use crate::text::Snapshot;

/// One document, before and after: the proof that the changes lead from the
/// one to the other and that laws 2, 6 and 7 hold.
#[derive(Clone, Debug)]
pub struct Staged {
    before: Snapshot,
    after: Snapshot,
    changes: ChangeSet,
}

/// Executes `changes` on a copy of the snapshot's text.
///
/// A result that is the text already there is staged as no change at all, and
/// is no revision. O(c log n) for c changes to a text of n bytes, and their
/// text; where the length stays the same, as far as old and new text agree.
///
/// # Errors
///
/// A [`Fault`] if the changes do not fit the snapshot, are not in descending
/// order, or make a text of another size than was computed.
pub fn stage(snapshot: Snapshot, changes: ChangeSet) -> Result<Staged, Fault> {
    invariants::fixed_size(changes.len_before(), snapshot.len_bytes())?;
    let mut executed = snapshot.len_bytes();
    for change in changes.descending() {
        invariants::descending(&change.span, executed)?;
        executed = change.span.start;
    }
    let text = changes
        .apply(snapshot.rope())
        .map_err(|error| Fault { law: Law::FixedSnapshotSize, detail: error.to_string() })?;
    invariants::fixed_size(changes.len_after(), text.len_bytes())?;

    let unchanged = changed_window(&changes).is_none_or(|window| {
        changes.len_before() == changes.len_after()
            && snapshot.slice(window.clone()) == text.get_byte_slice(window)
    });
    if unchanged {
        let changes = ChangeSet::identity(snapshot.len_bytes());
        return Ok(Staged { after: snapshot.clone(), before: snapshot, changes });
    }
    let after = snapshot.succeeded_by(text);
    invariants::one_step(snapshot.revision().number(), after.revision().number())?;
    Ok(Staged { before: snapshot, after, changes })
}

/// From the first changed byte to the last, in the old text: outside of it the
/// texts agree anyway.
fn changed_window(changes: &ChangeSet) -> Option<std::ops::Range<usize>> {
    let first = changes.ascending().next()?;
    let last = changes.descending().next()?;
    Some(first.span.start..last.span.end)
}

impl Staged {
    /// The text that the batch was checked against.
    pub fn before(&self) -> &Snapshot {
        &self.before
    }

    /// The text that the batch makes; the one before where it changes nothing.
    pub fn after(&self) -> &Snapshot {
        &self.after
    }

    /// What leads from the one to the other.
    pub fn changes(&self) -> &ChangeSet {
        &self.changes
    }

    /// Whether the text changes at all.
    pub fn is_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The changed lines, first and last, in the new numbering and ascending.
    /// Where lines were only deleted: `[n, n - 1]`, the place before line n.
    pub fn changed_lines(&self) -> Vec<[usize; 2]> {
        changed_lines::changed_lines(self)
    }
}
