//! What a patch expects, beside what is really there.

use super::subject::{Subject, expect_of, lines_of};
use crate::batch::{Expect, Patch};
use crate::text::{from_lines, lines};

/// How much of a line a message quotes.
const EXCERPT: usize = 60;

/// How much longer than what is expected a range may be to be compared with it.
const MUCH_LONGER: usize = 4096;

/// How a difference ends that is none but blanks.
pub(super) const BLANKS_ONLY: &str = ", which differs in blanks only";

/// The lines that a patch expects, each beside the one that stands in its
/// place.
#[derive(Debug)]
pub(super) struct Comparison {
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    /// The one-based line; `None` where a range is compared.
    line: Option<usize>,
    expected: String,
    actual: String,
}

impl Pair {
    /// The part of the expected or the actual line around the character where
    /// they begin to differ, quoted.
    fn excerpt(&self, line: &str, differs_at: usize) -> String {
        let count = line.chars().count();
        if count == 0 {
            let nothing = if self.line.is_some() { "a blank line" } else { "nothing" };
            return nothing.to_owned();
        }
        let from = match differs_at.saturating_sub(EXCERPT / 2) {
            _ if count <= EXCERPT => 0,
            from => from.min(count - EXCERPT),
        };
        let shown: String = line.chars().skip(from).take(EXCERPT).collect();
        let before = if from > 0 { "…" } else { "" };
        let after = if from + EXCERPT < count { "…" } else { "" };
        format!("{before}{shown:?}{after}")
    }
}

impl Comparison {
    /// `None` if the patch expects nothing, or another number of lines than it
    /// names, or if it names what is not there.
    pub(super) fn of(subject: &Subject<'_>, patch: &Patch) -> Option<Comparison> {
        if let Patch::Edit { expect, .. } = patch {
            return Comparison::of_range(subject, patch, expect.as_deref()?);
        }
        let named = lines_of(patch)?;
        let expected: Vec<(usize, &str)> = match expect_of(patch)? {
            Expect::Lines(text) if lines(text).count() != named.clone().count() => return None,
            Expect::Lines(text) => named.zip(lines(text)).collect(),
            Expect::Ends { first, last } => {
                vec![(*named.start(), only_line(first)?), (*named.end(), only_line(last)?)]
            }
        };
        let pair = |(number, expected): (usize, &str)| {
            let line = subject.snapshot.line(number)?;
            let actual = subject.snapshot.slice(line.start..line.content_end)?.to_string();
            Some(Pair { line: Some(number), expected: expected.to_owned(), actual })
        };
        Some(Comparison { pairs: expected.into_iter().map(pair).collect::<Option<_>>()? })
    }

    fn of_range(subject: &Subject<'_>, patch: &Patch, expect: &str) -> Option<Comparison> {
        let span = subject.span(patch);
        if span.len() > expect.len() + MUCH_LONGER {
            return None;
        }
        let actual = subject.snapshot.slice(span)?.to_string();
        if exact_lines(expect).count() != exact_lines(&actual).count() {
            return None;
        }
        let pair = |(expected, actual): (&str, &str)| Pair {
            line: None,
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        };
        Some(Comparison {
            pairs: exact_lines(expect).zip(exact_lines(&actual)).map(pair).collect(),
        })
    }

    /// Whether the two differ in nothing but blanks. Where there is nothing but
    /// blanks, there is nothing that could be recognised.
    pub(super) fn is_same_but_blanks(&self) -> bool {
        self.pairs
            .iter()
            .all(|pair| without_blanks(&pair.expected).eq(without_blanks(&pair.actual)))
            && self.pairs.iter().any(|pair| without_blanks(&pair.expected).next().is_some())
    }

    /// The patch with what is really there for its `expect`.
    pub(super) fn mended(&self, patch: &Patch) -> Patch {
        let mut patch = patch.clone();
        let mut actual = self.pairs.iter().map(|pair| pair.actual.as_str());
        match &mut patch {
            Patch::Edit { expect, .. } => *expect = Some(actual.collect::<Vec<_>>().join("\n")),
            Patch::Replace { expect, .. }
            | Patch::Insert { expect, .. }
            | Patch::Delete { expect, .. } => match expect {
                Some(Expect::Ends { first, last }) => {
                    *first = from_lines(actual.next());
                    *last = from_lines(actual.next());
                }
                _ => *expect = Some(Expect::Lines(from_lines(actual))),
            },
        }
        patch
    }

    /// Where the two begin to differ, and how, with blanks and control
    /// characters made visible.
    pub(super) fn difference(&self) -> Option<String> {
        let pair = self.pairs.iter().find(|pair| pair.expected != pair.actual)?;
        let agree = pair.expected.chars().zip(pair.actual.chars());
        let agreeing = agree.take_while(|(expected, actual)| expected == actual).count();
        let place = match pair.line {
            Some(line) if self.pairs.len() > 1 => format!(", first at line {line}"),
            _ => String::new(),
        };
        let blanks = if self.is_same_but_blanks() { BLANKS_ONLY } else { "" };
        Some(format!(
            "{place}: expected {}, found {}{blanks}",
            pair.excerpt(&pair.expected, agreeing),
            pair.excerpt(&pair.actual, agreeing)
        ))
    }
}

fn without_blanks(line: &str) -> impl Iterator<Item = char> {
    line.chars().filter(|c| !c.is_whitespace())
}

/// The line, if it is one.
fn only_line(text: &str) -> Option<&str> {
    let mut lines = lines(text);
    lines.next().filter(|_| lines.next().is_none())
}

/// The lines of a range: here a terminator at the end starts one more.
fn exact_lines(text: &str) -> impl Iterator<Item = &str> {
    lines(text).chain(text.ends_with(['\n', '\r']).then_some(""))
}
