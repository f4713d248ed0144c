//! Which batches were seen: none is carried out twice.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::{Submission, Ticket};
use crate::batch::{Batch, DocumentState, Outcome, Status};

/// How many outcomes are kept.
const MOST_RECEIPTS: usize = 1_000;

/// How many bytes they may take together, about.
const MOST_BYTES: usize = 16 << 20;

/// The ids of batches that are under way or left something behind. They live as
/// long as the process, and are bounded: the oldest go first.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    under_way: HashMap<String, UnderWay>,
    done: HashMap<String, Receipt>,
    /// The ids of those that are done, the oldest first.
    order: VecDeque<String>,
    bytes: usize,
}

#[derive(Debug)]
struct UnderWay {
    ticket: Ticket,
    batch: Arc<Batch>,
    /// Who sent the same batch again, and waits for what becomes of it.
    followers: Vec<Submission>,
}

#[derive(Debug)]
struct Receipt {
    digest: Digest,
    outcome: Arc<Outcome>,
}

/// What a parsed batch is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest(u128);

/// What a batch's id says of it.
#[derive(Debug)]
pub(super) enum Seen {
    /// It is to be carried out.
    New(Submission),
    /// It is being carried out, and whoever sent it again will be told.
    UnderWay,
    /// It was carried out.
    Done(Arc<Outcome>),
    /// Another batch has this id.
    Another,
}

impl Digest {
    /// Linear in the batch. `None` for one that cannot be written as JSON.
    pub(super) fn of(batch: &Batch) -> Option<Digest> {
        let json = serde_json::to_vec(batch).ok()?;
        Some(Digest(xxhash_rust::xxh3::xxh3_128(&json)))
    }
}

impl Receipts {
    /// A batch comes in. Every id that is not known is under way from now on.
    pub(super) fn see(&mut self, submission: Submission) -> Seen {
        let Some(id) = submission.batch.batch_id.clone() else { return Seen::New(submission) };
        if let Some(under_way) = self.under_way.get_mut(&id) {
            if under_way.batch != submission.batch {
                return Seen::Another;
            }
            under_way.followers.push(submission);
            return Seen::UnderWay;
        }
        if let Some(receipt) = self.done.get(&id) {
            let is_same = Digest::of(&submission.batch) == Some(receipt.digest);
            return if is_same { Seen::Done(Arc::clone(&receipt.outcome)) } else { Seen::Another };
        }
        let (ticket, batch) = (submission.ticket, Arc::clone(&submission.batch));
        self.under_way.insert(id, UnderWay { ticket, batch, followers: Vec::new() });
        Seen::New(submission)
    }

    /// Whether an id is taken.
    pub(super) fn has(&self, id: &str) -> bool {
        self.under_way.contains_key(id) || self.done.contains_key(id)
    }

    /// Whether a batch is under way under this id.
    pub(super) fn is_under_way(&self, id: &str) -> bool {
        self.under_way.contains_key(id)
    }

    /// Who sent a batch again no longer waits for it.
    pub(super) fn forget_follower(&mut self, ticket: Ticket) -> bool {
        let forget = |under_way: &mut UnderWay| {
            let before = under_way.followers.len();
            under_way.followers.retain(|follower| follower.ticket != ticket);
            under_way.followers.len() < before
        };
        self.under_way.values_mut().any(forget)
    }

    /// A batch has ended. Only where a document may hold its text does it leave
    /// a receipt; else the id is free again. Tells who else waits for the
    /// outcome.
    pub(super) fn end(
        &mut self,
        ticket: Ticket,
        id: &str,
        digest: Option<Digest>,
        outcome: &Arc<Outcome>,
    ) -> Vec<Ticket> {
        let followers = self.free(ticket, id);
        if let Some(digest) = digest.filter(|_| leaves_text(outcome)) {
            self.bytes += weight(outcome);
            let outcome = Arc::clone(outcome);
            self.done.insert(id.to_owned(), Receipt { digest, outcome });
            self.order.push_back(id.to_owned());
        }
        while self.order.len() > 1 && (self.order.len() > MOST_RECEIPTS || self.bytes > MOST_BYTES)
        {
            let oldest = self.order.pop_front().and_then(|id| self.done.remove(&id));
            self.bytes -= oldest.map_or(0, |oldest| weight(&oldest.outcome));
        }
        followers.into_iter().map(|follower| follower.ticket).collect()
    }

    /// Nothing became of a batch: its id is free. Gives back who sent it again.
    pub(super) fn abandon(&mut self, ticket: Ticket) -> Vec<Submission> {
        let id =
            self.under_way.iter().find(|(_, it)| it.ticket == ticket).map(|(id, _)| id.clone());
        id.map_or_else(Vec::new, |id| self.free(ticket, &id))
    }

    fn free(&mut self, ticket: Ticket, id: &str) -> Vec<Submission> {
        match self.under_way.get(id) {
            Some(under_way) if under_way.ticket == ticket => {
                self.under_way.remove(id).map_or_else(Vec::new, |it| it.followers)
            }
            _ => Vec::new(),
        }
    }
}

/// Whether a document may hold text of the batch.
fn leaves_text(outcome: &Outcome) -> bool {
    match outcome.status {
        Status::Applied | Status::Partial => true,
        Status::Failed => outcome.documents.iter().any(|document| {
            let was_sent = document.confirmed.is_some();
            was_sent && document.state != DocumentState::Before
        }),
        Status::Rejected | Status::Noop | Status::RolledBack => false,
    }
}

/// About how many bytes an outcome takes.
fn weight(outcome: &Outcome) -> usize {
    let documents = outcome.documents.iter();
    let documents: usize = documents.map(|it| 300 + it.uri.len() + 16 * it.changed.len()).sum();
    let violations = outcome.violations.iter();
    let violations: usize = violations.map(|it| 500 + it.message.len()).sum();
    500 + documents + violations
}
