//! The other half of a rejection: what to tell the author of the batch, and
//! what to send instead.
//!
//! Asked only once something is wrong; a batch that is right pays nothing. A
//! suggestion is certain to be what was meant, or it is absent: an `expect`
//! that stands at exactly one other place, one that differs in nothing but
//! blanks, an end past the document's end, a patch listed twice, two patches
//! that change different lines of what both of them name.

mod actual;
mod carried;
mod comparison;
mod describe;
mod kit;
mod merge;
mod moves;
mod search;
mod subject;
mod suggest;
mod together;
mod whole;

pub(crate) use actual::numbered_lines;
pub use kit::RepairKit;
pub use subject::Subject;

pub(crate) use describe::{count, numbered};
