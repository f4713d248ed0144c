//! One document on its way from patch to patch.

use std::collections::VecDeque;
use std::ops::Range;

use ropey::Rope;

use super::edited::Splice;
use super::inverse::Made;
use super::report::SettledDocument;
use super::same_text::Agreement;
use super::verdict::State;
use crate::change::{Builder, ChangeSet, compose_all, starts_line};
use crate::executor::{self, Staged};
use crate::invariants::{Fault, Law};
use crate::normalizer::Step;
use crate::text::Snapshot;

/// What was done of a document's patches, and what is still to be done.
#[derive(Debug)]
pub(super) struct Steps {
    /// The text that the batch was checked against.
    before: Snapshot,
    /// The text that the last patch left, as the editor showed it.
    now: Snapshot,
    /// What takes back what was done, the last patch first: each set is for the
    /// text that the one behind it makes.
    undo: Vec<ChangeSet>,
    to_do: VecDeque<ToDo>,
    applied: usize,
    agreement: Agreement,
    /// Whether the editor showed what it was asked for last.
    is_shown: bool,
    is_normalised_away: bool,
}

/// A patch that is still to come, in the text as it is now.
#[derive(Debug)]
struct ToDo {
    step: Step,
    /// Whether somebody else changed its lines.
    is_touched: bool,
}

/// Why a document cannot go on.
#[derive(Debug)]
pub(super) enum Halt {
    /// Somebody changed what the batch did, or what it does next.
    Touched,
    /// It cannot be staged.
    Fault(Fault),
}

impl Steps {
    pub(super) fn new(before: Snapshot) -> Steps {
        Steps {
            now: before.clone(),
            before,
            undo: Vec::new(),
            to_do: VecDeque::new(),
            applied: 0,
            agreement: Agreement::Exact,
            is_shown: true,
            is_normalised_away: false,
        }
    }

    /// This one comes after all the others.
    pub(super) fn push(&mut self, step: Step) {
        self.to_do.push_back(ToDo { step, is_touched: false });
    }

    /// The patch whose turn it is.
    pub(super) fn patch(&self) -> Option<usize> {
        self.to_do.front().map(|next| next.step.patch)
    }

    pub(super) fn is_done(&self) -> bool {
        self.to_do.is_empty()
    }

    /// The text that the last patch left.
    pub(super) fn now(&self) -> &Snapshot {
        &self.now
    }

    pub(super) fn applied(&self) -> usize {
        self.applied
    }

    /// Whether the document is as it was.
    pub(super) fn is_untouched(&self) -> bool {
        self.undo.is_empty()
    }

    /// The next patch, on the text that is there now.
    ///
    /// # Errors
    ///
    /// A [`Halt`] where it is not certain to mean there what it meant.
    pub(super) fn stage(&mut self, now: Snapshot) -> Result<Staged, Halt> {
        self.catch_up(now)?;
        let len = self.now.len_bytes();
        let mut changes = Builder::new(len);
        if let Some(ToDo { step, is_touched }) = self.to_do.front() {
            if *is_touched {
                return Err(Halt::Touched);
            }
            changes.replace(step.span.clone(), &step.text).map_err(|error| {
                Halt::Fault(Fault { law: Law::DescendingOrder, detail: error.to_string() })
            })?;
        }
        executor::stage(self.now.clone(), changes.finish()).map_err(Halt::Fault)
    }

    /// The next patch is in the text: nothing of it was to be changed.
    pub(super) fn pass(&mut self) {
        self.to_do.pop_front();
        self.applied += 1;
    }

    /// The editor keeps what the next patch changes, its line ends, as it is.
    pub(super) fn pass_normalised(&mut self) {
        self.pass();
        self.is_normalised_away = true;
        self.agreement = Agreement::Normalised;
    }

    /// The next patch is in the text, as it was seen or as the editor says.
    pub(super) fn applied_next(&mut self, seen: &SettledDocument) {
        self.pass();
        let Some(Made { staged, after, .. }) = &seen.made else { return };
        if let Ok(back) = staged.changes().invert(staged.before().rope()) {
            self.undo.push(back);
        }
        self.is_shown = seen.state == State::After;
        let now = seen.now.clone().filter(|_| self.is_shown);
        let now = now.unwrap_or_else(|| staged.after().clone());
        let expected = staged.after().rope();
        if after != expected && self.is_shown {
            self.agreement = Agreement::Normalised;
            self.normalised(expected, now.rope());
        }
        self.now = now;
    }

    /// What became of the document, if it ends here. `ending` is what was seen
    /// of a patch that is not known to be in the text.
    pub(super) fn settled(&self, ending: Option<SettledDocument>) -> Option<SettledDocument> {
        let undo = self.undo(self.now.rope());
        let is_whole = self.is_done() && !(undo.is_empty() && self.is_normalised_away);
        let ended = ending.filter(|seen| {
            self.is_untouched() || !matches!(seen.state, State::Before | State::TypedOver)
        });
        let state = match &ended {
            Some(seen) => seen.state,
            None if !is_whole && undo.is_empty() => State::Before,
            None if self.is_shown => State::After,
            None => State::Unreported,
        };
        let left = match state {
            State::After => self.to_do.iter().map(|next| next.step.patch).collect(),
            _ => Vec::new(),
        };
        let now = match &ended {
            Some(seen) => seen.now.clone(),
            None => Some(self.now.clone()).filter(|_| state != State::Unreported),
        };
        Some(SettledDocument {
            state,
            now,
            agreement: Some(self.agreement).filter(|_| state == State::After),
            is_normalised_away: self.is_normalised_away && undo.is_empty(),
            out_of_sync: ended.and_then(|seen| seen.out_of_sync),
            made: Some(self.made(&undo)?),
            is_brought_back: false,
            is_kept: false,
            left,
        })
    }

    /// All that was done, as one.
    fn made(&self, undo: &ChangeSet) -> Option<Made> {
        let now = self.now.rope();
        let without = undo.apply(now).ok()?;
        let changes = undo.invert(now).ok()?;
        let (revision, version) = (self.before.revision(), self.before.version());
        let before = Snapshot::new(without.clone(), revision, version);
        let staged = executor::stage(before, changes).ok()?;
        let revision = self.is_shown.then_some(self.now.revision());
        Some(Made { staged, shown: without, after: now.clone(), revision })
    }

    /// What takes back all that was done, in a text that holds it.
    fn undo(&self, text: &Rope) -> ChangeSet {
        let sets: Vec<ChangeSet> = self.undo.iter().rev().cloned().collect();
        compose_all(&sets).unwrap_or_else(|| ChangeSet::identity(text.len_bytes()))
    }

    /// Takes in what somebody else did to the text since.
    ///
    /// What was done stays whatever comes, so to go on is better than to stop,
    /// as long as nobody touched the lines of what was done and is to be done.
    fn catch_up(&mut self, now: Snapshot) -> Result<(), Halt> {
        let is_known = self.now.version().is_some() && self.now.revision() == now.revision();
        if !is_known && let Some(splice) = Splice::between(self.now.rope(), now.rope()) {
            let (was, is) = (self.now.rope().clone(), now.rope());
            let typed = splice.changes(&was, is).ok_or(Halt::Touched)?;
            let undo = self.undo(&was).carried_over(&typed, &was, is);
            let undo = undo.map_err(|_| Halt::Touched)?;
            self.undo = if undo.is_empty() { Vec::new() } else { vec![undo] };
            self.shift(&splice, (&was, is), |span| lines_of(&was, span));
        }
        self.now = now;
        Ok(())
    }

    /// The editor made line ends its own in what it was asked for.
    fn normalised(&mut self, expected: &Rope, seen: &Rope) {
        let Some(splice) = Splice::between(expected, seen) else { return };
        let undo = self.undo(expected);
        let without = undo.apply(expected).ok();
        let carried = splice
            .changes(expected, seen)
            .and_then(|own| undo.carried_over(&own, expected, seen).ok());
        let whole = || {
            let without = without.as_ref()?;
            Splice::between(seen, without)?.changes(seen, without)
        };
        self.undo = carried.or_else(whole).into_iter().collect();
        self.shift(&splice, (expected, seen), Clone::clone);
    }

    /// Moves what is to come to where it is after a change, of which it must
    /// stand clear by `margin`; side by side they may stand where a line begins
    /// between them. Nothing before the change is looked at.
    fn shift(
        &mut self,
        splice: &Splice,
        (was, is): (&Rope, &Rope),
        margin: impl Fn(&Range<usize>) -> Range<usize>,
    ) {
        let (changed, new_end) = (splice.span(), splice.at + splice.new_len);
        for ToDo { step, is_touched } in &mut self.to_do {
            let clear = margin(&step.span);
            if clear.end < changed.start
                || clear.end == changed.start && starts_line(was, clear.end)
            {
                return;
            }
            if changed.end < clear.start
                || changed.end == clear.start
                    && starts_line(was, clear.start)
                    && starts_line(is, new_end)
            {
                let by = |at: usize| at - changed.len() + splice.new_len;
                step.span = by(step.span.start)..by(step.span.end);
            } else {
                *is_touched = true;
            }
        }
    }
}

/// The whole lines that a span of bytes is in.
fn lines_of(text: &Rope, span: &Range<usize>) -> Range<usize> {
    let line_of = |byte| text.try_byte_to_line(byte).unwrap_or_default();
    let last = line_of(span.end.saturating_sub(1).max(span.start));
    let start = text.try_line_to_byte(line_of(span.start)).unwrap_or_default();
    let end = text.try_line_to_byte(last + 1).unwrap_or(text.len_bytes());
    start..end
}
