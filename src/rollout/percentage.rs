//! How many of a hundred installations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A whole number of percent, from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u8")]
pub struct Percentage(u8);

/// Something that is no [`Percentage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a whole number from 0 to 100")]
pub struct NoPercentage;

impl Percentage {
    /// Nobody.
    pub const NONE: Percentage = Percentage(0);

    /// Everybody.
    pub const ALL: Percentage = Percentage(100);

    /// One that is known to the program.
    pub(super) const fn of(number: u8) -> Percentage {
        Percentage(if number < 100 { number } else { 100 })
    }

    /// The bare number, 25 for 25 %.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// What is left of a hundred.
    #[must_use]
    pub const fn rest(self) -> Percentage {
        Percentage(100 - self.0)
    }
}

impl TryFrom<u64> for Percentage {
    type Error = NoPercentage;

    fn try_from(number: u64) -> Result<Percentage, NoPercentage> {
        u8::try_from(number)
            .ok()
            .filter(|number| *number <= 100)
            .map(Percentage)
            .ok_or(NoPercentage)
    }
}

impl From<Percentage> for u8 {
    fn from(percentage: Percentage) -> u8 {
        percentage.0
    }
}

impl FromStr for Percentage {
    type Err = NoPercentage;

    fn from_str(text: &str) -> Result<Percentage, NoPercentage> {
        text.parse::<u64>().map_err(|_| NoPercentage)?.try_into()
    }
}

impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}
