//! Feature flags: who has them, what a file must say, who changed what.

mod buckets;
mod command;
mod deciding;
mod format;
mod installation;
mod recording;
mod setting;

use std::path::PathBuf;

use batchpatch::rollout::{
    BATCH_PATCHES, Change, Flags, History, InstallationId, Percentage, SetError, Setting, set,
};

use crate::place::Place;

impl Place {
    /// A file beside the state folder.
    fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// The flag file at its usual place, with this content.
    fn write(&self, content: &str) {
        self.state().create().unwrap();
        std::fs::write(self.sources().own, content).unwrap();
    }

    fn flags(&self) -> Flags {
        Flags::open(self.sources(), id(1))
    }

    fn history(&self) -> History {
        History::read(&self.sources().history).unwrap()
    }

    fn set(&self, flag: &str, percentage: u64) -> Result<Change, SetError> {
        set(&self.sources(), &setting(flag, percentage))
    }
}

fn setting(flag: &str, percentage: u64) -> Setting {
    Setting {
        flag: flag.to_owned(),
        share: percent(percentage),
        named: None,
        who: "a test".to_owned(),
        why: None,
        over_broken: false,
    }
}

fn percent(number: u64) -> Percentage {
    Percentage::try_from(number).unwrap()
}

/// An id without any order in it, the same in every run.
fn id(number: u64) -> InstallationId {
    let mix = |mut bits: u64| {
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u128::from(bits ^ (bits >> 31))
    };
    InstallationId::new((mix(2 * number + 1) << 64) | mix(2 * number + 2))
}

/// A flag file that gives these flags these percentages.
fn file(flags: &[(&str, u8)]) -> String {
    let flag = |(name, on): &(&str, u8)| {
        let off = 100 - on;
        format!(
            r#""{name}": {{"state": "ENABLED", "variants": {{"on": true, "off": false}},
            "defaultVariant": "off",
            "targeting": {{"fractional": [["on", {on}], ["off", {off}]]}}}}"#
        )
    };
    let flags: Vec<String> = flags.iter().map(flag).collect();
    format!(r#"{{"flags": {{{}}}}}"#, flags.join(",\n"))
}

/// A flag file that gives the flag of batches this percentage.
fn at(percentage: u8) -> String {
    file(&[(BATCH_PATCHES, percentage)])
}

/// The steps in a history, without their times and files.
fn steps(history: &History) -> Vec<(&str, &str, Option<u8>, Option<u8>)> {
    let number = |percentage: Option<Percentage>| percentage.map(Percentage::number);
    history
        .changes
        .iter()
        .map(|it| (it.who.as_str(), it.flag.as_str(), number(it.from), number(it.to)))
        .collect()
}
