//! From the workspace's types to the simulated editor's, and what must hold of
//! an edit before anybody carries it out.

use batchpatch::text::{Position, Range};
use batchpatch::workspace::{ContentChange, Event, Ticket, WorkspaceEdit};

use super::table::Row;
use super::world::{Due, Habits, World};
use super::written::{Named, WrittenDocument, line_feeds};
use crate::simulated::{
    Change, DocumentEdits, Edit, Manner, Misbehaviour, Notification, Request, edited,
};

fn place(position: Position) -> (u32, u32) {
    (position.line, position.character)
}

pub(super) fn event(notification: Notification) -> Event {
    let at = |(line, character)| Position { line, character };
    let change = |Change { range, text }| ContentChange {
        range: range.map(|(start, end)| Range { start: at(start), end: at(end) }),
        text,
    };
    match notification {
        Notification::Opened { uri, version, text } => Event::Opened { uri, version, text },
        Notification::Changed { uri, version, changes } => {
            Event::Changed { uri, version, changes: changes.into_iter().map(change).collect() }
        }
        Notification::Malformed { uri } => {
            Event::MalformedChange { uri, reason: "simulated".to_owned() }
        }
        Notification::Closed { uri } => Event::Closed { uri },
    }
}

impl World {
    /// An edit is on its way to the editor.
    pub(super) fn send(&mut self, edit: WorkspaceEdit) {
        let ticket = edit.ticket;
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
        self.check(ticket, &request);
        let (manner, row) = self.manner_for(&request);
        self.rows.entry(ticket).or_insert(row);
        self.tickets.push(ticket);
        self.batches.get_mut(&ticket).unwrap().is_sent = true;
        let latency = self.random.pick(&[0, 1, 5, 20]);
        self.plan(latency, Due::Receive(request, manner));
    }

    /// The edits of each document are in order, for the text that the editor
    /// told last, and make of it what the oracle says.
    fn check(&mut self, ticket: Ticket, request: &Request) {
        assert!(!request.documents.is_empty(), "an edit of nothing");
        let mut seen = Vec::new();
        for document in &request.documents {
            let at = self.client.index_of(&document.uri);
            assert!(!seen.contains(&at), "{} twice", document.uri);
            seen.push(at);
            let index = self.batches[&ticket].documents.iter().position(|it| it.at == at).unwrap();
            self.take_base(ticket, index);
            let written = &self.batches[&ticket];
            let of_batch = &written.documents[index];
            let base = of_batch.base.clone().unwrap();
            let believed = self.workspace.document(&document.uri);
            let version = believed.and_then(|it| it.snapshot().version());
            assert_eq!(document.version, version, "the version of {}", document.uri);
            check_order(&base, document);
            self.check_named(ticket, index, &base);
            let made = edited(&base, &document.edits, self.encoding);
            assert_ne!(made, base, "{} would not change", document.uri);
            let right = written.expected(index, &base, self.encoding);
            let same = |right: &String| line_feeds(right) == line_feeds(&made);
            assert!(right.iter().any(same), "{base:?} would be {made:?}, not {right:?}");
        }
        let all = self.batches[&ticket].documents.len();
        for index in 0..all {
            let at = self.batches[&ticket].documents[index].at;
            if seen.contains(&at) {
                continue;
            }
            self.take_base(ticket, index);
            let written = &self.batches[&ticket];
            let Some(base) = written.documents[index].base.clone() else { continue };
            let right = written.expected(index, &base, self.encoding);
            let is_left_out = written.is_best_effort;
            let same = |right: &String| line_feeds(right) == line_feeds(&base);
            assert!(is_left_out || right.iter().any(same), "{base:?} should be {right:?}");
        }
    }

    /// The text is the one that the batch was written for.
    fn check_named(&self, ticket: Ticket, index: usize, base: &str) {
        let document = &self.batches[&ticket].documents[index];
        match document.named {
            Named::Version(_) => assert_eq!(base, document.text),
            // A token does not see a byte order mark.
            Named::Token(_) => {
                let seen = |text: &str| text.trim_start_matches('\u{feff}').to_owned();
                assert_eq!(seen(base), seen(&document.text));
            }
            Named::WrongToken(_) | Named::WrongVersion(_) | Named::Refused => {
                panic!("a batch for another text was sent")
            }
            Named::Not => {
                let made = self.made_ahead(document);
                // A file is what it is when it is read, or opened.
                let read = self.disk_seen.get(&document.at);
                let opened = self.client.documents()[document.at].opened.as_ref();
                let file = read.into_iter().chain(opened).filter(|_| !document.was_open);
                let mut right = made.chain([&document.text]).chain(file);
                assert!(right.any(|text| text == base), "nobody wrote for {base:?}");
            }
        }
    }

    /// The texts that batches ahead made.
    pub(super) fn made_ahead(&self, document: &WrittenDocument) -> impl Iterator<Item = &String> {
        let at = document.at;
        document.ahead.iter().filter_map(move |ahead| {
            let same = |it: &&WrittenDocument| it.at == at;
            self.batches[ahead].documents.iter().find(same)?.confirmed.as_ref()
        })
    }

    /// How the editor carries the request out, and what to call that.
    fn manner_for(&mut self, request: &Request) -> (Manner, Row) {
        let held = request.documents.iter().map(|document| self.client.index_of(&document.uri));
        let held: Vec<_> = held.map(|at| &self.client.documents()[at]).collect();
        let is_settled = held.iter().all(|held| held.is_settled());
        let any_open = held.iter().any(|held| held.is_open);
        let any_unopened = held.iter().any(|held| !held.is_open);
        match self.habits {
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
                (Manner::of(&[of], &mut self.random), row)
            }
            Habits::Several => {
                let count = 1 + self.random.below(3);
                let some: Vec<_> =
                    (0..count).map(|_| self.random.pick(Misbehaviour::ALL)).collect();
                (Manner::of(&some, &mut self.random), Row::Several)
            }
        }
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
