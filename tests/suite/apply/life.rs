//! What a seed makes: an editor with documents, batches for them, a user.

use batchpatch::batch::DocumentKey;
use batchpatch::text::Snapshot;
use batchpatch::workspace::{Abilities, KeptTexts, Ticket, Workspace};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::world::{Due, Habits, World, unit};
use super::written::{Named, Written, WrittenDocument, mark};
use crate::oracle::{self, Encoding, Patch};
use crate::simulated::{Client, House, Misbehaviour, Random, marks, offset};
use crate::{bridge, generate};

const URIS: [&str; 4] =
    ["file:///w/a.rs", "file:///w/[b] é.rs", "file:///w/c%20d.rs", "file:///w/e.rs"];

/// A value of any strategy, of this world's own chance.
fn draw<T: std::fmt::Debug>(random: &mut Random, strategy: &impl Strategy<Value = T>) -> T {
    let mut seed = [0; 32];
    for bytes in seed.chunks_mut(8) {
        bytes.copy_from_slice(&random.next().to_le_bytes());
    }
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy.new_tree(&mut runner).unwrap().current()
}

impl World {
    pub(super) fn of(seed: u64) -> World {
        use Misbehaviour::{AddsTheFinalTerminator, WritesItsOwnTerminators};
        let mut random = Random::new(seed);
        let habits = match random.below(4) {
            0 => Habits::Several,
            _ => Habits::One(random.pick(Misbehaviour::ALL)),
        };
        let is = |misbehaviour| matches!(habits, Habits::One(it) if it == misbehaviour);
        let several = matches!(habits, Habits::Several);
        let terminator = (is(WritesItsOwnTerminators)
            || is(AddsTheFinalTerminator)
            || several && random.percent(30))
        .then(|| random.pick(&["\n", "\r\n"]));
        let ends_with_one = is(AddsTheFinalTerminator) || several && random.percent(30);
        let encoding = random.pick(&[Encoding::Utf8, Encoding::Utf16, Encoding::Utf32]);
        let house = House { terminator, ends_with_one };
        let client = Client::new(Random::new(random.next()), encoding, house);
        let abilities = Abilities { applies_edits: true, is_transactional: false };
        let workspace =
            Workspace::new(unit(encoding), KeptTexts::default()).with_abilities(abilities);
        let mut world = World::new(random, encoding, client, workspace, habits);
        world.begin();
        if world.random.percent(2) {
            let after = world.random.below(3_000) as u64;
            world.plan(after, Due::Disconnect);
        }
        world
    }

    fn begin(&mut self) {
        let count = 1 + self.random.below(URIS.len());
        for (at, uri) in URIS[..count].iter().enumerate() {
            let mut text = draw(&mut self.random, &generate::text());
            // Long enough to type where no batch is.
            if self.random.percent(40) {
                text += &draw(&mut self.random, &generate::text());
                text += &draw(&mut self.random, &generate::text());
            }
            if !self.random.percent(5) {
                text = without_lone_cr(&text);
            }
            let text = text.trim_start_matches('\u{feff}');
            self.client.add_file(uri, text);
            if !self.random.percent(30) {
                let opened = self.client.open(at);
                self.tell(opened);
            }
        }
        for _ in 0..self.random.pick(&[1, 1, 2, 3, 6]) {
            let after = self.random.pick(&[0, 1, 10, 40, 200, 1_500]);
            self.plan(after, Due::Submit);
        }
        let wishes: [(fn() -> Due, usize); 2] = [(|| Due::Undo, 40), (|| Due::SubmitAgain, 25)];
        for (due, share) in wishes {
            while self.random.percent(share) {
                let after = self.random.pick(&[1, 30, 70, 250, 1_600, 13_000, 13_500]);
                self.plan(after, due());
            }
        }
        if !self.is_calm() {
            for _ in 0..self.random.below(5) {
                let after = self.random.below(1_500) as u64;
                self.plan(after, Due::TypeSomewhere);
            }
            while self.random.percent(20) {
                let after = self.random.below(1_500) as u64;
                self.plan(after, Due::CloseOrOpen);
            }
        }
    }

    /// Whether the editor does all that it is asked, and nothing else.
    pub(super) fn is_calm(&self) -> bool {
        use Misbehaviour::*;
        matches!(
            self.habits,
            Habits::One(
                Exact
                    | AnswersFirst
                    | AnswersSlowly
                    | AnswersTooLate
                    | NeverAnswers
                    | ReportsInParts
                    | ReportsTheWholeText
                    | ReportsTheSum
            )
        )
    }

    /// The user types; where nobody knows what else happens, also into what is
    /// just being changed.
    pub(super) fn type_somewhere(&mut self) {
        let at = self.random.below(self.client.documents().len());
        let held = &self.client.documents()[at];
        let key = DocumentKey::of(&held.uri);
        let is_free = held.is_settled() && !self.is_sent(&key);
        if held.is_open && (is_free || matches!(self.habits, Habits::Several)) {
            let steps = self.client.type_soon(at);
            self.plan_steps(steps);
        }
    }

    /// Somebody closes a document, or opens one.
    pub(super) fn close_or_open(&mut self) {
        let at = self.random.below(self.client.documents().len());
        let held = &self.client.documents()[at];
        let is_free = held.is_settled() && !self.is_sent(&DocumentKey::of(&held.uri));
        if is_free || matches!(self.habits, Habits::Several) {
            let notification = self.client.close_or_open(at);
            self.tell(notification);
        }
    }

    pub(super) fn submit(&mut self) {
        let id = format!("b{}", self.written);
        let written = self.write_batch(id);
        self.submit_written(written);
    }

    /// A batch for some documents as they are now.
    pub(super) fn write_batch(&mut self, id: String) -> Written {
        let count = self.client.documents().len();
        let first = self.random.below(count);
        let documents = 1 + self.random.below(count.min(3));
        let tag = self.random.percent(80).then(|| marks::tag(self.written));
        self.written += 1;
        let is_best_effort = self.random.percent(30);
        let is_rebase = self.random.percent(50);
        let is_valid = self.random.percent(85);
        let mut written = Vec::new();
        for at in (first..first + documents).map(|at| at % count) {
            let document = self.write(at, tag.as_deref(), is_valid);
            written.push((self.client.documents()[at].uri.clone(), document));
        }
        Written::new(id, (is_best_effort, is_rebase), written)
    }

    /// Patches for one document as it is now.
    fn write(&mut self, at: usize, tag: Option<&str>, is_valid: bool) -> WrittenDocument {
        let held = &self.client.documents()[at];
        let text = if held.is_open { held.told.last().unwrap() } else { &held.disk }.clone();
        let believed = self.workspace.document(&held.uri).map(|it| it.snapshot().clone());
        let mut patches = draw(&mut self.random, &generate::drafts()).for_text(&text);
        patches.retain(|patch| !cuts_mark(&text, patch, self.encoding));
        if let Some(tag) = tag {
            mark(&mut patches, tag);
        }
        if is_valid {
            patches = without_breaches(&text, patches, self.encoding);
        }
        let version = believed.as_ref().and_then(Snapshot::version);
        let token = believed.unwrap_or_else(|| bridge::snapshot(&text)).token().to_string();
        let named = match (self.random.below(20), version) {
            (0..5, _) => Named::Token(token),
            (5..9, Some(version)) => Named::Version(version),
            (9, _) => Named::WrongToken(bridge::snapshot("not this").token().to_string()),
            (10, Some(version)) => Named::WrongVersion(version + 1_000),
            (11, _) if !is_valid => Named::Refused,
            _ => Named::Not,
        };
        WrittenDocument::new(at, (patches, tag.map(str::to_owned)), named, text)
    }

    /// The batches for a document that have not ended.
    pub(super) fn ahead_of(&self, at: usize) -> Vec<Ticket> {
        let is_ahead = |written: &Written| {
            let is_on_it = written.documents.iter().any(|document| document.at == at);
            // Which documents an undo is on is known when it is sent.
            !written.is_finished && (is_on_it || written.is_undo)
        };
        let ahead = self.batches.iter().filter(|(_, written)| is_ahead(written));
        ahead.map(|(ticket, _)| *ticket).collect()
    }
}

/// Whether a patch begins or ends inside of what the user or a batch is known
/// by.
fn cuts_mark(text: &str, patch: &Patch, encoding: Encoding) -> bool {
    let Patch::Edit { start, end, .. } = patch else { return false };
    [start, end].into_iter().any(|(line, column)| {
        let place = (u32::try_from(*line).unwrap(), u32::try_from(*column).unwrap());
        marks::is_inside(text, offset(text, place, encoding))
    })
}

/// Lines end with `\n` or `\r\n`.
fn without_lone_cr(text: &str) -> String {
    text.replace("\r\n", "\u{1}").replace('\r', "\n").replace('\u{1}', "\r\n")
}

/// The patches that can be carried out together.
fn without_breaches(text: &str, patches: Vec<Patch>, encoding: Encoding) -> Vec<Patch> {
    let (_, dropped) = oracle::best_effort(text, &patches, encoding);
    let is_left = |index: usize| dropped.iter().all(|breach| breach.patch != index);
    let patches = patches.into_iter().enumerate();
    patches.filter(|(index, _)| is_left(*index)).map(|(_, patch)| patch).collect()
}
