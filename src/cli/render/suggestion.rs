//! What to send instead, in a few words.

use super::printable::one_line;
use crate::batch::{Outcome, Suggestion, Violation};

/// How many characters of a patch are shown.
const SHOWN: usize = 200;

/// What to do about a violation, one message for each patch that it concerns.
pub(super) fn help(outcome: &Outcome, violation: &Violation) -> Vec<String> {
    let Some(Suggestion { patches }) = &violation.suggestion else { return Vec::new() };
    if patches.is_empty() {
        let mut documents = outcome.documents.iter();
        let document = documents.find(|document| document.uri == violation.uri);
        let mut others = outcome.violations.iter().filter(|other| other.uri == violation.uri);
        let below = if others.any(|other| other.patch.is_some()) {
            ", and with the suggestions that follow"
        } else {
            ""
        };
        let token = document.and_then(|document| document.snapshot.as_ref());
        return token
            .map(|token| format!("send it with \"snapshot\": \"{token}\"{below}"))
            .into_iter()
            .collect();
    }
    // What to send comes before what to leave out.
    let mut patches: Vec<_> = patches.iter().collect();
    patches.sort_by_key(|(_, instead)| instead.is_none());
    let told = patches.into_iter().map(|(index, instead)| match instead {
        None => format!("leave out patch {index}"),
        Some(patch) => {
            // A patch has no map with other keys than strings, so it is JSON.
            let json = serde_json::to_string(patch).unwrap_or_default();
            format!("instead of patch {index}, send {}", clipped(&json))
        }
    });
    told.collect()
}

fn clipped(json: &str) -> String {
    match json.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", one_line(&json[..end])),
        None => one_line(json),
    }
}
