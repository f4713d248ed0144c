//! Where in the text the lines stand that a patch expects.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use memchr::memmem;

use super::subject::{expect_of, lines_of};
use crate::batch::{Expect, Patch};
use crate::semantics::lines_match;
use crate::text::{Snapshot, lines};

/// How often a first line that is found may lead to a comparison of the rest.
const COMPARISONS: usize = 1_000_000;

/// How many bytes are looked through for the texts that edits expect.
const BYTES: usize = 1 << 30;

/// At how many places the text stands that a patch expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nowhere,
    Once(Place),
    Several,
}

/// Where a patch could go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A one-based line.
    Line(usize),
    /// Bytes of the text, `whole` unless they are cut out of a longer word.
    Bytes { start: usize, end: usize, whole: bool },
}

/// Looks for what the patches expect, of those that do; each goes with a number
/// to know it by. One pass over the text for all line patches, and one more for
/// each edit; a patch for which that would be too much is missing in the answer.
pub(super) fn search<'a>(
    snapshot: &Snapshot,
    patches: impl IntoIterator<Item = (usize, &'a Patch)>,
) -> BTreeMap<usize, Found> {
    let mut line_patches = Vec::new();
    let mut edits = Vec::new();
    for (index, patch) in patches {
        match patch {
            // Blanks inside lines are everywhere and tell nothing.
            Patch::Edit { expect: Some(expect), .. } if expect.trim().is_empty() => {}
            Patch::Edit { expect: Some(expect), .. } => edits.push((index, expect.as_str())),
            patch => line_patches.extend(Sought::of(index, patch)),
        }
    }
    let mut found = search_lines(snapshot, line_patches);
    found.extend(search_texts(snapshot, &edits));
    found
}

/// The lines that one patch expects.
struct Sought<'a> {
    patch: usize,
    expect: &'a Expect,
    count: usize,
    /// Whether the patch could go behind the last line.
    is_insert: bool,
    found: Found,
}

impl<'a> Sought<'a> {
    fn of(patch: usize, told: &'a Patch) -> Option<Sought<'a>> {
        let expect = expect_of(told)?;
        let count = match expect {
            Expect::Lines(text) => lines(text).count(),
            Expect::Ends { .. } => lines_of(told)?.count(),
        };
        let is_insert = matches!(told, Patch::Insert { .. });
        Some(Sought { patch, expect, count, is_insert, found: Found::Nowhere })
    }

    fn first_line(&self) -> &'a str {
        let (Expect::Lines(text) | Expect::Ends { first: text, .. }) = self.expect;
        lines(text).next().unwrap_or_default()
    }

    fn add(&mut self, line: usize) {
        self.found = match self.found {
            Found::Nowhere => Found::Once(Place::Line(line)),
            _ => Found::Several,
        };
    }
}

fn search_lines(snapshot: &Snapshot, mut sought: Vec<Sought<'_>>) -> BTreeMap<usize, Found> {
    let mut by_first_line: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, sought) in sought.iter().enumerate() {
        by_first_line.entry(sought.first_line()).or_default().push(at);
    }
    let mut comparisons = 0;
    let all = if sought.is_empty() { 0 } else { snapshot.line_count() };
    for (number, line) in (1..=all).zip(snapshot.rope().lines()) {
        let line = Cow::from(line);
        let content = line.trim_end_matches(['\n', '\r']);
        let content = if number == 1 { content.trim_start_matches('\u{feff}') } else { content };
        let Some(candidates) = by_first_line.get_mut(content) else { continue };
        comparisons += candidates.len();
        if comparisons > COMPARISONS {
            return BTreeMap::new();
        }
        candidates.retain(|at| {
            let sought = &mut sought[*at];
            if lines_match(snapshot, number..=number + sought.count - 1, sought.expect) {
                sought.add(number);
            }
            sought.found != Found::Several
        });
    }
    let end = snapshot.line_count() + 1;
    for sought in sought.iter_mut().filter(|sought| sought.is_insert) {
        if lines_match(snapshot, end..=end, sought.expect) {
            sought.add(end);
        }
    }
    sought.iter().map(|sought| (sought.patch, sought.found)).collect()
}

fn search_texts(snapshot: &Snapshot, sought: &[(usize, &str)]) -> BTreeMap<usize, Found> {
    if sought.is_empty() {
        return BTreeMap::new();
    }
    let text = LfText::of(snapshot);
    let affordable = BYTES / text.text.len().max(1);
    let each = sought.iter().take(affordable);
    each.map(|(patch, expect)| (*patch, text.find(&with_lf(expect).0))).collect()
}

/// A text in which every terminator is `\n`.
struct LfText {
    text: String,
    /// Where in `text` a `\r` is missing that stood before a `\n`.
    without_cr: Vec<usize>,
    /// How much of a byte order mark was left out.
    bom_len: usize,
}

impl LfText {
    fn of(snapshot: &Snapshot) -> LfText {
        let text = snapshot.rope().to_string();
        let bom_len = snapshot.bom_len();
        let (text, without_cr) = with_lf(&text[bom_len..]);
        LfText { text: text.into_owned(), without_cr, bom_len }
    }

    fn find(&self, sought: &str) -> Found {
        let finder = memmem::Finder::new(sought);
        let first = finder.find(self.text.as_bytes());
        let Some(start) = first else { return Found::Nowhere };
        // One byte on, and not behind the first: they may overlap.
        if finder.find(&self.text.as_bytes()[start + 1..]).is_some() {
            return Found::Several;
        }
        let end = start + sought.len();
        Found::Once(Place::Bytes {
            start: self.original(start),
            end: self.original(end),
            whole: !(self.inside_word(start) || self.inside_word(end)),
        })
    }

    fn original(&self, offset: usize) -> usize {
        self.bom_len + offset + self.without_cr.partition_point(|at| *at < offset)
    }

    fn inside_word(&self, offset: usize) -> bool {
        let (before, after) = self.text.split_at(offset);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        before.ends_with(is_part) && after.starts_with(is_part)
    }
}

/// The text with `\n` for every terminator, and where in it a `\r` is missing.
fn with_lf(text: &str) -> (Cow<'_, str>, Vec<usize>) {
    if !text.contains('\r') {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut out = String::with_capacity(text.len());
    let mut without_cr = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => without_cr.push(out.len()),
            '\r' => out.push('\n'),
            c => out.push(c),
        }
    }
    (Cow::Owned(out), without_cr)
}
