//! What a seed makes: an editor with documents, batches for them, a user.

use batchpatch::batch::{Code, DocumentKey};
use batchpatch::workspace::{Abilities, Event, KeptTexts, Submission, Target, Ticket, Workspace};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::world::{Due, Habits, World, unit};
use super::written::{Named, Written, WrittenDocument, mark};
use crate::oracle::{self, Encoding, Patch};
use crate::simulated::{Client, House, Misbehaviour, Random, marks};
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
        world
    }

    fn begin(&mut self) {
        let count = 1 + self.random.below(URIS.len());
        for (at, uri) in URIS[..count].iter().enumerate() {
            let mut text = draw(&mut self.random, &generate::text());
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
        if !self.is_calm() {
            for _ in 0..self.random.below(5) {
                let after = self.random.below(1_500) as u64;
                self.plan(after, Due::TypeSomewhere);
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

    pub(super) fn submit(&mut self) {
        let count = self.client.documents().len();
        let first = self.random.below(count);
        let documents = 1 + self.random.below(count.min(3));
        let number = self.batches.len();
        let tag = self.random.percent(80).then(|| marks::tag(number));
        let is_best_effort = self.random.percent(30);
        let is_rebase = self.random.percent(50);
        let is_valid = self.random.percent(85);
        let ticket = self.workspace.next_ticket();
        let mut written = Vec::new();
        for at in (first..first + documents).map(|at| at % count) {
            let document = self.write(at, tag.as_deref(), is_valid);
            written.push((self.client.documents()[at].uri.clone(), document));
        }
        let targets = written.iter().map(|(uri, document)| match document.named {
            Named::Refused => {
                let message = "it is outside".to_owned();
                Target::Refused { code: Code::OutsideRoot, message }
            }
            _ => Target::At(uri.clone()),
        });
        let targets = targets.collect();
        let written = Written::new(number, (is_best_effort, is_rebase), written);
        let batch = written.batch.clone();
        self.batches.insert(ticket, written);
        if matches!(self.habits, Habits::Several) && self.random.percent(10) {
            let after = self.random.pick(&[0, 1, 30, 500]);
            self.plan(after, Due::Cancel(ticket));
        }
        let encoding = unit(self.encoding);
        self.handle(Event::Submitted(Submission { ticket, batch, encoding, targets }));
    }

    /// Patches for one document as it is now.
    fn write(&mut self, at: usize, tag: Option<&str>, is_valid: bool) -> WrittenDocument {
        let held = &self.client.documents()[at];
        let was_open = held.is_open;
        let text = if was_open { held.told.last().unwrap() } else { &held.disk }.clone();
        let held_uri = held.uri.clone();
        let version = self.workspace.document(&held.uri).and_then(|it| it.snapshot().version());
        let mut patches = draw(&mut self.random, &generate::drafts()).for_text(&text);
        if let Some(tag) = tag {
            mark(&mut patches, tag);
        }
        if is_valid {
            patches = without_breaches(&text, patches, self.encoding);
        }
        let believed = self.workspace.document(&held_uri).map(|it| it.snapshot().token());
        let token = believed.unwrap_or_else(|| bridge::snapshot(&text).token()).to_string();
        let named = match (self.random.below(20), version) {
            (0..5, _) => Named::Token(token),
            (5..9, Some(version)) => Named::Version(version),
            (9, _) => Named::WrongToken(bridge::snapshot("not this").token().to_string()),
            (10, Some(version)) => Named::WrongVersion(version + 1_000),
            (11, _) if !is_valid => Named::Refused,
            _ => Named::Not,
        };
        let tag = tag.map(str::to_owned);
        let ahead = self.ahead_of(at);
        WrittenDocument {
            at,
            patches,
            tag,
            named,
            text,
            ahead,
            was_open,
            base: None,
            was_sent_open: was_open,
            told: 0,
            made: None,
            confirmed: None,
        }
    }

    /// The batches for a document that have not ended.
    fn ahead_of(&self, at: usize) -> Vec<Ticket> {
        let is_ahead = |written: &Written| {
            !written.is_finished && written.documents.iter().any(|document| document.at == at)
        };
        let ahead = self.batches.iter().filter(|(_, written)| is_ahead(written));
        ahead.map(|(ticket, _)| *ticket).collect()
    }
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
