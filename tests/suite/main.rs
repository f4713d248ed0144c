//! The test suite: one program, so that it is linked once.
//!
//! Each module is one way to try to break a promise of the README. Everything
//! random runs a small, fixed number of times with a fixed seed; `--long` on
//! the test script runs the rest, and both counts are printed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

mod apply;
mod bridge;
mod change_sets;
mod chaos;
mod cli;
mod conformance;
mod counts;
mod diagnostics;
mod docs;
mod excerpt;
mod files;
mod flags;
mod fuzz;
mod generate;
mod laws;
mod layering;
mod lsp;
mod observability;
mod one_by_one;
pub mod oracle;
mod place;
mod preview;
mod properties;
mod rebase;
mod repair;
mod schema;
mod simulated;
mod stress;
mod text_model;
mod transport;
mod violations;
mod waves;
mod workspace;
