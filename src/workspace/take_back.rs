//! Taking back what a batch did, away from the loop that takes events.

use std::sync::Arc;

use ropey::Rope;

use super::change_log::Since;
use super::inverse::{Conflict, Inverse, Made};
use super::job::{Found, Staging, Subject, elsewhere};
use super::same_text::same_lines;
use super::{Files, Ticket};
use crate::batch::{Batch, Status, Violation};
use crate::change::ChangeSet;
use crate::engine::{Engine, Source, StagedBatch};
use crate::text::{PositionEncoding, Snapshot};

/// What is to be taken back in a document.
#[derive(Clone, Debug)]
pub(super) enum Done {
    Made(Made),
    Inverse(Inverse),
}

/// A document of a batch that is taken back.
#[derive(Clone, Debug)]
pub(super) struct TakenDocument {
    pub(super) subject: Subject,
    /// What is to be taken back here, if anything is.
    pub(super) done: Option<Done>,
    /// What happened since, and the text that it led to; `None` where that is
    /// not known.
    pub(super) since: Option<(Since, Rope)>,
}

/// All that is needed to take a batch back.
#[derive(Clone, Debug)]
pub struct TakeBack {
    pub(super) ticket: Ticket,
    /// What it is called, and its documents; they have no patches.
    pub(super) batch: Arc<Batch>,
    pub(super) encoding: PositionEncoding,
    pub(super) documents: Vec<TakenDocument>,
    /// Whether all documents are taken back or none.
    pub(super) is_atomic: bool,
}

/// What came of taking a batch back.
#[derive(Debug)]
pub(super) struct TakenBack {
    /// The documents as they would be; one in which nothing can be taken back
    /// as it is.
    pub(super) staged: StagedBatch,
    /// The documents that cannot be taken back, and why.
    pub(super) refused: Vec<(usize, Violation)>,
}

impl TakeBack {
    pub(super) fn run(self, engine: &Engine, files: &mut impl Files) -> Staging {
        let ticket = self.ticket;
        let subjects = self.documents.iter().map(|document| &document.subject);
        let found = match elsewhere(subjects, files) {
            Some(elsewhere) => Found::Elsewhere(elsewhere),
            None => self.stage(engine, files),
        };
        Staging { ticket, found }
    }

    fn stage(self, engine: &Engine, files: &mut impl Files) -> Found {
        let texts = self.documents.iter().map(|document| document.subject.snapshot()).collect();
        let mut refused = Vec::new();
        let mut changes = Vec::with_capacity(self.documents.len());
        for (index, document) in self.documents.iter().enumerate() {
            let uri = self.batch.documents.get(index).map_or("", |it| it.uri.as_str());
            let Taken { changes: of_document, violation } =
                document.take_back(uri, files, self.encoding);
            changes.push(of_document);
            refused.extend(violation.map(|violation| (index, violation)));
        }
        let staged = match engine.stage_changes(&self.batch, changes) {
            Ok(staged) => staged,
            Err(refusal) => return Found::Refused { outcome: Box::new(refusal.outcome), texts },
        };
        if self.is_atomic && !refused.is_empty() {
            let mut outcome = staged.outcome_unchanged(Status::Rejected);
            outcome.violations = refused.into_iter().map(|(_, violation)| violation).collect();
            return Found::Refused { outcome: Box::new(outcome), texts };
        }
        Found::TakenBack(Box::new(TakenBack { staged, refused }))
    }
}

/// A document as it is, and what is to be done to it.
struct Taken {
    /// Its text and what takes the batch back in it, if it takes part.
    changes: Option<(Snapshot, ChangeSet)>,
    /// Why nothing can be taken back.
    violation: Option<Violation>,
}

impl TakenDocument {
    /// Whether the editor closed the document and left the file as it was: line
    /// ends are its own.
    fn is_file_from_before(&self, made: &Made, now: &Snapshot) -> bool {
        matches!(self.subject, Subject::Unopened { .. }) && same_lines(0, now.rope(), &made.shown)
    }

    fn take_back(&self, uri: &str, files: &mut impl Files, encoding: PositionEncoding) -> Taken {
        let Some(done) = &self.done else { return Taken { changes: None, violation: None } };
        let now = match self.subject.source(files) {
            Source::Text(now) | Source::Moved { now, .. } => now,
            Source::Refused { code, message } => {
                let violation = Some(Violation::of_document(code, uri, message));
                return Taken { changes: None, violation };
            }
        };
        let inverse = match done {
            Done::Inverse(inverse) => Some(inverse.clone()),
            Done::Made(made) if self.is_file_from_before(made, &now) => {
                let unchanged = ChangeSet::identity(now.len_bytes());
                return Taken { changes: Some((now, unchanged)), violation: None };
            }
            Done::Made(made) => made.inverse(),
        };
        let changes = inverse
            .ok_or(Conflict::Unknown)
            .and_then(|inverse| inverse.for_text(now.rope(), self.since.as_ref()));
        match changes {
            Ok(changes) => Taken { changes: Some((now, changes)), violation: None },
            Err(conflict) => {
                let violation = Some(conflict.violation(uri, &now, encoding));
                let unchanged = ChangeSet::identity(now.len_bytes());
                Taken { changes: Some((now, unchanged)), violation }
            }
        }
    }
}
