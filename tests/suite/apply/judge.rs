//! What an outcome says, against what the editor knows.

use batchpatch::batch::{Code, DocumentOutcome, DocumentState, Outcome, Status};
use batchpatch::text::ContentHash;
use batchpatch::workspace::Ticket;

use super::table::Row;
use super::world::World;
use super::written::{Named, alike};

impl World {
    pub(super) fn judge(&mut self, ticket: Ticket, outcome: &Outcome) {
        let row = self.rows.get(&ticket).copied().unwrap_or(Row::Unsent);
        self.table.count(row, outcome.status);
        let count = self.batches[&ticket].documents.len();
        assert_eq!(outcome.documents.len(), count);
        match outcome.status {
            Status::Applied | Status::Partial => self.judge_applied(ticket, outcome),
            Status::Noop => {
                assert!(!self.batches[&ticket].is_sent, "something was to be done");
            }
            Status::Rejected => self.judge_rejected(ticket, outcome),
            Status::RolledBack => panic!("nothing is taken back yet"),
            Status::Failed => assert!(self.batches[&ticket].is_sent, "nobody was asked"),
        }
        for index in 0..count {
            let told = &outcome.documents[index];
            match told.state {
                DocumentState::After => self.judge_after(ticket, index, told),
                DocumentState::Before => self.judge_before(ticket, index, told),
                DocumentState::Other | DocumentState::Unknown => {}
            }
        }
    }

    /// All that was to be done is done, as far as anybody can know.
    fn judge_applied(&self, ticket: Ticket, outcome: &Outcome) {
        let written = &self.batches[&ticket];
        for (document, told) in written.documents.iter().zip(&outcome.documents) {
            match told.state {
                DocumentState::After => {}
                DocumentState::Before => assert!(written.is_best_effort && told.patches == 0),
                DocumentState::Unknown => {
                    let held = &self.client.documents()[document.at];
                    assert_eq!(told.confirmed, Some(false));
                    assert!(!document.was_sent_open && held.told.len() == document.told);
                }
                DocumentState::Other => panic!("{} is applied and another text", told.uri),
            }
        }
    }

    /// The document holds what the oracle says, as the editor told.
    fn judge_after(&mut self, ticket: Ticket, index: usize, told: &DocumentOutcome) {
        let written = &self.batches[&ticket];
        let document = &written.documents[index];
        let Some(base) = &document.base else { return };
        let right = written.expected(index, base, self.encoding);
        if told.from_revision == told.to_revision {
            let is_left_out = written.is_best_effort && told.patches == 0;
            return assert!(is_left_out || right.contains(base), "{base:?} was to be {right:?}");
        }
        let held = &self.client.documents()[document.at];
        assert_eq!(told.confirmed, Some(true));
        let since = &held.told[document.told..];
        let hash = told.snapshot.unwrap().hash;
        // A token does not see a byte order mark.
        let is_told = |text: &&String| ContentHash::of(&text.as_str().into()) == hash;
        let is_right = |text: &&String| right.iter().any(|right| alike(right, text));
        let confirmed = since.iter().filter(is_told).find(is_right);
        let Some(confirmed) = confirmed else {
            panic!("{base:?} was to become {right:?}, and was only {since:?}")
        };
        let [from, to] = [&told.from_revision, &told.to_revision].map(|it| number(it.as_deref()));
        assert!(to == from + 1 || !document.was_sent_open, "an applied batch is one step");
        let confirmed = confirmed.clone();
        self.batches.get_mut(&ticket).unwrap().documents[index].confirmed = Some(confirmed);
    }

    /// There is a reason.
    fn judge_rejected(&self, ticket: Ticket, outcome: &Outcome) {
        let written = &self.batches[&ticket];
        assert!(!outcome.violations.is_empty(), "rejected for no reason");
        for violation in &outcome.violations {
            let index = outcome.documents.iter().position(|it| it.uri == violation.uri).unwrap();
            let document = &written.documents[index];
            let held = &self.client.documents()[document.at];
            let has_reason = match violation.code {
                Code::StaleSnapshot => match document.named {
                    Named::WrongToken(_) | Named::WrongVersion(_) | Named::Version(_) => true,
                    _ => {
                        let now = if held.is_open { held.told.last() } else { Some(&held.disk) };
                        let made = self.made_ahead(document);
                        let mut meant = made.chain([&document.text]).chain(&held.opened);
                        meant.any(|text| Some(text) != now)
                    }
                },
                Code::LoneCr => held.is_open && has_lone_cr(held.told.last().unwrap()),
                Code::OutsideRoot => document.named == Named::Refused,
                _ => violation.patch.is_some(),
            };
            assert!(has_reason, "{violation:?}");
            let nobody_typed = self.is_calm() && document.named == Named::Not;
            assert!(!nobody_typed || violation.code != Code::StaleSnapshot, "{violation:?}");
        }
    }

    /// Nothing of the batch is in the document.
    fn judge_before(&self, ticket: Ticket, index: usize, told: &DocumentOutcome) {
        let written = &self.batches[&ticket];
        let document = &written.documents[index];
        let held = &self.client.documents()[document.at];
        let Some(seen) = held.told.last().filter(|_| held.is_open) else { return };
        let has_tag = document.tag.as_ref().is_some_and(|tag| seen.contains(tag));
        assert!(!has_tag, "{} holds some of the batch: {seen:?}", told.uri);
        let is_settled = told.confirmed == Some(false);
        if let Some(token) = told.snapshot.filter(|_| is_settled) {
            assert_eq!(token.hash, ContentHash::of(&seen.as_str().into()), "it holds {seen:?}");
        }
    }
}

fn has_lone_cr(text: &str) -> bool {
    text.replace("\r\n", "").contains('\r')
}

fn number(revision: Option<&str>) -> u64 {
    revision.unwrap().trim_start_matches('v').parse().unwrap()
}
