//! A batch of edits applied to documents all at once or not at all.
//!
//! A program that edits by batch looks at a text, decides on many edits, all
//! of them numbered against *that* text, and hands them over. This library
//! checks the whole batch against the snapshot that it was written for, puts
//! it into one canonical descending order, executes it on a copy, compares the
//! result with what was computed, and gives the staged texts; or it refuses
//! the batch with every reason, and nothing has changed.
//!
//! ```
//! use batchpatch::batch::Batch;
//! use batchpatch::engine::{Engine, Source};
//! use batchpatch::text::{PositionEncoding, Revision, Snapshot};
//!
//! let text = "let a = 1;\nlet b = 2;\n";
//! let batch = Batch::from_json(
//!     br#"{ "uri": "a.rs", "patches": [
//!         { "type": "delete", "line": 1 },
//!         { "type": "insert", "line": 3, "text": "let c = 3;" } ] }"#,
//!     None,
//! )?;
//! let staged = Engine::default()
//!     .stage(&batch, PositionEncoding::Utf16, |_| {
//!         Source::Text(Snapshot::new(text.into(), Revision::FIRST, None))
//!     })
//!     .map_err(|refusal| format!("{:?}", refusal.outcome.violations))?;
//! let after = staged.documents()[0].staged.as_ref().map(|staged| staged.after().rope());
//! assert_eq!(after.map(|rope| rope.to_string()).as_deref(), Some("let b = 2;\nlet c = 3;\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The seven laws
//!
//! | # | law | meaning |
//! | --- | --- | --- |
//! | 1 | Snapshot SSOT | every position refers to one original snapshot |
//! | 2 | Descending order | patches are executed from the document's end to its start |
//! | 3 | Immutable snapshot | nothing changes a snapshot while a batch refers to it |
//! | 4 | Insert bounds | an insert names a line in `[1, n + 1]` |
//! | 5 | Independent patches | no two patches touch the same text |
//! | 6 | Revision increment | every change of a document is one step of its revision |
//! | 7 | Fixed snapshot size | the sizes are the ones computed beforehand |
//!
//! A breach of law 1, 4 or 5 is the caller's: a *violation*. A breach of law 2,
//! 3, 6 or 7 is ours: a *fault*. The two are never mixed, and after either
//! nothing has changed.
//!
//! # The modules, in reading order
//!
//! Data flows one way, and each type is the proof of its check: `Batch →
//! Resolved → ChangeSet → Staged`. Modules import only from those above them
//! in this list.

pub mod invariants;
pub mod text;

pub mod change;

pub mod batch;

pub mod semantics;

pub mod normalizer;

pub mod executor;

pub mod diff;

pub mod repair;

pub mod rebase;

pub mod engine;

pub mod state_folder;

pub mod rollout;

pub mod observability;

pub mod workspace;

pub mod files;

pub mod server;

pub mod cli;
