//! What became of a batch.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::wire::WireBatch;
use super::{Batch, Code, Violation};
use crate::invariants::Law;
use crate::text::{Snapshot, SnapshotToken};

/// What became of a batch: also the shape of a rejection.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The batch's idempotency key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<String>,
    /// The batch that it took back, where it is the outcome of an undo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// What happened.
    pub status: Status,
    /// How it was carried out.
    pub mode: Mode,
    /// Each document of the batch, in its order.
    pub documents: Vec<DocumentOutcome>,
    /// Why patches were not applied: by document, then by patch. Details are
    /// given for the first of them only, 100 unless it was set otherwise.
    pub violations: Vec<Violation>,
    /// How many violations of each code there are beyond `violations`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more_violations: BTreeMap<Code, usize>,
    /// The whole batch with every suggestion followed and the current tokens,
    /// ready to be sent; only where every violation has a suggestion. After
    /// `partial` it holds what was left out, for the new text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<WireBatch>")]
    pub repaired_batch: Option<Box<Batch>>,
    /// Whether this only tells what would happen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub preview: bool,
    /// Whether this was told before: a batch with this id was seen already, and
    /// nothing was done now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replayed: bool,
    /// What a person should know although it went well.
    pub warnings: Vec<String>,
    /// The law that was broken by us, where one was; `warnings` tells it.
    #[serde(skip)]
    pub fault: Option<Law>,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
}

/// What happened to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Every patch was applied.
    Applied,
    /// With `bestEffort`: some patches were applied, `violations` tells which
    /// were not.
    Partial,
    /// Nothing changed, because of the batch or because it is stale.
    Rejected,
    /// There was nothing to do: every text is already what it would become.
    Noop,
    /// Some documents were changed and then taken back.
    RolledBack,
    /// A fault of ours, or the editor did not do as it was asked.
    Failed,
}

impl Outcome {
    /// The outcome of a batch, with nothing wrong and nothing to tell.
    pub(crate) fn new(
        batch_id: Option<String>,
        status: Status,
        documents: Vec<DocumentOutcome>,
    ) -> Outcome {
        Outcome {
            batch_id,
            undoes: None,
            status,
            mode: Mode::Batch,
            documents,
            violations: Vec::new(),
            more_violations: BTreeMap::new(),
            repaired_batch: None,
            preview: false,
            replayed: false,
            warnings: Vec::new(),
            fault: None,
            duration_ms: None,
        }
    }
}

impl Status {
    /// The status as it is written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Applied => "applied",
            Status::Partial => "partial",
            Status::Rejected => "rejected",
            Status::Noop => "noop",
            Status::RolledBack => "rolledBack",
            Status::Failed => "failed",
        }
    }
}

/// How a batch was carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// All at once.
    #[default]
    Batch,
    /// One patch after the other: checked as a whole, but not atomic. What was
    /// applied before it stopped stays.
    Sequential,
}

/// Where a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DocumentState {
    /// It holds the text from before the batch.
    Before,
    /// It holds the text that the batch makes.
    After,
    /// It holds neither.
    Other,
    /// Nobody told.
    Unknown,
}

/// What became of one document of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentOutcome {
    /// The document, spelled as in the batch.
    pub uri: String,
    /// Where it stands.
    pub state: DocumentState,
    /// The revision that the batch was checked against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_revision: Option<String>,
    /// The revision it has now: one step on if its text changed, and in mode
    /// `sequential` one for each patch that changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_revision: Option<String>,
    /// Its LSP version now, where it is open in an editor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// The token of the text it holds now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub snapshot: Option<SnapshotToken>,
    /// Whether the text was seen in the editor; absent where none is involved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<bool>,
    /// How many of the batch's patches are in the text now.
    pub patches: usize,
    /// In mode `sequential`, where it stopped half-way: the indices of the
    /// patches that are not in the text. The others are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_applied: Vec<usize>,
    /// How many lines it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines_before: Option<usize>,
    /// How many lines it has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines_after: Option<usize>,
    /// The changed lines, first and last, in the new numbering. Where lines
    /// were only deleted, `[n, n - 1]`: the place before line n.
    pub changed: Vec<[usize; 2]>,
    /// In a preview: what would change, as a unified diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// In a preview, on request: the whole text that it would have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl DocumentOutcome {
    /// A document that went from one snapshot to another, or to the same. Makes
    /// the token of the latter, which is linear in its text.
    pub(crate) fn of(
        uri: &str,
        state: DocumentState,
        before: &Snapshot,
        after: &Snapshot,
    ) -> DocumentOutcome {
        DocumentOutcome {
            uri: uri.to_owned(),
            state,
            from_revision: Some(before.revision().to_string()),
            to_revision: Some(after.revision().to_string()),
            version: after.version(),
            snapshot: Some(after.token()),
            confirmed: None,
            patches: 0,
            not_applied: Vec::new(),
            lines_before: Some(before.line_count()),
            lines_after: Some(after.line_count()),
            changed: Vec::new(),
            diff: None,
            text: None,
        }
    }

    /// A document that has no text to work on.
    pub(crate) fn unread(uri: &str) -> DocumentOutcome {
        DocumentOutcome {
            uri: uri.to_owned(),
            state: DocumentState::Before,
            from_revision: None,
            to_revision: None,
            version: None,
            snapshot: None,
            confirmed: None,
            patches: 0,
            not_applied: Vec::new(),
            lines_before: None,
            lines_after: None,
            changed: Vec::new(),
            diff: None,
            text: None,
        }
    }
}
