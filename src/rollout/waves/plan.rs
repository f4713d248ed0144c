//! What the waves of a rollout are, and what has to hold between them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::{BATCH_PATCHES, InstallationId, Percentage};
use super::span;

/// The waves of a rollout, and what has to hold before the next one begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// The flag that is rolled out.
    pub flag: String,
    /// The waves, the smallest one first.
    pub waves: Vec<Wave>,
    /// How long the last wave is watched after its hold.
    #[serde(with = "span")]
    pub watch: Duration,
    /// What has to hold.
    pub gates: Gates,
}

/// One wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wave {
    /// How many of a hundred installations have the flag.
    pub percentage: Percentage,
    /// How long the wave lasts at least.
    #[serde(with = "span")]
    pub hold: Duration,
    /// Installations that have the flag from this wave on, whatever the percentage.
    #[serde(default)]
    pub ids: Vec<String>,
}

/// What has to hold, measured on the batches of those that have the flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gates {
    /// The share of batches that fail has to be below this: 0.05 is 5 %.
    pub failed_share: f64,
    /// It may be above the share of those without the flag by this at most.
    pub above_fallback: f64,
    /// 95 of 100 batches have to take less.
    #[serde(with = "span")]
    pub p95: Duration,
    /// 99 of 100 batches have to take less.
    #[serde(with = "span")]
    pub p99: Duration,
    /// Of fewer batches nothing is concluded.
    pub samples: u32,
    /// How long the time is that is looked at, at most: what was before a wave is
    /// not.
    #[serde(with = "span")]
    pub window: Duration,
    /// How long after a step no batch that ends is looked at: it may have begun
    /// before the step, or in a process that had not seen it yet.
    #[serde(with = "span")]
    pub settle: Duration,
}

impl Default for Plan {
    fn default() -> Plan {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let wave = |(percentage, hold)| Wave { percentage, hold: hours(hold), ids: Vec::new() };
        let waves = [
            (Percentage::of(10), 24),
            (Percentage::of(25), 48),
            (Percentage::of(50), 48),
            (Percentage::ALL, 48),
        ];
        Plan {
            flag: BATCH_PATCHES.to_owned(),
            waves: waves.map(wave).to_vec(),
            watch: hours(14 * 24),
            gates: Gates {
                failed_share: 0.05,
                above_fallback: 0.02,
                p95: Duration::from_millis(400),
                p99: Duration::from_millis(500),
                samples: 100,
                window: hours(1),
                settle: Duration::from_secs(30),
            },
        }
    }
}

impl Plan {
    /// The wave of this number; the first one is 1.
    pub fn wave(&self, number: usize) -> Option<&Wave> {
        self.waves.get(number.checked_sub(1)?)
    }

    /// The number of the last wave.
    pub fn last(&self) -> usize {
        self.waves.len()
    }

    /// Those that have the flag in this wave whatever its percentage: who was named
    /// once stays so.
    pub fn ids(&self, number: usize) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for id in self.waves.iter().take(number).flat_map(|wave| &wave.ids) {
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        ids
    }

    /// What keeps it from being a plan, with its place.
    pub(super) fn mistake(&self) -> Option<(String, String)> {
        let gates = &self.gates;
        let times = [("p95", gates.p95), ("p99", gates.p99), ("window", gates.window)];
        let times = times.map(|(name, time)| (format!("gates.{name}"), time));
        let mistake = |place: String, message: &str| Some((place, message.to_owned()));
        if self.waves.is_empty() {
            return mistake("waves".to_owned(), "expected at least one wave");
        }
        let mut before = Percentage::NONE;
        for (index, wave) in self.waves.iter().enumerate() {
            let place = format!("waves[{index}]");
            if wave.percentage <= before {
                let message = format!("expected more than {before}: the waves have to grow");
                return mistake(format!("{place}.percentage"), &message);
            }
            if wave.hold.is_zero() {
                return mistake(format!("{place}.hold"), "expected more than no time");
            }
            if let Some(wrong) =
                wave.ids.iter().position(|id| id.parse::<InstallationId>().is_err())
            {
                let message = "expected an installation id of 32 lower-case hex digits";
                return mistake(format!("{place}.ids[{wrong}]"), message);
            }
            before = wave.percentage;
        }
        if let Some((place, _)) = times.into_iter().find(|(_, time)| time.is_zero()) {
            return mistake(place, "expected more than no time");
        }
        if !(gates.failed_share > 0.0 && gates.failed_share <= 1.0) {
            return mistake("gates.failedShare".to_owned(), "expected a share above 0, up to 1");
        }
        if !(0.0..=1.0).contains(&gates.above_fallback) {
            return mistake("gates.aboveFallback".to_owned(), "expected a share from 0 to 1");
        }
        if gates.samples == 0 {
            return mistake("gates.samples".to_owned(), "expected at least 1");
        }
        None
    }
}
