//! In which way the simulated editor carries a request out.

use super::table::Row;
use super::world::{Habits, World};
use super::written::WrittenDocument;
use crate::simulated::{Manner, Misbehaviour, Request};

impl World {
    /// The texts that batches ahead made.
    pub(super) fn made_ahead(&self, document: &WrittenDocument) -> impl Iterator<Item = &String> {
        let at = document.at;
        document.ahead.iter().filter_map(move |ahead| {
            let same = |it: &&WrittenDocument| it.at == at;
            self.batches[ahead].documents.iter().find(same)?.confirmed.as_ref()
        })
    }

    /// How the editor carries the request out, and what to call that where it
    /// makes a difference.
    pub(super) fn manner_for(
        &mut self,
        request: &Request,
        is_taking_back: bool,
        is_again: bool,
    ) -> (Manner, Option<Row>) {
        let held = request.documents.iter().map(|document| self.client.index_of(&document.uri));
        let held: Vec<_> = held.map(|at| &self.client.documents()[at]).collect();
        let is_settled = held.iter().all(|held| held.is_settled());
        let any_open = held.iter().any(|held| held.is_open);
        let any_unopened = held.iter().any(|held| !held.is_open);
        if (is_taking_back || is_again) && is_settled && self.random.percent(60) {
            return (Manner::of(&[Misbehaviour::Exact], &mut self.random), None);
        }
        match self.habits {
            Habits::One(_) if is_taking_back => {
                let any = self.random.pick(Misbehaviour::ALL);
                (Manner::of(&[any], &mut self.random), Some(Row::Several))
            }
            Habits::One(misbehaviour) => {
                use Misbehaviour::*;
                let is_meaningful = match misbehaviour {
                    TypedBeforeSkipped | TypedBeforeRefused | TypedBeforeErrs
                    | TypedBeforeUnchecked => any_open,
                    OpensWithTheNewText | OpensWithAnotherText | NeverOpens => any_unopened,
                    TrueHavingDoneSome | FalseHavingDoneSome => held.len() > 1,
                    _ => true,
                };
                let of = if is_meaningful { misbehaviour } else { Exact };
                let row = if is_settled { Row::One(of) } else { Row::Several };
                (Manner::of(&[of], &mut self.random), Some(row))
            }
            Habits::Several => {
                let count = 1 + self.random.below(3);
                let some: Vec<_> =
                    (0..count).map(|_| self.random.pick(Misbehaviour::ALL)).collect();
                (Manner::of(&some, &mut self.random), Some(Row::Several))
            }
        }
    }
}
