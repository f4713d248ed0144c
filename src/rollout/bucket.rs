//! Where an installation stands among all of them, for one flag.

use xxhash_rust::xxh3::xxh3_128;

use super::InstallationId;

/// How many buckets there are: one for each percent.
pub const BUCKETS: u8 = 100;

/// The bucket of an installation for a flag, from 0 to 99. The flag is on below
/// its percentage.
///
/// It is the XXH3-128 hash, seed 0, of the flag's name, a NUL and the id as 32
/// lower-case hex digits, modulo 100. The name is part of it so that one flag
/// does not always fall on those that another one falls on. It must never
/// change: every installation would be dealt anew.
pub fn bucket(flag: &str, id: InstallationId) -> u8 {
    let hash = xxh3_128(format!("{flag}\0{id}").as_bytes());
    // The remainder is below 100.
    u8::try_from(hash % u128::from(BUCKETS)).unwrap_or_default()
}
