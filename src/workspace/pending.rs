//! One document while the editor is asked to change it.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;
use ropey::Rope;

use super::Ticket;
use super::differing::{differing, may_differ};
use super::history::Undone;
use super::inverse::Made;
use super::same_text::{Agreement, Comparison, same_lines};
use super::verdict::{Answer, State};
use crate::batch::Batch;
use crate::executor::Staged;
use crate::text::{Revision, Snapshot};

/// What is seen of one document between the edit and the end of its batch.
///
/// It is confirmed by the first text that is the staged one, after any single
/// content change; nothing that happens later revokes that. One that is so only
/// but for line ends gives way to the very text.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) ticket: Ticket,
    pub(super) batch: Arc<Batch>,
    /// The batch that it takes back.
    pub(super) undoes: Option<Undone>,
    /// Its index in the batch.
    pub(super) document: usize,
    /// The name by which the editor was asked.
    pub(super) uri: String,
    pub(super) staged: Staged,
    /// The text from before, as the editor shows it.
    shown: Rope,
    /// The editor's text, compared with the one after.
    comparison: Comparison,
    /// Whether the texts before and after differ only by what editors change
    /// by themselves.
    is_subtle: bool,
    pub(super) confirmed: Option<Confirmed>,
    opening: Opening,
    pub(super) awaited: Awaited,
    /// An edit of another batch that was looked out for when this one was sent.
    pub(super) behind: Option<Box<Pending>>,
}

/// What is known of a document that the editor may not have had open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opening {
    /// It is open, or was opened with a text that is one of the two.
    Known,
    /// It was not open, and nothing was heard of it.
    Unreported,
    /// It was opened with a text that is neither.
    WithAnother,
}

/// Who waits for the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// Its batch.
    Eagerly,
    /// Its batch, which knows already that it was confirmed.
    Counted,
    /// Nobody: its batch has ended.
    Late,
}

/// The text that the batch was confirmed by.
#[derive(Clone, Debug)]
pub(super) struct Confirmed {
    pub(super) snapshot: Snapshot,
    pub(super) agreement: Agreement,
}

impl Pending {
    pub(super) fn new(
        ticket: Ticket,
        (batch, undoes): (Arc<Batch>, Option<Undone>),
        (document, uri): (usize, String),
        staged: Staged,
        is_open: bool,
    ) -> Pending {
        let first = staged.changes().ascending().next().map_or(0, |change| change.span.start);
        Pending {
            ticket,
            batch,
            undoes,
            document,
            uri,
            // What is not open may have another text.
            comparison: Comparison::from(if is_open { first } else { 0 }),
            shown: staged.before().rope().clone(),
            is_subtle: same_lines(first, staged.before().rope(), staged.after().rope()),
            staged,
            confirmed: None,
            opening: if is_open { Opening::Known } else { Opening::Unreported },
            awaited: Awaited::Eagerly,
            behind: None,
        }
    }

    /// How the editor's text, which changed from byte `at` on, agrees with the
    /// staged one, if it does. What was opened with another text never does:
    /// nobody knows what the edit was applied to.
    pub(super) fn agrees(&mut self, at: usize, text: &Rope) -> Option<Agreement> {
        if self.opening == Opening::WithAnother {
            return None;
        }
        let agreement = self.comparison.again(at, text, self.staged.after().rope())?;
        (agreement == Agreement::Exact || !self.is_subtle).then_some(agreement)
    }

    /// Takes in the text with which the editor opens the document, which it
    /// did not have open.
    pub(super) fn opened(&mut self, text: &Rope) {
        self.opening = Opening::Known;
        if self.is_before(text) {
            self.shown = text.clone();
        } else if self.agrees(0, text).is_none() {
            self.opening = Opening::WithAnother;
        }
    }

    /// The editor's text became another one, and nobody said where.
    pub(super) fn lost_track(&mut self) {
        self.comparison = Comparison::from(0);
    }

    /// Whether no more can be heard that matters.
    pub(super) fn is_confirmed(&self) -> bool {
        self.confirmed.is_some()
    }

    /// Whether it was confirmed by the very text that was asked for.
    pub(super) fn is_confirmed_exactly(&self) -> bool {
        self.confirmed.as_ref().is_some_and(|it| it.agreement == Agreement::Exact)
    }

    /// Whether the step of its batch is taken already, at this revision.
    pub(super) fn has_step_at(&self, revision: Revision) -> bool {
        self.confirmed.as_ref().is_some_and(|it| it.snapshot.revision() == revision)
    }

    /// The same, with nothing behind it.
    pub(super) fn alone(mut self) -> Pending {
        self.behind = None;
        self
    }

    /// The same, with the text that was seen after all.
    pub(super) fn confirmed_by(mut self, text: Confirmed) -> Pending {
        self.confirmed = Some(text);
        self
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_late(&self) -> bool {
        self.awaited == Awaited::Late
    }

    /// Whether the editor cannot hold what the batch asks for.
    pub(super) fn is_normalised_away(&self, text: &Rope) -> bool {
        self.is_subtle && self.is_before(text)
    }

    /// What the batch made of the document, as far as it was seen.
    pub(super) fn made(&self) -> Made {
        let confirmed = self.confirmed.as_ref().map(|confirmed| &confirmed.snapshot);
        Made {
            staged: self.staged.clone(),
            shown: self.shown.clone(),
            after: confirmed.unwrap_or(self.staged.after()).rope().clone(),
            revision: confirmed.map(Snapshot::revision),
        }
    }

    /// Where the document stands, whose text is `now`; `None` if that is not
    /// known.
    pub(super) fn state(&self, answer: Answer, now: Option<&Rope>) -> State {
        // An editor that refuses may have begun, and taken it back.
        let is_taken_back =
            || answer == Answer::Refused && now.is_some_and(|now| self.is_before(now));
        if self.is_confirmed() && !is_taken_back() {
            return State::After;
        }
        if self.opening == Opening::Unreported {
            return State::Unreported;
        }
        let Some(now) = now else { return State::Lost };
        if self.is_before(now) {
            State::Before
        } else if self.opening == Opening::Known && self.is_typed_over(now) {
            State::TypedOver
        } else {
            State::Other
        }
    }

    fn is_before(&self, text: &Rope) -> bool {
        let before = self.staged.before().rope();
        text == before || (!self.is_subtle && same_lines(0, text, before))
    }

    /// Whether a text differs from the one before by changes that neither
    /// touch nor adjoin a patched line, and that put in nothing of the batch:
    /// then they are the user's.
    fn is_typed_over(&self, now: &Rope) -> bool {
        let before = self.staged.before().rope();
        let Some(span) = may_differ(before, now) else { return true };
        let line_of = |byte| before.try_byte_to_line(byte).unwrap_or(0);
        let (first, last) = (line_of(span.start), line_of(span.end));
        let touches = |change: crate::change::Change<'_>| {
            let (start, end) = (line_of(change.span.start), line_of(change.span.end));
            start <= last + 1 && first <= end + 1
        };
        !self.staged.changes().ascending().any(touches) && !self.is_misplaced(now)
    }

    /// Whether what the batch puts in stands in the text, somewhere: where the user
    /// typed first, an editor that compares no versions puts it into other lines.
    /// Told by the longest line of it alone, so that it costs one look.
    fn is_misplaced(&self, now: &Rope) -> bool {
        let before = self.staged.before().rope();
        let Some((gone, shown)) = differing(before, now) else { return false };
        let lines = self.staged.changes().ascending().flat_map(|change| change.text.lines());
        let longest = lines.map(str::trim).max_by_key(|line| line.len()).unwrap_or_default();
        if longest.is_empty() {
            return false;
        }
        let finder = memmem::Finder::new(longest);
        let count = |text: &Rope, piece: Range<usize>| {
            let piece = text.byte_slice(piece).to_string();
            finder.find_iter(piece.as_bytes()).count()
        };
        count(now, shown) > count(before, gone)
    }
}
