//! A batch that is carried out one patch after the other.
//!
//! It was checked and staged as a whole. Its patches go from the end of each
//! document to its start, so that none moves the place of one that is still to
//! come. Each is an edit of its own, and is confirmed before the next is sent.
//! Where that goes wrong, it stops: what was done stays, and is told.

use std::collections::BTreeMap;

use super::apply::changed;
use super::document::Followed;
use super::flight::Sent;
use super::report::{Ending, Settled, SettledDocument};
use super::settle::{MOST_ATTEMPTS, warnings};
use super::steps::{Halt, Steps};
use super::verdict::{Answer, State, Verdict, verdict};
use super::{EditReply, Effect, Patience, Progress, Ticket, Workspace};
use crate::batch::{Code, Status, Violation};
use crate::engine::StagedBatch;
use crate::invariants::Law;

/// How far such a batch is.
#[derive(Debug)]
pub(super) struct OneByOne {
    /// The documents that change, by their index. The first that is not done
    /// has its turn.
    documents: BTreeMap<usize, Steps>,
    done: usize,
    of: usize,
    /// How often the patch whose turn it is came back.
    came_back: u32,
}

/// Why a batch stopped, in the document whose turn it was.
#[derive(Debug)]
enum Stop {
    /// The editor did not do as it was asked.
    Editor { reply: Option<EditReply>, seen: Box<SettledDocument> },
    /// The document cannot go on.
    Halt(Halt),
    /// Its text is not known any more.
    Unknown(String),
}

impl OneByOne {
    pub(super) fn progress(&self) -> Progress {
        Progress::Patches { done: self.done, of: self.of }
    }

    /// Whether every document is as it was.
    pub(super) fn is_untouched(&self) -> bool {
        self.documents.values().all(Steps::is_untouched)
    }

    /// The document whose turn it is.
    fn next(&mut self) -> Option<(usize, &mut Steps)> {
        let next = self.documents.iter_mut().find(|(_, steps)| !steps.is_done());
        next.map(|(index, steps)| (*index, steps))
    }

    /// The patch whose turn it was is dealt with.
    fn pass(&mut self, how: impl FnOnce(&mut Steps)) {
        if let Some((_, steps)) = self.next() {
            how(steps);
        }
        self.done += 1;
        self.came_back = 0;
    }
}

impl Workspace {
    /// A batch is staged, and goes patch by patch from here on.
    pub(super) fn begin_one_by_one(
        &mut self,
        ticket: Ticket,
        mut staged: StagedBatch,
    ) -> Vec<Effect> {
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        let mut documents: BTreeMap<usize, Steps> = changed(&staged)
            .map(|(index, of_batch)| (index, Steps::new(of_batch.before().clone())))
            .collect();
        let mut of = 0;
        for (index, step) in staged.take_steps() {
            // A document that stays as it is takes no steps.
            if let Some(steps) = documents.get_mut(&index) {
                steps.push(step);
                of += 1;
            }
        }
        let one_by_one = OneByOne { documents, done: 0, of, came_back: 0 };
        flight.one_by_one = Some(Box::new(one_by_one));
        self.next_step(ticket, staged)
    }

    /// Asks the editor for the next patch that changes anything.
    fn next_step(&mut self, ticket: Ticket, staged: StagedBatch) -> Vec<Effect> {
        loop {
            let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
            let Some(one_by_one) = flight.one_by_one.as_deref_mut() else { return Vec::new() };
            let Some((index, steps)) = one_by_one.next() else {
                return self.finish_one_by_one(ticket, staged, None);
            };
            let place = flight.documents.get(index);
            let open = place.and_then(|place| self.open.get(&place.key)).map(Followed::document);
            let now = match open {
                Some(open) => match open.out_of_sync() {
                    None => Ok(open.snapshot().clone()),
                    Some(reason) => Err(Stop::Unknown(reason.to_string())),
                },
                None if steps.now().version().is_some() => {
                    Err(Stop::Unknown("the document was closed".to_owned()))
                }
                None => Ok(steps.now().clone()),
            };
            match now.and_then(|now| steps.stage(now).map_err(Stop::Halt)) {
                Ok(step) if step.is_changed() => {
                    return self.ask(ticket, staged, vec![(index, step)]);
                }
                Ok(_) => one_by_one.pass(Steps::pass),
                Err(stop) => return self.finish_one_by_one(ticket, staged, Some(stop)),
            }
        }
    }

    /// The time of one patch is over.
    pub(super) fn settle_step(
        &mut self,
        ticket: Ticket,
        sent: Sent,
        documents: Vec<(usize, SettledDocument)>,
    ) -> Vec<Effect> {
        let Sent { staged, reply, .. } = sent;
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        let Some(one_by_one) = flight.one_by_one.as_deref_mut() else { return Vec::new() };
        let Some((_, seen)) = documents.into_iter().next() else {
            let stop = Stop::Unknown("nothing is known of the document".to_owned());
            return self.finish_one_by_one(ticket, staged, Some(stop));
        };
        let answer = Answer::of(reply.as_ref());
        let is_first = one_by_one.is_untouched();
        match verdict(answer, &[seen.state]) {
            Verdict::Applied => one_by_one.pass(|steps| steps.applied_next(&seen)),
            _ if seen.is_normalised_away && answer == Answer::Applied => {
                one_by_one.pass(Steps::pass_normalised);
            }
            // As long as nothing was done, it is a batch like any other.
            Verdict::Stale if is_first && flight.attempts < MOST_ATTEMPTS => {
                flight.one_by_one = None;
                self.written_for_staged(ticket, &staged);
                return self.stage(ticket);
            }
            Verdict::Stale if !is_first && one_by_one.came_back < MOST_ATTEMPTS => {
                one_by_one.came_back += 1;
            }
            _ => {
                let stop = Stop::Editor { reply, seen: Box::new(seen) };
                return self.finish_one_by_one(ticket, staged, Some(stop));
            }
        }
        self.next_step(ticket, staged)
    }

    /// All patches are applied, or no more will be.
    fn finish_one_by_one(
        &mut self,
        ticket: Ticket,
        mut staged: StagedBatch,
        stop: Option<Stop>,
    ) -> Vec<Effect> {
        let Some(flight) = self.flights.get_mut(&ticket) else { return Vec::new() };
        let Some(mut one_by_one) = flight.one_by_one.take() else { return Vec::new() };
        let mut status = Verdict::Applied.status(staged.status() == Status::Partial);
        let (mut told, mut ended, mut answer) = (Told::default(), None, Answer::Applied);
        if let (Some(stop), Some((index, steps))) = (stop, one_by_one.next()) {
            status = Status::Failed;
            let uri = flight.batch.documents.get(index).map_or("", |it| it.uri.as_str());
            told = stop.in_words(uri, steps.patch(), &self.patience);
            answer = stop.answer();
            flight.fault = stop.fault();
            ended = stop.seen().map(|seen| (index, seen));
        }
        let mut documents = Vec::new();
        for (index, steps) in &one_by_one.documents {
            let seen = ended.take_if(|(of, _)| of == index).map(|(_, seen)| seen);
            let Some(document) = steps.settled(seen) else { continue };
            if document.state != State::Before
                && let Some(made) = &document.made
            {
                staged.carried_out(*index, made.staged.clone(), steps.applied());
            }
            documents.push((*index, document));
        }
        if documents.iter().all(|(_, document)| document.is_kept_as_it_was()) {
            status = Status::Failed;
        }
        let Told { violations, warnings } = told;
        let settled =
            Settled { staged, status, answer, documents, warnings, violations, taking_back: None };
        self.finish(ticket, Ending::Settled(Box::new(settled)))
    }
}

/// Why it stopped, for a program and for a person.
#[derive(Default)]
struct Told {
    violations: Vec<Violation>,
    warnings: Vec<String>,
}

impl Stop {
    /// What the editor said last.
    fn answer(&self) -> Answer {
        match self {
            Stop::Editor { reply, .. } => Answer::of(reply.as_ref()),
            Stop::Halt(_) | Stop::Unknown(_) => Answer::Applied,
        }
    }

    /// The law that we broke, if that is why.
    fn fault(&self) -> Option<Law> {
        match self {
            Stop::Halt(Halt::Fault(fault)) => Some(fault.law),
            Stop::Editor { .. } | Stop::Halt(Halt::Touched) | Stop::Unknown(_) => None,
        }
    }

    /// What was seen of the patch whose turn it was.
    fn seen(self) -> Option<SettledDocument> {
        match self {
            Stop::Editor { seen, .. } => Some(*seen),
            Stop::Halt(_) | Stop::Unknown(_) => None,
        }
    }

    fn in_words(&self, uri: &str, patch: Option<usize>, patience: &Patience) -> Told {
        let (code, message) = match self {
            Stop::Editor { reply, seen } => {
                let reply = reply.as_ref();
                let warnings = warnings(Status::Failed, reply, &[seen.state], &patience.texts);
                return Told { warnings, ..Told::default() };
            }
            Stop::Halt(Halt::Fault(fault)) => {
                tracing::error!(law = fault.law.number(), detail = fault.detail, "fault");
                let warnings = vec![format!("{fault}; this is a bug of batchpatch")];
                return Told { warnings, ..Told::default() };
            }
            Stop::Halt(Halt::Touched) => (
                Code::StaleSnapshot,
                "between two patches somebody changed lines that the batch changed or changes next"
                    .to_owned(),
            ),
            Stop::Unknown(reason) => {
                (Code::OutOfSync, format!("between two patches its text was lost: {reason}"))
            }
        };
        let violation = Violation { patch, ..Violation::of_document(code, uri, message) };
        Told { violations: vec![violation], ..Told::default() }
    }
}
