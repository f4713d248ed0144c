//! Who listens to spans and events, and to which.

use std::sync::Arc;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, filter_fn};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

use super::layers::Layers;
use super::line_queue::LineQueue;
use super::metrics::Metrics;
use super::warnings::Warnings;

/// The target of warnings that the editor was told already.
pub const TOLD: &str = "batchpatch::told";

/// The target of everything else that the program says, or how it begins.
const OURS: &str = "batchpatch";

type Observer = Box<dyn Layer<Registry> + Send + Sync>;

/// Those who listen. Without any there is nothing to install, and an event costs
/// one comparison.
#[derive(Default)]
pub struct Observers(Vec<Observer>);

impl Observers {
    /// Nobody.
    pub fn new() -> Observers {
        Observers::default()
    }

    /// Lines of JSON for everything that is at least so important.
    pub fn log(&mut self, queue: LineQueue, level: LevelFilter) {
        let log = fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(true)
            .with_span_events(span_events(level))
            .with_writer(queue)
            .log_internal_errors(false)
            .with_filter(ours(move |of| *of.level() <= level, level));
        self.0.push(Box::new(log));
    }

    /// The durations of the layers.
    pub fn layer_durations(&mut self, metrics: Arc<Metrics>) {
        let layers = Layers::new(metrics).with_filter(ours(Layers::is_seen, LevelFilter::DEBUG));
        self.0.push(Box::new(layers));
    }

    /// Warnings and errors that the editor was not told yet, as a short line.
    pub fn warnings(&mut self, tell: impl Fn(&str) + Send + Sync + 'static) {
        let is_new =
            |of: &Metadata<'_>| of.is_event() && *of.level() <= Level::WARN && of.target() != TOLD;
        let warnings = Warnings::new(tell).with_filter(ours(is_new, LevelFilter::WARN));
        self.0.push(Box::new(warnings));
    }

    /// Whether nobody listens.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them together.
    pub fn subscriber(self) -> impl Subscriber + Send + Sync {
        Registry::default().with(self.0)
    }
}

/// How long each span took, where details are wanted.
fn span_events(level: LevelFilter) -> FmtSpan {
    if level >= LevelFilter::DEBUG { FmtSpan::CLOSE } else { FmtSpan::NONE }
}

/// Only what the program itself says: the LSP library logs whole messages.
fn ours(
    is_wanted: impl Fn(&Metadata<'_>) -> bool + Send + Sync + 'static,
    most: LevelFilter,
) -> FilterFn<impl Fn(&Metadata<'_>) -> bool + Send + Sync + 'static> {
    filter_fn(move |of| is_ours(of.target()) && is_wanted(of)).with_max_level_hint(most)
}

fn is_ours(target: &str) -> bool {
    target.strip_prefix(OURS).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}
