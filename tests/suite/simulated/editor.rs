//! An editor that a seed drives: it types, and tells of it.

use super::buffer::Buffer;
use super::position::{self, Place};
use super::random::Random;
use crate::oracle::Encoding;

const SPELLINGS: &[&[&str]] = &[
    &["file:///w/a%20b.rs", "file:///w/a b.rs", "FILE:///w/%61%20b.rs", "file:///w/a%20b%2Ers"],
    &["file:///c%3A/w/%C3%A9.rs", "file:///C:/w/é.rs", "file:///c:/w/%c3%a9.rs"],
    &["untitled:Untitled-1", "Untitled:Untitled-1", "untitled:Untitled%2D1"],
    &["vscode-notebook-cell:/w/n.ipynb#W0sZ", "vscode-notebook-cell:/w/n%2Eipynb#W0sZ"],
];
const PIECES: &[&str] = &[
    "a",
    "a",
    "b",
    "word ",
    "é",
    "漢字",
    "😀",
    "👩‍👩‍👧",
    "e\u{301}",
    "\u{2028}",
    "\t",
    "\u{c}",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r\n",
    "\r",
];
const UNIFORM: &[&str] = &["a", "\n", "\r\n", "ab\n", "😀"];

/// What the editor tells a server.
#[derive(Clone, Debug)]
pub(crate) enum Notification {
    Opened { uri: String, version: i32, text: String },
    Changed { uri: String, version: i32, changes: Vec<Change> },
    Malformed { uri: Option<String> },
    Closed { uri: String },
}

/// One content change; of the whole text where there is no range.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) range: Option<(Place, Place)>,
    pub(crate) text: String,
}

/// What an editor does that not every editor does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// It may say what cannot be.
    pub(crate) errs: bool,
    /// It changes documents after it closed them.
    pub(crate) changes_closed: bool,
}

pub(crate) struct Editor {
    random: Random,
    encoding: Encoding,
    habits: Habits,
    buffers: Vec<Buffer>,
}

impl Editor {
    pub(crate) fn new(seed: u64, encoding: Encoding, habits: Habits) -> Editor {
        let buffers = SPELLINGS.iter().map(|spellings| Buffer::new(spellings)).collect();
        Editor { random: Random::new(seed), encoding, habits, buffers }
    }

    pub(crate) fn buffers(&self) -> &[Buffer] {
        &self.buffers
    }

    /// Does something, and tells of it.
    pub(crate) fn act(&mut self) -> Notification {
        let at = self.random.below(self.buffers.len());
        let spellings = self.buffers[at].spellings;
        let uri = self.random.pick(spellings).to_owned();
        let choice = self.random.below(100);
        let (is_open, is_known) = (self.buffers[at].is_open, self.buffers[at].texts.is_some());
        match choice {
            0 if self.habits.errs => Notification::Malformed { uri: None },
            1..3 if self.habits.errs => {
                if is_known {
                    self.buffers[at].tell(false);
                }
                Notification::Malformed { uri: Some(uri) }
            }
            3..8 if self.habits.errs || is_open => {
                self.buffers[at].is_open = false;
                Notification::Closed { uri }
            }
            8..12 => self.open(at),
            _ if is_open || (is_known && self.habits.changes_closed && choice < 60) => {
                self.change(at, uri)
            }
            12..14 if self.habits.errs && !is_known => Notification::Changed {
                uri,
                version: 1,
                changes: vec![Change { range: None, text: "never opened".to_owned() }],
            },
            _ => self.open(at),
        }
    }

    fn open(&mut self, at: usize) -> Notification {
        let text = match self.random.below(3) {
            0 => self.buffers[at].text.clone(),
            1 => self.buffers[at].told.clone(),
            _ => self.text(),
        };
        let version = i32::try_from(self.random.below(20)).unwrap();
        let buffer = &mut self.buffers[at];
        buffer.opened_as = self.random.pick(buffer.spellings);
        buffer.is_open = true;
        buffer.version = version;
        buffer.text.clone_from(&text);
        buffer.tell(true);
        Notification::Opened { uri: buffer.opened_as.to_owned(), version, text }
    }

    /// One notification, of as many changes as it takes.
    fn change(&mut self, at: usize, uri: String) -> Notification {
        let mut changes = Vec::new();
        let mut followed = self.buffers[at].in_sync;
        let takes_back = self.random.percent(10);
        let mut inverses = Vec::new();
        for _ in 0..self.random.pick(&[0, 1, 1, 1, 1, 2, 3, 6]) {
            if self.habits.errs && self.random.percent(4) {
                changes.push(self.bad_change(at));
                followed = false;
                inverses.clear();
            } else if self.random.percent(6) {
                changes.push(self.whole_text(at));
                followed = true;
                inverses.clear();
            } else {
                let (change, inverse) = self.typed(at);
                changes.push(change);
                inverses.push(inverse);
            }
        }
        if takes_back {
            for (start, end, old) in inverses.into_iter().rev() {
                let text = &self.buffers[at].text;
                if !position::has_place(text, start) || !position::has_place(text, end) {
                    break;
                }
                changes.push(self.replace(at, start, end, old));
            }
        }
        let step = self.random.pick(&[1, 1, 1, 1, 2, 7, 0]);
        let buffer = &mut self.buffers[at];
        buffer.version += step;
        buffer.tell(followed);
        Notification::Changed { uri, version: buffer.version, changes }
    }

    /// The user types, deletes, pastes or replaces; and what would undo it.
    fn typed(&mut self, at: usize) -> (Change, (usize, usize, String)) {
        let start = self.offset(at, 0);
        let end = match self.random.below(10) {
            0..4 => start,
            4..9 => self.offset_near(at, start),
            _ => self.offset(at, start),
        };
        let text = &self.buffers[at].text;
        let old = text[start..end].to_owned();
        let new = match self.random.below(10) {
            0 => old.clone(),
            1..4 if start < end => String::new(),
            _ if text.len() > 12_000 => String::new(),
            _ => self.new_text(),
        };
        let inverse = (start, start + new.len(), old);
        (self.replace(at, start, end, new), inverse)
    }

    fn replace(&mut self, at: usize, start: usize, end: usize, new: String) -> Change {
        let (from, to) = (self.place(at, start), self.place(at, end));
        // Both may lie past the end of the same line.
        let range = Some((from, if from.0 == to.0 { to.max(from) } else { to }));
        self.buffers[at].text.replace_range(start..end, &new);
        Change { range, text: new }
    }

    fn whole_text(&mut self, at: usize) -> Change {
        match self.random.below(4) {
            0 => {}
            1 => {
                let told = self.buffers[at].told.clone();
                self.buffers[at].text = told;
            }
            2 => _ = self.typed(at),
            _ => self.buffers[at].text = self.text(),
        }
        Change { range: None, text: self.buffers[at].text.clone() }
    }

    /// What no editor should say. What it shows may have changed or not.
    fn bad_change(&mut self, at: usize) -> Change {
        let text = self.buffers[at].text.clone();
        let any = self.offset(at, 0);
        let any = position::place(&text, any, self.encoding);
        let lines = u32::try_from(position::line_starts(&text).len()).unwrap();
        let past = (lines + self.random.pick(&[0, 0, 1, 1_000_000]), self.random.pick(&[0, 1]));
        let wide: Vec<(usize, usize)> = text
            .char_indices()
            .map(|(offset, c)| (offset, position::units(c.encode_utf8(&mut [0; 4]), self.encoding)))
            .filter(|(_, units)| *units > 1)
            .collect();
        let range = match self.random.below(4) {
            0 => (past, past),
            1 if !wide.is_empty() => {
                let (offset, units) = self.random.pick(&wide);
                let (line, column) = position::place(&text, offset, self.encoding);
                let inside = 1 + self.random.below(units - 1);
                let inside = (line, column + u32::try_from(inside).unwrap());
                let end = position::place(&text, text.len(), self.encoding);
                self.random.pick(&[(inside, inside), ((0, 0), inside), (inside, end)])
            }
            2 if any > (0, 0) => (any, (0, 0)),
            _ => ((0, 0), past),
        };
        if self.random.percent(50) {
            let _ = self.typed(at);
        }
        Change { range: Some(range), text: self.new_text() }
    }

    /// A position that means this offset: at a line's end any larger column does.
    fn place(&mut self, at: usize, offset: usize) -> Place {
        let text = &self.buffers[at].text;
        let (line, column) = position::place(text, offset, self.encoding);
        let is_sloppy = position::is_line_end(text, offset) && self.random.percent(15);
        let beyond = if is_sloppy { self.random.pick(&[1, 2, 80, 1_000_000_000]) } else { 0 };
        (line, column + beyond)
    }

    fn offset(&mut self, at: usize, from: usize) -> usize {
        let len = self.buffers[at].text.len();
        let offset = from + self.random.below(len - from + 1);
        self.named(at, offset)
    }

    fn offset_near(&mut self, at: usize, from: usize) -> usize {
        let len = self.buffers[at].text.len();
        let offset = from + self.random.below((len - from).min(12) + 1);
        self.named(at, offset)
    }

    /// The next offset that a position can name.
    fn named(&self, at: usize, mut offset: usize) -> usize {
        while !position::has_place(&self.buffers[at].text, offset) {
            offset += 1;
        }
        offset
    }

    fn new_text(&mut self) -> String {
        match self.random.below(30) {
            0 => self.random.pick(PIECES).repeat(self.random.pick(&[300, 900])),
            1..12 => (0..self.random.below(12)).map(|_| self.random.pick(PIECES)).collect(),
            _ => self.random.pick(PIECES).to_owned(),
        }
    }

    /// A whole text: sometimes of several leaves of a rope, sometimes such that
    /// what was moved cannot be seen.
    fn text(&mut self) -> String {
        match self.random.below(12) {
            0 => self.random.pick(UNIFORM).repeat(self.random.pick(&[3, 5, 2_000])),
            1 => (0..3_000).map(|_| self.random.pick(PIECES)).collect(),
            2 => String::new(),
            _ => (0..self.random.below(30)).map(|_| self.random.pick(PIECES)).collect(),
        }
    }
}
