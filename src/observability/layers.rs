//! The durations of the layers, from their spans.

use std::sync::Arc;
use std::time::Instant;

use tracing::span::{Attributes, Id};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::families::LAYERS;
use super::metrics::Metrics;

/// The span that all of a batch happens in. A preview has none, and is not timed.
const BATCH: &str = "batch";

/// Times the spans of the layers, as far as a batch goes through them, and does
/// nothing else.
#[derive(Debug)]
pub struct Layers(Arc<Metrics>);

/// When a span began.
struct Began(Instant);

impl Layers {
    /// Durations go to these metrics.
    pub fn new(metrics: Arc<Metrics>) -> Layers {
        Layers(metrics)
    }

    /// Whether something is a span that is looked at.
    pub(super) fn is_seen(of: &Metadata<'_>) -> bool {
        of.is_span() && (of.name() == BATCH || LAYERS.contains(&of.name()))
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Layers {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if span.name() != BATCH && span.scope().any(|around| around.name() == BATCH) {
            span.extensions_mut().insert(Began(Instant::now()));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        if let Some(Began(began)) = span.extensions().get::<Began>() {
            self.0.layer_ended(span.name(), began.elapsed());
        }
    }
}
