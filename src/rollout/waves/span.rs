//! A length of time as people write it: `24h`, `14days`, `400ms`.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

const HOUR: u64 = 3600;
const WEEK: u64 = 7 * 24 * HOUR;

/// The time in words. Two days are told as 48 hours, as everybody does who plans
/// with them.
pub(super) fn written(span: Duration) -> String {
    let seconds = span.as_secs();
    let is_in_hours = span.subsec_nanos() == 0 && seconds > 0 && seconds.is_multiple_of(HOUR);
    if is_in_hours && seconds < WEEK {
        return format!("{}h", seconds / HOUR);
    }
    humantime::format_duration(span).to_string()
}

pub(super) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&written(*span))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .map_err(|error| D::Error::custom(format!("expected a time as in \"24h\": {error}")))
}
