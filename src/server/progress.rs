//! How far a batch is, told to a client that asked for it (LSP 3.17, "Work Done
//! Progress").

use serde::Serialize;
use serde_json::{Value, json};

use super::client_messages::ClientMessages;
use crate::workspace::Progress;

/// The client's name for the progress of one request. Its place among all
/// messages is before the answer.
#[derive(Debug)]
pub(super) struct WorkDone {
    token: Value,
}

#[derive(Serialize)]
struct Params<'a> {
    token: &'a Value,
    value: Value,
}

impl WorkDone {
    /// The progress begins.
    pub(super) fn begin(token: Value, title: &str, messages: &ClientMessages) -> WorkDone {
        let done = WorkDone { token };
        let value = json!({
            "kind": "begin",
            "title": title,
            "cancellable": true,
            "percentage": 0,
        });
        done.tell(value, messages);
        done
    }

    pub(super) fn report(&self, progress: Progress, messages: &ClientMessages) {
        let (message, percentage) = match progress {
            Progress::Asked { documents } => (format!("changing {}", counted(documents)), Some(0)),
            Progress::Seen { done, of } => {
                (format!("{done} of {} changed", counted(of)), Some(100 * done / of.max(1)))
            }
            Progress::Patches { done, of } => {
                (format!("{done} of {of} patches applied"), Some(100 * done / of.max(1)))
            }
            Progress::TakenBack => ("taking back what was changed".to_owned(), None),
        };
        let mut value = json!({ "kind": "report", "message": message, "cancellable": false });
        if let Some(percentage) = percentage {
            value["percentage"] = percentage.into();
        }
        self.tell(value, messages);
    }

    /// The progress ends, and so.
    pub(super) fn end(&self, message: &str, messages: &ClientMessages) {
        self.tell(json!({ "kind": "end", "message": message }), messages);
    }

    fn tell(&self, value: Value, messages: &ClientMessages) {
        messages.notify("$/progress", &Params { token: &self.token, value });
    }
}

fn counted(documents: usize) -> String {
    if documents == 1 { "1 document".to_owned() } else { format!("{documents} documents") }
}
