//! Staging a batch, away from the loop that takes events.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use memchr::memchr_iter;
use ropey::Rope;

use super::change_log::Since;
use super::take_back::TakenBack;
use super::{OutOfSync, TakeBack, Ticket};
use crate::batch::{Batch, Code, Document as BatchDocument, DocumentKey, Mode, Outcome, Patch};
use crate::engine::{Engine, Refusal, Source, StagedBatch};
use crate::text::{ContentHash, PositionEncoding, Snapshot, Terminator};

/// What is to be staged on the texts as they were when a batch had its turn.
/// May take long, and blocks where files have to be read.
#[derive(Clone, Debug)]
pub enum Job {
    /// A batch.
    Apply(StageBatch),
    /// What a batch did, backwards.
    TakeBack(TakeBack),
}

/// All that is needed to stage a batch.
#[derive(Clone, Debug)]
pub struct StageBatch {
    pub(super) ticket: Ticket,
    pub(super) batch: Arc<Batch>,
    pub(super) encoding: PositionEncoding,
    pub(super) documents: Vec<Subject>,
    pub(super) mode: Mode,
    /// Whether an edit was sent for it before, half of which the editor may
    /// have made.
    pub(super) is_again: bool,
}

/// What came of a job.
#[derive(Debug)]
pub struct Staging {
    pub(super) ticket: Ticket,
    pub(super) found: Found,
}

/// The files that no editor holds.
pub trait Files {
    /// The document that is open, if the editor has this file open under
    /// another name.
    fn open_as(&mut self, uri: &str) -> Option<DocumentKey>;

    /// The file's text.
    fn read(&mut self, uri: &str) -> Source;
}

/// Where the text of a document comes from.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// The editor has it open.
    Open {
        key: DocumentKey,
        snapshot: Snapshot,
        /// The text that the batch was written for, if the batch itself does
        /// not say so.
        written_for: Option<Snapshot>,
        /// What happened since the text that it was written for, where the
        /// batch may be carried over it.
        since: Option<Since>,
    },
    OutOfSync(OutOfSync),
    Unopened {
        uri: String,
        /// The text of the editor's that the batch was written for, if the
        /// document was open then.
        written_for: Option<Snapshot>,
    },
    Refused {
        code: Code,
        message: String,
    },
}

#[derive(Debug)]
pub(super) enum Found {
    Staged(Box<StagedBatch>),
    Refused {
        outcome: Box<Outcome>,
        /// The texts that it talks of.
        texts: Vec<Option<Snapshot>>,
    },
    /// What is to be taken back was staged.
    TakenBack(Box<TakenBack>),
    /// The editor has some of the documents open under other names.
    Elsewhere(Elsewhere),
}

/// Documents of a batch, by their index, and under which names they are open.
pub(super) type Elsewhere = Vec<(usize, DocumentKey)>;

impl Subject {
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        match self {
            Subject::Open { snapshot, .. } => Some(snapshot.clone()),
            _ => None,
        }
    }

    /// The text, or why there is none to work on.
    ///
    /// A file that is not open will be, by the edit: the editor that finds other
    /// lines in it than the batch would change the wrong ones, and what it then
    /// tells would look right.
    pub(super) fn source(&self, files: &mut impl Files) -> Source {
        let source = match self {
            Subject::Open { snapshot, .. } => Source::Text(snapshot.clone()),
            Subject::OutOfSync(reason) => out_of_sync(reason),
            Subject::Unopened { uri, .. } => files.read(uri),
            Subject::Refused { code, message } => {
                Source::Refused { code: *code, message: message.clone() }
            }
        };
        let lone = match &source {
            Source::Text(snapshot) => lone_carriage_return(snapshot.rope()),
            Source::Moved { .. } | Source::Refused { .. } => None,
        };
        lone.map_or(source, lone_cr)
    }
}

/// The documents that are files to the batch, and that the editor has open
/// under other names.
pub(super) fn elsewhere<'s>(
    subjects: impl Iterator<Item = &'s Subject>,
    files: &mut impl Files,
) -> Option<Elsewhere> {
    let open = subjects.enumerate().filter_map(|(index, subject)| match subject {
        Subject::Unopened { uri, .. } => Some((index, files.open_as(uri)?)),
        _ => None,
    });
    Some(open.collect::<Elsewhere>()).filter(|open| !open.is_empty())
}

impl Job {
    /// The batch that it is for.
    pub fn ticket(&self) -> Ticket {
        match self {
            Job::Apply(batch) => batch.ticket,
            Job::TakeBack(batch) => batch.ticket,
        }
    }

    /// Does it.
    pub fn run(self, engine: &Engine, files: &mut impl Files) -> Staging {
        match self {
            Job::Apply(batch) => batch.run(engine, files),
            Job::TakeBack(batch) => batch.run(engine, files),
        }
    }
}

impl StageBatch {
    fn run(self, engine: &Engine, files: &mut impl Files) -> Staging {
        let ticket = self.ticket;
        let texts = self.documents.iter().map(Subject::snapshot).collect();
        let engine = match self.mode {
            Mode::Batch => *engine,
            Mode::Sequential => engine.one_by_one(),
        };
        let found = match self.stage(&engine, files) {
            Err(elsewhere) => Found::Elsewhere(elsewhere),
            Ok(Ok(staged)) => Found::Staged(Box::new(staged)),
            Ok(Err(refusal)) => Found::Refused { outcome: Box::new(refusal.outcome), texts },
        };
        Staging { ticket, found }
    }

    /// Stages the batch on the texts as they are, for somebody who only wants
    /// to know what it would do. It has no turn, and keeps none waiting.
    ///
    /// # Errors
    ///
    /// A [`Refusal`], as [`Engine::stage`].
    pub fn preview(
        mut self,
        engine: &Engine,
        files: &mut impl Files,
        document: impl Fn(&DocumentKey) -> Option<Snapshot>,
    ) -> Result<StagedBatch, Box<Refusal>> {
        loop {
            let elsewhere = match self.clone().stage(engine, files) {
                Ok(staged) => return staged,
                Err(elsewhere) => elsewhere,
            };
            for (index, key) in elsewhere {
                // One that was closed meanwhile is a file like any other, and
                // is looked for once.
                let subject = match document(&key) {
                    Some(snapshot) => {
                        Subject::Open { key, snapshot, written_for: None, since: None }
                    }
                    None => Subject::Refused {
                        code: Code::UnreadableFile,
                        message: "the document was closed while it was looked for".to_owned(),
                    },
                };
                self.documents[index] = subject;
            }
        }
    }

    fn stage(
        mut self,
        engine: &Engine,
        files: &mut impl Files,
    ) -> Result<Result<StagedBatch, Box<Refusal>>, Elsewhere> {
        if let Some(elsewhere) = elsewhere(self.documents.iter(), files) {
            return Err(elsewhere);
        }
        self.refuse_repeated();
        let sources: Vec<Source> = if engine.takes(&self.batch) {
            self.documents.iter().map(|subject| subject.source(files)).collect()
        } else {
            Vec::new()
        };
        let batch = self.as_written(&sources);
        let mut sources = self.documents.iter().zip(sources);
        Ok(engine.stage(&batch, self.encoding, |document| match sources.next() {
            Some((subject, source)) => self.carried(document, subject, source),
            None => Source::Refused { code: Code::FileNotFound, message: String::new() },
        }))
    }

    /// The text, and where the batch was written for an earlier one that is
    /// still known, that one too.
    fn carried(&self, document: &BatchDocument, subject: &Subject, source: Source) -> Source {
        let (Source::Text(now), Subject::Open { since: Some(since), .. }, Some(token)) =
            (&source, subject, document.snapshot)
        else {
            return source;
        };
        if token.hash == ContentHash::of(now.rope()) {
            return source;
        }
        match since.to(now.rope()) {
            Some((was, changes)) if token.hash == ContentHash::of(&was) => Source::Moved {
                was: Snapshot::new(was, token.revision, None),
                now: now.clone(),
                changes,
                strict: self.is_again,
            },
            _ => source,
        }
    }

    /// Two names of one document are two documents of the batch, and which of
    /// them goes first nobody said.
    fn refuse_repeated(&mut self) {
        let mut seen: HashMap<DocumentKey, usize> = HashMap::new();
        for (index, subject) in self.documents.iter_mut().enumerate() {
            let Subject::Open { key, .. } = subject else { continue };
            if let Some(earlier) = seen.insert(key.clone(), index) {
                let [uri, earlier] = [index, earlier]
                    .map(|at| self.batch.documents.get(at).map_or("", |it| it.uri.as_str()));
                let message = format!(
                    "`{uri}` is the same document as `{earlier}`, an earlier document of the \
                     batch; list the patches of both in one document"
                );
                *subject = Subject::Refused { code: Code::SameFileTwice, message };
            }
        }
    }

    /// The batch, naming the text that it was written for where another one
    /// stands now, and with new text in the terminators of the text that the
    /// editor shows or will show.
    fn as_written(&self, sources: &[Source]) -> Cow<'_, Batch> {
        let mut batch = Cow::Borrowed(&*self.batch);
        let documents = self.batch.documents.iter().zip(&self.documents).zip(sources);
        for (index, ((document, subject), source)) in documents.enumerate() {
            let Source::Text(now) = source else { continue };
            let (is_open, written_for) = match subject {
                Subject::Open { written_for, .. } => (true, written_for),
                Subject::Unopened { written_for, .. } => (false, written_for),
                Subject::OutOfSync(_) | Subject::Refused { .. } => continue,
            };
            if let Some(text) = written_for
                && (!is_open || now.rope() != text.rope())
                && let Some(document) = batch.to_mut().documents.get_mut(index)
            {
                document.snapshot.get_or_insert_with(|| text.token());
            }
            let terminator = now.default_terminator();
            for (at, patch) in document.patches.iter().enumerate() {
                if let Patch::Edit { new_text, .. } = patch
                    && let Some(ours) = in_terminators(new_text, terminator)
                    && let Some(document) = batch.to_mut().documents.get_mut(index)
                    && let Some(Patch::Edit { new_text, .. }) = document.patches.get_mut(at)
                {
                    *new_text = ours;
                }
            }
        }
        batch
    }
}

/// The text with `terminator` for every other one; `None` if it has no other.
///
/// An editor rewrites them itself, and one that shows a CRLF file as LF would
/// write `\r\r\n` for what it is sent as `\r\n`.
fn in_terminators(text: &str, terminator: Terminator) -> Option<String> {
    let mut rest = text;
    let mut ours = String::new();
    let mut differs = false;
    while let Some(end) = memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
        let (line, tail) = rest.split_at(end);
        let found = Terminator::at_start(tail.as_bytes()).as_str();
        differs |= found != terminator.as_str();
        ours.extend([line, terminator.as_str()]);
        rest = &tail[found.len()..];
    }
    differs.then(|| ours + rest)
}

/// The first line, counted from 1, that ends with a `\r` alone.
fn lone_carriage_return(text: &Rope) -> Option<usize> {
    let mut chunk_start = 0;
    for chunk in text.chunks() {
        let bytes = chunk.as_bytes();
        for at in memchr_iter(b'\r', bytes) {
            let byte = chunk_start + at;
            if text.get_byte(byte + 1) != Some(b'\n') {
                return text.try_byte_to_line(byte).ok().map(|line| line + 1);
            }
        }
        chunk_start += bytes.len();
    }
    None
}

fn lone_cr(line: usize) -> Source {
    Source::Refused {
        code: Code::LoneCr,
        message: format!(
            "line {line} ends with a carriage return alone, and most editors do not end a line \
             there: nobody can say which lines the batch means"
        ),
    }
}

fn out_of_sync(reason: &OutOfSync) -> Source {
    Source::Refused {
        code: Code::OutOfSync,
        message: format!("the editor's text is not known: {reason}; closing and reopening helps"),
    }
}
