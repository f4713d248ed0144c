//! What can be seen from outside: logs, metrics, and the endpoint that shows
//! them.
//!
//! Whoever works emits spans and events of `tracing`, and says how a batch
//! ended; here they become lines, counts and durations. All of it is off unless
//! it is asked for, and none of it ever holds a text: what is logged are
//! numbers, names of documents, codes and ids.

mod batch_end;
mod counts;
mod discovery;
mod endpoint;
mod families;
mod layers;
mod line_queue;
mod log_file;
mod logs;
mod metrics;
mod process;
mod refusals;
mod routes;
mod stderr;
mod subscriber;
mod token;
mod warnings;

pub use batch_end::{BatchEnd, ErrorType, Rollback};
pub use counts::Counts;
pub use discovery::{Discovered, Discovery, discovered};
pub use endpoint::{Endpoint, EndpointConfig, EndpointError};
pub use families::{FLAGS, LAYERS};
pub use layers::Layers;
pub use line_queue::{LineQueue, LineWriter};
pub use log_file::{LogFile, LogFileLimits};
pub use logs::{LogConfig, Logs};
pub use metrics::{Levels, Metrics};
pub use process::{Memory, is_alive, memory};
pub use routes::{Admin, AdminError};
pub use stderr::report_panics;
pub use subscriber::{Observers, TOLD};
pub use token::Token;
