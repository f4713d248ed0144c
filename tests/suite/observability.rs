//! What can be seen from outside, and what cannot.

mod discovery;
mod endpoint;
pub(crate) mod http;
mod logs;
mod metrics;
