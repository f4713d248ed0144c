//! Edits that the editor makes when nobody waits for them any more.

use super::pending::{Awaited, Pending};
use super::{Effect, Workspace};
use crate::batch::DocumentKey;

/// For how many documents such an edit is looked out for.
const MOST_LATE: usize = 100;

impl Workspace {
    /// The time of an edit is over, and the editor may still make it in this
    /// document.
    pub(super) fn look_out_for(&mut self, key: DocumentKey, mut pending: Pending) {
        let late = self.pending.iter().filter(|(_, it)| it.is_late());
        if late.clone().count() >= MOST_LATE
            && let Some(oldest) = late.min_by_key(|(_, it)| it.ticket).map(|(key, _)| key.clone())
        {
            self.pending.remove(&oldest);
        }
        pending.awaited = Awaited::Late;
        pending.lost_track();
        self.pending.insert(key, pending);
    }

    /// Whether a late edit has arrived in a document. Once its batch has ended
    /// it is not taken back: whoever sent it was told otherwise, and has to say
    /// what they want now.
    pub(super) fn arrived_late(&mut self, key: &DocumentKey) -> Option<Effect> {
        self.pending.get(key).filter(|pending| pending.is_late() && pending.is_confirmed())?;
        let pending = self.pending.remove(key)?;
        if self.is_half_done(&pending) {
            return None;
        }
        let batch = pending.batch.clone();
        let id = batch.batch_id.clone().unwrap_or_default();
        let uri = batch.documents.get(pending.document).map_or("", |it| it.uri.as_str());
        let message = format!(
            "{uri}: the editor applied batch `{id}` when nobody waited for it any more; \
             `batchpatch.undo` with this id takes it back"
        );
        self.history.arrived(key, &pending);
        Some(Effect::Warn(message))
    }
}
