//! An outcome for a person to read.

mod diff;
mod printable;
mod suggestion;
mod summary;
pub(super) mod table;
mod violations;
mod window;

use std::io::{self, Write};

use crate::batch::{Batch, Outcome, Violation};
use crate::diff::{LineKind, unified};
use crate::executor::Staged;
use crate::repair::Subject;
use crate::text::{PositionEncoding, Snapshot};
pub(super) use printable::one_line;
use summary::Counts;

/// What an outcome tells of.
pub(super) struct Shown<'a> {
    pub(super) batch: &'a Batch,
    pub(super) encoding: PositionEncoding,
    /// The text of each document that was read, in the order of the batch.
    pub(super) before: Vec<Option<Snapshot>>,
    /// Each document as it would be; empty where the batch is rejected.
    pub(super) staged: Vec<Option<&'a Staged>>,
}

/// Diffs, violations in their places, and what it comes to.
pub(super) fn render(
    output: &mut dyn Write,
    shown: &Shown<'_>,
    outcome: &Outcome,
) -> io::Result<()> {
    let mut counts = Counts::default();
    for (document, staged) in shown.batch.documents.iter().zip(&shown.staged) {
        let Some(staged) = staged.filter(|staged| staged.is_changed()) else { continue };
        let diff = unified(staged);
        diff::render(output, &document.uri, &diff)?;
        writeln!(output)?;
        counts.documents += 1;
        counts.added += diff.count(LineKind::Added);
        counts.removed += diff.count(LineKind::Removed);
    }
    violations::render(output, shown, outcome)?;
    summary::render(output, shown, outcome, counts)
}

impl Shown<'_> {
    fn is_staged(&self) -> bool {
        !self.staged.is_empty()
    }

    fn index(&self, violation: &Violation) -> Option<usize> {
        self.batch.documents.iter().position(|document| document.uri == violation.uri)
    }

    /// The violation's document, beside the text that its range is for.
    fn subject(&self, violation: &Violation) -> Option<Subject<'_>> {
        let document = self.batch.documents.get(self.index(violation)?)?;
        let snapshot = self.text_now(violation)?;
        Some(Subject { document, snapshot, encoding: self.encoding })
    }

    fn text_now(&self, violation: &Violation) -> Option<&Snapshot> {
        let index = self.index(violation)?;
        match self.staged.get(index) {
            Some(staged) => staged.map(Staged::after),
            None => self.before.get(index)?.as_ref(),
        }
    }
}
