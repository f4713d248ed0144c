//! Tokens: how a program says which text it saw.

use std::fmt;
use std::str::FromStr;

use ropey::Rope;
use serde::{Serialize, Serializer};
use xxhash_rust::xxh3::Xxh3;

/// The count of a document's texts in this process: it opens at v1 and every
/// change of its text is one step (law 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(u64);

impl Revision {
    /// The revision a document opens at.
    pub const FIRST: Revision = Revision(1);

    /// The revision with this number.
    pub const fn new(number: u64) -> Revision {
        Revision(number)
    }

    /// The bare number, 7 for `v7`.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The revision one step later. The last number that there is has none;
    /// law 6 refuses what would need one.
    #[must_use]
    pub const fn next(self) -> Revision {
        Revision(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// The 128-bit hash of a text: XXH3-128 with seed 0 over its UTF-8 bytes
/// without a leading byte order mark, written as 32 lower-case hex digits in
/// the canonical (big-endian) form that `xxh128sum` prints.
///
/// It tells one text from another; it is no defence against somebody who
/// wants two texts to collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentHash(u128);

impl ContentHash {
    /// Hashes a text. Linear in its length: call it when a token is made or
    /// checked, never per keystroke.
    pub fn of(text: &Rope) -> ContentHash {
        let mut hasher = Xxh3::new();
        for (index, chunk) in text.chunks().enumerate() {
            let seen = if index == 0 { chunk.strip_prefix('\u{feff}') } else { None };
            hasher.update(seen.unwrap_or(chunk).as_bytes());
        }
        ContentHash(hasher.digest128())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// `v7.9f2c…`: the revision and the content hash of a text.
///
/// Only the hash decides whether a token is current, so that tokens survive a
/// restart; the revision helps a reader, and finds the place in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SnapshotToken {
    /// The document's revision when the token was made.
    pub revision: Revision,
    /// The hash of its text.
    pub hash: ContentHash,
}

impl Serialize for SnapshotToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for SnapshotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.revision, self.hash)
    }
}

/// A string that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a snapshot token such as `v7.` and 32 lower-case hex digits")]
pub struct TokenError;

impl FromStr for SnapshotToken {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<SnapshotToken, TokenError> {
        let (revision, hash) =
            text.strip_prefix('v').and_then(|rest| rest.split_once('.')).ok_or(TokenError)?;
        let digits = |text: &str, allowed: fn(&u8) -> bool| {
            !text.is_empty() && text.as_bytes().iter().all(allowed)
        };
        if !digits(revision, u8::is_ascii_digit)
            || !digits(hash, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            || hash.len() != 32
        {
            return Err(TokenError);
        }
        Ok(SnapshotToken {
            revision: Revision(revision.parse().map_err(|_| TokenError)?),
            hash: ContentHash(u128::from_str_radix(hash, 16).map_err(|_| TokenError)?),
        })
    }
}
