//! From patches to claims.

use super::claim::Action;
use super::{Breach, Claim, Named, NewText, document_end, expect};
use crate::batch::{Expect, NamedLines, Patch};
use crate::invariants;
use crate::text::{
    LineSpan, Position, PositionEncoding, PositionError, Range, Snapshot, Terminator,
};

/// What the patches of one document mean, and which of them mean nothing.
#[derive(Debug)]
pub struct Resolved<'b> {
    claims: Vec<Claim<'b>>,
    breaches: Vec<(usize, Breach)>,
}

impl<'b> Resolved<'b> {
    /// The claims of the patches that obey laws 1 and 4, and the breaches of
    /// those that do not; both with their patch's index and in no order.
    pub fn into_parts(self) -> (Vec<Claim<'b>>, Vec<(usize, Breach)>) {
        (self.claims, self.breaches)
    }
}

/// Says what each patch means on `snapshot`. `patches` go with their index;
/// one that is missing takes no part.
///
/// O(p log n) for p patches and a text of n bytes, and linear in what `expect`
/// is compared with.
pub fn resolve<'b>(
    snapshot: &Snapshot,
    patches: impl IntoIterator<Item = (usize, &'b Patch)>,
    encoding: PositionEncoding,
) -> Resolved<'b> {
    let mut patches: Vec<(usize, &Patch)> = patches.into_iter().collect();
    // In whatever order they are listed, the text is read from its start to
    // its end: that is kinder to caches, and leaves less to sort later.
    patches.sort_unstable_by_key(|(index, patch)| (first_line(patch), *index));
    let mut claims = Vec::with_capacity(patches.len());
    let mut breaches = Vec::new();
    for (index, patch) in patches {
        match claim(snapshot, index, patch, encoding) {
            Ok(claim) => claims.push(claim),
            Err(breach) => breaches.push((index, breach)),
        }
    }
    document_end::settle(snapshot, &mut claims);
    Resolved { claims, breaches }
}

/// About where the patch begins: good enough to read the text in order.
fn first_line(patch: &Patch) -> usize {
    match patch {
        Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => lines.first(),
        Patch::Insert { line, .. } => *line as usize,
        Patch::Edit { range, .. } => range.start.line as usize + 1,
    }
}

fn claim<'b>(
    snapshot: &Snapshot,
    index: usize,
    patch: &'b Patch,
    encoding: PositionEncoding,
) -> Result<Claim<'b>, Breach> {
    match patch {
        Patch::Replace { lines, text, expect } => {
            let claim = replace(snapshot, index, *lines, text)?;
            guard(snapshot, claim, expect.as_ref())
        }
        Patch::Insert { line, text, expect } => {
            let claim = insert(snapshot, index, *line as usize, text)?;
            guard(snapshot, claim, expect.as_ref())
        }
        Patch::Delete { lines, expect } => {
            let claim = delete(snapshot, index, *lines)?;
            guard(snapshot, claim, expect.as_ref())
        }
        Patch::Edit { range, new_text, expect } => {
            edit(snapshot, index, *range, new_text, expect.as_deref(), encoding)
        }
    }
}

/// Checks the `expect` of a line patch.
fn guard<'b>(
    snapshot: &Snapshot,
    claim: Claim<'b>,
    expect: Option<&Expect>,
) -> Result<Claim<'b>, Breach> {
    match (expect, claim.lines) {
        (Some(expect), Some(named))
            if !expect::lines_match(snapshot, named.first..=named.last, expect) =>
        {
            Err(Breach::ExpectMismatch)
        }
        _ => Ok(claim),
    }
}

/// The lines without the last one's terminator: it stays, or stays missing.
fn replace<'b>(
    snapshot: &Snapshot,
    patch: usize,
    named: NamedLines,
    text: &'b str,
) -> Result<Claim<'b>, Breach> {
    let (first, last) = in_document(snapshot, named)?;
    let between = first.terminator.or_else(|| snapshot.default_terminator());
    Ok(Claim {
        patch,
        span: first.start..last.content_end,
        lines: Some(Named { first: named.first(), last: named.last(), action: Action::Replace }),
        text: NewText::Lines { text, lead: Terminator::None, between, tail: Terminator::None },
    })
}

/// Empty, at the start of the line; one past the last line, at the end.
fn insert<'b>(
    snapshot: &Snapshot,
    patch: usize,
    line: usize,
    text: &'b str,
) -> Result<Claim<'b>, Breach> {
    let count = snapshot.line_count();
    if !invariants::insert_in_bounds(line, count) {
        return Err(Breach::InsertOutOfBounds);
    }
    let (at, text) = match snapshot.line(line) {
        Some(before) => {
            let terminator = before.terminator.or_else(|| snapshot.default_terminator());
            (before.start, whole_lines(text, terminator))
        }
        // An empty document has no terminator to give: the text brings its own.
        None if count == 0 && text.is_empty() => (snapshot.len_bytes(), NewText::Verbatim("\n")),
        None if count == 0 => (snapshot.len_bytes(), NewText::Verbatim(text)),
        None => (snapshot.len_bytes(), whole_lines(text, snapshot.default_terminator())),
    };
    let named = Named { first: line, last: line, action: Action::Insert };
    Ok(Claim { patch, span: at..at, lines: Some(named), text })
}

fn whole_lines(text: &str, terminator: Terminator) -> NewText<'_> {
    NewText::Lines { text, lead: Terminator::None, between: terminator, tail: terminator }
}

/// The lines with their terminators.
fn delete<'b>(snapshot: &Snapshot, patch: usize, named: NamedLines) -> Result<Claim<'b>, Breach> {
    let (first, last) = in_document(snapshot, named)?;
    Ok(Claim {
        patch,
        span: first.start..last.end,
        lines: Some(Named { first: named.first(), last: named.last(), action: Action::Delete }),
        text: NewText::Verbatim(""),
    })
}

/// The range that an LSP `TextEdit` names.
fn edit<'b>(
    snapshot: &Snapshot,
    patch: usize,
    range: Range,
    new_text: &'b str,
    expect: Option<&str>,
    encoding: PositionEncoding,
) -> Result<Claim<'b>, Breach> {
    let offset_of = |position: Position| {
        snapshot.offset_of(position, encoding).map_err(|error| match error {
            PositionError::PastTheEnd { lines } => Breach::PositionOutOfRange { lines },
            PositionError::InsideCharacter { starts_at } => {
                Breach::PositionInsideCharacter { starts_at }
            }
        })
    };
    let span = offset_of(range.start)?..offset_of(range.end)?;
    if expect.is_some_and(|expect| !expect::range_matches(snapshot, span.clone(), expect)) {
        return Err(Breach::ExpectMismatch);
    }
    Ok(Claim { patch, span, lines: None, text: NewText::Verbatim(new_text) })
}

/// Law 1: where the first and the last of the named lines are.
fn in_document(snapshot: &Snapshot, named: NamedLines) -> Result<(LineSpan, LineSpan), Breach> {
    if !invariants::lines_in_document(named.first(), named.last(), snapshot.line_count()) {
        return Err(Breach::LineOutOfRange);
    }
    let first = snapshot.line(named.first()).ok_or(Breach::LineOutOfRange)?;
    if named.first() == named.last() {
        return Ok((first, first));
    }
    let last = snapshot.line(named.last()).ok_or(Breach::LineOutOfRange)?;
    Ok((first, last))
}
