//! Who has a flag: spread evenly, independent of other flags, kept when it grows.

use batchpatch::rollout::{BATCH_PATCHES, BUCKETS, Flags, InstallationId, bucket};

use super::{Place, at, id};

const IDS: u64 = 100_000;

/// Made by `printf 'FLAG\0ID' | xxh128sum`, and its number modulo 100.
const GOLDEN: [(&str, u128, u8); 8] = [
    ("batch-patches-v1", 0, 87),
    ("batch-patches-v1", 1, 10),
    ("batch-patches-v1", u128::MAX, 20),
    ("batch-patches-v1", 0x5d0c_2a7f_7f0e_4b0a_9c3e_6f1d_2b4a_8c90, 50),
    ("another-flag", 0, 14),
    ("another-flag", 1, 34),
    ("another-flag", u128::MAX, 44),
    ("another-flag", 0x5d0c_2a7f_7f0e_4b0a_9c3e_6f1d_2b4a_8c90, 8),
];

#[test]
fn the_bucket_of_an_installation_never_changes() {
    for (flag, bits, expected) in GOLDEN {
        assert_eq!(bucket(flag, InstallationId::new(bits)), expected, "{flag} {bits:032x}");
    }
}

/// How far counts are from the expected ones, and by how much they may be: what a
/// fair dice exceeds once in a million times.
fn assert_even(counts: &[u32], what: &str) {
    let total: u32 = counts.iter().sum();
    let expected = f64::from(total) / counts.len() as f64;
    let off = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
    let chi_square: f64 = counts.iter().map(off).sum();
    // Wilson and Hilferty's approximation of the quantile.
    let freedom = (counts.len() - 1) as f64;
    let ninth = 2.0 / (9.0 * freedom);
    let bound = freedom * (1.0 - ninth + 4.753 * ninth.sqrt()).powi(3);
    assert!(chi_square < bound, "{what}: {chi_square} is not below {bound}");
}

#[test]
fn installations_are_spread_evenly_whatever_their_ids_look_like() {
    let in_order = |number: u64| InstallationId::new(u128::from(number));
    let high_bits = |number: u64| InstallationId::new(u128::from(number) << 100);
    for (what, make) in
        [("random ids", id as fn(u64) -> _), ("counted", in_order), ("high bits", high_bits)]
    {
        for flag in [BATCH_PATCHES, "another-flag", ""] {
            let mut counts = [0; BUCKETS as usize];
            (0..IDS).for_each(|number| counts[usize::from(bucket(flag, make(number)))] += 1);
            assert_even(&counts, &format!("{what}, {flag}"));
        }
    }
}

#[test]
fn the_share_of_those_that_have_a_flag_is_its_percentage() {
    let buckets: Vec<u8> = (0..IDS).map(|number| bucket(BATCH_PATCHES, id(number))).collect();
    for percentage in 0..=BUCKETS {
        let have = buckets.iter().filter(|bucket| **bucket < percentage).count() as f64;
        let share = f64::from(percentage) / 100.0;
        let deviation = (IDS as f64 * share * (1.0 - share)).sqrt();
        let off = (have - IDS as f64 * share).abs();
        assert!(off <= 4.9 * deviation, "{percentage} %: {have} of {IDS}");
    }
}

#[test]
fn two_flags_fall_on_installations_independently() {
    for other in ["batch-patches-v2", "another-flag", "batch-patches-v1 "] {
        let mut together = [0; 100];
        for number in 0..IDS {
            let (one, two) = (bucket(BATCH_PATCHES, id(number)), bucket(other, id(number)));
            together[usize::from(one / 10 * 10 + two / 10)] += 1;
        }
        assert_even(&together, other);
    }
}

#[test]
fn nobody_loses_a_flag_when_its_percentage_grows() {
    let place = Place::new();
    place.write(&at(0));
    let open = |number| Flags::open(place.sources(), id(number));
    let mut installations: Vec<(Flags, bool)> = (0..40).map(|it| (open(it), false)).collect();
    for percentage in 0..=100 {
        place.write(&at(percentage));
        for (flags, had_it) in &mut installations {
            flags.refresh();
            let decision = flags.decide(BATCH_PATCHES);
            assert_eq!(decision.percentage.number(), percentage);
            assert!(decision.is_on || !*had_it, "lost at {percentage} %: {}", decision.why);
            let bucket = bucket(BATCH_PATCHES, flags.installation());
            assert_eq!(decision.is_on, bucket < percentage, "{}", decision.why);
            *had_it = decision.is_on;
        }
        let have = installations.iter().filter(|(_, has_it)| *has_it).count();
        assert!(percentage != 0 || have == 0);
        assert!(percentage != 100 || have == installations.len());
    }
}
