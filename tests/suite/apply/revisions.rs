//! Law 6, as somebody sees it who is given every state of a document.

use std::collections::HashMap;

use batchpatch::batch::DocumentKey;
use batchpatch::text::Snapshot;

#[derive(Debug, Default)]
pub(super) struct Revisions {
    last: HashMap<DocumentKey, (u64, String)>,
    texts: HashMap<(DocumentKey, u64), String>,
}

impl Revisions {
    /// Every change of the text is one step. While an edit is under way, the
    /// text may change and the revision not; the step is taken at its end.
    pub(super) fn publish(&mut self, key: &DocumentKey, snapshot: &Snapshot, is_sent: bool) {
        let (revision, text) = (snapshot.revision().number(), snapshot.rope().to_string());
        if let Some((before, text_before)) = self.last.get(key) {
            let most = if is_sent { 2 } else { 1 };
            assert!(revision >= *before && revision <= before + most, "v{before} to v{revision}");
            if !is_sent && text == *text_before {
                assert!(revision <= before + 1, "v{before} to v{revision} without a change");
            }
        }
        if !is_sent {
            let first = self.texts.entry((key.clone(), revision)).or_insert_with(|| text.clone());
            assert_eq!(*first, text, "two texts are v{revision}");
        }
        self.last.insert(key.clone(), (revision, text));
    }

    /// What changes a document that is closed is not published.
    pub(super) fn withdraw(&mut self, key: &DocumentKey) {
        self.last.remove(key);
    }
}
