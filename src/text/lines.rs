//! The lines of a string that a batch carries (`text`, `expect`).

use memchr::memchr2;

use super::Terminator;

/// The lines of `text` without their terminators.
///
/// A terminator at the very end is optional and adds no line, and the empty
/// string is one blank line: so every string is at least one line.
pub fn lines(text: &str) -> Lines<'_> {
    Lines { rest: Some(text) }
}

/// The string of which [`lines`] gives these lines; at least one. A blank last
/// line needs a terminator to be seen.
pub fn from_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    let mut last = "";
    for (index, line) in lines.into_iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(line);
        last = line;
    }
    if last.is_empty() && !text.is_empty() {
        text.push('\n');
    }
    text
}

/// Iterator of [`lines`]. Linear in the text as a whole, allocates nothing.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: Option<&'a str>,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.take()?;
        let Some(end) = memchr2(b'\n', b'\r', text.as_bytes()) else {
            return Some(text);
        };
        let (line, tail) = text.split_at(end);
        let after = &tail[Terminator::at_start(tail.as_bytes()).as_str().len()..];
        self.rest = (!after.is_empty()).then_some(after);
        Some(line)
    }
}
