//! What an outcome says, against what the editor knows.

use std::collections::BTreeSet;

use batchpatch::batch::{Code, DocumentOutcome, DocumentState, Outcome, Status};
use batchpatch::text::ContentHash;
use batchpatch::workspace::Ticket;

use super::right::Step;
use super::table::Row;
use super::touched::Typed;
use super::world::{Habits, World};
use super::written::{Named, Written, WrittenDocument, alike_but_for_the_end};
use crate::simulated::marks;

impl World {
    pub(super) fn judge(&mut self, ticket: Ticket, outcome: &Outcome) {
        let row = self.rows.get(&ticket).copied().unwrap_or(Row::Unsent);
        self.table.count(row, outcome.status);
        if self.batches[&ticket].is_undo {
            self.judge_undo(ticket, outcome);
        } else {
            assert_eq!(outcome.documents.len(), self.batches[&ticket].documents.len());
        }
        match outcome.status {
            Status::Applied | Status::Partial => self.judge_applied(ticket, outcome),
            Status::Noop => {
                assert!(!self.batches[&ticket].is_sent(), "something was to be done");
            }
            Status::Rejected if self.batches[&ticket].is_undo => {}
            Status::Rejected => self.judge_rejected(ticket, outcome),
            Status::RolledBack => self.judge_rolled_back(ticket, outcome),
            Status::Failed => assert!(self.batches[&ticket].is_sent(), "nobody was asked"),
        }
        self.let_go(ticket);
        for told in &outcome.documents {
            let at = self.client.index_of(&told.uri);
            let documents = &self.batches[&ticket].documents;
            let Some(index) = documents.iter().position(|it| it.at == at) else { continue };
            match told.state {
                DocumentState::After => self.judge_after(ticket, index, told, outcome),
                DocumentState::Before => self.judge_before(ticket, index, told),
                DocumentState::Other | DocumentState::Unknown => {}
            }
        }
    }

    /// All that was to be done is done, as far as anybody can know.
    fn judge_applied(&self, ticket: Ticket, outcome: &Outcome) {
        let written = &self.batches[&ticket];
        for (document, told) in written.documents.iter().zip(&outcome.documents) {
            match told.state {
                DocumentState::After => {}
                DocumentState::Before if written.is_undo => {
                    // Somebody was faster, after the undo came and before its turn.
                    let is_left_alone = told.from_revision.is_none() && told.patches == 0;
                    let at = self.client.index_of(&told.uri);
                    let target = written.undoes.map(|it| &self.batches[&it]);
                    let mut of_target = target.iter().flat_map(|it| &it.documents);
                    let disturbed = self.client.documents()[at].disturbed;
                    // They may have done it again since.
                    let is_by_hand = |it: &WrittenDocument| disturbed > it.disturbed;
                    let is_undone =
                        of_target.any(|it| it.at == at && (it.is_undone || is_by_hand(it)));
                    assert!(is_left_alone && is_undone, "{} is not taken back", told.uri);
                }
                DocumentState::Before => assert!(written.is_best_effort && told.patches == 0),
                DocumentState::Unknown => {
                    let held = &self.client.documents()[document.at];
                    assert_eq!(told.confirmed, Some(false));
                    // What is told of it while it is closed says nothing.
                    let is_untold = !held.is_open || held.told.len() == document.told;
                    assert!(!document.was_sent_open && is_untold);
                }
                DocumentState::Other => panic!("{} is applied and another text", told.uri),
            }
        }
    }

    /// No document holds any of the batch.
    fn judge_rolled_back(&self, ticket: Ticket, outcome: &Outcome) {
        assert!(self.batches[&ticket].is_sent(), "nobody was asked");
        for told in &outcome.documents {
            // One that the batch would not change is both.
            let is_unchanged = told.from_revision == told.to_revision;
            let is_after = told.state == DocumentState::After && is_unchanged;
            assert!(told.state == DocumentState::Before || is_after, "{} is rolled back", told.uri);
        }
    }

    /// The document holds what the oracle says, as the editor told.
    fn judge_after(
        &mut self,
        ticket: Ticket,
        index: usize,
        told: &DocumentOutcome,
        outcome: &Outcome,
    ) {
        let written = &self.batches[&ticket];
        let document = &written.documents[index];
        let Some(base) = &document.base else { return };
        let left_out = left_out(outcome, &told.uri);
        let left_out = Some(&left_out);
        let held = &self.client.documents()[document.at];
        if told.from_revision == told.to_revision {
            let is_closed = outcome.status == Status::Failed && !held.is_open;
            let is_left_out = written.is_best_effort && told.patches == 0;
            // Of a batch that failed it does not say which patches were left out.
            let left_out = left_out.filter(|_| outcome.status != Status::Failed);
            let step = Step { base, made: base, left_out };
            let is_right = is_left_out || is_closed || self.is_right(ticket, index, step).is_ok();
            return assert!(is_right, "{} of {ticket:?} should change: {base:?}", told.uri);
        }
        assert_eq!(told.confirmed, Some(true));
        let since = &held.told[document.told..];
        if outcome.status == Status::Failed {
            // It is what it holds now: the user may have typed since.
            // Nor does it say which patches were left out.
            let is_right = |text: &String| {
                let step = Step { base, made: text, left_out: None };
                self.is_right(ticket, index, step).is_ok()
            };
            let hash = told.snapshot.map(|token| token.hash);
            let is_told = |text: &&String| Some(ContentHash::of(&text.as_str().into())) == hash;
            let made = since.iter().find(|text| is_right(text));
            assert!(made.is_some(), "{} of {ticket:?} was {since:?}", told.uri);
            let now = since.iter().find(is_told).or(made).cloned();
            self.batches.get_mut(&ticket).unwrap().documents[index].confirmed = now;
            return;
        }
        let hash = told.snapshot.unwrap().hash;
        // A token does not see a byte order mark.
        let is_told = |text: &&String| ContentHash::of(&text.as_str().into()) == hash;
        let mut reason = String::new();
        let mut is_right = |text: &&String| {
            let is_right = self.is_right(ticket, index, Step { base, made: text, left_out });
            is_right.map_err(|why| reason = why).is_ok()
        };
        let confirmed = since.iter().filter(is_told).find(|text| is_right(text)).cloned();
        let Some(confirmed) = confirmed else {
            panic!("{} of {ticket:?} was only {since:?}: {reason}", told.uri)
        };
        let [from, to] = [&told.from_revision, &told.to_revision].map(|it| number(it.as_deref()));
        assert!(to == from + 1 || !document.was_sent_open, "an applied batch is one step");
        self.batches.get_mut(&ticket).unwrap().documents[index].confirmed = Some(confirmed);
    }

    /// There is a reason.
    fn judge_rejected(&self, ticket: Ticket, outcome: &Outcome) {
        let written = &self.batches[&ticket];
        assert!(!outcome.violations.is_empty(), "rejected for no reason");
        for violation in &outcome.violations {
            let index = outcome.documents.iter().position(|it| it.uri == violation.uri).unwrap();
            let document = &written.documents[index];
            let held = &self.client.documents()[document.at];
            let has_reason = match violation.code {
                Code::StaleSnapshot => match document.named {
                    Named::WrongToken(_) | Named::WrongVersion(_) | Named::Version(_) => true,
                    _ => {
                        let now = if held.is_open { held.told.last() } else { Some(&held.disk) };
                        let meant = self.meant_for(document);
                        let mut meant = meant.iter().chain(held.opened.last());
                        // It may have been another text when it was staged.
                        held.disturbed > 0 || meant.any(|text| Some(text) != now)
                    }
                },
                Code::RebaseConflict => self.is_in_conflict(written, index, violation.patch),
                // It may have been opened or closed since it was staged.
                Code::LoneCr => held.told.iter().chain([&held.disk]).any(|text| has_lone_cr(text)),
                Code::OutsideRoot => document.named == Named::Refused,
                _ => violation.patch.is_some(),
            };
            assert!(has_reason, "{violation:?}");
            let nobody_typed = self.is_calm() && document.named == Named::Not;
            let is_stale = matches!(violation.code, Code::StaleSnapshot | Code::RebaseConflict);
            assert!(!nobody_typed || !is_stale, "{violation:?}");
        }
    }

    /// Whether something really happened in the lines of a patch since the text
    /// that it was written for.
    fn is_in_conflict(&self, written: &Written, index: usize, patch: Option<usize>) -> bool {
        let document = &written.documents[index];
        let held = &self.client.documents()[document.at];
        let Some(patch) = patch else { return false };
        // It may have been another text when the batch was staged.
        let recent = if held.disturbed > 0 { 0 } else { held.told.len().saturating_sub(1) };
        let beside = usize::from(written.is_sent());
        let is_sum = match self.habits {
            Habits::One(it) => !it.tells_each_change(),
            Habits::Several => true,
        };
        written.is_rebase
            && self.meant_for(document).iter().any(|was| {
                held.told[recent..].iter().any(|now| {
                    let since = marks::typed_since(was, now);
                    let is_other = marks::without(now, &since) != *was;
                    let typed = Typed::since(now, &since);
                    is_other || typed.may_be_in(was, &document.patches[patch], beside, is_sum)
                })
            })
    }

    /// Nothing of the batch is in the document.
    fn judge_before(&self, ticket: Ticket, index: usize, told: &DocumentOutcome) {
        let written = &self.batches[&ticket];
        let document = &written.documents[index];
        let held = &self.client.documents()[document.at];
        let Some(seen) = held.told.last().filter(|_| held.is_open) else { return };
        let is_other = self.may_be_late(document.at, Some(ticket));
        if held.disturbed > document.disturbed || is_other {
            return;
        }
        if held.merged > document.merged && self.is_undecidable(ticket, seen) {
            return;
        }
        assert!(!self.has_tag(document, seen), "{} holds some of the batch: {seen:?}", told.uri);
        if let Some(base) = &document.base {
            let since = marks::typed_since(base, seen);
            let left = marks::without(seen, &since);
            assert!(
                alike_but_for_the_end(&left, base),
                "{} holds {seen:?}, not {base:?}",
                told.uri
            );
        }
        // Where it was brought back, the user may have typed since.
        let since = &held.told[document.told.min(held.told.len() - 1)..];
        if let Some(token) = told.snapshot.filter(|_| told.confirmed == Some(false)) {
            let is_told = |text: &String| token.hash == ContentHash::of(&text.as_str().into());
            assert!(since.iter().any(is_told), "{} holds {seen:?}", told.uri);
        }
    }

    /// Where lines repeat and only the sum was told, what a batch did may look
    /// like what the user typed.
    fn is_undecidable(&self, ticket: Ticket, seen: &str) -> bool {
        let status = self.batches[&ticket].outcome.as_ref().map(|it| it.status);
        let mut known = BTreeSet::new();
        let is_repeated = marks::unmarked(seen).lines().any(|line| !known.insert(line.to_owned()));
        is_repeated && matches!(status, Some(Status::Failed | Status::Rejected))
    }
}

/// The patches of a document that the outcome says are not in it.
fn left_out(outcome: &Outcome, uri: &str) -> BTreeSet<usize> {
    let violations = outcome.violations.iter().filter(|violation| violation.uri == uri);
    violations.filter_map(|violation| violation.patch).collect()
}

fn has_lone_cr(text: &str) -> bool {
    text.replace("\r\n", "").contains('\r')
}

fn number(revision: Option<&str>) -> u64 {
    revision.unwrap().trim_start_matches('v').parse().unwrap()
}
