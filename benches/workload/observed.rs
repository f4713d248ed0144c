//! One batch through the engine, with nobody and with everybody listening.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use batchpatch::batch::{Batch, Outcome};
use batchpatch::engine::{Engine, Source, StagedBatch};
use batchpatch::observability::{BatchEnd, LogConfig, Logs, Metrics, Observers};
use batchpatch::text::PositionEncoding;
use tracing::level_filters::LevelFilter;

use super::case::Case;

/// Who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// Nobody.
    Off,
    /// Metrics, and the log at its default level.
    On,
    /// Metrics, and the log with a line for each layer.
    Debug,
}

/// A batch that is ready to be carried out, and whoever listens.
pub struct Observed {
    batch: Batch,
    outcome: Outcome,
    metrics: Option<Arc<Metrics>>,
    /// Keeps what is written, and the thread that writes it.
    log: Option<(tempfile::TempDir, Logs)>,
}

impl Listening {
    /// All of them, nobody first.
    pub const ALL: [Listening; 3] = [Listening::Off, Listening::On, Listening::Debug];

    /// What a person calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Listening::Off => "off",
            Listening::On => "on",
            Listening::Debug => "on, debug",
        }
    }

    fn level(self) -> Option<LevelFilter> {
        match self {
            Listening::Off => None,
            Listening::On => Some(LevelFilter::INFO),
            Listening::Debug => Some(LevelFilter::DEBUG),
        }
    }
}

impl Observed {
    /// Whoever listens begins to, for the whole process.
    ///
    /// # Panics
    ///
    /// Panics if the log cannot be written, or if somebody listens already.
    pub fn begin(case: &Case, listening: Listening) -> Observed {
        let batch = Batch::from_json(&case.json, None).expect("the batch is well formed");
        let mut observed =
            Observed { outcome: stage(&batch, case).outcome(), batch, metrics: None, log: None };
        if let Some(level) = listening.level() {
            let metrics = Arc::new(Metrics::default());
            let folder = tempfile::tempdir().expect("there is a place for files");
            let config = LogConfig { folder: folder.path().to_owned(), level };
            let logs = Logs::open(&config, metrics.dropped_lines()).expect("a log can be written");
            let mut observers = Observers::new();
            observers.log(logs.queue.clone(), level);
            observers.layer_durations(Arc::clone(&metrics));
            tracing::subscriber::set_global_default(observers.subscriber())
                .expect("nobody listens yet");
            observed.metrics = Some(metrics);
            observed.log = Some((folder, logs));
        }
        // The first time costs more, whoever listens.
        observed.run(case);
        observed
    }

    /// Whether there is a log.
    pub fn is_logged(&self) -> bool {
        self.log.is_some()
    }

    /// The batch, from its arrival until its end is told.
    pub fn run(&self, case: &Case) -> StagedBatch {
        let span = tracing::info_span!(target: "batchpatch", "batch", ticket = 1, id = "batch-1");
        let _entered = span.enter();
        let staged = black_box(stage(&self.batch, case));
        if let Some(metrics) = &self.metrics {
            metrics.batch_ended(&BatchEnd {
                batch: &self.batch,
                outcome: &self.outcome,
                duration: Duration::from_millis(1),
                attempts: 1,
                is_carried_over: false,
                rollback: None,
                error: None,
                fault: None,
            });
        }
        tracing::info!(target: "batchpatch", status = "applied", patches = 5_000, "a batch ended");
        staged
    }
}

fn stage(batch: &Batch, case: &Case) -> StagedBatch {
    let source = |_: &batchpatch::batch::Document| Source::Text(case.snapshot.clone());
    Engine::default()
        .stage(batch, PositionEncoding::default(), source)
        .expect("the batch obeys the laws")
}
