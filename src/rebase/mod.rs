//! Patches that were written for one text, carried over to a newer one.
//!
//! The unit is the line. A patch goes along if the lines that it names or
//! touches are still there, byte for byte and side by side, and then nothing
//! of it but its line numbers changes. Otherwise nobody can say what it means
//! now, and that is a conflict. Nothing is searched for, and no change is
//! weighed.

mod conflict;
mod region;
mod whole_lines;

use std::collections::BTreeMap;

use conflict::Conflict;
use region::Region;
use whole_lines::of_whole_lines;

use crate::batch::{Document, Patch};
use crate::change::ChangeSet;
use crate::invariants::{Fault, Law};
use crate::repair::Subject;
use crate::text::{PositionEncoding, Snapshot};

/// A text, and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    /// The text that the patches were written for.
    pub was: &'a Snapshot,
    /// The text as it is now.
    pub now: &'a Snapshot,
    /// What leads from the one to the other.
    pub changes: &'a ChangeSet,
    /// Whether a part of the batch may be in the new text already: then the
    /// lines directly beside those that a patch names must be unchanged too.
    pub strict: bool,
}

/// The patches of one document, for its newer text.
#[derive(Debug)]
pub struct Rebased<'a> {
    was: &'a Snapshot,
    now: &'a Snapshot,
    /// What really changed between the two.
    changes: ChangeSet,
    document: Document,
    conflicts: BTreeMap<usize, Conflict>,
}

/// Carries the patches of `document` over.
///
/// Linear in the text, which is compared once; then O(log n + log c) for each
/// patch on a text of n bytes with c changes.
///
/// # Errors
///
/// A [`Fault`] if the changes do not lead from the one text to the other.
pub fn rebase<'a>(
    document: &Document,
    moved: Moved<'a>,
    encoding: PositionEncoding,
) -> Result<Rebased<'a>, Fault> {
    let Moved { was, now, changes, strict } = moved;
    let fault = |detail: String| Fault { law: Law::FixedSnapshotSize, detail };
    let text = changes.apply(was.rope()).map_err(|error| fault(error.to_string()))?;
    if text != *now.rope() {
        return Err(fault("the changes do not lead to the text as it is now".to_owned()));
    }
    let changes = changes.reduced(was.rope()).map_err(|error| fault(error.to_string()))?;
    let changes = of_whole_lines(&changes, was).map_err(|error| fault(error.to_string()))?;
    let mut rebased = Rebased {
        was,
        now,
        changes,
        // Its tokens name the other text, and nothing is left to compare.
        document: Document { snapshot: None, version: None, ..document.clone() },
        conflicts: BTreeMap::new(),
    };
    for (index, patch) in document.patches.iter().enumerate() {
        match rebased.carried(patch, strict, encoding) {
            Ok(carried) => rebased.document.patches[index] = carried,
            Err(conflict) => drop(rebased.conflicts.insert(index, conflict)),
        }
    }
    Ok(rebased)
}

impl Rebased<'_> {
    /// The document with the patches that were carried over, for the text as
    /// it is now. One that is in conflict is there as it was written, so that
    /// every index stays.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The patches of that document.
    pub fn into_patches(self) -> Vec<Patch> {
        self.document.patches
    }

    /// The indices of the patches that could not be carried over, ascending.
    pub fn conflicts(&self) -> impl Iterator<Item = usize> {
        self.conflicts.keys().copied()
    }

    fn carried(
        &self,
        patch: &Patch,
        strict: bool,
        encoding: PositionEncoding,
    ) -> Result<Patch, Conflict> {
        let Some(region) = Region::of(patch, self.was) else {
            let written_for = Subject { document: &self.document, snapshot: self.was, encoding };
            return Err(Conflict::NoSuchLine(written_for.span(patch)));
        };
        let Some(carried) = region.shift(self).and_then(|shift| patch.shifted(shift)) else {
            return Err(Conflict::Changed(region));
        };
        if strict {
            let beside = region.with_lines_beside(self.was);
            beside.shift(self).ok_or(Conflict::Beside(beside))?;
        }
        Ok(carried)
    }
}
