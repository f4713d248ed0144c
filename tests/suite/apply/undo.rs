//! Batches that are taken back, and which of them are: a small history.

use batchpatch::batch::{Code, DocumentState, Outcome, Status};
use batchpatch::workspace::{Event, Ticket};

use super::world::World;
use super::written::{Late, Written, WrittenDocument, alike};
use crate::simulated::marks;

/// What somebody asks to be taken back.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    Last,
    Id(String),
}

impl World {
    /// Somebody takes a batch back: the last, any, or one that never was.
    pub(super) fn undo(&mut self) {
        let mut known: Vec<Ticket> = self.batches.keys().copied().collect();
        known.sort();
        let asked = match self.random.below(20) {
            0..12 => Asked::Last,
            12..19 if !known.is_empty() => {
                let ticket = self.random.pick(&known);
                Asked::Id(self.batches[&ticket].id.clone())
            }
            _ => Asked::Id("nobody's".to_owned()),
        };
        let ticket = self.workspace.next_ticket();
        let batch_id = match &asked {
            Asked::Last => None,
            Asked::Id(id) => Some(id.clone()),
        };
        let mut written = Written::undo(format!("undo-{ticket}"));
        written.may_undo = self.may_be_undone(&asked);
        self.batches.insert(ticket, written);
        self.handle(Event::Undo { ticket, batch_id });
    }

    /// The batches that this may take back.
    fn may_be_undone(&self, asked: &Asked) -> Vec<Ticket> {
        let mut held = self.past.iter().rev().copied().filter(|ticket| self.is_held(*ticket));
        match asked {
            Asked::Id(id) => held.filter(|it| self.batches[it].id == *id).collect(),
            Asked::Last => {
                let is_asked = |ticket: Ticket| {
                    let mut others = self.batches.values().filter(|it| !it.is_finished);
                    others.any(|it| it.is_undo && it.may_undo.contains(&ticket))
                };
                let came_late = |it: &Ticket| {
                    let written = &self.batches[it];
                    let is_there = |it: &WrittenDocument| it.came_late().is_some() && !it.is_undone;
                    !written.is_undo && written.documents.iter().any(is_there)
                };
                let mut may = Vec::new();
                for ticket in held.by_ref().filter(|it| !self.batches[it].is_undo) {
                    may.push(ticket);
                    // One that failed may have come true since; one that is
                    // just being taken back is not taken back again.
                    if self.is_certainly_held(ticket) && !is_asked(ticket) {
                        break;
                    }
                }
                // What came late counts from when it was seen on.
                let late = self.past.iter().rev().copied().filter(came_late);
                let late: Vec<Ticket> = late.filter(|it| !may.contains(it)).collect();
                may.extend(late);
                may
            }
        }
    }

    /// Whether a document may hold the batch.
    fn is_held(&self, ticket: Ticket) -> bool {
        self.batches[&ticket].documents.iter().any(|it| it.made.is_some() && !it.is_undone)
    }

    /// Whether a document that was open does.
    fn is_certainly_held(&self, ticket: Ticket) -> bool {
        let written = &self.batches[&ticket];
        let is_held =
            |it: &WrittenDocument| it.was_sent_open && it.confirmed.is_some() && !it.is_undone;
        !written.has_failed && written.documents.iter().any(is_held)
    }

    /// An undo is about to be sent: it is known now which batch it takes back.
    pub(super) fn begin_undo(&mut self, ticket: Ticket, label: &str) {
        let of = label.trim_start_matches("Take back ").strip_prefix("Undo ").unwrap_or_default();
        let may = &self.batches[&ticket].may_undo;
        let target = may.iter().find(|it| self.batches[it].label == of).copied();
        let Some(target) = target else { panic!("{of} is taken back, and not {may:?}") };
        let of_target = &self.batches[&target].documents;
        let changed = of_target.iter().filter(|document| document.made.is_some());
        let documents = changed.map(WrittenDocument::for_undo).collect();
        let written = self.batches.get_mut(&ticket).unwrap();
        (written.documents, written.undoes) = (documents, Some(target));
        label.clone_into(&mut written.label);
    }

    /// What became of an undo.
    pub(super) fn judge_undo(&mut self, ticket: Ticket, outcome: &Outcome) {
        let written = &self.batches[&ticket];
        if let Some(id) = &outcome.undoes {
            let is_asked = written.may_undo.iter().any(|it| self.batches[it].id == *id);
            assert!(is_asked, "{id} is taken back");
        }
        match outcome.status {
            Status::Rejected => self.judge_no_undo(ticket, outcome),
            Status::Partial => panic!("an undo is all or nothing"),
            _ => {}
        }
        let Some(target) = written.undoes else {
            return assert!(matches!(outcome.status, Status::Rejected | Status::Noop));
        };
        for told in &outcome.documents {
            let is_changed = told.from_revision != told.to_revision;
            // Of a file that was not open nobody hears.
            let is_done = told.state == DocumentState::After
                || (told.state == DocumentState::Unknown && outcome.status == Status::Applied);
            let is_brought_back = told.state == DocumentState::Before;
            if (is_done || is_brought_back) && is_changed {
                let at = self.client.index_of(&told.uri);
                self.take_flags_back(target, at, is_done);
            }
        }
    }

    /// There is a reason why nothing is taken back.
    fn judge_no_undo(&self, ticket: Ticket, outcome: &Outcome) {
        assert!(!outcome.violations.is_empty(), "rejected for no reason");
        for violation in &outcome.violations {
            let has_reason = match violation.code {
                Code::UnknownBatch => {
                    let may = &self.batches[&ticket].may_undo;
                    may.iter().all(|it| !self.is_certainly_held(*it))
                        || outcome.undoes.is_some()
                        || may.iter().any(|it| self.is_under_undo(*it, ticket))
                }
                Code::UndoConflict => self.batches[&ticket].may_undo.iter().any(|target| {
                    let at = self.client.index_of(&violation.uri);
                    self.has_changed_since(*target, at)
                }),
                Code::LoneCr => true,
                _ => false,
            };
            let may = &self.batches[&ticket].may_undo;
            assert!(has_reason, "{violation:?}, and it might be one of {may:?}");
        }
    }

    fn is_under_undo(&self, target: Ticket, but: Ticket) -> bool {
        let undos = self.batches.iter().filter(|(it, written)| written.is_undo && **it != but);
        undos.into_iter().any(|(_, written)| written.may_undo.contains(&target))
    }

    /// Whether the user or another batch was where the batch was, or nobody
    /// can know that they were not.
    fn has_changed_since(&self, target: Ticket, at: usize) -> bool {
        let of_target = &self.batches[&target].documents;
        let Some(document) = of_target.iter().find(|it| it.at == at) else { return false };
        let held = &self.client.documents()[at];
        let after = document.confirmed.as_ref().or(document.made.as_ref());
        let (Some(after), Some(before), Some(now)) = (after, &document.base, held.told.last())
        else {
            return true;
        };
        // In the midst of an undo by hand there is another text.
        if held.disturbed > document.disturbed {
            return true;
        }
        let since = marks::typed_since(after, now);
        let has_failed = self.batches[&target].has_failed;
        let is_confirmed = document.confirmed.is_some() && !has_failed;
        let is_known = held.is_open && document.was_sent_open && is_confirmed;
        if !is_known || marks::without(now, &since) != *after {
            return true;
        }
        let (first, last) = changed_lines(before, after);
        marks::marks(now).iter().filter(|it| since.contains(&it.number)).any(|mark| {
            let line = marks::without(&now[..mark.span.start], &since).matches('\n').count();
            first <= line + 1 && line <= last + 1
        })
    }

    /// A batch is in the document no longer, or again.
    fn take_flags_back(&mut self, ticket: Ticket, at: usize, is_undone: bool) {
        let written = self.batches.get_mut(&ticket).unwrap();
        if let Some(document) = written.documents.iter_mut().find(|it| it.at == at) {
            document.is_undone = is_undone;
        }
        if let Some(earlier) = written.undoes {
            self.take_flags_back(earlier, at, !is_undone);
        }
    }

    /// What was seen while the batch was under way is not looked out for.
    pub(super) fn let_go(&mut self, ticket: Ticket) {
        let held = self.client.documents();
        let Some(written) = self.batches.get_mut(&ticket) else { return };
        for document in &mut written.documents {
            let told = held[document.at].told.iter().skip(document.told);
            let is_there = |text: &String| document.made.as_ref().is_some_and(|it| alike(it, text));
            if told.into_iter().any(is_there) {
                document.late = Late::Settled;
            }
        }
    }

    /// The document showed so many other texts: a batch that has failed may be
    /// there at last.
    pub(super) fn look_out_for_late(&mut self, at: usize, count: usize) {
        let told = &self.client.documents()[at].told;
        let told = told[told.len().saturating_sub(count)..].to_vec();
        let mut undone = Vec::new();
        for written in self.batches.values_mut().filter(|it| it.is_finished && it.has_failed) {
            for document in written.documents.iter_mut().filter(|it| it.is_awaited(at)) {
                let is_there =
                    |text: &&String| document.made.as_ref().is_some_and(|it| alike(it, text));
                let Some(now) = told.iter().find(is_there).cloned() else { continue };
                (document.late, document.is_undone) = (Late::Seen(now), false);
                undone.extend(written.undoes);
            }
        }
        for target in undone {
            self.take_flags_back(target, at, true);
        }
    }

    /// The document shows another text: somebody may have taken a batch back in
    /// the editor, or done it again.
    pub(super) fn look_at_text(&mut self, at: usize) {
        let Some(now) = self.client.documents()[at].told.last() else { return };
        for ticket in &self.past {
            let written = self.batches.get_mut(ticket).unwrap();
            for document in written.documents.iter_mut().filter(|it| it.at == at) {
                let after = document.confirmed.as_ref().or(document.came_late());
                let after = after.or(document.made.as_ref());
                let is = |text: Option<&String>| text == Some(now);
                if !document.is_undone {
                    document.is_undone = is(document.base.as_ref());
                } else if is(after) {
                    document.is_undone = false;
                }
            }
        }
    }

    /// Whether an undo of the batch was taken back in the document.
    fn was_brought_back(&self, target: Ticket, at: usize) -> bool {
        let undos = self.batches.values().filter(|it| it.undoes == Some(target));
        undos.filter(|it| it.taken_back > 0).flat_map(|it| &it.documents).any(|it| it.at == at)
    }

    /// What the workspace remembers is what there was to remember.
    pub(super) fn agree_on_history(&self) {
        let known: Vec<_> = self.workspace.history().collect();
        assert!(known.len() <= 200, "{} batches are remembered", known.len());
        for ticket in &self.past {
            let written = &self.batches[ticket];
            let is_applied = matches!(
                written.outcome.as_ref().map(|it| it.status),
                Some(Status::Applied | Status::Partial)
            );
            let Some(entry) = known.iter().find(|it| it.batch_id() == written.id) else {
                let is_left = written.documents.iter().any(|it| it.confirmed.is_some());
                assert!(!is_applied || !is_left, "{} is forgotten", written.id);
                continue;
            };
            if written.is_undo || !is_applied {
                continue;
            }
            for document in written.documents.iter().filter(|it| it.was_sent_open) {
                let uri = &self.client.documents()[document.at].uri;
                let told = entry.documents.iter().find(|it| it.uri == *uri);
                let Some(told) = told.filter(|_| document.confirmed.is_some()) else { continue };
                // An undo that was brought back left it with what was typed.
                if self.was_brought_back(*ticket, document.at) {
                    continue;
                }
                assert_eq!(told.is_undone, document.is_undone, "{} on {uri}", written.id);
            }
        }
    }
}

/// The lines of `after` outside of which it is `before`, from 0.
fn changed_lines(before: &str, after: &str) -> (usize, usize) {
    let same = |(one, other): &(&str, &str)| alike(one, other);
    let (before, after) = (before.split('\n'), after.split('\n'));
    let head = before.clone().zip(after.clone()).take_while(same).count();
    let tail = before.rev().zip(after.clone().rev()).take_while(same).count();
    (head, after.count().saturating_sub(tail))
}
