//! What was seen of the batches of all users.

use serde::{Deserialize, Serialize};

/// What was seen of the batches of all users. What is `None` is not known, which
/// is never the same as 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Observations {
    /// Why something is not known, if there is more to say than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Faults of batchpatch itself.
    pub faults: Option<f64>,
    /// Critical alerts that fire.
    pub alerts: Option<f64>,
    /// Their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alert_names: Vec<String>,
    /// Processes that answer.
    pub processes: Option<f64>,
    /// Batches of users with the flag, as far as they tell anything.
    pub samples: Option<f64>,
    /// The share of those that failed: 0.05 is 5 %.
    pub failed_share: Option<f64>,
    /// Batches of users without the flag, as far as they tell anything.
    pub fallback_samples: Option<f64>,
    /// The share of those that failed.
    pub fallback_failed_share: Option<f64>,
    /// 95 of 100 batches with the flag take less, in milliseconds.
    pub p95_ms: Option<f64>,
    /// 99 of 100 batches with the flag take less, in milliseconds.
    pub p99_ms: Option<f64>,
}

impl Observations {
    /// Nothing was seen, for this reason.
    pub fn none(trouble: impl Into<String>) -> Observations {
        Observations { trouble: Some(trouble.into()), ..Observations::default() }
    }
}
