//! The other half of a rejection: what to tell the author of the batch.
//!
//! Asked only once something is wrong; a batch that is right pays nothing.

mod describe;

pub use describe::describe;
