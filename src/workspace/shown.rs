//! What is wrong with batches, shown on the documents as they are now.

use std::sync::Arc;

use super::differing::differing;
use super::edited::Splice;
use super::{Conclusion, Diagnostics, Effect, Reported, ReportedText, Workspace};
use crate::batch::DocumentKey;

impl Workspace {
    /// What is wrong with batches on the documents that the editor has open.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// A batch has ended, and its violations are in words.
    pub(super) fn conclude(&mut self, conclusion: Conclusion) -> Vec<Effect> {
        let Conclusion { outcome, ticket, digest, entry, batch, encoding, texts, .. } = conclusion;
        let texts = texts.iter().map(|text| {
            let ReportedText { key, snapshot, applied } = text.as_ref()?;
            let uri = self.document_of(key)?.shared_uri();
            let (key, snapshot) = (key.clone(), snapshot.clone());
            Some(Reported { key, uri, snapshot, applied: applied.as_ref() })
        });
        let texts: Vec<_> = texts.collect();
        let changed = self.diagnostics.report(&batch, &outcome, &texts, encoding);
        // The user may have typed since.
        let shown = texts.iter().flatten().filter(|text| self.diagnostics.is_about(&text.key));
        let shown: Vec<_> = shown.collect();
        for text in shown {
            let Some(now) = self.document_of(&text.key) else { continue };
            if let Some((span, new)) = differing(text.snapshot.rope(), now.snapshot().rope()) {
                self.diagnostics.text_changed(&text.key, span, new.len());
            }
        }
        let mut effects: Vec<Effect> =
            changed.into_iter().filter_map(|key| self.diagnose(key)).collect();
        if let Some(entry) = entry {
            self.remember(entry);
        }
        let id = batch.batch_id.as_deref().unwrap_or_default();
        let outcome = Arc::new(outcome);
        for ticket in self.receipts.end(ticket, id, digest, &outcome) {
            effects.push(Effect::Replay { ticket, outcome: Arc::clone(&outcome) });
        }
        effects
    }

    pub(super) fn clear_diagnostics(
        &mut self,
        key: Option<&DocumentKey>,
        batch_id: Option<&str>,
        patch: Option<usize>,
    ) -> Vec<Effect> {
        let changed = self.diagnostics.clear(key, batch_id, patch);
        changed.into_iter().filter_map(|key| self.diagnose(key)).collect()
    }

    /// A document's text was changed in these places, one after the other.
    pub(super) fn move_diagnostics(
        &mut self,
        key: &DocumentKey,
        splices: &[Splice],
    ) -> Option<Effect> {
        if !self.diagnostics.is_about(key) {
            return None;
        }
        let mut is_changed = false;
        for splice in splices {
            is_changed |= self.diagnostics.text_changed(key, splice.span(), splice.new_len);
        }
        if is_changed { self.diagnose(key.clone()) } else { None }
    }

    pub(super) fn diagnose(&self, key: DocumentKey) -> Option<Effect> {
        let uri = self.document_of(&key)?.shared_uri();
        Some(Effect::Diagnose { key, uri })
    }
}
