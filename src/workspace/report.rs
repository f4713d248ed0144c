//! What became of a batch, before it is put into words.

use std::sync::Arc;

use super::flight::Place;
use super::history::{HistoryDocument, HistoryEntry, Undone};
use super::inverse::Made;
use super::receipts::Digest;
use super::same_text::Agreement;
use super::verdict::{Answer, State};
use super::{Course, OutOfSync, Ticket};
use crate::batch::{
    Batch, Code, DocumentKey, DocumentOutcome, DocumentState, Mode, Outcome, Status, Violation,
};
use crate::engine::StagedBatch;
use crate::executor::Staged;
use crate::text::{PositionEncoding, Snapshot};

/// What is missing in mode `sequential`.
const ONE_BY_ONE: &str = "carried out one patch after the other: the editor's own undo takes back one \
                          patch at a time, `batchpatch.undo` all of them";

/// What became of a batch. Putting it into words hashes texts and may take
/// long, so that is done elsewhere.
#[derive(Debug)]
pub struct Report {
    pub(super) ticket: Ticket,
    pub(super) course: Course,
    pub(super) batch: Arc<Batch>,
    pub(super) encoding: PositionEncoding,
    pub(super) mode: Mode,
    /// The batch that it took back.
    pub(super) undoes: Option<Undone>,
    /// Where its documents are.
    pub(super) places: Vec<Place>,
    pub(super) ending: Ending,
    /// Where the texts are that it talks of, where the editor has them open.
    pub(super) texts: Vec<Option<ReportedText>>,
}

/// The text that the words about one document are for.
#[derive(Clone, Debug)]
pub struct ReportedText {
    /// Which document.
    pub key: DocumentKey,
    /// Its text.
    pub snapshot: Snapshot,
    /// After `partial`, what led to that text.
    pub(super) applied: Option<Staged>,
}

/// An outcome, and all that is needed to show what is wrong.
#[derive(Debug)]
pub struct Conclusion {
    /// What became of the batch.
    pub outcome: Outcome,
    /// What the batch went through.
    pub course: Course,
    /// The batch; where it takes another one back, only its documents.
    pub batch: Arc<Batch>,
    pub(super) ticket: Ticket,
    /// What the batch is recognised by when it is sent again.
    pub(super) digest: Option<Digest>,
    /// What it did, where a document may hold it.
    pub(super) entry: Option<HistoryEntry>,
    pub(super) encoding: PositionEncoding,
    pub(super) texts: Vec<Option<ReportedText>>,
}

#[derive(Debug)]
pub(super) enum Ending {
    /// Nothing was sent.
    Refused {
        outcome: Box<Outcome>,
        /// The texts that it talks of.
        texts: Vec<Option<Snapshot>>,
    },
    /// There was nothing to send.
    Unsent(StagedBatch),
    /// The editor can make no edits.
    CannotApply(StagedBatch),
    /// An edit was sent, and this is what was seen of it.
    Settled(Box<Settled>),
}

#[derive(Debug)]
pub(super) struct Settled {
    pub(super) staged: StagedBatch,
    pub(super) status: Status,
    /// What the editor said.
    pub(super) answer: Answer,
    /// For each document that was to change, in the order of their indices.
    pub(super) documents: Vec<(usize, SettledDocument)>,
    pub(super) warnings: Vec<String>,
    pub(super) violations: Vec<Violation>,
    /// Why the editor did not take back what it did, if it refused that.
    pub(super) taking_back: Option<String>,
}

#[derive(Debug)]
pub(super) struct SettledDocument {
    pub(super) state: State,
    /// What it holds now, as far as that is known.
    pub(super) now: Option<Snapshot>,
    pub(super) agreement: Option<Agreement>,
    /// Whether the editor cannot hold what the batch asks for.
    pub(super) is_normalised_away: bool,
    pub(super) out_of_sync: Option<OutOfSync>,
    /// What the batch did here, as far as that is known.
    pub(super) made: Option<Made>,
    /// Whether it did, and that was taken back.
    pub(super) is_brought_back: bool,
    /// Whether it did, and that cannot be taken back.
    pub(super) is_kept: bool,
    /// In mode `sequential`: the patches that the text does not hold.
    pub(super) left: Vec<usize>,
}

impl Report {
    /// Puts it into words. Makes the token of each text, and what takes the
    /// batch back.
    pub fn conclude(self) -> Conclusion {
        let entry = self.entry();
        let Report { ticket, course, batch, encoding, mode, undoes, ending, texts, .. } = self;
        let is_settled = matches!(ending, Ending::Settled(_));
        let mut outcome = match ending {
            Ending::Refused { outcome, .. } => *outcome,
            Ending::Unsent(staged) => staged.outcome(),
            Ending::CannotApply(staged) => cannot_apply(&batch, &staged),
            Ending::Settled(settled) => settled.outcome(),
        };
        // What takes a batch back has no content of its own to be sent again.
        let digest = if undoes.is_none() { Digest::of(&batch) } else { None };
        outcome.mode = mode;
        if mode == Mode::Sequential && is_settled {
            outcome.warnings.push(ONE_BY_ONE.to_owned());
        }
        outcome.undoes = undoes.map(|undone| undone.batch_id);
        Conclusion { outcome, course, batch, ticket, digest, entry, encoding, texts }
    }

    /// The texts that the batch made, if it is applied.
    pub(super) fn texts_made(&self) -> Vec<(DocumentKey, Snapshot)> {
        let Ending::Settled(settled) = &self.ending else { return Vec::new() };
        if !matches!(settled.status, Status::Applied | Status::Partial) {
            return Vec::new();
        }
        let after = settled.documents.iter().filter(|(_, it)| it.state == State::After);
        let made = |(index, settled): &(usize, SettledDocument)| {
            let text = self.texts.get(*index)?.as_ref()?;
            Some((text.key.clone(), settled.now.clone()?))
        };
        after.filter_map(made).collect()
    }

    /// What history keeps of it: nothing, if no document can hold it.
    fn entry(&self) -> Option<HistoryEntry> {
        let Ending::Settled(settled) = &self.ending else { return None };
        let document = |(index, settled): &(usize, SettledDocument)| {
            let place = self.places.get(*index)?;
            let made = settled.made.as_ref();
            let state = settled.state.told();
            let inverse = match state {
                DocumentState::After | DocumentState::Unknown => made.and_then(Made::inverse),
                DocumentState::Before | DocumentState::Other => None,
            };
            let is_other = state == DocumentState::Other;
            Some(HistoryDocument {
                key: place.key.clone(),
                target: place.target.clone(),
                uri: self.batch.documents.get(*index)?.uri.clone(),
                state,
                is_undone: false,
                inverse,
                text_before: made.filter(|_| is_other).map(|made| made.shown.clone()),
            })
        };
        let documents: Vec<_> = settled.documents.iter().filter_map(document).collect();
        let is_left = documents.iter().any(|document| document.state != DocumentState::Before);
        let (batch, undoes) = (Arc::clone(&self.batch), self.undoes.clone());
        is_left.then(|| HistoryEntry::new(self.ticket, batch, settled.status, undoes, documents))
    }
}

impl Ending {
    /// What led to the text that the outcome talks of, where a part of the
    /// batch did.
    pub(super) fn applied(&self, index: usize) -> Option<Staged> {
        let staged = match self {
            Ending::Unsent(staged) => staged,
            Ending::Settled(settled) if settled.status == Status::Partial => &settled.staged,
            _ => return None,
        };
        staged.documents().get(index)?.staged.clone()
    }

    /// The text of a document that the outcome talks of, if that is not simply
    /// the one it holds.
    pub(super) fn text_of(&self, index: usize) -> Option<Snapshot> {
        match self {
            Ending::Refused { texts, .. } => texts.get(index)?.clone(),
            Ending::Unsent(staged) | Ending::CannotApply(staged) => {
                let staged = staged.documents().get(index)?.staged.as_ref()?;
                Some(staged.before().clone())
            }
            Ending::Settled(settled) => settled.document(index)?.now.clone(),
        }
    }
}

fn cannot_apply(batch: &Batch, staged: &StagedBatch) -> Outcome {
    let mut outcome = staged.outcome_unchanged(Status::Failed);
    let message = "the editor does not take edits (`workspace.applyEdit`); `batchpatch filter` \
                   and `preview` work without one";
    outcome.violations = batch
        .documents
        .iter()
        .take(1)
        .map(|document| {
            Violation::of_document(Code::ClientCannotApply, &document.uri, message.to_owned())
        })
        .collect();
    outcome
}

impl Settled {
    pub(super) fn document(&self, index: usize) -> Option<&SettledDocument> {
        let at = self.position(index)?;
        self.documents.get(at).map(|(_, document)| document)
    }

    pub(super) fn document_mut(&mut self, index: usize) -> Option<&mut SettledDocument> {
        let at = self.position(index)?;
        self.documents.get_mut(at).map(|(_, document)| document)
    }

    fn position(&self, index: usize) -> Option<usize> {
        self.documents.binary_search_by_key(&index, |(of, _)| *of).ok()
    }

    fn outcome(self) -> Outcome {
        let status = self.status;
        let mut outcome = self.staged.outcome_of(status, |index, staged| {
            let Some(settled) = self.document(index) else {
                // It was not to change, and so it was not sent.
                let now = staged.before();
                return DocumentOutcome::of("", DocumentState::After, now, now);
            };
            let is_after = settled.state == State::After;
            let now = settled.now.as_ref().unwrap_or(match settled.state {
                State::Unreported => staged.after(),
                _ => staged.before(),
            });
            let told = settled.told();
            let mut document = DocumentOutcome::of("", told, staged.before(), now);
            document.confirmed = Some(is_after);
            document.not_applied.clone_from(&settled.left);
            if told == DocumentState::Unknown {
                // Nobody knows what it holds, so nothing names it.
                (document.snapshot, document.to_revision) = (None, None);
                (document.version, document.lines_after) = (None, None);
            }
            document
        });
        let Settled { documents, warnings, violations, taking_back, .. } = self;
        for (index, settled) in &documents {
            let Some(uri) = outcome.documents.get(*index).map(|it| it.uri.clone()) else {
                continue;
            };
            outcome.warnings.extend(settled.warning(&uri, status));
            if settled.is_normalised_away && status == Status::Failed {
                let message = "the editor keeps the end of each line, or of the last one, as it is: \
                               what the batch would change there, the editor takes back";
                let (code, message) = (Code::ClientNormalises, message.to_owned());
                outcome.violations.push(Violation::of_document(code, &uri, message));
            } else if settled.state == State::Other && status == Status::Failed {
                let message = "the editor left neither the text from before nor the one that was \
                               asked for; the text from before is in the history";
                let (code, message) = (Code::OtherText, message.to_owned());
                outcome.violations.push(Violation::of_document(code, &uri, message));
            }
        }
        if let Some(reason) = taking_back.filter(|_| status == Status::Failed) {
            outcome.warnings.push(format!("the editor refused to take back what it did{reason}"));
        }
        outcome.violations.extend(violations);
        outcome.warnings.extend(warnings);
        outcome
    }
}

impl SettledDocument {
    /// The state as the outcome tells it. One that was stopped half-way holds
    /// neither of the batch's two texts.
    fn told(&self) -> DocumentState {
        match self.state {
            State::After if !self.left.is_empty() => DocumentState::Other,
            state => state.told(),
        }
    }

    /// Whether all that the batch would change here is what the editor keeps as
    /// it is.
    pub(super) fn is_kept_as_it_was(&self) -> bool {
        self.state == State::Before && self.is_normalised_away
    }

    /// What is to be taken back here.
    pub(super) fn to_take_back(&self) -> Option<&Made> {
        self.made.as_ref().filter(|_| self.state == State::After && !self.is_kept)
    }

    /// What the batch did here is taken back.
    pub(super) fn brought_back(&mut self, now: Option<Snapshot>) {
        self.state = State::Before;
        self.is_brought_back = true;
        self.now = now;
    }

    fn warning(&self, uri: &str, status: Status) -> Option<String> {
        let what = match self.state {
            State::After if !self.left.is_empty() => {
                "it was left half-way: the patches that `notApplied` lists are not in it, the \
                 others are"
            }
            State::After if status == Status::Failed => "it holds what the batch makes",
            State::After if self.agreement == Some(Agreement::Normalised) => {
                "the editor changed line ends to its own"
            }
            State::Unreported if status == Status::Applied || status == Status::Partial => {
                "it was not open and the editor did not report it: it said that the edit was \
                 applied, and nobody has seen it"
            }
            State::Before if self.is_brought_back => "it was changed, and that was taken back",
            State::TypedOver => "the user typed in it meanwhile",
            State::Lost => match &self.out_of_sync {
                Some(reason) => return Some(format!("{uri}: its text is not known: {reason}")),
                None => "whether the editor still applies the edit is not known",
            },
            _ => return None,
        };
        Some(format!("{uri}: {what}"))
    }
}
