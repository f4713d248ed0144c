//! A run of lines, for a program that reads before it edits.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Snapshot, lines};

/// A run of whole lines of a snapshot. Its numbers are those that line patches
/// use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Excerpt {
    /// The first line, counted from 1.
    pub start_line: usize,
    /// The last line, included; 0 where the document has no lines.
    pub end_line: usize,
    /// Whether these are other lines than were asked for.
    pub clamped: bool,
    /// How many lines the whole document has.
    pub line_count: usize,
    /// The exact bytes of the lines, with their terminators.
    pub text: String,
    /// Each line after its number and a tab, without its own terminator and
    /// ended by `\n`.
    pub numbered: String,
}

impl Snapshot {
    /// Lines `start` to `end`, counted from 1, both included; the first and the
    /// last where none is named. A number outside the document means its
    /// nearest line, and an end before the start means the start.
    pub fn excerpt(&self, start: Option<usize>, end: Option<usize>) -> Excerpt {
        let line_count = self.line_count();
        let start_line = start.unwrap_or(1).min(line_count).max(1);
        let end_line = end.unwrap_or(line_count).max(start_line).min(line_count);
        let (first, last) = (self.line(start_line), self.line(end_line));
        let text = first
            .zip(last)
            .and_then(|(first, last)| self.slice(first.start..last.end))
            .map_or_else(String::new, String::from);
        let mut numbered = String::with_capacity(text.len());
        for (number, line) in (start_line..=end_line).zip(lines(&text)) {
            // Writing to a string cannot fail.
            let _ = writeln!(numbered, "{number}\t{line}");
        }
        let other = |asked: Option<usize>, given| asked.is_some_and(|asked| asked != given);
        Excerpt {
            start_line,
            end_line,
            clamped: other(start, start_line) || other(end, end_line),
            line_count,
            text,
            numbered,
        }
    }
}
