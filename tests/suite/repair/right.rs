//! Batches that are right for their document.

use super::document;
use super::draw::Draw;
use super::place::{Place, contents};
use crate::oracle::{self, Encoding, Expect, Patch};

/// A document and a batch that is right for it.
pub(super) struct Right {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    pub(super) patches: Vec<Patch>,
}

impl Right {
    /// One to twelve patches, each on lines of its own, listed in no order.
    pub(super) fn draw(draw: &mut Draw) -> Option<Right> {
        let text = document::text(draw, false);
        let encoding = document::encoding(draw);
        let count = draw.between(1, 12);
        let place = Place::new(&text, encoding);
        let mut author = Author::new(draw, &place);
        let mut patches = author.patches(1, place.lines.len(), count);
        draw.shuffle(&mut patches);
        Right { text, encoding, patches }.checked()
    }

    /// Only where it is right and changes something.
    pub(super) fn checked(self) -> Option<Right> {
        let is_right = self.after().is_some_and(|after| after != self.text);
        (is_right && !self.patches.is_empty()).then_some(self)
    }

    /// The text that the batch makes.
    pub(super) fn after(&self) -> Option<String> {
        oracle::apply(&self.text, &self.patches, self.encoding).ok()
    }
}

/// Who writes the patches: some put `expect` on all of them, some on most.
pub(super) struct Author<'a> {
    draw: &'a mut Draw,
    place: &'a Place<'a>,
    guarded: usize,
}

impl<'a> Author<'a> {
    pub(super) fn new(draw: &'a mut Draw, place: &'a Place<'a>) -> Author<'a> {
        let guarded = draw.pick(&[100, 100, 100, 85, 60]);
        Author { draw, place, guarded }
    }

    /// At most so many patches on the lines from `first` to `last`.
    pub(super) fn patches(&mut self, first: usize, last: usize, count: usize) -> Vec<Patch> {
        let gap = (last + 1).saturating_sub(first) / count;
        let mut patches = Vec::new();
        let mut line = first + self.draw.below(gap + 1);
        while line <= last && patches.len() < count {
            let length = if self.draw.percent(30) { self.draw.between(2, 4) } else { 1 };
            let end_line = last.min(line + length - 1);
            patches.extend(self.on_lines(line, end_line));
            line = end_line + 1 + self.draw.below(2 * gap + 1);
        }
        let end = self.place.lines.len() + 1;
        if last + 1 == end && self.draw.percent(15) {
            patches.push(Patch::Insert {
                line: end,
                text: self.text(),
                expect: self.expect(end, end),
            });
        }
        patches.truncate(12);
        patches
    }

    fn on_lines(&mut self, line: usize, end_line: usize) -> Vec<Patch> {
        match self.draw.below(8) {
            0..=2 => vec![self.replace(line, end_line)],
            3 => vec![self.delete(line, end_line)],
            4 => {
                let expect = self.expect(line, line);
                vec![Patch::Insert { line, text: self.text(), expect }]
            }
            _ => self.edits(line, end_line),
        }
    }

    pub(super) fn replace(&mut self, line: usize, end_line: usize) -> Patch {
        Patch::Replace { line, end_line, text: self.text(), expect: self.expect(line, end_line) }
    }

    pub(super) fn delete(&mut self, line: usize, end_line: usize) -> Patch {
        Patch::Delete { line, end_line, expect: self.expect(line, end_line) }
    }

    /// From a word to a word; now and then two in one line, or an insertion.
    fn edits(&mut self, line: usize, end_line: usize) -> Vec<Patch> {
        let (head, tail) = (self.words(line), self.words(end_line));
        if head.is_empty() || tail.is_empty() {
            return vec![self.replace(line, end_line)];
        }
        if line < end_line {
            let (from, to) = (self.draw.pick(&head), self.draw.pick(&tail));
            return vec![self.edit((line, from.0), (end_line, to.1))];
        }
        let first = self.draw.below(head.len());
        if self.draw.percent(10) {
            return vec![self.edit((line, head[first].0), (line, head[first].0))];
        }
        let last =
            if self.draw.percent(50) { first } else { self.draw.between(first, head.len() - 1) };
        let mut patches = vec![self.edit((line, head[first].0), (line, head[last].1))];
        if last + 1 < head.len() && self.draw.percent(20) {
            let other = head[head.len() - 1];
            patches.push(self.edit((line, other.0), (line, other.1)));
        }
        patches
    }

    /// An edit from a byte of a line to a byte of a line.
    pub(super) fn edit(&mut self, start: (usize, usize), end: (usize, usize)) -> Patch {
        let lines = &self.place.lines;
        let named: Vec<&str> = lines[start.0 - 1..end.0].iter().map(String::as_str).collect();
        let all = named.join("\n");
        let behind = lines[end.0 - 1].len() - end.1;
        let expect = all[start.1..all.len() - behind].to_owned();
        let new_text = format!("next{}", self.draw.below(100));
        Patch::Edit {
            start: (start.0 - 1, self.place.column(start.0, start.1)),
            end: (end.0 - 1, self.place.column(end.0, end.1)),
            new_text,
            expect: self.draw.percent(self.guarded).then_some(expect),
        }
    }

    /// Where the words of a line begin and end, in bytes of its content.
    fn words(&self, line: usize) -> Vec<(usize, usize)> {
        let content = &self.place.lines[line - 1];
        let start_of = |word: &str| word.as_ptr() as usize - content.as_ptr() as usize;
        let words = content.split(|it: char| !it.is_alphanumeric() && it != '_');
        let spans = words.filter(|word| !word.is_empty()).map(|word| {
            let start = start_of(word);
            (start, start + word.len())
        });
        spans.collect()
    }

    fn text(&mut self) -> String {
        let count = self.draw.pick(&[1, 1, 1, 2, 3]);
        let lines: Vec<String> = (0..count).map(|_| document::line(self.draw)).collect();
        lines.join("\n") + self.draw.pick(&["", "", "\n"])
    }

    pub(super) fn expect(&mut self, first: usize, last: usize) -> Option<Expect> {
        if !self.draw.percent(self.guarded) {
            return None;
        }
        let named = self.place.lines.get(first - 1..last).unwrap_or_default();
        if named.len() > 1 && self.draw.percent(25) {
            return Some(Expect::FirstLast(named[0].clone(), named[named.len() - 1].clone()));
        }
        let ending = self.draw.pick(&["", "", "", "\n", "\r\n"]);
        Some(Expect::Text(listed(named, ending)))
    }
}

/// The lines as one text; behind a blank last line the terminator is needed.
pub(super) fn listed(lines: &[String], ending: &str) -> String {
    let text = lines.join("\n");
    match lines {
        [] => text,
        _ if contents(&text).len() < lines.len() && lines.len() > 1 => text + "\n",
        _ => text + ending,
    }
}
