//! Where a patch is, where its `expect` stands, and the same patch elsewhere.

use crate::oracle::{self, Encoding, Expect, Patch};

/// A document, taken apart once.
pub(super) struct Place<'a> {
    pub(super) text: &'a str,
    pub(super) encoding: Encoding,
    /// The contents of its lines.
    pub(super) lines: Vec<String>,
}

impl<'a> Place<'a> {
    pub(super) fn new(text: &'a str, encoding: Encoding) -> Place<'a> {
        Place { text, encoding, lines: contents(text) }
    }

    /// Whether the patch by itself is right here.
    pub(super) fn holds(&self, patch: &Patch) -> bool {
        oracle::apply(self.text, std::slice::from_ref(patch), self.encoding).is_ok()
    }

    /// At how many places the patch's `expect` stands: as whole lines, or for
    /// an edit anywhere, also inside of words.
    pub(super) fn count(&self, patch: &Patch) -> usize {
        let length = length(patch);
        match (patch, expect(patch)) {
            (Patch::Edit { expect: Some(expect), .. }, _) => self.occurrences(expect).count(),
            (_, Some(expect)) => {
                let appends = matches!(patch, Patch::Insert { .. });
                let last = self.lines.len() + usize::from(appends);
                (1..=last)
                    .filter(|first| self.stands_at(*first, length, expect, str::to_owned))
                    .count()
            }
            _ => 0,
        }
    }

    /// Whether an edit's `expect` stands inside of a longer word.
    pub(super) fn cuts_word(&self, expect: &str) -> bool {
        let text = one_terminator(self.text);
        let is_word = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
        self.occurrences(expect).any(|at| {
            let (before, after) = (&text[..at], &text[at + one_terminator(expect).len()..]);
            is_word(before.chars().next_back()) && is_word(expect.chars().next())
                || is_word(after.chars().next()) && is_word(expect.chars().next_back())
        })
    }

    /// Whether what stands where the patch says, as far as the document goes,
    /// is its `expect` but for blanks.
    pub(super) fn is_alike_there(&self, patch: &Patch) -> bool {
        if let Patch::Edit { start, end, expect: Some(expect), .. } = patch {
            let (Some(start), Some(end)) = (self.offset(*start), self.offset(*end)) else {
                return false;
            };
            let found = self.text[start..end].trim_start_matches('\u{feff}');
            return without_blanks(&one_terminator(found))
                == without_blanks(&one_terminator(expect));
        }
        let first = first_line(patch);
        let inside = length(patch).min((self.lines.len() + 1).saturating_sub(first)).max(1);
        expect(patch).is_some_and(|expect| {
            first >= 1 && self.stands_at(first, inside, expect, without_blanks)
        })
    }

    /// The column of a byte of a line's content, the line counted from 1.
    pub(super) fn column(&self, line: usize, byte: usize) -> usize {
        let before = &self.lines[line - 1][..byte];
        let bom = if line == 1 && self.text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
        bom.chars().chain(before.chars()).map(|it| width(it, self.encoding)).sum()
    }

    /// Offsets in the text with `\n` for every terminator.
    fn occurrences<'b>(&self, expect: &str) -> impl Iterator<Item = usize> + use<'b> {
        let text = one_terminator(self.text);
        let wanted = one_terminator(expect);
        let starts: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        starts.into_iter().filter(move |at| text[*at..].starts_with(&wanted))
    }

    fn stands_at(
        &self,
        first: usize,
        length: usize,
        expect: &Expect,
        seen: impl Fn(&str) -> String,
    ) -> bool {
        let Some(named) = self.lines.get(first - 1..first - 1 + length) else {
            // Behind the last line stands nothing, and only `""` says so.
            let is_end = first == self.lines.len() + 1 && length == 1;
            return is_end && matches!(expect, Expect::Text(text) if seen(text).is_empty());
        };
        match expect {
            Expect::Text(text) => contents(&a_line(text))
                .iter()
                .map(|it| seen(it))
                .eq(named.iter().map(|it| seen(it))),
            Expect::FirstLast(first, last) => {
                let is = |text: &str, line: &String| {
                    contents(&a_line(text)).iter().map(|it| seen(it)).eq([seen(line)])
                };
                is(first, &named[0]) && is(last, &named[length - 1])
            }
        }
    }

    fn offset(&self, (line, column): (usize, usize)) -> Option<usize> {
        let mut rest = self.text;
        for _ in 0..line {
            let end = rest.find(['\n', '\r'])?;
            rest = rest[end..].strip_prefix("\r\n").unwrap_or(&rest[end + 1..]);
        }
        let mut left = column;
        for it in rest.chars().take_while(|it| !matches!(it, '\n' | '\r')) {
            if left == 0 {
                break;
            }
            left = left.checked_sub(width(it, self.encoding))?;
            rest = &rest[it.len_utf8()..];
        }
        Some(self.text.len() - rest.len())
    }
}

pub(super) fn contents(text: &str) -> Vec<String> {
    oracle::lines(text).into_iter().map(|(content, _)| content).collect()
}

/// `""` is one blank line.
fn a_line(text: &str) -> String {
    (if text.is_empty() { "\n" } else { text }).to_owned()
}

pub(super) fn one_terminator(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

pub(super) fn without_blanks(text: &str) -> String {
    text.replace([' ', '\t'], "")
}

fn width(it: char, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => it.len_utf8(),
        Encoding::Utf16 => it.len_utf16(),
        Encoding::Utf32 => 1,
    }
}

/// An edit's `expect` is told apart by the callers.
fn expect(patch: &Patch) -> Option<&Expect> {
    match patch {
        Patch::Replace { expect, .. }
        | Patch::Insert { expect, .. }
        | Patch::Delete { expect, .. } => expect.as_ref(),
        Patch::Edit { .. } => None,
    }
}

pub(super) fn has_expect(patch: &Patch) -> bool {
    expect(patch).is_some() || matches!(patch, Patch::Edit { expect: Some(_), .. })
}

/// The first line that the patch names or touches, counted from 1.
pub(super) fn first_line(patch: &Patch) -> usize {
    match patch {
        Patch::Replace { line, .. } | Patch::Insert { line, .. } | Patch::Delete { line, .. } => {
            *line
        }
        Patch::Edit { start, .. } => start.0 + 1,
    }
}

/// The last line that the patch names or touches, counted from 1.
pub(super) fn last_line(patch: &Patch) -> usize {
    match patch {
        Patch::Replace { end_line, .. } | Patch::Delete { end_line, .. } => *end_line,
        Patch::Insert { line, .. } => *line,
        Patch::Edit { end, .. } => end.0 + 1,
    }
}

fn length(patch: &Patch) -> usize {
    last_line(patch) + 1 - first_line(patch)
}

/// The patch so many lines further down; `None` where no number says that.
pub(super) fn moved(patch: &Patch, by: isize) -> Option<Patch> {
    let mut patch = patch.clone();
    match &mut patch {
        Patch::Insert { line, .. } => *line = line.checked_add_signed(by)?,
        Patch::Replace { line, end_line, .. } | Patch::Delete { line, end_line, .. } => {
            *line = line.checked_add_signed(by)?;
            *end_line = end_line.checked_add_signed(by)?;
        }
        Patch::Edit { start, end, .. } => {
            start.0 = start.0.checked_add_signed(by)?;
            end.0 = end.0.checked_add_signed(by)?;
        }
    }
    Some(patch)
}

/// How far the one patch is from the other.
pub(super) fn distance(from: &Patch, to: &Patch) -> isize {
    first_line(to).checked_signed_diff(first_line(from)).unwrap()
}
