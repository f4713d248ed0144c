//! What is left of documents that the editor closed.

use std::collections::{HashMap, VecDeque};

use ropey::Rope;

use super::change_log::ChangeLog;
use super::document::Followed;
use crate::batch::DocumentKey;
use crate::text::{ContentHash, Revision};

/// How much text of closed documents is kept, those closed last first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptTexts {
    /// At most so many documents.
    pub documents: usize,
    /// At most so many bytes of all of them together.
    pub bytes: usize,
}

impl Default for KeptTexts {
    fn default() -> KeptTexts {
        KeptTexts { documents: 100, bytes: 64 << 20 }
    }
}

/// The documents that were closed: the last of them with their text, the
/// others with just enough to go on counting when they are opened again.
#[derive(Debug)]
pub(super) struct Closed {
    limit: KeptTexts,
    /// The one that was closed last stands last.
    kept: VecDeque<(DocumentKey, Followed)>,
    kept_bytes: usize,
    forgotten: HashMap<DocumentKey, Forgotten>,
}

/// A text that is known only by its hash, so that opening it again unchanged
/// is no step. The hash does not see a byte order mark, the length does.
#[derive(Debug)]
struct Forgotten {
    revision: Revision,
    len: usize,
    hash: ContentHash,
}

impl Closed {
    pub(super) fn new(limit: KeptTexts) -> Closed {
        Closed { limit, kept: VecDeque::new(), kept_bytes: 0, forgotten: HashMap::new() }
    }

    /// Keeps a document, and forgets the text of those that are too much now.
    pub(super) fn keep(&mut self, key: DocumentKey, document: Followed) {
        self.kept_bytes += document.document().snapshot().len_bytes();
        self.kept.push_back((key, document));
        while self.kept.len() > self.limit.documents || self.kept_bytes > self.limit.bytes {
            let Some((key, document)) = self.kept.pop_front() else { return };
            let snapshot = document.document().snapshot();
            let (revision, len) = (snapshot.revision(), snapshot.len_bytes());
            self.kept_bytes -= len;
            let hash = ContentHash::of(snapshot.rope());
            self.forgotten.insert(key, Forgotten { revision, len, hash });
        }
    }

    /// A document whose text was kept.
    pub(super) fn get(&self, key: &DocumentKey) -> Option<&Followed> {
        self.kept.iter().rev().find(|(kept, _)| kept == key).map(|(_, document)| document)
    }

    /// The same, to be changed; its length stays.
    pub(super) fn get_mut(&mut self, key: &DocumentKey) -> Option<&mut Followed> {
        self.kept.iter_mut().rev().find(|(kept, _)| kept == key).map(|(_, document)| document)
    }

    /// Takes out a document whose text was kept.
    pub(super) fn take(&mut self, key: &DocumentKey) -> Option<Followed> {
        let at = self.kept.iter().rposition(|(kept, _)| kept == key)?;
        let (_, document) = self.kept.remove(at)?;
        self.kept_bytes -= document.document().snapshot().len_bytes();
        Some(document)
    }

    /// The revision at which a document opens again with this text, and how it
    /// came to it; `None` if it was never closed.
    pub(super) fn reopen(
        &mut self,
        key: &DocumentKey,
        text: &Rope,
    ) -> Option<(Revision, ChangeLog)> {
        if let Some(document) = self.take(key) {
            return Some(document.followed_by(text));
        }
        let Forgotten { revision, len, hash } = self.forgotten.remove(key)?;
        let same = len == text.len_bytes() && hash == ContentHash::of(text);
        let revision = if same { revision } else { revision.next() };
        Some((revision, ChangeLog::from(revision)))
    }
}
