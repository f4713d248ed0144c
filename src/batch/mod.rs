//! The batch and its outcome: the one schema of every front door.
//!
//! A [`Batch`] is the proof that its JSON is well formed. Nothing here knows a
//! text: whether a line exists is for [`semantics`](crate::semantics) to find.

mod document;
mod key;
mod malformed;
mod outcome;
mod patch;
mod schema;
mod strict;
mod violation;
mod wire;

pub use document::{Batch, Document, OnStale, Policy};
pub use key::DocumentKey;
pub use malformed::Malformed;
pub use outcome::{DocumentOutcome, DocumentState, Mode, Outcome, Status};
pub use patch::{Expect, NamedLines, Patch};
pub use schema::{SCHEMA_VERSION, batch_schema, outcome_schema};
pub use violation::{Code, Suggestion, Violation};
