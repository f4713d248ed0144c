//! One document through the layers.

use super::{Engine, Refusals, StagedDocument};
use crate::batch::{Document, Policy};
use crate::change::ChangeSet;
use crate::executor;
use crate::invariants::Fault;
use crate::normalizer::{self, Refused};
use crate::repair::{RepairKit, Subject};
use crate::semantics::{self, Breach};
use crate::text::{PositionEncoding, Snapshot};

/// What is left of a document's patches once all its breaches are found.
struct Checked {
    changes: ChangeSet,
    patches: usize,
    /// First those of the document as a whole, then in the order of the
    /// patches.
    breaches: Vec<(Option<usize>, Breach)>,
}

impl Engine {
    pub(super) fn stage_document(
        &self,
        policy: Policy,
        index: usize,
        subject: Subject<'_>,
        refusals: &mut Refusals,
    ) -> Result<StagedDocument, Fault> {
        let Subject { document, snapshot, encoding } = subject;
        let Checked { changes, patches, breaches } =
            self.check(policy, document, snapshot, encoding)?;
        let staged = executor::stage(snapshot.clone(), changes)?;
        if !breaches.is_empty() {
            let applied = (policy == Policy::BestEffort).then_some(&staged);
            let kit = RepairKit::new(subject, &breaches, applied);
            for (at, (_, breach)) in breaches.iter().enumerate() {
                refusals.add(breach.code(), || kit.violation(at));
            }
            refusals.repair(index, kit.patches());
        }
        Ok(StagedDocument { uri: document.uri.clone(), staged: Some(staged), patches })
    }

    fn check(
        &self,
        policy: Policy,
        document: &Document,
        snapshot: &Snapshot,
        encoding: PositionEncoding,
    ) -> Result<Checked, Fault> {
        let mut of_document = self
            .too_large(snapshot.len_bytes())
            .or_else(|| semantics::check_current(document, snapshot));
        let mut of_patches = Vec::new();
        let mut dropped = vec![false; document.patches.len()];
        // What the end of a document means depends on all its line patches. So
        // the patches that are left are checked anew, until none is dropped.
        let changes = loop {
            let patches = document.patches.iter().enumerate();
            let left = patches.filter(|(index, _)| !dropped[*index]);
            let resolved = semantics::resolve(snapshot, left, encoding);
            match normalizer::normalize(snapshot, resolved) {
                Ok(changes) => break Some(changes),
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
        Ok(Checked {
            patches: match changes {
                Some(_) => dropped.iter().filter(|dropped| !**dropped).count(),
                None => 0,
            },
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
