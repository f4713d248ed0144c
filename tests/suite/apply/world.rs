//! An editor, its documents, and the workspace, in a time of their own.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use batchpatch::batch::{DocumentKey, Outcome, Status};
use batchpatch::engine::{Engine, Source};
use batchpatch::text::{PositionEncoding, Revision, Snapshot};
use batchpatch::workspace::{
    Conclusion, Deadline, EditReply, Effect, Event, Files, Job, Progress, Report, Staging, Ticket,
    Workspace,
};

use super::again::Follower;
use super::revisions::Revisions;
use super::table::{Row, Table};
use super::written::Written;
use crate::bridge;
use crate::oracle::Encoding;
use crate::simulated::{
    Answer, Client, Manner, Misbehaviour, Notification, Random, Request, Said, Step,
};

/// What is to happen at some time.
#[derive(Debug)]
pub(super) enum Due {
    Submit,
    SubmitAgain,
    Undo,
    TypeSomewhere,
    CloseOrOpen,
    /// The editor is gone, and nothing happens any more.
    Disconnect,
    Run(Box<Job>),
    Staged(Box<Staging>),
    Concluded(Box<Conclusion>),
    Receive(Request, Manner),
    Step(Step),
    Elapsed(Deadline),
    Cancel(Ticket),
}

pub(super) struct World {
    pub(super) random: Random,
    pub(super) encoding: Encoding,
    pub(super) client: Client,
    pub(super) workspace: Workspace,
    pub(super) batches: HashMap<Ticket, Written>,
    pub(super) habits: Habits,
    pub(super) table: Table,
    /// All that happened, if somebody wants to read it.
    pub(super) log: Option<String>,
    pub(super) revisions: Revisions,
    /// The batch of each request that the editor got.
    pub(super) tickets: Vec<Ticket>,
    pub(super) rows: HashMap<Ticket, Row>,
    /// How many batches were written.
    pub(super) written: usize,
    /// Who has each id.
    pub(super) holders: HashMap<String, Ticket>,
    pub(super) followers: Vec<Follower>,
    pub(super) replays: HashMap<Ticket, Ticket>,
    pub(super) contradictions: HashSet<Ticket>,
    /// The batches that documents may hold, in the order in which they ended.
    pub(super) past: Vec<Ticket>,
    /// Whether the next edit takes something back.
    pub(super) takes_back: bool,
    /// What the files held that were read last.
    pub(super) disk_seen: HashMap<usize, String>,
    queue: BTreeMap<(u64, u64), Due>,
    now: u64,
    planned: u64,
}

/// How this editor carries out edits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Habits {
    /// In one way, or as it should.
    One(Misbehaviour),
    /// In several ways at once, and its user types whenever they like.
    Several,
}

impl World {
    pub(super) fn new(
        random: Random,
        encoding: Encoding,
        client: Client,
        workspace: Workspace,
        habits: Habits,
    ) -> World {
        World {
            random,
            encoding,
            client,
            workspace,
            habits,
            batches: HashMap::new(),
            table: Table::default(),
            log: None,
            revisions: Revisions::default(),
            tickets: Vec::new(),
            rows: HashMap::new(),
            written: 0,
            holders: HashMap::new(),
            followers: Vec::new(),
            replays: HashMap::new(),
            contradictions: HashSet::new(),
            past: Vec::new(),
            takes_back: false,
            disk_seen: HashMap::new(),
            queue: BTreeMap::new(),
            now: 0,
            planned: 0,
        }
    }

    pub(super) fn plan(&mut self, after: u64, due: Due) {
        self.planned += 1;
        self.queue.insert((self.now + after, self.planned), due);
    }

    pub(super) fn plan_steps(&mut self, steps: Vec<(u64, Step)>) {
        for (after, step) in steps {
            self.plan(after, Due::Step(step));
        }
    }

    /// Goes on until nothing more is to happen.
    pub(super) fn live(&mut self) {
        while let Some(((now, _), due)) = self.queue.pop_first() {
            self.now = now;
            match &due {
                Due::Run(_) | Due::Staged(_) | Due::Concluded(_) | Due::Step(_) => {}
                due => self.note(due),
            }
            let is_end = matches!(due, Due::Disconnect);
            self.happen(due);
            if is_end {
                return;
            }
            self.agree();
        }
        self.be_quiet();
    }

    fn note(&mut self, what: &impl std::fmt::Debug) {
        if let Some(log) = &mut self.log {
            let what = format!("{what:?}");
            let _ = writeln!(log, "{:>6} {what:.1200}", self.now);
        }
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Submit => self.submit(),
            Due::SubmitAgain => self.submit_again(),
            Due::Undo => self.undo(),
            Due::TypeSomewhere => self.type_somewhere(),
            Due::CloseOrOpen => self.close_or_open(),
            Due::Disconnect => self.queue.clear(),
            Due::Concluded(conclusion) => self.conclude(conclusion),
            Due::Run(job) => {
                let mut files = DiskOf { world: self };
                let staging = job.run(&Engine::default(), &mut files);
                let after = self.random.pick(&[0, 0, 1, 25]);
                self.plan(after, Due::Staged(Box::new(staging)));
            }
            Due::Staged(staging) => self.handle(Event::Staged(staging)),
            Due::Receive(request, manner) => {
                let steps = self.client.receive(request, manner);
                self.plan_steps(steps);
            }
            Due::Step(step) => {
                let (said, steps) = self.client.perform(step);
                self.plan_steps(steps);
                for said in said {
                    self.hear(said);
                }
            }
            Due::Elapsed(deadline) => self.handle(Event::Elapsed(deadline)),
            Due::Cancel(ticket) => self.handle(Event::Cancelled { ticket }),
        }
    }

    pub(super) fn hear(&mut self, said: Said) {
        self.note(&said);
        match said {
            Said::Notified(notification) => self.tell(notification),
            Said::Answered { request, answer } => {
                let reply = match answer {
                    Answer::True => EditReply::Applied,
                    Answer::False => EditReply::Refused { reason: None },
                    Answer::Error => EditReply::Refused { reason: Some("it erred".to_owned()) },
                };
                let ticket = self.tickets[request];
                self.handle(Event::Replied { ticket, reply });
            }
        }
    }

    pub(super) fn tell(&mut self, notification: Notification) {
        let seen = match &notification {
            Notification::Opened { uri, .. } => Some((uri, 1)),
            Notification::Changed { uri, changes, .. } => Some((uri, changes.len())),
            Notification::Closed { .. } | Notification::Malformed { .. } => None,
        };
        if let Some((uri, count)) = seen {
            let at = self.client.index_of(uri);
            self.look_out_for_late(at, count);
            self.look_at_text(at);
        }
        self.handle(bridge::event(notification));
    }

    pub(super) fn handle(&mut self, event: Event) {
        for effect in self.workspace.handle(event) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match &effect {
            Effect::Publish { document, .. } => {
                let now = document.snapshot();
                let text = (document.uri(), now.revision().number(), now.rope().to_string());
                self.note(&text);
            }
            Effect::Stage(job) => self.note(&("stage", job.ticket())),
            Effect::Finish { ticket, .. } => self.note(&("finish", ticket)),
            effect => self.note(effect),
        }
        match effect {
            Effect::Publish { key, document } => {
                let is_sent = self.is_sent(&key) || self.is_awaited(&key);
                let snapshot = document.snapshot();
                self.revisions.publish(&key, snapshot, is_sent);
            }
            Effect::Stage(job) => {
                self.batches.get_mut(&job.ticket()).unwrap().is_begun = true;
                let after = self.random.pick(&[0, 0, 1, 25]);
                self.plan(after, Due::Run(job));
            }
            Effect::Edit(edit) => self.send(edit),
            Effect::Arm { deadline, after } => {
                let after = u64::try_from(after.as_millis()).unwrap();
                self.plan(after, Due::Elapsed(deadline));
            }
            Effect::Finish { ticket, report: Some(report) } => self.finish(ticket, *report),
            Effect::Finish { ticket, report: None } => {
                if let Some(written) = self.batches.get_mut(&ticket) {
                    assert!(!written.is_finished, "{ticket:?} ends twice");
                    assert!(!written.is_sent(), "{ticket:?} was sent and cancelled");
                    (written.is_finished, written.is_concluded) = (true, true);
                }
                self.free(ticket);
            }
            Effect::Withdraw { key } => self.revisions.withdraw(&key),
            Effect::Replay { ticket, outcome } => self.replayed(ticket, &outcome),
            Effect::Contradict { ticket } => self.contradicted(ticket),
            Effect::Progress { progress: Progress::TakenBack, .. } => self.takes_back = true,
            Effect::Progress { .. } | Effect::Warn(_) | Effect::Diagnose { .. } => {}
        }
    }

    fn finish(&mut self, ticket: Ticket, report: Report) {
        let written = self.batches.get_mut(&ticket).unwrap();
        assert!(!written.is_finished, "{ticket:?} ends twice");
        (written.is_finished, written.is_begun) = (true, true);
        let conclusion = report.conclude();
        let outcome: Outcome = conclusion.outcome.clone();
        self.note(&outcome);
        let written = self.batches.get_mut(&ticket).unwrap();
        written.has_failed = matches!(outcome.status, Status::Failed | Status::RolledBack);
        written.outcome = Some(outcome.clone());
        self.judge(ticket, &outcome);
        let after = self.random.pick(&[0, 0, 0, 1, 25]);
        self.plan(after, Due::Concluded(Box::new(conclusion)));
    }

    /// What became of a batch is in words, and known to whoever asks.
    fn conclude(&mut self, conclusion: Box<Conclusion>) {
        let id = conclusion.outcome.batch_id.clone().unwrap_or_default();
        let ended = self
            .batches
            .iter_mut()
            .find(|(_, it)| it.is_finished && !it.is_concluded && it.id == id);
        let Some((ticket, written)) = ended else { panic!("{id} ended twice") };
        written.is_concluded = true;
        let ticket = *ticket;
        let status = conclusion.outcome.status;
        if !matches!(status, Status::Rejected | Status::Noop) {
            self.past.push(ticket);
        }
        let documents: Vec<usize> = written.documents.iter().map(|it| it.at).collect();
        for at in documents {
            self.look_at_text(at);
        }
        self.handle(Event::Concluded(conclusion));
    }

    /// Whether the editor was asked to change the document, and the batch has
    /// not ended.
    pub(super) fn is_sent(&self, key: &DocumentKey) -> bool {
        self.batches.values().filter(|it| it.is_sent() && !it.is_finished).any(|written| {
            written
                .documents
                .iter()
                .any(|document| DocumentKey::of(&self.client.documents()[document.at].uri) == *key)
        })
    }

    /// Whether an edit of the document may still arrive whose batch has failed.
    fn is_awaited(&self, key: &DocumentKey) -> bool {
        let at = self.client.documents().iter().position(|it| DocumentKey::of(&it.uri) == *key);
        at.is_some_and(|at| self.may_be_late(at, None))
    }

    /// Whether an edit of this document may still arrive whose batch has failed,
    /// another one than this.
    pub(super) fn may_be_late(&self, at: usize, but: Option<Ticket>) -> bool {
        let others = self.batches.iter().filter(|(it, _)| Some(**it) != but);
        let failed = others.map(|(_, it)| it).filter(|it| it.has_failed);
        failed.flat_map(|it| &it.documents).any(|it| it.at == at && it.made.is_some())
    }
}

/// The files, as the editor left them.
struct DiskOf<'w> {
    world: &'w mut World,
}

impl Files for DiskOf<'_> {
    fn open_as(&mut self, uri: &str) -> Option<DocumentKey> {
        let _ = uri;
        None
    }

    fn read(&mut self, uri: &str) -> Source {
        let at = self.world.client.index_of(uri);
        let text = self.world.client.documents()[at].disk.clone();
        self.world.disk_seen.insert(at, text.clone());
        Source::Text(Snapshot::new(text.as_str().into(), Revision::FIRST, None))
    }
}

pub(super) fn unit(encoding: Encoding) -> PositionEncoding {
    bridge::encoding(encoding)
}
