//! An editor that is asked to apply edits, and does it in its own way.

use std::collections::HashMap;

use super::editor::Notification;
use super::held::Held;
use super::marks;
use super::misbehaviour::{Manner, Types};
use super::position;
use super::random::Random;
use super::request::{Answer, Request, Said};
use crate::oracle::Encoding;

/// What the editor does at some moment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Process {
        request: usize,
    },
    Type {
        at: usize,
    },
    Report {
        at: usize,
        share: usize,
    },
    ReportSum {
        at: usize,
    },
    ReportWhole {
        at: usize,
    },
    Format {
        at: usize,
    },
    Close {
        at: usize,
    },
    Reopen {
        at: usize,
    },
    Rename {
        at: usize,
    },
    /// The user undoes what was done last, or does it again.
    Undo {
        at: usize,
    },
    Redo {
        at: usize,
    },
    Answer {
        request: usize,
        answer: Answer,
    },
}

/// What an editor does to every text, whoever wrote it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct House {
    /// The one terminator that there is.
    pub(crate) terminator: Option<&'static str>,
    /// Whether every text ends with a terminator.
    pub(crate) ends_with_one: bool,
}

pub(crate) struct Client {
    pub(super) random: Random,
    pub(super) encoding: Encoding,
    pub(super) house: House,
    pub(super) documents: Vec<Held>,
    pub(super) requests: HashMap<usize, (Request, Manner)>,
    typed: usize,
}

/// A step, and in how many milliseconds.
pub(crate) type Planned = (u64, Step);

impl Client {
    pub(crate) fn new(random: Random, encoding: Encoding, house: House) -> Client {
        let (documents, requests) = (Vec::new(), HashMap::new());
        Client { random, encoding, house, documents, requests, typed: 0 }
    }

    pub(crate) fn documents(&self) -> &[Held] {
        &self.documents
    }

    pub(crate) fn index_of(&self, uri: &str) -> usize {
        self.documents.iter().position(|held| held.uri == uri).expect("the document exists")
    }

    /// There is a file, and the editor does not have it open.
    pub(crate) fn add_file(&mut self, uri: &str, text: &str) {
        self.documents.push(Held::on_disk(uri, text));
    }

    /// The user closes a document, and may lose what they did; or opens it.
    pub(crate) fn close_or_open(&mut self, at: usize) -> Notification {
        if !self.documents[at].is_open {
            return self.open(at);
        }
        let is_saved = self.random.percent(70);
        self.documents[at].close(is_saved)
    }

    pub(crate) fn open(&mut self, at: usize) -> Notification {
        let text = self.as_in_the_house(&self.documents[at].disk, true);
        let version = self.random.pick(&[0, 1, 1, 7]);
        let held = &mut self.documents[at];
        held.text = text;
        held.open(version)
    }

    /// Takes a request in, to be carried out soon.
    pub(crate) fn receive(&mut self, request: Request, manner: Manner) -> Vec<Planned> {
        let id = request.id;
        let mut plan = Vec::new();
        let mut open = self.indices(&request);
        open.retain(|at| self.documents[*at].is_open);
        if manner.types == Types::Before && !open.is_empty() {
            let at = self.random.pick(&open);
            plan.push((0, Step::Type { at }));
            plan.push((self.random.pick(&[0, 0, 3, 90]), Step::Report { at, share: 100 }));
        }
        plan.push((2, Step::Process { request: id }));
        self.requests.insert(id, (request, manner));
        self.planned(plan)
    }

    /// The user types somewhere.
    pub(crate) fn type_soon(&mut self, at: usize) -> Vec<Planned> {
        let debounce = self.random.pick(&[0, 0, 1, 150]);
        self.planned(vec![(0, Step::Type { at }), (debounce, Step::Report { at, share: 100 })])
    }

    pub(crate) fn perform(&mut self, step: Step) -> (Vec<Said>, Vec<Planned>) {
        self.count_busy(step, false);
        let notified = match step {
            Step::Process { request } => {
                let (said, plan) = self.process(request);
                return (said, self.planned(plan));
            }
            Step::Answer { request, answer } => {
                return (vec![Said::Answered { request, answer }], Vec::new());
            }
            Step::Type { at }
            | Step::Format { at }
            | Step::Reopen { at }
            | Step::Rename { at }
            | Step::Close { at }
                if !self.documents[at].is_open =>
            {
                None
            }
            Step::Type { at } => {
                self.type_into(at);
                None
            }
            Step::Format { at } => {
                self.format(at);
                self.documents[at].report(100)
            }
            Step::Report { at, share } => self.documents[at].report(share),
            Step::ReportSum { at } => self.documents[at].report_sum(self.encoding),
            Step::ReportWhole { at } => self.documents[at].report_whole(),
            Step::Close { at } => {
                let is_saved = self.random.percent(70);
                Some(self.documents[at].close(is_saved))
            }
            Step::Undo { at } => {
                self.documents[at].undo(self.encoding);
                None
            }
            Step::Redo { at } => {
                self.documents[at].redo(self.encoding);
                None
            }
            Step::Rename { at } => return (self.rename(at), Vec::new()),
            Step::Reopen { at } => {
                let closed = self.documents[at].close(true);
                let opened = self.documents[at].open(1);
                return (vec![Said::Notified(closed), Said::Notified(opened)], Vec::new());
            }
        };
        (notified.into_iter().map(Said::Notified).collect(), Vec::new())
    }

    /// The document is closed under its name, and opened under another one.
    fn rename(&mut self, at: usize) -> Vec<Said> {
        let renamed = format!("{}.{}", self.documents[at].uri, self.documents.len());
        let text = self.documents[at].text.clone();
        let closed = self.documents[at].close(false);
        self.documents[at].keep_secret();
        let mut document = Held::on_disk(&renamed, &text);
        let opened = document.open(1);
        self.documents.push(document);
        vec![Said::Notified(closed), Said::Notified(opened)]
    }

    fn planned(&mut self, plan: Vec<Planned>) -> Vec<Planned> {
        for (_, step) in &plan {
            self.count_busy(*step, true);
        }
        plan
    }

    /// Keeps count of the steps that are still to come for each document.
    fn count_busy(&mut self, step: Step, is_planned: bool) {
        let touched = match step {
            Step::Process { request } => match self.requests.get(&request) {
                Some((request, _)) => self.indices(request),
                None => Vec::new(),
            },
            Step::Answer { .. } => Vec::new(),
            Step::Type { at }
            | Step::Report { at, .. }
            | Step::ReportSum { at }
            | Step::ReportWhole { at }
            | Step::Format { at }
            | Step::Close { at }
            | Step::Rename { at }
            | Step::Undo { at }
            | Step::Redo { at }
            | Step::Reopen { at } => vec![at],
        };
        for at in touched {
            let busy = &mut self.documents[at].busy;
            *busy = if is_planned { *busy + 1 } else { *busy - 1 };
        }
    }

    fn indices(&self, request: &Request) -> Vec<usize> {
        request.documents.iter().map(|document| self.index_of(&document.uri)).collect()
    }

    /// A text with the editor's own terminators; a whole one with a last one.
    pub(super) fn as_in_the_house(&self, text: &str, is_whole: bool) -> String {
        let mut text = text.to_owned();
        if let Some(terminator) = self.house.terminator {
            text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', terminator);
        }
        if is_whole && self.house.ends_with_one && !text.ends_with(['\r', '\n']) {
            text.push_str(self.house.terminator.unwrap_or("\n"));
        }
        text
    }

    /// Something that is nowhere else.
    pub(super) fn type_into(&mut self, at: usize) {
        let text = self.documents[at].text.clone();
        let mut offset = self.random.below(text.len() + 1);
        if self.random.percent(30) {
            offset = self.random.pick(&position::line_starts(&text));
        }
        while !position::has_place(&text, offset) || marks::is_inside(&text, offset) {
            offset += 1;
        }
        self.mark(at, offset);
    }

    fn format(&mut self, at: usize) {
        let text = self.documents[at].text.clone();
        let starts = position::line_starts(&text);
        let start = starts[self.random.below(starts.len())];
        if !marks::is_inside(&text, start) {
            self.mark(at, start);
        }
    }

    fn mark(&mut self, at: usize, offset: usize) {
        self.typed += 1;
        let mark = marks::mark(self.typed, self.random.percent(40));
        let mark = self.as_in_the_house(&mark, false);
        self.documents[at].replace(offset, offset, &mark, self.encoding);
    }
}
