//! What must hold of an edit before anybody carries it out.

use batchpatch::workspace::{Ticket, WorkspaceEdit};

use super::right::Step;
use super::table::Row;
use super::world::{Due, World};
use super::written::{Late, line_feeds};
use crate::simulated::{DocumentEdits, Edit, Request, edited};

/// How often a batch may be sent, and for each time taken back.
const MOST_ATTEMPTS: usize = 3;

/// One document of an edit.
struct Sent {
    index: usize,
    base: String,
    made: String,
}

impl World {
    /// An edit is on its way to the editor.
    pub(super) fn send(&mut self, edit: WorkspaceEdit) {
        let ticket = edit.ticket;
        assert!(!self.batches[&ticket].is_finished, "{ticket:?} has ended");
        if self.batches[&ticket].is_undo && self.batches[&ticket].undoes.is_none() {
            self.begin_undo(ticket, edit.label.as_deref().unwrap_or_default());
        }
        let place = |at: batchpatch::text::Position| (at.line, at.character);
        let documents = edit.documents.into_iter().map(|document| DocumentEdits {
            uri: document.uri,
            version: document.version,
            edits: document
                .edits
                .into_iter()
                .map(|edit| Edit {
                    start: place(edit.range.start),
                    end: place(edit.range.end),
                    text: edit.new_text,
                })
                .collect(),
        });
        let request = Request { id: self.tickets.len(), documents: documents.collect() };
        let is_taking_back = std::mem::take(&mut self.takes_back);
        if is_taking_back {
            self.check_taking_back(ticket, &request);
        } else {
            self.check_applying(ticket, &request);
        }
        let is_again = !is_taking_back && self.batches[&ticket].sent > 1;
        let (manner, row) = self.manner_for(&request, is_taking_back, is_again);
        if let Some(row) = row {
            let known = self.rows.entry(ticket).or_insert(row);
            *known = if *known == row { row } else { Row::Several };
        }
        self.tickets.push(ticket);
        let latency = self.random.pick(&[0, 1, 5, 20]);
        self.plan(latency, Due::Receive(request, manner));
    }

    /// The edits of each document are in order, and make of it what the oracle
    /// says.
    fn check_applying(&mut self, ticket: Ticket, request: &Request) {
        let written = self.batches.get_mut(&ticket).unwrap();
        written.sent += 1;
        assert!(written.sent <= MOST_ATTEMPTS, "{ticket:?} is sent again and again");
        let all = written.documents.len();
        for index in 0..all {
            self.take_base(ticket, index);
        }
        let sent = self.check_edits(ticket, request);
        for Sent { index, base, made } in &sent {
            let step = Step { base, made, left_out: None };
            if let Err(reason) = self.is_right(ticket, *index, step) {
                panic!("{ticket:?} is wrong: {reason}");
            }
            self.batches.get_mut(&ticket).unwrap().documents[*index].made = Some(made.clone());
            self.overtake(ticket, *index);
        }
        for index in (0..all).filter(|index| sent.iter().all(|sent| sent.index != *index)) {
            let written = &self.batches[&ticket];
            let Some(base) = written.documents[index].base.clone() else { continue };
            let step = Step { base: &base, made: &base, left_out: None };
            // The user may have done again what they undid, and what failed may
            // have come true when nobody could tell whose it is.
            let held = &self.client.documents()[written.documents[index].at];
            let has_failed = written.undoes.is_some_and(|it| self.batches[&it].has_failed);
            if written.is_best_effort
                || has_failed
                || (written.is_undo && held.disturbed > 0)
                || self.is_closed_and_undone(ticket, index)
            {
                continue;
            }
            if let Err(reason) = self.is_right(ticket, index, step) {
                panic!("a document of {ticket:?} is left out: {reason}");
            }
        }
    }

    /// Nobody looks out any more for what others meant to do to the document.
    fn overtake(&mut self, ticket: Ticket, index: usize) {
        let at = self.batches[&ticket].documents[index].at;
        let others = self.batches.iter_mut().filter(|(it, _)| **it != ticket);
        let failed = others.map(|(_, it)| it).filter(|it| it.is_finished && it.has_failed);
        for document in failed.flat_map(|it| &mut it.documents).filter(|it| it.is_awaited(at)) {
            document.late = Late::Settled;
        }
    }

    /// Whether a batch was taken back in a document that was closed since: who
    /// did not save that has it again, and nobody knows.
    fn is_closed_and_undone(&self, ticket: Ticket, index: usize) -> bool {
        let written = &self.batches[&ticket];
        let document = &written.documents[index];
        let target = written.undoes.map(|it| &self.batches[&it]);
        let mut of_target = target.iter().flat_map(|it| &it.documents);
        !document.was_sent_open && of_target.any(|it| it.at == document.at && it.is_undone)
    }

    /// What the batch did is taken back, where it did anything, and no more.
    fn check_taking_back(&mut self, ticket: Ticket, request: &Request) {
        let written = self.batches.get_mut(&ticket).unwrap();
        written.taken_back += 1;
        let most = MOST_ATTEMPTS * written.sent;
        assert!(written.taken_back <= most, "{ticket:?} is taken back again and again");
        for Sent { index, base, made } in self.check_edits(ticket, request) {
            let at = self.batches[&ticket].documents[index].at;
            let step = Step { base: &base, made: &made, left_out: None };
            if let Err(reason) = self.is_taken_back(ticket, at, step) {
                panic!("{ticket:?} is not taken back: {reason}");
            }
        }
    }

    /// The edits are for the texts that the editor told last, each document
    /// once, in order; and what they make.
    fn check_edits(&self, ticket: Ticket, request: &Request) -> Vec<Sent> {
        assert!(!request.documents.is_empty(), "an edit of nothing");
        let mut all: Vec<Sent> = Vec::new();
        for document in &request.documents {
            let at = self.client.index_of(&document.uri);
            let documents = &self.batches[&ticket].documents;
            let index = documents.iter().position(|it| it.at == at).unwrap();
            assert!(all.iter().all(|sent: &Sent| sent.index != index), "{} twice", document.uri);
            let base = self.believed_text(at).unwrap();
            let believed = self.workspace.document(&document.uri);
            let version = believed.and_then(|it| it.snapshot().version());
            assert_eq!(document.version, version, "the version of {}", document.uri);
            check_order(&base, document);
            let made = edited(&base, &document.edits, self.encoding);
            assert_ne!(made, base, "{} would not change", document.uri);
            all.push(Sent { index, base, made });
        }
        all
    }

    /// The text that was told last, or read.
    fn believed_text(&self, at: usize) -> Option<String> {
        let held = &self.client.documents()[at];
        let read = self.disk_seen.get(&at);
        let text = if held.is_open { held.told.last() } else { read };
        text.cloned()
    }

    /// A batch goes out that was staged on the document as it is now.
    fn take_base(&mut self, ticket: Ticket, index: usize) {
        let at = self.batches[&ticket].documents[index].at;
        let base = self.believed_text(at);
        let held = &self.client.documents()[at];
        let document = &mut self.batches.get_mut(&ticket).unwrap().documents[index];
        document.base = base;
        document.was_sent_open = held.is_open;
        document.told = held.told.len();
        document.made = None;
        // The last disturbance may not have been told yet.
        document.disturbed = held.disturbed - usize::from(held.disturbed > 0 && !held.is_told());
        document.merged = held.merged;
    }
}

/// From the end to the start, disjoint, each a change, and none where Neovim
/// adds a line of its own.
fn check_order(base: &str, document: &DocumentEdits) {
    assert!(!document.edits.is_empty(), "no edits of {}", document.uri);
    for edit in &document.edits {
        assert!(edit.start < edit.end || !edit.text.is_empty(), "an edit of nothing");
        assert!(edit.start <= edit.end);
    }
    assert!(document.edits.is_sorted_by(|next, edit| edit.end <= next.start), "{document:?}");
    let behind = u32::try_from(line_feeds(base).matches('\n').count()).unwrap();
    let first = &document.edits[0];
    let ends_with_terminator = first.text.ends_with(['\r', '\n']);
    let is_behind = base.ends_with(['\r', '\n']) && first.start == (behind, 0);
    assert!(!is_behind || !ends_with_terminator, "{first:?} is behind the last line");
}
