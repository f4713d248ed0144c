//! What is known of the editor beforehand.

use std::time::Duration;

/// What the editor can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// It takes edits (`workspace.applyEdit`).
    pub applies_edits: bool,
    /// It says `false` only where it changed nothing (`failureHandling` is
    /// `transactional` or `textOnlyTransactional`).
    pub is_transactional: bool,
}

/// How long an editor is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For its answer to an edit: it may show a preview to the user.
    pub reply: Duration,
    /// And for each document of the edit so much more.
    pub reply_for_each: Duration,
    /// For the texts, after its answer.
    pub texts: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            reply: Duration::from_secs(10),
            reply_for_each: Duration::from_millis(5),
            texts: Duration::from_secs(1),
        }
    }
}
