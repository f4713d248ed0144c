//! What a batch did to a document, and what takes it back.

use std::ops::Range;
use std::sync::Arc;

use ropey::Rope;

use super::change_log::Since;
use super::differing::common_head;
use super::edited::Splice;
use crate::batch::{Code, Violation};
use crate::change::{Bias, ChangeSet};
use crate::executor::Staged;
use crate::repair::numbered_lines;
use crate::text::{ContentHash, PositionEncoding, Revision, Snapshot};

/// How many lines of each text a conflict shows.
const MOST_LINES: usize = 20;

/// What a batch did to a document.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) staged: Staged,
    /// The text from before, as the editor showed it.
    pub(super) shown: Rope,
    /// The text that it made.
    pub(super) after: Rope,
    /// Where that was seen in the editor: its revision.
    pub(super) revision: Option<Revision>,
}

/// All that is needed to take that back, and to see that somebody else did.
#[derive(Clone, Debug)]
pub(super) struct Inverse {
    /// What leads from the text after to the one before.
    pub(super) changes: Arc<ChangeSet>,
    pub(super) before: Fingerprint,
    pub(super) after: Fingerprint,
    /// The revision of the text after, where it was seen in the editor.
    pub(super) revision: Option<Revision>,
}

/// What a text is recognised by. The hash does not see a byte order mark, the
/// length does. Most others are told from it by their length, or by one byte:
/// where the texts before and after a batch begin to differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    len: usize,
    at: usize,
    there: Option<u8>,
    hash: ContentHash,
}

/// Why something cannot be taken back.
pub(super) enum Conflict {
    /// Nobody knows how the document came to its text.
    Unknown,
    /// These bytes were changed again: in the text as it was left, and now.
    Touched { was: Rope, spans: Vec<(Range<usize>, Range<usize>)> },
}

impl Fingerprint {
    /// Of a text that differs from others at byte `at`. Linear in the text.
    fn of(text: &Rope, at: usize) -> Fingerprint {
        let (len, there) = (text.len_bytes(), text.get_byte(at));
        Fingerprint { len, at, there, hash: ContentHash::of(text) }
    }

    /// Whether it is that of this text. Linear in a text that may be the one.
    fn is_of(&self, text: &Rope) -> bool {
        self.is_of_hashed(text, || ContentHash::of(text))
    }

    /// The same, for a text whose hash is only made if it is asked for.
    pub(super) fn is_of_hashed(&self, text: &Rope, hash: impl FnOnce() -> ContentHash) -> bool {
        self.len == text.len_bytes() && self.there == text.get_byte(self.at) && self.hash == hash()
    }

    /// The text's bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}

impl Made {
    /// Linear in the texts, whose fingerprints are made.
    pub(super) fn inverse(&self) -> Option<Inverse> {
        let Made { staged, shown, after, revision } = self;
        let is_exact = staged.before().rope() == shown && staged.after().rope() == after;
        let changes = if is_exact {
            staged.changes().invert(shown).ok()?
        } else {
            // The editor has line ends of its own, so that no single change is
            // where it was asked for.
            match Splice::between(after, shown) {
                Some(back) => back.changes(after, shown)?,
                None => ChangeSet::identity(after.len_bytes()),
            }
        };
        let first = changes.ascending().next().map_or(after.len_bytes(), |it| it.span.start);
        let at = common_head(shown, after, first);
        Some(Inverse {
            changes: Arc::new(changes),
            before: Fingerprint::of(shown, at),
            after: Fingerprint::of(after, at),
            revision: *revision,
        })
    }
}

impl Inverse {
    /// What takes the batch back in `now`; the set is empty where somebody did
    /// that already.
    ///
    /// # Errors
    ///
    /// Why that is not certain.
    pub(super) fn for_text(
        &self,
        now: &Rope,
        since: Option<&(Since, Rope)>,
    ) -> Result<ChangeSet, Conflict> {
        if self.after.is_of(now) {
            return Ok((*self.changes).clone());
        }
        if self.before.is_of(now) {
            return Ok(ChangeSet::identity(now.len_bytes()));
        }
        let known = since.filter(|(_, led_to)| led_to == now).and_then(|(since, _)| since.to(now));
        let Some((was, changes)) = known.filter(|(was, _)| self.after.is_of(was)) else {
            return Err(Conflict::Unknown);
        };
        // Both without what they only put back, so that what somebody took back
        // by hand is seen to be the same.
        let changes = changes.reduced(&was).unwrap_or(changes);
        let inverse = self.changes.reduced(&was).unwrap_or_else(|_| (*self.changes).clone());
        inverse.carried_over(&changes, &was, now).map_err(|spans| {
            let spans = spans.into_iter();
            let touched = spans.map(|span| {
                let (start, end) = (span.start, span.end);
                let now = changes.map_position(start, Bias::Before)
                    ..changes.map_position(end, Bias::After);
                (span, now)
            });
            Conflict::Touched { was, spans: touched.collect() }
        })
    }
}

impl Conflict {
    /// The same in words, for a document whose text is `now`.
    pub(super) fn violation(
        self,
        uri: &str,
        now: &Snapshot,
        encoding: PositionEncoding,
    ) -> Violation {
        let code = Code::UndoConflict;
        let mut violation = Violation::of_document(code, uri, String::new());
        match self {
            Conflict::Unknown => {
                "the text is not the one that the batch left, and how it came to be is not known"
                    .clone_into(&mut violation.message);
            }
            Conflict::Touched { was, spans } => {
                let was = Snapshot::new(was, now.revision(), None);
                let lines = |at: usize| was.rope().try_byte_to_line(at).unwrap_or_default() + 1;
                let mut numbers: Vec<String> =
                    spans.iter().map(|(span, _)| lines(span.start).to_string()).collect();
                numbers.dedup();
                numbers.truncate(10);
                violation.message = format!(
                    "what the batch made of line{} {} was changed again since, and cannot be taken \
                     back alone",
                    if numbers.len() == 1 { "" } else { "s" },
                    numbers.join(", ")
                );
                let first = spans.first().map(|(_, now)| now.clone()).unwrap_or_default();
                violation.range = now.range_of(first, encoding);
                violation.was =
                    spans.iter().flat_map(|(span, _)| numbered_lines(&was, span.clone())).collect();
                violation.actual =
                    spans.iter().flat_map(|(_, span)| numbered_lines(now, span.clone())).collect();
                for lines in [&mut violation.was, &mut violation.actual] {
                    lines.dedup();
                    lines.truncate(MOST_LINES);
                }
            }
        }
        violation
    }
}
