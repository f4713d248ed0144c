//! Whether a flag is on, and why.

use std::fmt;
use std::path::{Path, PathBuf};

use super::source::{Source, Standing};
use super::{InstallationId, Percentage, bucket};

/// Whether a flag is on for this installation, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is on.
    pub is_on: bool,
    /// The percentage that counts: the lower one of the two files.
    pub percentage: Percentage,
    /// The percentage by this machine's own file, or by there being none.
    pub own: Percentage,
    /// The percentage by the fleet's file, where one is named.
    pub fleet: Option<Percentage>,
    /// Which file decided, and what it says.
    pub why: Why,
}

/// Why a flag is on or off. As text it is a sentence without its full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// On: no file is named, and none is at the usual place.
    NoRollout,
    /// On: the file names this installation.
    Named(PathBuf),
    /// On: the installation's bucket is below the file's percentage.
    Below(PathBuf, u8, Percentage),
    /// Off: the installation's bucket is not below the file's percentage.
    NotBelow(PathBuf, u8, Percentage),
    /// Off: the file switches the flag off for everybody.
    Disabled(PathBuf),
    /// Off: the file does not mention the flag.
    NotMentioned(PathBuf),
    /// Off: the file that is named does not exist.
    NoFile(PathBuf),
    /// Off: the file is broken, and was never seen whole.
    Broken(PathBuf),
}

impl Why {
    fn is_on(&self) -> bool {
        matches!(self, Why::NoRollout | Why::Named(_) | Why::Below(..))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |path: &Path| path.display().to_string();
        match self {
            Why::NoRollout => f.write_str("no rollout is set up"),
            Why::Named(file) => write!(f, "{} names this installation", name(file)),
            Why::Below(file, bucket, percentage) => {
                write!(f, "bucket {bucket} is below the {percentage} of {}", name(file))
            }
            Why::NotBelow(file, bucket, percentage) => {
                write!(f, "bucket {bucket} is not below the {percentage} of {}", name(file))
            }
            Why::Disabled(file) => write!(f, "{} switches it off for everybody", name(file)),
            Why::NotMentioned(file) => write!(f, "{} does not mention it", name(file)),
            Why::NoFile(file) => write!(f, "there is no {}", name(file)),
            Why::Broken(file) => write!(f, "{} is broken", name(file)),
        }
    }
}

/// What one file makes of a flag.
pub(super) struct Verdict {
    percentage: Percentage,
    why: Why,
}

impl Verdict {
    /// `is_required` says whether a file has to be there for the flag to be on.
    pub(super) fn of(
        source: &Source,
        is_required: bool,
        flag: &str,
        id: InstallationId,
    ) -> Verdict {
        let path = source.path.clone();
        let none = |why| Verdict { percentage: Percentage::NONE, why };
        let file = match source.standing() {
            Standing::Missing if is_required => return none(Why::NoFile(path)),
            Standing::Missing => {
                return Verdict { percentage: Percentage::ALL, why: Why::NoRollout };
            }
            Standing::Broken(_) => return none(Why::Broken(path)),
            Standing::Good(file, _) => file,
        };
        let Some(rule) = file.rule(flag) else { return none(Why::NotMentioned(path)) };
        let percentage = rule.percentage();
        let why = if !rule.is_enabled {
            Why::Disabled(path)
        } else if rule.names(id) {
            Why::Named(path)
        } else if rule.is_on_by_share(flag, id) {
            Why::Below(path, bucket(flag, id), percentage)
        } else {
            Why::NotBelow(path, bucket(flag, id), percentage)
        };
        Verdict { percentage, why }
    }
}

impl Decision {
    /// The lower one of both: on only where both are on.
    pub(super) fn of(own: Verdict, fleet: Option<Verdict>) -> Decision {
        let by_own = own.percentage;
        let by_fleet = fleet.as_ref().map(|fleet| fleet.percentage);
        let lower = match fleet {
            Some(fleet) if rank(&fleet) < rank(&own) => fleet,
            _ => own,
        };
        Decision {
            is_on: lower.why.is_on(),
            percentage: by_fleet.map_or(by_own, |fleet| fleet.min(by_own)),
            own: by_own,
            fleet: by_fleet,
            why: lower.why,
        }
    }
}

/// What is off comes first; of two that agree, the lower percentage.
fn rank(verdict: &Verdict) -> (bool, Percentage) {
    (verdict.why.is_on(), verdict.percentage)
}
