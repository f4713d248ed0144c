//! `batchpatch.status`: what the server believes, for a person to look at.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::Answer;
use crate::batch::Mode;
use crate::observability::Counts;
use crate::rollout::{BATCH_PATCHES, Percentage};
use crate::server::error::ResponseError;
use crate::server::owner::Owner;
use crate::text::PositionEncoding;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    version: &'static str,
    position_encoding: PositionEncoding,
    documents: Vec<DocumentStatus<'a>>,
    /// How batches are carried out.
    mode: Mode,
    /// Why, where a rollout is set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    rollout: Option<Rollout>,
    /// Batches that wait, or whose edit the editor was asked to make.
    outstanding_batches: usize,
    /// Bytes that the client has not read yet.
    queued_bytes: usize,
    /// What became of batches since the server started.
    counts: Counts,
    limits: Limits,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rollout {
    flag: &'static str,
    percentage: Percentage,
    why: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentStatus<'a> {
    uri: &'a str,
    version: Option<i32>,
    revision: String,
    lines: usize,
    bytes: usize,
    /// Why the text is not the editor's, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    out_of_sync: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    message_bytes: usize,
    patches: usize,
    documents: usize,
    document_bytes: usize,
    violations: usize,
    repaired_batch_bytes: usize,
}

pub(super) fn execute(owner: &Owner, arguments: &[&RawValue]) -> Answer {
    if !arguments.is_empty() {
        return Err(ResponseError::invalid_params("`batchpatch.status` takes no argument"));
    }
    let documents = owner.workspace.documents().into_iter().map(|document| {
        let snapshot = document.snapshot();
        DocumentStatus {
            uri: document.uri(),
            version: snapshot.version(),
            revision: snapshot.revision().to_string(),
            lines: snapshot.line_count(),
            bytes: snapshot.len_bytes(),
            out_of_sync: document.out_of_sync().map(ToString::to_string),
        }
    });
    let limits = owner.settings.limits;
    let status = Status {
        version: env!("CARGO_PKG_VERSION"),
        position_encoding: owner.encoding(),
        documents: documents.collect(),
        mode: owner.flags.mode(),
        rollout: owner.flags.decision().map(|decision| Rollout {
            flag: BATCH_PATCHES,
            percentage: decision.percentage,
            why: decision.why.to_string(),
        }),
        outstanding_batches: owner.workspace.batches_under_way(),
        queued_bytes: owner.queued_bytes(),
        counts: owner.metrics.counts(),
        limits: Limits {
            message_bytes: limits.message_bytes,
            patches: limits.patches,
            documents: limits.documents,
            document_bytes: limits.document_bytes,
            violations: limits.violations_told,
            repaired_batch_bytes: limits.repaired_batch_bytes,
        },
    };
    to_raw_value(&status).map_err(|error| ResponseError::internal(error.to_string()))
}
