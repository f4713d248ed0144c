//! A rollout in waves that guard themselves.
//!
//! A [`Plan`] says which waves there are and what has to hold before the next
//! one begins. A [`Course`] is how far a rollout is. [`judge`] looks at both and
//! at what a [`Prometheus`] has seen, and says what to do and why: a pure
//! function. A [`Rollout`] keeps the course and what was decided in the state
//! folder, and does what was decided.
//!
//! What is not known is never good: a rollout advances on what was seen, and on
//! nothing else.

mod by_hand;
mod course;
mod gates;
mod judge;
mod kept;
mod observations;
mod plan;
mod plan_file;
mod prometheus;
mod queries;
mod record;
mod rollout;
mod rollout_error;
mod span;

pub use by_hand::{Back, Operator};
pub use course::{Course, Stage};
pub use gates::{Gate, Measure, Standing};
pub use judge::{FlagFound, Judgement, judge};
pub use kept::Watching;
pub use observations::Observations;
pub use plan::{Gates, Plan, Wave};
pub use plan_file::PlanError;
pub use prometheus::{NoPrometheus, Prometheus};
pub use record::{Record, Records, Step};
pub use rollout::{Checked, Rollout};
pub use rollout_error::RolloutError;
