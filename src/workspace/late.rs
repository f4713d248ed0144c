//! Edits that the editor makes when nobody waits for them any more.

use super::pending::{Awaited, Confirmed, Pending};
use super::same_text::Agreement;
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
        if self.takes_in_late(&pending) {
            return None;
        }
        Some(self.record_late(key, &pending))
    }

    /// Whether one that was looked out for has arrived while another edit of the
    /// document was under way: its text is the one that stands there now.
    pub(super) fn arrived_meanwhile(&mut self, key: &DocumentKey, late: Pending) -> Option<Effect> {
        let now = self.document_of(key)?.snapshot().clone();
        if now.rope() != late.staged.after().rope() {
            return None;
        }
        let confirmed = Confirmed { snapshot: now, agreement: Agreement::Exact };
        Some(self.record_late(key, &late.confirmed_by(confirmed)))
    }

    fn record_late(&mut self, key: &DocumentKey, late: &Pending) -> Effect {
        let id = late.batch.batch_id.as_deref().unwrap_or_default();
        let uri = late.batch.documents.get(late.document).map_or("", |it| it.uri.as_str());
        let message = format!(
            "{uri}: the editor applied batch `{id}` when nobody waited for it any more; \
             `batchpatch.undo` with this id takes it back"
        );
        self.history.arrived(key, late);
        Effect::Warn(message)
    }
}
