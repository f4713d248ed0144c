//! A batch whose JSON is well formed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Malformed, Patch, wire};
use crate::text::{PositionEncoding, SnapshotToken};

/// Edits to documents that are applied all at once or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// The caller's idempotency key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<String>,
    /// What a person sees in undo and history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What happens when a patch breaks a law.
    #[serde(skip_serializing_if = "is_default")]
    pub policy: Policy,
    /// What happens when a document is no longer the one the batch was
    /// written for.
    #[serde(skip_serializing_if = "is_default")]
    pub on_stale: OnStale,
    /// The unit of the columns in the batch, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_encoding: Option<PositionEncoding>,
    /// The documents, each of them once.
    pub documents: Vec<Document>,
}

/// The patches to one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// The document, spelled as the caller spells it.
    pub uri: String,
    /// The text that the patches were written for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<SnapshotToken>,
    /// The LSP version that the patches were written for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// The patches, in the caller's order.
    pub patches: Vec<Patch>,
}

/// What happens when a patch breaks a law.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Policy {
    /// The whole batch is rejected.
    #[default]
    Atomic,
    /// The patches that break a law are left out and reported; the others are
    /// applied, all at once.
    BestEffort,
}

/// What happens when a document holds another text than the batch was written
/// for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnStale {
    /// The batch is rejected.
    #[default]
    Reject,
    /// The patches are carried over where that is provably right: the lines
    /// that they name are the same ones. Otherwise it is rejected.
    Rebase,
}

impl Batch {
    /// Reads a batch from JSON. A document without a `uri` gets `default_uri`;
    /// where there is none, it is malformed. Linear in the JSON.
    ///
    /// # Errors
    ///
    /// [`Malformed`] with the JSON path of the first mistake.
    pub fn from_json(json: &[u8], default_uri: Option<&str>) -> Result<Batch, Malformed> {
        wire::parse(json)?.into_batch(default_uri)
    }

    /// The unit of the batch's columns, given what the front door says:
    /// `required` where it leaves no choice, `default` where it does.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if the batch says something else than is required.
    pub fn encoding(
        &self,
        required: Option<PositionEncoding>,
        default: PositionEncoding,
    ) -> Result<PositionEncoding, Malformed> {
        match (self.position_encoding, required) {
            (Some(said), Some(required)) if said != required => Err(Malformed::new(
                "positionEncoding",
                format!("the batch says `{said}`, but `{required}` was asked for"),
            )),
            (said, required) => Ok(said.or(required).unwrap_or(default)),
        }
    }

    /// How many patches the batch has in all its documents.
    pub fn patch_count(&self) -> usize {
        self.documents.iter().map(|document| document.patches.len()).sum()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
