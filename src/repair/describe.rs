//! A breach put into words, with the place in the text that it concerns.

use crate::batch::{Document, NamedLines, Patch, Violation};
use crate::semantics::Breach;
use crate::text::{Position, PositionEncoding, PositionError, Range, Snapshot};

/// The violation for a breach by one patch of `document`, or by the document
/// as a whole. O(log n) in the text; a stale token is answered with the current
/// one, which is linear.
pub fn describe(
    breach: &Breach,
    patch: Option<usize>,
    document: &Document,
    snapshot: &Snapshot,
    encoding: PositionEncoding,
) -> Violation {
    let told = patch.and_then(|index| document.patches.get(index));
    Violation {
        law: breach.code().law(),
        code: breach.code(),
        uri: document.uri.clone(),
        patch,
        conflicts_with: breach.conflicts_with(),
        range: told.map_or_else(Range::default, |patch| range(patch, snapshot, encoding)),
        message: message(breach, told, snapshot),
    }
}

fn message(breach: &Breach, patch: Option<&Patch>, snapshot: &Snapshot) -> String {
    let subject = patch.map_or_else(|| "the document".to_owned(), subject);
    match breach {
        Breach::OtherText { expected } => format!(
            "the document is not the one the batch was written for: the batch names {expected}, \
             the text is {}",
            snapshot.token()
        ),
        Breach::OtherVersion { expected, found: Some(found) } => format!(
            "the document is not the one the batch was written for: the batch names version \
             {expected}, the document is at version {found}"
        ),
        Breach::OtherVersion { expected, found: None } => format!(
            "the batch names version {expected}, but the document is not open in an editor and \
             has no version; name its text by `snapshot` instead"
        ),
        Breach::LineOutOfRange => {
            format!(
                "the patch names {subject}, and the document has {}",
                lines(snapshot.line_count())
            )
        }
        Breach::InsertOutOfBounds => {
            let append = snapshot.line_count() + 1;
            format!(
                "{subject} is outside [1, {append}]: an insert goes before the line that it \
                 names, and {append} appends"
            )
        }
        Breach::PositionOutOfRange { lines: count } => format!(
            "{subject} reaches past the end of the document, which has {}, counted from 0",
            lines(*count)
        ),
        Breach::PositionInsideCharacter { starts_at } => {
            let found = snapshot.rope().get_byte_slice(*starts_at..).and_then(|s| s.get_char(0));
            format!("{subject} cuts the character U+{:04X} in two", found.map_or(0, u32::from))
        }
        Breach::ExpectMismatch => format!("`expect` differs from {subject}"),
        Breach::LineNamedTwice { with } => {
            let one_of = if subject.starts_with("lines") { "one of " } else { "" };
            format!("patch {with} names {one_of}{subject} too, and a line may be named once")
        }
        Breach::Overlapping { with } => {
            format!("patch {with} changes text that this one touches too, at {subject}")
        }
        Breach::InsertsAtOneOffset { with } => format!(
            "patch {with} inserts at the same place, {subject}, and nothing says which goes first"
        ),
        Breach::TooLarge { bytes, limit } if snapshot.len_bytes() == *bytes => {
            format!("the document has {bytes} bytes, and the limit is {limit}")
        }
        Breach::TooLarge { bytes, limit } => {
            format!("the batch would make {bytes} bytes of the document, and the limit is {limit}")
        }
    }
}

/// What the patch names, as its author counts.
fn subject(patch: &Patch) -> String {
    let named = |lines: &NamedLines| match (lines.first(), lines.last()) {
        (first, last) if first == last => format!("line {first}"),
        (first, last) => format!("lines {first} to {last}"),
    };
    match patch {
        Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => named(lines),
        Patch::Insert { line, .. } => format!("line {line}"),
        Patch::Edit { range: Range { start, end }, .. } => {
            let place = |position: &Position| format!("{}:{}", position.line, position.character);
            format!("range {} to {}", place(start), place(end))
        }
    }
}

fn lines(count: usize) -> String {
    match count {
        0 => "no lines".to_owned(),
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

/// What the patch names, as a range inside the text.
fn range(patch: &Patch, snapshot: &Snapshot, encoding: PositionEncoding) -> Range {
    let end = snapshot.len_bytes();
    let start_of = |number: usize| match snapshot.line(number) {
        Some(line) => line.start,
        None if number == 0 => snapshot.bom_len(),
        None => end,
    };
    let named = |lines: &NamedLines| {
        let start = start_of(lines.first());
        let last = snapshot.line(lines.last());
        start..last.map_or_else(|| start_of(lines.last()), |line| line.content_end)
    };
    let nearest = |position| match snapshot.offset_of(position, encoding) {
        Ok(offset) => offset,
        Err(PositionError::PastTheEnd { .. }) => end,
        Err(PositionError::InsideCharacter { starts_at }) => starts_at,
    };
    let span = match patch {
        Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => named(lines),
        Patch::Insert { line, .. } => start_of(*line as usize)..start_of(*line as usize),
        Patch::Edit { range, .. } => nearest(range.start)..nearest(range.end),
    };
    snapshot.range_of(span, encoding)
}
