//! Warnings for the person in front of the editor: short, and to wherever the
//! server can tell them.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Gives every event that it sees to a function, as one line.
pub(super) struct Warnings(Box<dyn Fn(&str) + Send + Sync>);

impl Warnings {
    pub(super) fn new(tell: impl Fn(&str) + Send + Sync + 'static) -> Warnings {
        Warnings(Box::new(tell))
    }
}

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        let Line { message, fields } = line;
        (self.0)(&format!("{message}{fields}"));
    }
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A string takes whatever is written to it.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, ", {name}: {value:?}"),
        };
    }
}
