//! Taking back what a batch did to a document: the inverse, carried over what
//! happened there since.

use std::ops::Range;
use std::sync::Arc;

use ropey::Rope;

use super::change_log::Since;
use super::differing::common_head;
use super::edited::Splice;
use super::job::{Found, Staging, Subject, elsewhere};
use super::same_text::same_lines;
use super::{Files, Ticket};
use crate::batch::{Batch, Code, Status, Violation};
use crate::change::{Bias, Builder, ChangeSet};
use crate::engine::{Engine, Source, StagedBatch};
use crate::executor::Staged;
use crate::repair::numbered_lines;
use crate::text::{ContentHash, PositionEncoding, Revision, Snapshot};

/// How many lines of each text a conflict shows.
const MOST_LINES: usize = 20;

/// What a batch did to a document.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) staged: Staged,
    /// The text from before, as the editor showed it.
    pub(super) shown: Rope,
    /// The text that it made.
    pub(super) after: Rope,
    /// Where that was seen in the editor: its revision.
    pub(super) revision: Option<Revision>,
}

/// All that is needed to take that back, and to see that somebody else did.
#[derive(Clone, Debug)]
pub(super) struct Inverse {
    /// What leads from the text after to the one before.
    pub(super) changes: Arc<ChangeSet>,
    pub(super) before: Fingerprint,
    pub(super) after: Fingerprint,
    /// The revision of the text after, where it was seen in the editor.
    pub(super) revision: Option<Revision>,
}

/// What a text is recognised by. The hash does not see a byte order mark, the
/// length does. Most others are told from it by their length, or by one byte:
/// where the texts before and after a batch begin to differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    len: usize,
    at: usize,
    there: Option<u8>,
    hash: ContentHash,
}

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

impl Fingerprint {
    /// Of a text that differs from others at byte `at`. Linear in the text.
    fn of(text: &Rope, at: usize) -> Fingerprint {
        let (len, there) = (text.len_bytes(), text.get_byte(at));
        Fingerprint { len, at, there, hash: ContentHash::of(text) }
    }

    /// Whether it is that of this text. Linear in a text that may be the one.
    fn is_of(&self, text: &Rope) -> bool {
        self.is_of_hashed(text, || ContentHash::of(text))
    }

    /// The same, for a text whose hash is only made if it is asked for.
    pub(super) fn is_of_hashed(&self, text: &Rope, hash: impl FnOnce() -> ContentHash) -> bool {
        self.len == text.len_bytes() && self.there == text.get_byte(self.at) && self.hash == hash()
    }

    /// The text's bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}

impl Made {
    /// Linear in the texts, whose fingerprints are made.
    pub(super) fn inverse(&self) -> Option<Inverse> {
        let Made { staged, shown, after, revision } = self;
        let is_exact = staged.before().rope() == shown && staged.after().rope() == after;
        let changes = if is_exact {
            staged.changes().invert(shown).ok()?
        } else {
            // The editor has line ends of its own, so that no single change is
            // where it was asked for.
            let mut whole = Builder::new(after.len_bytes());
            if let Some(back) = Splice::between(after, shown) {
                let new = shown.get_byte_slice(back.at..back.at + back.new_len)?.to_string();
                whole.replace(back.span(), &new).ok()?;
            }
            whole.finish()
        };
        let first = changes.ascending().next().map_or(after.len_bytes(), |it| it.span.start);
        let at = common_head(shown, after, first);
        Some(Inverse {
            changes: Arc::new(changes),
            before: Fingerprint::of(shown, at),
            after: Fingerprint::of(after, at),
            revision: *revision,
        })
    }
}

impl Inverse {
    /// What takes the batch back in `now`; the set is empty where somebody did
    /// that already.
    fn for_text(&self, now: &Rope, since: Option<&(Since, Rope)>) -> Result<ChangeSet, Conflict> {
        if self.after.is_of(now) {
            return Ok((*self.changes).clone());
        }
        if self.before.is_of(now) {
            return Ok(ChangeSet::identity(now.len_bytes()));
        }
        let known = since.filter(|(_, led_to)| led_to == now).and_then(|(since, _)| since.to(now));
        let Some((was, changes)) = known.filter(|(was, _)| self.after.is_of(was)) else {
            return Err(Conflict::Unknown);
        };
        // Both without what they only put back, so that what somebody took back
        // by hand is seen to be the same.
        let changes = changes.reduced(&was).unwrap_or(changes);
        let inverse = self.changes.reduced(&was).unwrap_or_else(|_| (*self.changes).clone());
        inverse.carried_over(&changes, &was, now).map_err(|spans| {
            let spans = spans.into_iter();
            let touched = spans.map(|span| {
                let (start, end) = (span.start, span.end);
                let now = changes.map_position(start, Bias::Before)
                    ..changes.map_position(end, Bias::After);
                (span, now)
            });
            Conflict::Touched { was, spans: touched.collect() }
        })
    }
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

/// Why something cannot be taken back.
enum Conflict {
    /// Nobody knows how the document came to its text.
    Unknown,
    /// These bytes were changed again: in the text as it was left, and now.
    Touched { was: Rope, spans: Vec<(Range<usize>, Range<usize>)> },
}

impl Conflict {
    fn violation(self, uri: &str, now: &Snapshot, encoding: PositionEncoding) -> Violation {
        let code = Code::UndoConflict;
        let mut violation = Violation::of_document(code, uri, String::new());
        match self {
            Conflict::Unknown => {
                "the text is not the one that the batch left, and how it came to be is not known"
                    .clone_into(&mut violation.message);
            }
            Conflict::Touched { was, spans } => {
                let was = Snapshot::new(was, now.revision(), None);
                let lines = |at: usize| was.rope().try_byte_to_line(at).unwrap_or_default() + 1;
                let numbers = spans.iter().map(|(span, _)| lines(span.start).to_string());
                let numbers: Vec<String> = numbers.take(10).collect();
                violation.message = format!(
                    "what the batch made of line {} was changed again since, and cannot be taken back \
                     alone",
                    numbers.join(", ")
                );
                let first = spans.first().map(|(_, now)| now.clone()).unwrap_or_default();
                violation.range = now.range_of(first, encoding);
                violation.was =
                    spans.iter().flat_map(|(span, _)| numbered_lines(&was, span.clone())).collect();
                violation.actual =
                    spans.iter().flat_map(|(_, span)| numbered_lines(now, span.clone())).collect();
                for lines in [&mut violation.was, &mut violation.actual] {
                    lines.dedup();
                    lines.truncate(MOST_LINES);
                }
            }
        }
        violation
    }
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
}

impl TakeBack {
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
