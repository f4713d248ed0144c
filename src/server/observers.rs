//! Who listens to this server, as it was started.

use std::sync::Arc;

use super::admin::FlagAdmin;
use super::client_messages::ClientMessages;
use super::flag_watch::{CurrentFlags, FlagOptions};
use crate::observability::{
    Endpoint, EndpointConfig, LineWriter, LogConfig, Logs, Metrics, Observers,
};

/// What is asked for when a server is started. By default nobody listens.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where a log goes, if one is wanted.
    pub log: Option<LogConfig>,
    /// Where metrics can be had, if they are wanted.
    pub endpoint: Option<EndpointConfig>,
    /// Where flags come from. Without it all of them are on.
    pub flags: Option<FlagOptions>,
}

/// Those who listen. Dropping it writes what is left of the log, and closes the
/// endpoint.
pub(super) struct Listening {
    _endpoint: Option<Endpoint>,
    _log: Option<LineWriter>,
}

impl Listening {
    /// Whoever is asked for begins to listen. What cannot be had is no reason
    /// not to serve: the client is told.
    pub(super) fn start(
        options: &Options,
        metrics: &Arc<Metrics>,
        flags: &CurrentFlags,
        messages: &ClientMessages,
    ) -> Listening {
        let mut observers = Observers::new();
        let log = options.log.as_ref().and_then(|config| {
            let opened = Logs::open(config, metrics.dropped_lines());
            told(opened, "there is no log", messages)
        });
        let log = log.map(|Logs { queue, level, writer }| {
            observers.log(queue, level);
            writer
        });
        let endpoint = options.endpoint.as_ref().and_then(|config| {
            let admin = Arc::new(FlagAdmin(flags.clone()));
            let started = Endpoint::start(config, Arc::clone(metrics), admin);
            told(started, "there are no metrics", messages)
        });
        if endpoint.is_some() {
            observers.layer_durations(Arc::clone(metrics));
        }
        if !observers.is_empty() {
            let editor = messages.clone();
            observers.warnings(move |line| editor.warn(line));
            let subscriber = observers.subscriber();
            let installed = tracing::subscriber::set_global_default(subscriber);
            told(installed, "nobody listens to what happens", messages);
        }
        if let Some(endpoint) = &endpoint {
            tracing::info!(address = %endpoint.address(), "metrics can be had");
        }
        Listening { _endpoint: endpoint, _log: log }
    }
}

fn told<T, E: std::fmt::Display>(
    result: Result<T, E>,
    what: &str,
    messages: &ClientMessages,
) -> Option<T> {
    result.inspect_err(|error| messages.warn(&format!("{what}: {error}"))).ok()
}
