//! Batches that are sent again, and what must become of them: nothing that was
//! carried out is carried out twice.

use std::sync::Arc;

use batchpatch::batch::{DocumentState, Mode, Outcome, Status};
use batchpatch::workspace::{Event, Submission, Target, Ticket};

use super::world::{World, unit};
use super::written::{Named, Written, WrittenDocument};

/// Who sent a batch again, and waits for what becomes of the first one.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) ticket: Ticket,
    leader: Ticket,
    written: Written,
}

/// What must become of a batch that comes in.
#[derive(Debug, PartialEq)]
enum Due {
    CarryingOut,
    Waiting(Ticket),
    Replay(Ticket),
    Contradiction,
}

impl World {
    /// Somebody sends an earlier batch again, or another one under its id.
    pub(super) fn submit_again(&mut self) {
        let mut sent: Vec<Ticket> = self.batches.keys().copied().collect();
        sent.retain(|ticket| !self.batches[ticket].is_undo);
        sent.sort();
        if sent.is_empty() {
            return;
        }
        let earlier = self.random.pick(&sent);
        let written = if self.random.percent(75) {
            self.batches[&earlier].again()
        } else {
            let id = self.batches[&earlier].id.clone();
            self.write_batch(id)
        };
        self.submit_written(written);
    }

    /// A batch comes in, and what has to become of it at once does.
    pub(super) fn submit_written(&mut self, written: Written) {
        let ticket = self.workspace.next_ticket();
        let targets = written.targets(|at| self.client.documents()[at].uri.clone());
        let batch = Arc::clone(&written.batch);
        let due = self.due(&written);
        match due {
            Due::CarryingOut => self.carry_out(ticket, written),
            Due::Waiting(leader) => self.followers.push(Follower { ticket, leader, written }),
            Due::Replay(leader) => drop(self.replays.insert(ticket, leader)),
            Due::Contradiction => drop(self.contradictions.insert(ticket)),
        }
        if self.random.percent(5) {
            let after = self.random.pick(&[0, 1, 30, 500]);
            self.plan(after, super::world::Due::Cancel(ticket));
        }
        let encoding = unit(self.encoding);
        self.handle(Event::Submitted(Submission {
            ticket,
            batch,
            encoding,
            targets,
            mode: Mode::Batch,
        }));
        assert!(self.contradictions.is_empty(), "{ticket:?} has another batch's id");
        if let Due::Replay(_) = due {
            assert!(!self.replays.contains_key(&ticket), "{ticket:?} waits for what is known");
        }
    }

    fn due(&self, written: &Written) -> Due {
        let Some(holder) = self.holders.get(&written.id) else { return Due::CarryingOut };
        let known = &self.batches[holder];
        let is_same = known.batch == written.batch;
        match &known.outcome {
            _ if !known.is_concluded && is_same => Due::Waiting(*holder),
            Some(outcome) if known.is_concluded && !leaves_text(outcome) => Due::CarryingOut,
            _ if !is_same => Due::Contradiction,
            _ => Due::Replay(*holder),
        }
    }

    /// A batch has an id of its own, and is carried out.
    fn carry_out(&mut self, ticket: Ticket, mut written: Written) {
        for index in 0..written.documents.len() {
            let at = written.documents[index].at;
            let held = &self.client.documents()[at];
            let text = if held.is_open { held.told.last().unwrap() } else { &held.disk }.clone();
            let (was_open, opened) = (held.is_open, held.opened.len());
            let ahead = self.ahead_of(at);
            let document = &mut written.documents[index];
            if !matches!(document.named, Named::Token(_)) {
                document.text = text;
            }
            (document.was_open, document.opened, document.ahead) = (was_open, opened, ahead);
        }
        self.holders.insert(written.id.clone(), ticket);
        self.batches.insert(ticket, written);
    }

    /// Nothing became of a batch: the first who sent it again goes on.
    pub(super) fn free(&mut self, ticket: Ticket) {
        if let Some(at) = self.followers.iter().position(|it| it.ticket == ticket) {
            self.followers.remove(at);
            return;
        }
        let Some(written) = self.batches.get(&ticket) else { panic!("{ticket:?} is nobody's") };
        self.holders.remove(&written.id);
        if let Some(at) = self.followers.iter().position(|it| it.leader == ticket) {
            let first = self.followers.remove(at);
            for follower in self.followers.iter_mut().filter(|it| it.leader == ticket) {
                follower.leader = first.ticket;
            }
            self.carry_out(first.ticket, first.written);
        }
    }

    /// Whoever sent a batch again is told what became of the first one.
    pub(super) fn replayed(&mut self, ticket: Ticket, outcome: &Outcome) {
        let waited = self.followers.iter().position(|it| it.ticket == ticket);
        let waited = waited.map(|at| self.followers.remove(at).leader);
        let leader = waited.or_else(|| self.replays.remove(&ticket));
        let Some(leader) = leader else { panic!("{ticket:?} was never told before") };
        assert_eq!(self.batches[&leader].outcome.as_ref(), Some(outcome), "{ticket:?}");
    }

    pub(super) fn contradicted(&mut self, ticket: Ticket) {
        assert!(self.contradictions.remove(&ticket), "{ticket:?} is contradicted");
    }

    /// What waits for nothing any more.
    pub(super) fn nobody_waits(&self) {
        let waiting = self.followers.first().map(|it| it.ticket);
        assert_eq!(waiting, None, "it is never told");
    }
}

/// Whether a document may hold text of the batch.
fn leaves_text(outcome: &Outcome) -> bool {
    let mut sent = outcome.documents.iter().filter(|document| document.confirmed.is_some());
    match outcome.status {
        Status::Applied | Status::Partial => true,
        Status::Failed => sent.any(|document| document.state != DocumentState::Before),
        Status::Rejected | Status::Noop | Status::RolledBack => false,
    }
}

impl Written {
    /// The same batch, as it is sent.
    fn again(&self) -> Written {
        let documents = self.documents.iter().map(WrittenDocument::unsent).collect();
        Written::sent(self, documents)
    }

    fn targets(&self, uri_of: impl Fn(usize) -> String) -> Vec<Target> {
        use batchpatch::batch::Code;
        let target = |named: &Named, at| match named {
            Named::Refused => {
                let message = "it is outside".to_owned();
                Target::Refused { code: Code::OutsideRoot, message }
            }
            _ => Target::At(uri_of(at)),
        };
        self.documents.iter().map(|document| target(&document.named, document.at)).collect()
    }
}
