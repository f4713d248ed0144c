//! The flags as they are now.
//!
//! A thread of its own reads the files again and again: a home folder on a
//! network may answer late, and neither the editor nor a batch waits for it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::client_messages::ClientMessages;
use crate::batch::Mode;
use crate::observability::Metrics;
use crate::rollout::{
    BATCH_PATCHES, Change, Decision, FlagSources, Flags, InstallationId, SetError, Setting, Why,
    set,
};
use crate::state_folder::StateFolder;

/// How long a change may go unseen, a slow disk apart.
const INTERVAL: Duration = Duration::from_millis(500);

/// Where a server's flags come from.
#[derive(Clone, Debug)]
pub struct FlagOptions {
    /// The folder with the installation's id.
    pub folder: StateFolder,
    /// The flag files, and their history.
    pub sources: FlagSources,
}

/// What the flags say, for whoever asks. Clones are the same flags.
#[derive(Clone)]
pub(super) struct CurrentFlags(Arc<Shared>);

/// The thread that keeps them current. It ends when this is dropped.
pub(super) struct FlagWatch {
    _end: mpsc::Sender<()>,
}

struct Shared {
    metrics: Arc<Metrics>,
    messages: ClientMessages,
    /// Where they come from; nothing does where there is no place for them.
    options: Option<FlagOptions>,
    /// Held while files are read: only whoever changes a flag waits for it.
    watched: Mutex<Watched>,
    is_at_once: AtomicBool,
    /// The last decision on batches, where a rollout is set up.
    decision: Mutex<Option<Decision>>,
}

#[derive(Default)]
struct Watched {
    /// Absent until a rollout is set up: nobody else is given an id.
    flags: Option<Flags>,
    /// What was told to be wrong.
    told: Vec<String>,
}

impl CurrentFlags {
    /// Reads the flags for the first time.
    pub(super) fn read(
        options: Option<&FlagOptions>,
        metrics: &Arc<Metrics>,
        messages: &ClientMessages,
    ) -> CurrentFlags {
        let flags = CurrentFlags(Arc::new(Shared {
            metrics: Arc::clone(metrics),
            messages: messages.clone(),
            options: options.cloned(),
            watched: Mutex::default(),
            is_at_once: AtomicBool::new(true),
            decision: Mutex::default(),
        }));
        flags.0.refresh();
        flags
    }

    /// Begins to watch for changes.
    ///
    /// # Errors
    ///
    /// The system's, if it gives no thread.
    pub(super) fn watch(&self) -> io::Result<FlagWatch> {
        let (end, ended) = mpsc::channel();
        let shared = Arc::clone(&self.0);
        let watch = move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                shared.refresh();
            }
        };
        if self.0.options.is_some() {
            std::thread::Builder::new().name("flags".to_owned()).spawn(watch)?;
        }
        Ok(FlagWatch { _end: end })
    }

    /// How batches are carried out here.
    pub(super) fn mode(&self) -> Mode {
        if self.0.is_at_once.load(Ordering::Relaxed) { Mode::Batch } else { Mode::Sequential }
    }

    /// Why they are, where a rollout is set up.
    pub(super) fn decision(&self) -> Option<Decision> {
        lock(&self.0.decision).clone()
    }

    /// Each flag and what is decided on it, the same that a file says of them
    /// now.
    pub(super) fn all(&self) -> Vec<(String, Decision)> {
        self.0.refresh();
        let watched = lock(&self.0.watched);
        let Some(flags) = &watched.flags else { return Vec::new() };
        flags.names().into_iter().map(|name| (name.clone(), flags.decide(&name))).collect()
    }

    /// Sets a flag, here at once and everywhere else as soon as it is seen.
    /// `None` where there is no place for flags.
    pub(super) fn set(&self, setting: &Setting) -> Option<Result<Change, SetError>> {
        let options = self.0.options.as_ref()?;
        let change = set(&options.sources, setting);
        self.0.refresh();
        Some(change)
    }
}

impl Shared {
    fn refresh(&self) {
        let Some(FlagOptions { folder, sources }) = &self.options else { return };
        let mut watched = lock(&self.watched);
        let Watched { flags, told } = &mut *watched;
        let changes = match flags {
            Some(flags) => flags.refresh(),
            None if sources.are_there() => {
                let (id, problem) = InstallationId::open(folder);
                if let Some(problem) = problem {
                    self.warn(&problem.to_string());
                }
                *flags = Some(Flags::open(sources.clone(), id));
                Vec::new()
            }
            None => return,
        };
        let Some(flags) = flags else { return };
        for change in &changes {
            self.metrics.flag_changed(&change.flag);
            tracing::info!(
                flag = change.flag,
                is_on = change.after.is_on,
                percentage = %change.after.percentage,
                why = %change.after.why,
                "a flag changed"
            );
        }
        let problems: Vec<String> = flags.problems().map(ToString::to_string).collect();
        for problem in problems.iter().filter(|problem| !told.contains(problem)) {
            self.warn(problem);
        }
        *told = problems;
        self.decide(flags);
    }

    fn decide(&self, flags: &Flags) {
        let decision = flags.decide(BATCH_PATCHES);
        let is_rollout = decision.why != Why::NoRollout;
        let percentage = is_rollout.then(|| decision.percentage.number());
        self.metrics.flag_is(BATCH_PATCHES, percentage, decision.is_on);
        self.is_at_once.store(decision.is_on, Ordering::Relaxed);
        *lock(&self.decision) = Some(decision).filter(|_| is_rollout);
    }

    fn warn(&self, problem: &str) {
        tracing::warn!(target: crate::observability::TOLD, "flags: {problem}");
        self.messages.warn(&format!("flags: {problem}"));
    }
}

/// Whoever panicked has left the one state or the other.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
