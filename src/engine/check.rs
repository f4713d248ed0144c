//! One document through the layers.

use tracing::debug_span;

use super::{Engine, Refusals, Source, StagedDocument};
use crate::batch::{Document, Policy, Violation};
use crate::change::ChangeSet;
use crate::executor;
use crate::invariants::Fault;
use crate::normalizer::{self, Refused, Step};
use crate::rebase::{Moved, rebase};
use crate::repair::{RepairKit, Subject};
use crate::semantics::{self, Breach};
use crate::text::PositionEncoding;

/// What is left of a document's patches once all its breaches are found.
struct Checked {
    changes: ChangeSet,
    patches: usize,
    steps: Vec<Step>,
    /// First those of the document as a whole, then in the order of the
    /// patches.
    breaches: Vec<(Option<usize>, Breach)>,
}

impl Engine {
    /// Stages one document of a batch on what stands behind it.
    ///
    /// # Errors
    ///
    /// Our own fault; what is wrong with the document goes to `refusals`.
    pub(super) fn stage_document(
        &self,
        policy: Policy,
        index: usize,
        document: &Document,
        source: &Source,
        encoding: PositionEncoding,
        refusals: &mut Refusals,
    ) -> Result<StagedDocument, Fault> {
        match source {
            Source::Refused { code, message } => {
                refusals.refuse_document(document, *code, message);
                Ok(StagedDocument::left_out(document))
            }
            Source::Text(snapshot) => {
                let subject = Subject { document, snapshot, encoding };
                let checked = self.check(policy, subject, Vec::new())?;
                stage(policy, index, subject, checked, refusals, |_, violation| violation)
            }
            Source::Moved { was, now, changes, strict } => {
                let moved = Moved { was, now, changes, strict: *strict };
                let rebased = rebase(document, moved, encoding)?;
                let subject = Subject { document: rebased.document(), snapshot: now, encoding };
                let checked = self.check(policy, subject, rebased.conflicts().collect())?;
                let is_right = checked.breaches.is_empty();
                let tell = |kit: &RepairKit<'_>, violation| {
                    rebased.tell(violation, |span| kit.place(span))
                };
                let staged = stage(policy, index, subject, checked, refusals, tell)?;
                // A repaired batch is for the text as it is now, also where
                // nothing is to be repaired in this document.
                if policy == Policy::Atomic && is_right {
                    refusals.repair(index, Some(rebased.into_patches()));
                }
                Ok(staged)
            }
        }
    }

    /// Checks the patches that are left without `conflicts`: those could not be
    /// carried over to the text.
    fn check(
        &self,
        policy: Policy,
        subject: Subject<'_>,
        conflicts: Vec<usize>,
    ) -> Result<Checked, Fault> {
        let Subject { document, snapshot, encoding } = subject;
        let mut of_document = self
            .too_large(snapshot.len_bytes())
            .or_else(|| semantics::check_current(document, snapshot));
        let is_complete = conflicts.is_empty();
        let mut dropped = vec![false; document.patches.len()];
        let mut of_patches = Vec::with_capacity(conflicts.len());
        for index in conflicts {
            dropped[index] = true;
            of_patches.push((index, Breach::RebaseConflict));
        }
        // What the end of a document means depends on all its line patches. So
        // the patches that are left are checked anew, until none is dropped.
        let changes = loop {
            let patches = document.patches.iter().enumerate();
            let left = patches.filter(|(index, _)| !dropped[*index]);
            let resolved =
                debug_span!("semantics").in_scope(|| semantics::resolve(snapshot, left, encoding));
            let normalized =
                debug_span!("normalizer").in_scope(|| normalizer::normalize(snapshot, resolved));
            match normalized {
                Ok(changes) => {
                    let is_wanted = is_complete || policy == Policy::BestEffort;
                    break is_wanted.then_some(changes);
                }
                Err(Refused::Fault(fault)) => return Err(fault),
                Err(Refused::Breaches(found)) => {
                    for (index, _) in &found {
                        dropped[*index] = true;
                    }
                    of_patches.extend(found);
                }
            }
            if policy == Policy::Atomic || of_document.is_some() {
                break None;
            }
        };
        if let Some(changes) = &changes {
            of_document = of_document.or_else(|| self.too_large(changes.len_after()));
        }
        of_patches.sort_unstable_by_key(|(patch, _)| *patch);
        let of_patches = of_patches.into_iter().map(|(patch, breach)| (Some(patch), breach));
        let changes = changes.filter(|_| of_document.is_none());
        let steps = if self.takes_steps && changes.is_some() {
            let patches = document.patches.iter().enumerate();
            let left = patches.filter(|(index, _)| !dropped[*index]);
            match normalizer::one_by_one(semantics::resolve(snapshot, left, encoding)) {
                Ok(steps) => steps,
                Err(Refused::Fault(fault)) => return Err(fault),
                // These are the patches that made the change set.
                Err(Refused::Breaches(_)) => Vec::new(),
            }
        } else {
            Vec::new()
        };
        Ok(Checked {
            patches: match changes {
                Some(_) => dropped.iter().filter(|dropped| !**dropped).count(),
                None => 0,
            },
            steps,
            changes: changes.unwrap_or_else(|| ChangeSet::identity(snapshot.len_bytes())),
            breaches: of_document
                .into_iter()
                .map(|breach| (None, breach))
                .chain(of_patches)
                .collect(),
        })
    }

    fn too_large(&self, bytes: usize) -> Option<Breach> {
        let limit = self.limits.document_bytes;
        (bytes > limit).then_some(Breach::TooLarge { bytes, limit })
    }
}

/// Executes what is left of a document's patches, and tells what is wrong with
/// the others; `complete` has the last word on each violation.
fn stage(
    policy: Policy,
    index: usize,
    subject: Subject<'_>,
    checked: Checked,
    refusals: &mut Refusals,
    complete: impl Fn(&RepairKit<'_>, Violation) -> Violation,
) -> Result<StagedDocument, Fault> {
    let Checked { changes, patches, steps, breaches } = checked;
    let staged =
        debug_span!("executor").in_scope(|| executor::stage(subject.snapshot.clone(), changes))?;
    if !breaches.is_empty() {
        let applied = (policy == Policy::BestEffort).then_some(&staged);
        let kit = RepairKit::new(subject, &breaches, applied);
        for (at, (_, breach)) in breaches.iter().enumerate() {
            refusals.add(breach.code(), || Some(complete(&kit, kit.violation(at)?)));
        }
        refusals.repair(index, kit.patches());
    }
    Ok(StagedDocument { uri: subject.document.uri.clone(), staged: Some(staged), patches, steps })
}
