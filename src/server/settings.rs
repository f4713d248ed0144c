//! What the user sets.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::observed::without_contents;
use crate::engine::Limits;
use crate::workspace::Patience;

/// What the user sets: in `initializationOptions`, and later under
/// `batchpatch` in `workspace/didChangeConfiguration`.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// How large batches and documents may be.
    pub(super) limits: Limits,
    /// How long the editor is waited for.
    pub(super) patience: Patience,
    /// The address of what is written about a violation's code, without the
    /// code at its end.
    pub(super) documentation: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Given {
    limits: GivenLimits,
    timeouts: GivenTimeouts,
    documentation: Option<String>,
}

/// In milliseconds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct GivenTimeouts {
    reply: Option<u64>,
    reply_for_each: Option<u64>,
    texts: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct GivenLimits {
    patches: Option<usize>,
    documents: Option<usize>,
    document_bytes: Option<usize>,
    violations: Option<usize>,
    repaired_batch_bytes: Option<usize>,
}

impl Settings {
    /// The settings that `given` asks for; what it does not mention has its
    /// default.
    ///
    /// # Errors
    ///
    /// A sentence for the user, if it holds something unknown or of the wrong
    /// kind. Nothing of it counts then.
    pub(super) fn from_json(given: &Value) -> Result<Settings, String> {
        let given = match given {
            Value::Null => Given::default(),
            given => Given::deserialize(given)
                .map_err(|error| format!("settings: {}", without_contents(&error)))?,
        };
        let default = Limits::default();
        let of = given.limits;
        let patience = Patience::default();
        let wait = |given: Option<u64>, default| given.map_or(default, Duration::from_millis);
        Ok(Settings {
            documentation: given.documentation,
            patience: Patience {
                reply: wait(given.timeouts.reply, patience.reply),
                reply_for_each: wait(given.timeouts.reply_for_each, patience.reply_for_each),
                texts: wait(given.timeouts.texts, patience.texts),
            },
            limits: Limits {
                patches: of.patches.unwrap_or(default.patches),
                documents: of.documents.unwrap_or(default.documents),
                document_bytes: of.document_bytes.unwrap_or(default.document_bytes),
                violations_told: of.violations.unwrap_or(default.violations_told),
                repaired_batch_bytes: of
                    .repaired_batch_bytes
                    .unwrap_or(default.repaired_batch_bytes),
                ..default
            },
        })
    }
}
