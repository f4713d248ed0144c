//! How a request becomes changes of texts, and a plan to tell of them.

use super::client::{Client, Planned, Step};
use super::held::{self, Held};
use super::misbehaviour::{Checks, Does, Manner, Opens, Reports, Then, Types};
use super::request::{self, Answer, DocumentEdits, Said};

impl Client {
    /// Carries a request out as far as the manner says, and plans how to tell.
    pub(super) fn process(&mut self, id: usize) -> (Vec<Said>, Vec<Planned>) {
        let (request, manner) = self.requests[&id].clone();
        let mut said = Vec::new();
        let mut plan = Vec::new();
        let is_stale = |held: &Held, document: &DocumentEdits| {
            document.version.is_some_and(|version| held.is_open && held.version != version)
        };
        let stale: Vec<bool> = request
            .documents
            .iter()
            .map(|document| is_stale(&self.documents[self.index_of(&document.uri)], document))
            .collect();
        let is_any_stale = stale.contains(&true);
        let mut answer = Answer::True;
        let mut does = vec![true; stale.len()];
        match (manner.checks, manner.does) {
            (Checks::All(refusal), _) if is_any_stale => {
                does.fill(false);
                answer = refusal;
            }
            (_, Does::Nothing) => does.fill(false),
            (_, Does::Some) => {
                does = (0..does.len()).map(|at| at % 2 == id % 2).collect();
            }
            (Checks::Each, _) => does = stale.iter().map(|is_stale| !is_stale).collect(),
            _ => {}
        }
        if let Some(after) = manner.answers_after {
            let answer = manner.answers.unwrap_or(answer);
            plan.push((after, Step::Answer { request: id, answer }));
        }
        for (document, does) in request.documents.iter().zip(does) {
            if does {
                let at = self.index_of(&document.uri);
                let is_other = is_stale(&self.documents[at], document);
                self.documents[at].disturbed += usize::from(is_other);
                self.carry_out(at, document, manner, &mut said, &mut plan);
            }
        }
        (said, plan)
    }

    fn carry_out(
        &mut self,
        at: usize,
        document: &DocumentEdits,
        manner: Manner,
        said: &mut Vec<Said>,
        plan: &mut Vec<Planned>,
    ) {
        let was_open = self.documents[at].is_open;
        if !was_open {
            match manner.opens {
                Opens::First => said.push(Said::Notified(self.open(at))),
                Opens::WithOtherText => {
                    self.documents[at].disk.insert_str(0, "other\n");
                    said.push(Said::Notified(self.open(at)));
                }
                Opens::Never => return,
                Opens::WithNewText => {}
            }
        }
        let before = self.documents[at].text.clone();
        self.edit(at, document);
        let after = self.documents[at].text.clone();
        self.documents[at].last_edit = Some((before, after));
        if !was_open && manner.opens == Opens::WithNewText {
            said.push(Said::Notified(self.documents[at].open(1)));
            return;
        }
        if manner.types == Types::Same {
            self.type_into(at);
        }
        let later = manner.reports_after;
        match (manner.reports, manner.then) {
            (Reports::Never, _) => self.documents[at].keep_secret(),
            (_, Then::RenamesFirst) => plan.push((later, Step::Rename { at })),
            (_, Then::Reopens) => plan.push((later, Step::Reopen { at })),
            (Reports::Changes, Then::ClosesFirst) => {
                plan.push((later, Step::Close { at }));
                plan.push((later, Step::Report { at, share: 100 }));
            }
            (Reports::Changes, _) => plan.push((later, Step::Report { at, share: 100 })),
            (Reports::Whole, _) => plan.push((later, Step::ReportWhole { at })),
            (Reports::Sum, _) => plan.push((later, Step::ReportSum { at })),
            (Reports::Parts, _) => {
                plan.push((later, Step::Report { at, share: 50 }));
                if manner.types == Types::Between {
                    plan.push((later + 20, Step::Type { at }));
                }
                plan.push((later + 150, Step::Report { at, share: 100 }));
            }
        }
        if manner.types == Types::After {
            plan.push((later, Step::Type { at }));
            plan.push((later + 1, Step::Report { at, share: 100 }));
        }
        match manner.then {
            Then::Undoes | Then::Redoes => {
                let share = self.random.pick(&[50, 100]);
                let soon = later + self.random.pick(&[0, 3, 200]);
                plan.push((soon, Step::Undo { at }));
                plan.push((soon, Step::Report { at, share }));
                plan.push((soon + 10, Step::Report { at, share: 100 }));
                if manner.then == Then::Redoes {
                    plan.push((soon + 11, Step::Redo { at }));
                    plan.push((soon + 11, Step::Report { at, share }));
                    plan.push((soon + 30, Step::Report { at, share: 100 }));
                }
            }
            Then::Formats => plan.push((later + 1, Step::Format { at })),
            Then::Renames => plan.push((later + 200, Step::Rename { at })),
            Then::Closes => plan.push((later, Step::Close { at })),
            _ => {}
        }
    }

    /// The edits of one document, from its end to its start; where the last
    /// line always ends with a terminator, all of them together.
    fn edit(&mut self, at: usize, document: &DocumentEdits) {
        if !self.documents[at].is_open {
            self.documents[at].text = self.as_in_the_house(&self.documents[at].disk, true);
        }
        let before = self.documents[at].text.clone();
        if self.house.ends_with_one {
            let after = request::edited(&before, &document.edits, self.encoding);
            let after = self.as_in_the_house(&after, true);
            if let Some((start, end, new)) = held::difference(&before, &after) {
                self.documents[at].replace(start, end, &new, self.encoding);
            }
            return;
        }
        for (start, end, new) in
            request::spans(&before, &document.edits, self.encoding).iter().rev()
        {
            let new = self.as_in_the_house(new, false);
            self.documents[at].replace(*start, *end, &new, self.encoding);
        }
    }
}
