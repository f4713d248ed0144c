//! The claims of a document as steps of their own.

use std::ops::Range;

use super::{Refused, in_order};
use crate::semantics::{Claim, Resolved};

/// What one patch does, for somebody who carries out one patch after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The patch's index in its document's `patches`.
    pub patch: usize,
    /// The bytes of the snapshot that go. No step before it moves them.
    pub span: Range<usize>,
    /// What stands in their place.
    pub text: String,
}

/// The same changes as [`normalize`](super::normalize) makes, patch by patch, in
/// the order of execution (law 2). A patch that changes nothing is a step too.
///
/// O(p log p) for p claims, and their text.
///
/// # Errors
///
/// Every patch that breaks a law.
pub fn one_by_one(resolved: Resolved<'_>) -> Result<Vec<Step>, Refused> {
    let step = |Claim { patch, span, text: new_text, .. }: Claim<'_>| {
        let mut text = String::new();
        new_text.write_to(&mut text);
        Step { patch, span, text }
    };
    Ok(in_order(resolved)?.into_iter().rev().map(step).collect())
}
