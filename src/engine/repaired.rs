//! The batch to send instead of one that was refused.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Limits;
use crate::batch::{Batch, Document, Outcome, Patch};
use crate::text::PositionEncoding;

/// A batch with every suggestion followed, without the tokens of its texts.
#[derive(Clone, Debug)]
pub(super) struct Repaired {
    batch: Batch,
    /// For each document, its index in the batch as it came in.
    indices: Vec<usize>,
}

impl Repaired {
    /// The whole batch, with these patches in place of a document's own.
    pub(super) fn whole(
        batch: &Batch,
        encoding: PositionEncoding,
        repaired: BTreeMap<usize, Vec<Patch>>,
    ) -> Repaired {
        let mut whole = Batch { position_encoding: Some(encoding), ..batch.clone() };
        for (index, patches) in repaired {
            if let Some(document) = whole.documents.get_mut(index) {
                document.patches = patches;
            }
        }
        Repaired { indices: (0..whole.documents.len()).collect(), batch: whole }
    }

    /// What was left out, under an id of its own: the batch's own id is taken
    /// by what was applied.
    pub(super) fn left_out(
        batch: &Batch,
        encoding: PositionEncoding,
        repaired: BTreeMap<usize, Vec<Patch>>,
    ) -> Repaired {
        let left: Vec<(usize, Vec<Patch>)> =
            repaired.into_iter().filter(|(_, patches)| !patches.is_empty()).collect();
        let document = |(index, patches): &(usize, Vec<Patch>)| {
            let document = batch.documents.get(*index)?;
            Some(Document { uri: document.uri.clone(), patches: patches.clone(), ..*document })
        };
        Repaired {
            indices: left.iter().map(|(index, _)| *index).collect(),
            batch: Batch {
                batch_id: batch.batch_id.as_ref().map(|id| format!("{id}-rest")),
                label: batch.label.clone(),
                position_encoding: Some(encoding),
                documents: left.iter().filter_map(document).collect(),
                ..*batch
            },
        }
    }

    /// Puts the batch into the outcome, for the texts that the outcome names;
    /// one that is too large is mentioned instead.
    pub(super) fn put_into(mut self, outcome: &mut Outcome, limits: &Limits) {
        if self.batch.documents.is_empty() {
            return;
        }
        for (document, index) in self.batch.documents.iter_mut().zip(self.indices) {
            let Some(now) = outcome.documents.get(index) else { return };
            document.snapshot = now.snapshot;
            document.version = document.version.and(now.version);
        }
        if fits(&self.batch, limits.repaired_batch_bytes) {
            outcome.repaired_batch = Some(Box::new(self.batch));
        } else {
            outcome.warnings.push(format!(
                "every mistake can be repaired; the repaired batch has more than {} bytes and is \
                 given on request",
                limits.repaired_batch_bytes
            ));
        }
    }
}

/// Whether the batch has at most so many bytes of JSON. Writes no more of it.
fn fits(batch: &Batch, limit: usize) -> bool {
    serde_json::to_writer(Room(limit), batch).is_ok()
}

/// So many bytes, and then an error.
struct Room(usize);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::WriteZero)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
