//! The one owner of all document state.
//!
//! It changes only here, synchronously and in wire order: the dispatcher hands
//! over each message before it looks at the next. No method awaits anything.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::value::RawValue;

use super::capabilities::Client;
use super::client_messages::ClientMessages;
use super::published::Published;
use super::settings::Settings;
use super::text_sync::{named_document, read_event};
use super::unopened::Unopened;
use crate::files;
use crate::text::PositionEncoding;
use crate::workspace::{Document, Effect, Event, KeptTexts, Workspace};

/// The owner, shared between the dispatcher and the methods of the library's
/// service. Both run on one thread, so nobody ever waits for the lock.
#[derive(Clone)]
pub(super) struct SharedOwner(Arc<Mutex<Owner>>);

/// All that the server believes about the client and its documents.
pub(super) struct Owner {
    pub(super) workspace: Workspace,
    pub(super) published: Published,
    pub(super) client: Client,
    pub(super) settings: Settings,
    encoding: PositionEncoding,
    messages: ClientMessages,
}

impl SharedOwner {
    pub(super) fn new(messages: ClientMessages) -> SharedOwner {
        SharedOwner(Arc::new(Mutex::new(Owner {
            workspace: Workspace::new(PositionEncoding::default(), KeptTexts::default()),
            published: Published::default(),
            client: Client::default(),
            settings: Settings::default(),
            encoding: PositionEncoding::default(),
            messages,
        })))
    }

    /// After a panic in one message the state is what it was before or after
    /// one step, so the next message goes on with it.
    pub(super) fn lock(&self) -> MutexGuard<'_, Owner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Owner {
    /// Takes over what the client says of itself.
    pub(super) fn initialize(&mut self, client: Client) {
        let encoding = client.encoding();
        self.configure(&client.initialization_options);
        self.client = client;
        self.encoding = encoding;
        self.workspace = Workspace::new(encoding, KeptTexts::default());
    }

    /// The unit of all columns.
    pub(super) fn encoding(&self) -> PositionEncoding {
        self.encoding
    }

    /// The document that is open under this name. A relative one starts at the
    /// workspace's folder, if there is one only.
    pub(super) fn document(&self, uri: &str) -> Option<&Document> {
        let below_root = || match self.client.roots().as_slice() {
            [root] if files::is_relative(uri) => {
                self.workspace.document(&format!("{}/{uri}", root.trim_end_matches('/')))
            }
            _ => None,
        };
        self.workspace.document(uri).or_else(below_root)
    }

    /// What is needed to read a file that is not open.
    pub(super) fn unopened(&self) -> Unopened {
        Unopened {
            roots: self.client.roots(),
            max_bytes: self.settings.limits.document_bytes,
            published: self.published.clone(),
        }
    }

    /// Bytes that the client has not read yet.
    pub(super) fn queued_bytes(&self) -> usize {
        self.messages.queued_bytes()
    }

    /// Takes over settings; where they are wrong, those before stay.
    pub(super) fn configure(&mut self, given: &serde_json::Value) {
        match Settings::from_json(given) {
            Ok(settings) => self.settings = settings,
            Err(message) => self.messages.warn(&message),
        }
    }

    /// A notification about documents.
    pub(super) fn notify(&mut self, method: &str, params: Option<&RawValue>) {
        match read_event(method, params) {
            Ok(event) => self.handle(event),
            Err(error) => self.distrust(method, named_document(params), &error),
        }
    }

    /// Something was said of a document that nobody can read.
    fn distrust(&mut self, method: &str, uri: Option<String>, error: &serde_json::Error) {
        if method == "textDocument/didOpen"
            && let Some(uri) = &uri
        {
            // It is open from now on, with a text that is not known.
            let (uri, text) = (uri.clone(), String::new());
            self.handle(Event::Opened { uri, version: 0, text });
        }
        self.handle(Event::MalformedChange { uri, reason: format!("`{method}`: {error}") });
    }

    fn handle(&mut self, event: Event) {
        for effect in self.workspace.handle(event) {
            match effect {
                Effect::Publish { key, document } => self.published.publish(key, document),
                Effect::Withdraw { key } => self.published.withdraw(&key),
                Effect::Warn(message) => self.messages.warn(&message),
            }
        }
    }
}
