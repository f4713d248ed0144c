//! What is wrong on one document.

use std::ops::Range;
use std::sync::Arc;

use super::{Diagnostic, Origin, Related, Reported};
use crate::batch::{Code, Patch, Violation};
use crate::change::Bias;
use crate::repair::Subject;
use crate::text::{PositionEncoding, Snapshot};

/// What is wrong on one document: never nothing. All of it comes from one
/// batch.
#[derive(Debug)]
pub(super) struct List {
    /// Higher than that of every list before.
    pub(super) number: u64,
    /// The document, as the client spells it.
    pub(super) uri: Arc<str>,
    /// Its index in the batch.
    pub(super) document: usize,
    pub(super) origin: Arc<Origin>,
    pub(super) entries: Vec<Entry>,
}

/// One thing that is wrong.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its place in the list as it was reported.
    pub(super) index: usize,
    /// The bytes that it concerns.
    pub(super) span: Range<usize>,
    code: Code,
    message: String,
    /// The patch, where it does not concern the document as a whole.
    pub(super) patch: Option<usize>,
    /// The other patch of a conflict, and the bytes that it names.
    conflict: Option<(usize, Range<usize>)>,
}

impl List {
    /// See [`Diagnostics::text_changed`](super::Diagnostics::text_changed).
    pub(super) fn text_changed(&mut self, changed: &Range<usize>, new_len: usize) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| !touches(changed, &entry.span));
        let mut is_changed = self.entries.len() < before;
        for entry in &mut self.entries {
            // What concerns the document as a whole stays at its start.
            if entry.patch.is_some() {
                is_changed |= shift(&mut entry.span, changed, new_len);
            }
            if let Some((_, span)) = &mut entry.conflict {
                if touches(changed, span) {
                    entry.conflict = None;
                    is_changed = true;
                } else {
                    is_changed |= shift(span, changed, new_len);
                }
            }
        }
        is_changed
    }

    /// All of it, for the text as it is now.
    pub(super) fn told(&self, snapshot: &Snapshot, encoding: PositionEncoding) -> Vec<Diagnostic> {
        let range = |span: &Range<usize>| snapshot.range_of(visible(snapshot, span), encoding);
        let told = |entry: &Entry| Diagnostic {
            id: self.id(entry),
            range: range(&entry.span),
            code: entry.code,
            message: entry.message.clone(),
            related: entry.conflict.as_ref().map(|(patch, span)| Related {
                uri: self.uri.clone(),
                range: range(span),
                message: format!("patches[{patch}], which it is in conflict with"),
            }),
        };
        self.entries.iter().map(told).collect()
    }

    pub(super) fn id(&self, entry: &Entry) -> String {
        format!("{}.{}", self.number, entry.index)
    }

    /// Whether the batch can be sent without the patch that this is about.
    pub(super) fn can_do_without(&self, entry: &Entry) -> bool {
        entry.patch.is_some() && self.origin.has_others()
    }
}

impl Entry {
    /// `subject` is the document beside the text that the violation's range
    /// counts in.
    pub(super) fn new(
        index: usize,
        violation: &Violation,
        subject: &Subject<'_>,
        text: &Reported<'_>,
    ) -> Entry {
        let (start, end) = (violation.range.start, violation.range.end);
        let span = subject.nearest(start)..subject.nearest(end);
        let conflict = violation.conflicts_with.and_then(|other| {
            let patch = subject.document.patches.get(other)?;
            Some((other, place(patch, subject, text)))
        });
        Entry {
            index,
            span,
            code: violation.code,
            message: violation.message.clone(),
            patch: violation.patch,
            conflict,
        }
    }
}

/// The bytes that a patch names, in the text as it is now: a patch that was
/// applied names what it made.
fn place(patch: &Patch, subject: &Subject<'_>, text: &Reported<'_>) -> Range<usize> {
    let Some(applied) = text.applied else { return subject.span(patch) };
    let before = Subject { snapshot: applied.before(), ..*subject };
    let span = before.span(patch);
    let mapped = |byte, bias| applied.changes().map_position(byte, bias);
    let start = mapped(span.start, Bias::Before);
    start..mapped(span.end, Bias::After).max(start)
}

/// Whether a change of the bytes `changed` is one of the text at `span`. One
/// that ends where the span begins is not: a line that is inserted or deleted
/// above does that.
fn touches(changed: &Range<usize>, span: &Range<usize>) -> bool {
    changed.start <= span.end && changed.end > span.start
}

/// Moves a span that is not touched.
fn shift(span: &mut Range<usize>, changed: &Range<usize>, new_len: usize) -> bool {
    if changed.end > span.start || changed.len() == new_len {
        return false;
    }
    let moved = |byte: usize| byte - changed.len() + new_len;
    *span = moved(span.start)..moved(span.end);
    true
}

/// At least one character, of the span's own line, because not every client
/// shows an empty range.
pub(super) fn visible(snapshot: &Snapshot, span: &Range<usize>) -> Range<usize> {
    let rope = snapshot.rope();
    let at = span.start.min(rope.len_bytes());
    if !span.is_empty() {
        return span.clone();
    }
    let index = rope.byte_to_char(at);
    let is_text = |c: char| !matches!(c, '\n' | '\r');
    let of = |index: usize| rope.get_char(index).filter(|c| is_text(*c)).map(char::len_utf8);
    match (of(index), index.checked_sub(1).and_then(of)) {
        (Some(after), _) => at..at + after,
        (None, Some(before)) => at - before..at,
        (None, None) => at..at,
    }
}
