//! Whose turn it is: batches on one document go one after the other.

use std::collections::{HashMap, VecDeque};

use super::Ticket;
use crate::batch::DocumentKey;

/// For each document, the batches on it. The first one has the document.
#[derive(Debug, Default)]
pub(super) struct Queues(HashMap<DocumentKey, VecDeque<Ticket>>);

impl Queues {
    /// Puts a batch behind those that came before it.
    ///
    /// The order is that of the tickets, so that no two batches wait for each
    /// other; but one that `is_under_way` is never overtaken.
    pub(super) fn join(
        &mut self,
        key: &DocumentKey,
        ticket: Ticket,
        is_under_way: impl Fn(Ticket) -> bool,
    ) {
        let queue = self.0.entry(key.clone()).or_default();
        if queue.contains(&ticket) {
            return;
        }
        let later =
            |at: &usize| queue.get(*at).is_some_and(|it| *it > ticket && !is_under_way(*it));
        let at = (0..queue.len()).find(later).unwrap_or(queue.len());
        queue.insert(at, ticket);
    }

    /// Takes a batch out, and tells who has the document now.
    pub(super) fn leave(&mut self, key: &DocumentKey, ticket: Ticket) -> Option<Ticket> {
        let queue = self.0.get_mut(key)?;
        queue.retain(|waiting| *waiting != ticket);
        let first = queue.front().copied();
        if first.is_none() {
            self.0.remove(key);
        }
        first
    }

    /// Whether it is this batch's turn.
    pub(super) fn is_first(&self, key: &DocumentKey, ticket: Ticket) -> bool {
        self.0.get(key).and_then(VecDeque::front) == Some(&ticket)
    }

    /// Whether a batch has this document, or waits for it.
    pub(super) fn is_taken(&self, key: &DocumentKey) -> bool {
        self.0.contains_key(key)
    }

    /// The batches on a document that go before this one, which may not be
    /// among them yet.
    pub(super) fn ahead_of(
        &self,
        key: &DocumentKey,
        ticket: Ticket,
    ) -> impl Iterator<Item = Ticket> {
        let queue = self.0.get(key).into_iter().flatten().copied();
        queue.take_while(move |ahead| *ahead != ticket)
    }
}
