//! For whom one file says that a flag is on.

use super::{InstallationId, Percentage, bucket};

/// For whom one file says that a flag is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether it is on for anybody. What else the rule says is kept for later
    /// where it is not.
    pub is_enabled: bool,
    /// The ids of those that have it whatever the percentage.
    pub named: Vec<String>,
    /// How many of the others have it.
    pub share: Percentage,
}

impl Rule {
    /// How many of a hundred have it, those that are named not counted: 0 where
    /// the flag is disabled.
    pub fn percentage(&self) -> Percentage {
        if self.is_enabled { self.share } else { Percentage::NONE }
    }

    /// Those that have it whatever the percentage: nobody where the flag is
    /// disabled.
    pub fn named(&self) -> &[String] {
        if self.is_enabled { &self.named } else { &[] }
    }

    pub(super) fn names(&self, id: InstallationId) -> bool {
        let id = id.to_string();
        self.named().contains(&id)
    }

    pub(super) fn is_on_by_share(&self, flag: &str, id: InstallationId) -> bool {
        bucket(flag, id) < self.percentage().number()
    }
}
