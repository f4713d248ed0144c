//! What the client is told without having asked.

use serde::Serialize;
use serde_json::json;

use super::transport::{Id, Outgoing, outbound};

/// What the client is told without having asked.
#[derive(Clone, Debug)]
pub(super) struct ClientMessages(Outgoing);

impl ClientMessages {
    pub(super) fn new(outgoing: Outgoing) -> ClientMessages {
        ClientMessages(outgoing)
    }

    /// Bytes that the client has not read yet.
    pub(super) fn queued_bytes(&self) -> usize {
        self.0.queued_bytes()
    }

    /// Asks the client for something. The answer comes as a message.
    pub(super) fn request(&self, id: &Id, method: &str, params: &impl Serialize) {
        if let Ok(frame) = outbound::request(id, method, params) {
            self.0.send(frame);
        }
    }

    /// Tells the client something.
    pub(super) fn notify(&self, method: &str, params: &impl Serialize) {
        if let Ok(frame) = outbound::notification(method, params) {
            self.0.send(frame);
        }
    }

    /// A warning in the client's log (LSP 3.17, `window/logMessage`).
    pub(super) fn warn(&self, message: &str) {
        const WARNING: u8 = 2;
        let params = json!({ "type": WARNING, "message": message });
        self.notify("window/logMessage", &params);
    }
}
