//! Layer 2: all laws checked, one descending order, one exact size.
//!
//! The claims of a document become a [`ChangeSet`], or the list of those that
//! are in conflict. Where they are not, nothing but a sort and one pass is
//! paid for knowing it.

mod conflicts;
mod earliest;
mod one_by_one;

use crate::change::{Builder, ChangeSet};
use crate::invariants::{self, Fault, Law};
use crate::semantics::{Breach, Claim, Resolved};
use crate::text::Snapshot;

pub use one_by_one::{Step, one_by_one};

/// Why claims are no change set.
#[derive(Debug)]
pub enum Refused {
    /// Every patch that breaks a law, with its breach: those that mean nothing,
    /// then those that touch the text of an earlier one (law 5).
    Breaches(Vec<(usize, Breach)>),
    /// Claims without a conflict that cannot be put in one order.
    Fault(Fault),
}

/// The changes that the claims make to `snapshot` together. A claim that puts
/// there what stands there changes nothing.
///
/// O(p log p) for p claims, and their text.
///
/// # Errors
///
/// Every patch that breaks a law.
pub fn normalize(snapshot: &Snapshot, resolved: Resolved<'_>) -> Result<ChangeSet, Refused> {
    let claims = in_order(resolved)?;
    let mut changes = Builder::with_capacity(snapshot.len_bytes(), claims.len());
    let mut text = String::new();
    for Claim { span, text: new_text, .. } in claims {
        text.clear();
        new_text.write_to(&mut text);
        if !snapshot.holds(span.clone(), &text) {
            changes.replace(span, &text).map_err(|error| {
                Refused::Fault(Fault { law: Law::DescendingOrder, detail: error.to_string() })
            })?;
        }
    }
    Ok(changes.finish())
}

/// The claims in ascending order, none of which touches another's text.
fn in_order(resolved: Resolved<'_>) -> Result<Vec<Claim<'_>>, Refused> {
    let (mut claims, mut breaches) = resolved.into_parts();
    claims.sort_unstable_by_key(|claim| claim.extent().0);
    if !independent(&claims) {
        breaches.extend(conflicts::find(&claims));
    }
    if breaches.is_empty() { Ok(claims) } else { Err(Refused::Breaches(breaches)) }
}

/// Law 5, for claims in their order: the named lines and the spans are all
/// apart.
fn independent(claims: &[Claim<'_>]) -> bool {
    let named = claims.iter().filter_map(|claim| claim.lines);
    invariants::independent(named.map(|named| (named.first, named.last)))
        && invariants::independent(claims.iter().map(Claim::extent))
}
