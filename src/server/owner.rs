//! The one owner of all document state.
//!
//! It changes only here, synchronously and in wire order: the dispatcher hands
//! over each message before it looks at the next. No method awaits anything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::capabilities::{Client, FoldersChange};
use super::client_messages::ClientMessages;
use super::diagnostics::Told;
use super::flag_watch::CurrentFlags;
use super::observed::without_contents;
use super::perform::Waiter;
use super::published::Published;
use super::settings::Settings;
use super::text_sync::{named_document, read_event};
use super::transport::{Id, read_params};
use super::unopened::Unopened;
use crate::batch::DocumentKey;
use crate::files;
use crate::observability::Metrics;
use crate::text::PositionEncoding;
use crate::workspace::{Document, Event, KeptTexts, Ticket, Workspace};

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
    pub(super) messages: ClientMessages,
    pub(super) metrics: Arc<Metrics>,
    pub(super) flags: CurrentFlags,
    /// Whoever waits for a batch.
    pub(super) answers: HashMap<Ticket, Waiter>,
    /// The edits that the editor has not answered.
    pub(super) edits: HashMap<Id, Ticket>,
    pub(super) edits_sent: u64,
    told: Told,
    encoding: PositionEncoding,
    this: Weak<Mutex<Owner>>,
}

impl SharedOwner {
    pub(super) fn new(
        messages: ClientMessages,
        metrics: Arc<Metrics>,
        flags: CurrentFlags,
    ) -> SharedOwner {
        let published = Published::default();
        let documents = published.clone();
        metrics.watch(move || documents.levels());
        SharedOwner(Arc::new_cyclic(|this| {
            Mutex::new(Owner {
                workspace: Workspace::new(PositionEncoding::default(), KeptTexts::default()),
                published,
                client: Client::default(),
                settings: Settings::default(),
                messages,
                metrics,
                flags,
                answers: HashMap::new(),
                edits: HashMap::new(),
                edits_sent: 0,
                told: Told::default(),
                encoding: PositionEncoding::default(),
                this: this.clone(),
            })
        }))
    }

    /// After a panic in one message the state is what it was before or after
    /// one step, so the next message goes on with it.
    pub(super) fn lock(&self) -> MutexGuard<'_, Owner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Owner {
    /// The owner, for a task that tells it something later; `None` when the
    /// server ends.
    pub(super) fn shared(&self) -> Option<SharedOwner> {
        self.this.upgrade().map(SharedOwner)
    }

    /// Takes over what the client says of itself.
    pub(super) fn initialize(&mut self, client: Client) {
        let encoding = client.encoding();
        self.configure(&client.initialization_options);
        self.client = client;
        self.encoding = encoding;
        self.workspace =
            Workspace::new(encoding, KeptTexts::default()).with_abilities(self.client.abilities());
        self.workspace.set_patience(self.settings.patience);
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

    /// Tells the client what is wrong on a document, if it does not know.
    pub(super) fn diagnose(&mut self, key: &DocumentKey, uri: &str) {
        let documentation = self.settings.documentation.as_deref();
        let told = match self.workspace.document_of(key) {
            Some(document) => {
                let diagnostics = self.workspace.diagnostics();
                self.told.of_open(key, document, diagnostics, self.encoding, documentation)
            }
            None => self.told.of_closed(key, uri),
        };
        if let Some(told) = told {
            self.messages.notify("textDocument/publishDiagnostics", &told);
        }
    }

    /// Bytes that the client has not read yet.
    pub(super) fn queued_bytes(&self) -> usize {
        self.messages.queued_bytes()
    }

    /// Takes over settings; where they are wrong, those before stay.
    pub(super) fn configure(&mut self, given: &serde_json::Value) {
        match Settings::from_json(given) {
            Ok(settings) => {
                self.workspace.set_patience(settings.patience);
                self.settings = settings;
            }
            Err(message) => self.warn(&message),
        }
    }

    /// A notification about documents or folders.
    pub(super) fn notify(&mut self, method: &str, params: Option<&RawValue>) {
        match method {
            "workspace/didChangeWorkspaceFolders" => self.change_folders(method, params),
            _ if method.starts_with("textDocument/did") => match read_event(method, params) {
                Ok(event) => self.handle(event),
                Err(error) => self.distrust(method, named_document(params), &error),
            },
            // It is a request without an id, and nobody waits for its answer.
            _ => {}
        }
    }

    /// A batch has the folders of the moment at which it is staged.
    fn change_folders(&mut self, method: &str, params: Option<&RawValue>) {
        #[derive(Deserialize)]
        struct DidChangeWorkspaceFolders {
            event: FoldersChange,
        }
        match read_params(params) {
            Ok(DidChangeWorkspaceFolders { event }) => self.client.change_folders(event),
            Err(error) => self.warn(&format!("`{method}`: {}", without_contents(&error))),
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
        let reason = format!("`{method}`: {}", without_contents(error));
        self.handle(Event::MalformedChange { uri, reason });
    }

    /// Something happened: does what follows from it.
    pub(super) fn handle(&mut self, event: Event) {
        for effect in self.workspace.handle(event) {
            self.perform(effect);
        }
    }
}
