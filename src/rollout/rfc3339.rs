//! A time in JSON as RFC 3339 has it, in UTC, to the millisecond.

use std::time::SystemTime;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

pub(super) fn serialize<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    // A clock that was never set may be before the first time that can be written.
    let at = SystemTime::UNIX_EPOCH.max(*at);
    serializer.collect_str(&humantime::format_rfc3339_millis(at))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SystemTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_rfc3339(&text).map_err(D::Error::custom)
}
