//! What ties a response to its request.

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The id of a request, of the kind that its sender chose: `1` and `"1"` are
/// two.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Id {
    /// A number without a fraction.
    Integer(i64),
    /// Any string.
    String(String),
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        struct IdVisitor;
        impl Visitor<'_> for IdVisitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a 64-bit integer")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Id, E> {
                Ok(Id::Integer(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
                let unexpected = Unexpected::Unsigned(number);
                i64::try_from(number)
                    .map(Id::Integer)
                    .map_err(|_| E::invalid_value(unexpected, &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
                Ok(Id::String(text.to_owned()))
            }
        }
        deserializer.deserialize_any(IdVisitor)
    }
}

impl From<i64> for Id {
    fn from(number: i64) -> Id {
        Id::Integer(number)
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Id {
        Id::String(text.to_owned())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Integer(number) => number.fmt(f),
            // Quoted, so that no id can break a line of a log.
            Id::String(text) => write!(f, "{text:?}"),
        }
    }
}
