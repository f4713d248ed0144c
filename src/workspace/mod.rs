//! What the server believes of the editor's documents.
//!
//! A pure machine: [`Event`]s in, [`Effect`]s out. It has no clock and no
//! runtime, and does no I/O, so that a simulated editor can drive it a million
//! times. Its owner feeds it in wire order and performs what it asks for.
//!
//! A document is what `didOpen`, `didChange` and `didClose` make of it and
//! nothing else: an editor's reply is never a reason to believe a text.

mod apply;
mod change_log;
mod client;
mod closed;
mod compensate;
mod course;
mod diagnostics;
mod differing;
mod document;
mod edited;
mod effect;
mod event;
mod flight;
mod history;
mod inverse;
mod job;
mod late;
mod one_by_one;
mod out_of_sync;
mod pending;
mod queue;
mod receipts;
mod report;
mod same_text;
mod settle;
mod shown;
mod steps;
mod take_back;
mod text_edits;
mod undo;
mod verdict;

use std::collections::{BTreeMap, HashMap};

use crate::batch::DocumentKey;
use crate::text::{PositionEncoding, Revision};

pub use client::{Abilities, Patience};
pub use closed::KeptTexts;
pub use course::{Course, Failure};
pub use diagnostics::{
    Action, ActionCommand, ActionKind, Diagnostic, Diagnostics, Related, Reported,
};
pub use document::Document;
pub use effect::{Deadline, DocumentEdit, Effect, Progress, TextEdit, Ticket, WorkspaceEdit};
pub use event::{ContentChange, EditReply, Event, Submission, Target};
pub use history::{HistoryDocument, HistoryEntry};
pub use job::{Files, Job, StageBatch, Staging};
pub use out_of_sync::OutOfSync;
pub use report::{Conclusion, Report, ReportedText};
pub use take_back::TakeBack;
pub use verdict::{Answer, Row, State, TABLE, Verdict, verdict};

use change_log::ChangeLog;
use closed::Closed;
use document::Followed;
use edited::Splice;
use effect::Wait;
use flight::Flight;
use history::History;
use pending::Pending;
use queue::Queues;
use receipts::Receipts;

/// Every document that the editor has open, and what is left of those that it
/// closed.
#[derive(Debug)]
pub struct Workspace {
    encoding: PositionEncoding,
    abilities: Abilities,
    patience: Patience,
    open: HashMap<DocumentKey, Followed>,
    closed: Closed,
    last_ticket: u64,
    flights: BTreeMap<Ticket, Flight>,
    queues: Queues,
    diagnostics: Diagnostics,
    /// The documents that the editor was asked to change.
    pending: HashMap<DocumentKey, Pending>,
    history: History,
    receipts: Receipts,
}

impl Workspace {
    /// A workspace without documents, for an editor whose columns count in
    /// `encoding`. Of the documents that it closes, `keep` are remembered with
    /// their text.
    pub fn new(encoding: PositionEncoding, keep: KeptTexts) -> Workspace {
        Workspace {
            encoding,
            abilities: Abilities::default(),
            patience: Patience::default(),
            open: HashMap::new(),
            closed: Closed::new(keep),
            last_ticket: 0,
            flights: BTreeMap::new(),
            queues: Queues::default(),
            diagnostics: Diagnostics::default(),
            pending: HashMap::new(),
            history: History::default(),
            receipts: Receipts::default(),
        }
    }

    /// What the editor can do: it says so once.
    #[must_use]
    pub fn with_abilities(self, abilities: Abilities) -> Workspace {
        Workspace { abilities, ..self }
    }

    /// From now on, how long the editor is waited for.
    pub fn set_patience(&mut self, patience: Patience) {
        self.patience = patience;
    }

    /// The name of the next batch.
    pub fn next_ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    /// An id for a batch that has none, and that no other batch has.
    pub fn new_batch_id(&self, ticket: Ticket) -> String {
        self.new_id("batch", ticket)
    }

    fn new_id(&self, what: &str, ticket: Ticket) -> String {
        let mut id = format!("{what}-{ticket}");
        let is_taken =
            |id: &str| self.receipts.has(id) || self.history().any(|entry| entry.batch_id() == id);
        while is_taken(&id) {
            id.push('+');
        }
        id
    }

    /// The batches that changed documents or may have, the last one first.
    pub fn history(&self) -> impl Iterator<Item = &HistoryEntry> {
        self.history.entries()
    }

    /// About how many bytes of text are kept to take batches back.
    pub fn history_bytes(&self) -> usize {
        self.history.bytes()
    }

    /// How many batches are under way.
    pub fn batches_under_way(&self) -> usize {
        self.flights.len()
    }

    /// Takes in what happened.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Opened { uri, version, text } => self.open(uri, version, &text),
            Event::Changed { uri, version, changes } => {
                let encoding = self.encoding;
                self.update(&uri, |document, pending| {
                    document.change(version, &changes, encoding, pending)
                })
            }
            Event::MalformedChange { uri: Some(uri), reason } => {
                self.update(&uri, |document, _| {
                    document.distrust(OutOfSync::Malformed(reason));
                    Vec::new()
                })
            }
            Event::MalformedChange { uri: None, reason } => {
                vec![Effect::Warn(format!("a change of an unnamed document is lost: {reason}"))]
            }
            Event::Closed { uri } => self.close(&uri),
            Event::Submitted(submission) => self.submit(submission),
            Event::Undo { ticket, batch_id } => self.submit_undo(ticket, batch_id.as_deref()),
            Event::Abandoned { ticket } => self.abandon(ticket),
            Event::Staged(staging) => self.staged(*staging),
            Event::Replied { ticket, reply } => self.replied(ticket, reply),
            Event::Elapsed(deadline) => self.elapsed(deadline),
            Event::Cancelled { ticket } => self.cancel(ticket),
            Event::Concluded(conclusion) => self.conclude(*conclusion),
            Event::DiagnosticsCleared { key, batch_id, patch } => {
                self.clear_diagnostics(key.as_ref(), batch_id.as_deref(), patch)
            }
        }
    }

    /// The document, if the editor has it open, whatever the spelling.
    pub fn document(&self, uri: &str) -> Option<&Document> {
        self.document_of(&DocumentKey::of(uri))
    }

    /// The same, by its key.
    pub fn document_of(&self, key: &DocumentKey) -> Option<&Document> {
        self.open.get(key).map(Followed::document)
    }

    /// Every document that the editor has open, by its URI.
    pub fn documents(&self) -> Vec<&Document> {
        let mut documents: Vec<&Document> = self.open.values().map(Followed::document).collect();
        documents.sort_by_key(|document| document.uri());
        documents
    }

    fn open(&mut self, uri: String, version: i32, text: &str) -> Vec<Effect> {
        let key = DocumentKey::of(&uri);
        let mut diagnosed = None;
        if let Some(document) = self.open.get_mut(&key) {
            let splices = document.reopen(uri, version, text, self.pending.get_mut(&key));
            diagnosed = self.move_diagnostics(&key, &splices);
        } else {
            let text = text.into();
            let unknown = || (Revision::FIRST, ChangeLog::from(Revision::FIRST));
            let past = self.closed.reopen(&key, &text).unwrap_or_else(unknown);
            let mut document = Followed::new(uri, text, version, past);
            if let Some(pending) = self.pending.get_mut(&key) {
                document.confirm_opened(pending);
            }
            self.open.insert(key.clone(), document);
            self.written_for_opened(&key);
        }
        self.changed(&key, diagnosed)
    }

    /// Lets a document that is open, or whose text was kept when it was
    /// closed, take a change in: VS Code undoes in closed documents too.
    fn update(
        &mut self,
        uri: &str,
        change: impl FnOnce(&mut Followed, Option<&mut Pending>) -> Vec<Splice>,
    ) -> Vec<Effect> {
        let key = DocumentKey::of(uri);
        let pending = self.pending.get_mut(&key);
        if let Some(document) = self.open.get_mut(&key) {
            let (splices, warning) = warned(document, |document| change(document, pending));
            let diagnosed = self.move_diagnostics(&key, &splices);
            return self.changed(&key, warning.into_iter().chain(diagnosed));
        }
        let Some(mut document) = self.closed.take(&key) else {
            return vec![Effect::Warn(format!("{uri}: changed, but it is not open"))];
        };
        let (_, warning) = warned(&mut document, |document| change(document, pending));
        self.closed.keep(key.clone(), document);
        self.changed(&key, warning)
    }

    /// The document that is open, or whose text was kept when it was closed.
    fn followed(&self, key: &DocumentKey) -> Option<&Followed> {
        self.open.get(key).or_else(|| self.closed.get(key))
    }

    /// What follows from a document's new state.
    fn changed(
        &mut self,
        key: &DocumentKey,
        more: impl IntoIterator<Item = Effect>,
    ) -> Vec<Effect> {
        let document = self.followed(key).map(Followed::document);
        let in_sync = document.filter(|document| document.out_of_sync().is_none());
        if let Some(now) = in_sync.map(|document| document.snapshot().clone()) {
            self.history.text_changed(key, now.rope(), now.revision());
        }
        let document = self.document_of(key).cloned();
        let publish = document.map(|document| Effect::Publish { key: key.clone(), document });
        let mut effects: Vec<Effect> = publish.into_iter().chain(more).collect();
        effects.extend(self.confirmed(key));
        effects
    }

    fn close(&mut self, uri: &str) -> Vec<Effect> {
        let key = DocumentKey::of(uri);
        let Some(document) = self.open.remove(&key) else {
            return vec![Effect::Warn(format!("{uri}: closed, but it is not open"))];
        };
        let uri = document.document().shared_uri();
        self.closed.keep(key.clone(), document);
        let diagnose = Effect::Diagnose { key: key.clone(), uri };
        let diagnose = self.diagnostics.closed(&key).then_some(diagnose);
        [Effect::Withdraw { key }].into_iter().chain(diagnose).collect()
    }
}

/// Changes a document; and a warning if it is out of sync for a new reason.
fn warned(
    document: &mut Followed,
    change: impl FnOnce(&mut Followed) -> Vec<Splice>,
) -> (Vec<Splice>, Option<Effect>) {
    let before = document.document().out_of_sync().cloned();
    let splices = change(document);
    let document = document.document();
    let reason = document.out_of_sync().filter(|reason| before.as_ref() != Some(*reason));
    let warning =
        reason.map(|reason| Effect::Warn(format!("{} is out of sync: {reason}", document.uri())));
    (splices, warning)
}
