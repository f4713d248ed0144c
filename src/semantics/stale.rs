//! Is the document still the one that the batch was written for?

use super::Breach;
use crate::batch::Document;
use crate::text::{ContentHash, Snapshot};

/// Law 1 for the document as a whole: the token's hash decides, whatever its
/// revision, and `version` is the open document's. With neither, the snapshot
/// is the text that the batch was written for.
///
/// Hashes the text, which is linear in it, only where the batch has a token.
pub fn check_current(document: &Document, snapshot: &Snapshot) -> Option<Breach> {
    if let Some(expected) = document.snapshot
        && expected.hash != ContentHash::of(snapshot.rope())
    {
        return Some(Breach::OtherText { expected });
    }
    match document.version {
        Some(expected) if snapshot.version() != Some(expected) => {
            Some(Breach::OtherVersion { expected, found: snapshot.version() })
        }
        _ => None,
    }
}
