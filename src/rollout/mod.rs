//! Feature flags: which features are on for this installation.
//!
//! A flag file says for how many of a hundred installations a flag is on.
//! Which ones these are follows from the flag's name and the installation's id
//! alone, so that every process decides alike, and nobody who has a feature
//! loses it when the percentage grows. A second file may come from an
//! organisation; the lower of both counts.
//!
//! Nothing here watches or logs: whoever owns a [`Flags`] calls
//! [`Flags::refresh`] as often as changes should be seen, and tells the
//! [`Problem`]s.

mod bucket;
mod decision;
mod flag_file;
mod flag_text;
mod flags;
mod history;
mod installation;
mod json_lines;
mod lock;
mod percentage;
mod problem;
mod recorder;
mod replace;
mod rfc3339;
mod rule;
mod set;
mod source;
pub mod waves;

pub use bucket::{BUCKETS, bucket};
pub use decision::{Decision, Why};
pub use flag_file::{FlagFile, FlagFileError};
pub use flags::{FlagChange, FlagSources, Flags};
pub use history::{Change, History};
pub use installation::{InstallationId, InstallationProblem, NoInstallationId};
pub use percentage::{NoPercentage, Percentage};
pub use problem::Problem;
pub use rule::Rule;
pub use set::{SetError, Setting, set};

/// The flag of batches that are applied all at once; without it they are
/// applied one patch after the other.
pub const BATCH_PATCHES: &str = "batch-patches-v1";

/// The flags that batchpatch asks for.
pub const FLAGS: [&str; 1] = [BATCH_PATCHES];
