//! A deliberately naive oracle for a batch of patches on one document.
//!
//! It states the rules as directly as it can and takes nothing from the engine: line patches are
//! carried out on the list of lines, every byte of the new text remembers the place it takes in
//! the old one, and the edits are then fitted in at those places. Nothing here is fast. A test
//! declares it as `pub mod oracle;`, so that what it does not use is no dead code.

use std::ops::Range;

/// The unit in which the column of an edit's position is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Columns count bytes.
    Utf8,
    /// Columns count UTF-16 code units.
    Utf16,
    /// Columns count characters.
    Utf32,
}

/// What a line patch expects the lines it names to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// All the named lines.
    Text(String),
    /// The first and the last of the named lines.
    FirstLast(String, String),
}

/// One patch: three kinds count lines from 1, the fourth is an edit at positions from 0.
#[derive(Clone, Debug)]
pub enum Patch {
    /// Puts the lines of `text` in the place of the named ones.
    Replace {
        /// The first line replaced.
        line: usize,
        /// The last line replaced, never less than `line`.
        end_line: usize,
        /// One or more new lines.
        text: String,
        /// What the named lines must be.
        expect: Option<Expect>,
    },
    /// Puts the lines of `text` before a line, or at the end.
    Insert {
        /// The line to go before; one more than there are appends.
        line: usize,
        /// One or more new lines.
        text: String,
        /// What the line to go before must be.
        expect: Option<Expect>,
    },
    /// Takes the named lines away.
    Delete {
        /// The first line deleted.
        line: usize,
        /// The last line deleted, never less than `line`.
        end_line: usize,
        /// What the named lines must be.
        expect: Option<Expect>,
    },
    /// Puts `new_text` in the place of a range of the text.
    Edit {
        /// Line and column at which the range starts.
        start: (usize, usize),
        /// Line and column at which the range ends, never before `start`.
        end: (usize, usize),
        /// The new text, taken byte for byte.
        new_text: String,
        /// What the range's text must be.
        expect: Option<String>,
    },
}

/// One patch's breach of a law.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The index of the offending patch.
    pub patch: usize,
    /// The number of the law.
    pub law: u8,
    /// The stable name of what is wrong.
    pub code: &'static str,
    /// The earliest patch in conflict with the offending one.
    pub conflicts_with: Option<usize>,
}

/// The whole batch is applied, or every offending patch is reported.
///
/// # Errors
/// The breaches, at most one per patch and sorted by patch.
pub fn apply(text: &str, patches: &[Patch], encoding: Encoding) -> Result<String, Vec<Breach>> {
    let all: Vec<_> = patches.iter().enumerate().collect();
    attempt(&Snapshot::new(text, encoding), &all)
}

/// Whatever is reported is dropped and the rest is tried again, until nothing is reported;
/// the text is `None` when every patch was dropped.
pub fn best_effort(
    text: &str,
    patches: &[Patch],
    encoding: Encoding,
) -> (Option<String>, Vec<Breach>) {
    let snapshot = Snapshot::new(text, encoding);
    let mut rest: Vec<_> = patches.iter().enumerate().collect();
    let mut dropped: Vec<Breach> = Vec::new();
    loop {
        match attempt(&snapshot, &rest) {
            Ok(result) => {
                dropped.sort();
                let is_left = patches.is_empty() || !rest.is_empty();
                return (is_left.then_some(result), dropped);
            }
            Err(found) => {
                rest.retain(|(index, _)| found.iter().all(|breach| breach.patch != *index));
                dropped.extend(found);
            }
        }
    }
}

/// A leading BOM belongs to no line; a final terminator ends the last line and starts no other.
pub fn lines(text: &str) -> Vec<(String, String)> {
    split(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A line ends with `\n`, `\r\n` or `\r`, and with nothing else.
fn split(text: &str) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (content, tail) = rest.split_at(rest.find(['\n', '\r']).unwrap_or(rest.len()));
        let is_pair = tail.starts_with("\r\n");
        let (terminator, after) = tail.split_at(tail.len().min(if is_pair { 2 } else { 1 }));
        list.push((content.to_owned(), terminator.to_owned()));
        rest = after;
    }
    list
}

/// A patch's text is one or more lines: a terminator at its end is optional, `""` is one blank.
fn text_lines(text: &str) -> Vec<String> {
    let list = split(if text.is_empty() { "\n" } else { text });
    list.into_iter().map(|(content, _)| content).collect()
}

/// First every patch is checked by itself, then those that passed are compared in pairs; only
/// a batch without a breach is carried out: line patches on the list of lines, then edits.
fn attempt(snapshot: &Snapshot, patches: &[(usize, &Patch)]) -> Result<String, Vec<Breach>> {
    let mut breaches: Vec<Breach> = Vec::new();
    let mut report = |patch, (law, code), conflicts_with| {
        breaches.push(Breach { patch, law, code, conflicts_with });
    };
    let mut parts = Vec::new();
    for &(index, patch) in patches {
        match check(snapshot, index, patch) {
            Ok(part) => parts.push(part),
            Err(reason) => report(index, reason, None),
        }
    }
    extend_final_delete(snapshot, &mut parts);
    for (count, later) in parts.iter().enumerate() {
        let conflict = |it: &Part| Some((it.index, conflict(it, later)?));
        if let Some((earlier, code)) = parts[..count].iter().find_map(conflict) {
            report(later.index, (5, code), Some(earlier));
        }
    }
    if !breaches.is_empty() {
        breaches.sort();
        return Err(breaches);
    }
    let cells = carry_out_edits(carry_out_line_patches(snapshot, &parts), &parts);
    let old = snapshot.text.as_bytes();
    let byte = |it: &Cell| it.new.unwrap_or_else(|| old[it.place]);
    let bytes = cells.iter().map(byte).collect();
    Ok(String::from_utf8(bytes).unwrap_or_else(|_| unreachable!("a character is cut")))
}

/// The text that every position refers to, and its list of lines.
struct Snapshot<'a> {
    text: &'a str,
    encoding: Encoding,
    lines: Vec<(String, String)>,
}

impl<'a> Snapshot<'a> {
    /// The list of lines leaves a BOM out, while offsets count from the very start of the text.
    fn new(text: &'a str, encoding: Encoding) -> Self {
        let lines = lines(text);
        Self { text, encoding, lines }
    }

    /// The number of lines is n, and an insert may also name n+1.
    fn n(&self) -> usize {
        self.lines.len()
    }

    /// Line k starts where only the lines from k on are left; n+1 starts at the end.
    fn start(&self, k: usize) -> usize {
        self.text.len() - size(&self.lines[k - 1..])
    }

    /// Line k's content ends where its terminator starts.
    fn content_end(&self, k: usize) -> usize {
        self.start(k) + self.lines[k - 1].0.len()
    }

    /// A document is unterminated when its last line has no terminator.
    fn is_unterminated(&self) -> bool {
        self.lines.last().is_some_and(|(_, it)| it.is_empty())
    }

    /// What is written at line k takes k's terminator; where k has none or is n+1, that of the
    /// last terminated line; where there is none anywhere, `\n`.
    fn terminator_at(&self, k: usize) -> &str {
        let named = self.lines[k - 1..].iter().take(1);
        let candidates = named.chain(self.lines.iter().rev());
        let found = candidates.map(|(_, it)| it).find(|it| !it.is_empty());
        found.map_or("\n", String::as_str)
    }

    /// A position's line is one of LSP's, of which there is one more than there are terminators;
    /// a column past the end of the line's content means that end; none is inside a character.
    fn offset(&self, (line, column): (usize, usize)) -> Result<usize, Reason> {
        let mut list = split(self.text);
        if list.last().is_none_or(|(_, it)| !it.is_empty()) {
            list.push((String::new(), String::new()));
        }
        let (content, _) = list.get(line).ok_or((1, "position-out-of-range"))?;
        let mut offset = size(&list[..line]);
        let mut left = column;
        for it in content.chars() {
            let width = match self.encoding {
                Encoding::Utf8 => it.len_utf8(),
                Encoding::Utf16 => it.len_utf16(),
                Encoding::Utf32 => 1,
            };
            match left {
                0 => break,
                _ if left < width => return Err((1, "position-inside-character")),
                _ => left -= width,
            }
            offset += it.len_utf8();
        }
        Ok(offset)
    }
}

/// The size of lines is that of their contents and their terminators.
fn size(lines: &[(String, String)]) -> usize {
    let sizes = lines.iter().map(|(it, end)| it.len() + end.len());
    sizes.sum()
}

/// The number of the law that a patch breaks, and the code.
type Reason = (u8, &'static str);

/// The four kinds of patch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Replace,
    Insert,
    Delete,
    Edit,
}

/// A patch that is right by itself: the lines that it names, the bytes that it spans.
struct Part<'a> {
    index: usize,
    kind: Kind,
    lines: Range<usize>,
    span: Range<usize>,
    text: &'a str,
}

/// A patch must be in bounds (an edit's start before its end), and then its `expect` must hold.
/// A replace spans its lines without the last one's terminator, an insert nothing at its line's
/// start, a delete its lines with their terminators, and an edit, which names no line, its range.
fn check<'a>(snapshot: &Snapshot, index: usize, patch: &'a Patch) -> Result<Part<'a>, Reason> {
    let n = snapshot.n();
    let (kind, lines, text) = match patch {
        Patch::Replace { line, end_line, text, .. } => {
            (Kind::Replace, *line..end_line + 1, text.as_str())
        }
        Patch::Insert { line, text, .. } => (Kind::Insert, *line..line + 1, text.as_str()),
        Patch::Delete { line, end_line, .. } => (Kind::Delete, *line..end_line + 1, ""),
        Patch::Edit { new_text, .. } => (Kind::Edit, 0..0, new_text.as_str()),
    };
    let span = match patch {
        Patch::Edit { start, end, .. } => snapshot.offset(*start)?..snapshot.offset(*end)?,
        Patch::Insert { line, .. } if *line < 1 || *line > n + 1 => {
            return Err((4, "insert-out-of-bounds"));
        }
        Patch::Insert { line, .. } => snapshot.start(*line)..snapshot.start(*line),
        _ if lines.start < 1 || lines.end > n + 1 => return Err((1, "line-out-of-range")),
        Patch::Replace { end_line, .. } => {
            snapshot.start(lines.start)..snapshot.content_end(*end_line)
        }
        Patch::Delete { .. } => snapshot.start(lines.start)..snapshot.start(lines.end),
    };
    let holds = match patch {
        Patch::Edit { expect, .. } => {
            let seen = |offset: usize| offset.max(snapshot.text.len() - size(&snapshot.lines));
            let actual = alike(&snapshot.text[seen(span.start)..seen(span.end)]);
            expect.as_ref().is_none_or(|it| alike(it) == actual)
        }
        Patch::Replace { expect, .. }
        | Patch::Insert { expect, .. }
        | Patch::Delete { expect, .. } => {
            lines_hold(&snapshot.lines[lines.start - 1..n.min(lines.end - 1)], expect.as_ref())
        }
    };
    let part = Part { index, kind, lines, span, text };
    holds.then_some(part).ok_or((1, "expect-mismatch"))
}

/// On a line patch `expect` is compared line by line without terminators; at n+1, where no line
/// is named, only `""` holds.
fn lines_hold(named: &[(String, String)], expect: Option<&Expect>) -> bool {
    let is_line = |text: &str, line: &String| text_lines(text) == [line.as_str()];
    match (expect, named) {
        (None, _) => true,
        (Some(Expect::Text(all)), []) => all.is_empty(),
        (Some(Expect::Text(all)), _) => text_lines(all).iter().eq(named.iter().map(|(it, _)| it)),
        (Some(Expect::FirstLast(first, last)), []) => first.is_empty() && last.is_empty(),
        (Some(Expect::FirstLast(first, last)), [(a, _), ..]) => {
            is_line(first, a) && named.last().is_some_and(|(z, _)| is_line(last, z))
        }
    }
}

/// In an edit's `expect` every terminator equals every other, and the document's BOM is not seen.
fn alike(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Where a run of deleted lines reaches an unterminated end, the terminator before the run goes
/// with its first delete, unless the run starts at line 1, an insert at n+1 follows it, or the
/// line before it is blank in the new list.
fn extend_final_delete(snapshot: &Snapshot, parts: &mut [Part]) {
    let n = snapshot.n();
    let is_deleted = |k: &usize| find(parts, Kind::Delete, *k).is_some();
    let run = (1..=n).rev().take_while(is_deleted);
    let first = run.last().unwrap_or(1);
    if !snapshot.is_unterminated() || first == 1 || find(parts, Kind::Insert, n + 1).is_some() {
        return;
    }
    let line_before = match find(parts, Kind::Replace, first - 1) {
        Some(part) => text_lines(part.text).pop().unwrap_or_default(),
        None => snapshot.lines[first - 2].0.clone(),
    };
    for it in parts.iter_mut().filter(|it| it.kind == Kind::Delete) {
        if it.lines.start == first && !line_before.is_empty() {
            it.span.start = snapshot.content_end(first - 1);
        }
    }
}

/// Where several patches of a kind name line k, the first listed counts.
fn find<'a>(parts: &'a [Part], kind: Kind, k: usize) -> Option<&'a Part<'a>> {
    let is_wanted = |it: &&Part| it.kind == kind && it.lines.contains(&k);
    parts.iter().find(is_wanted)
}

/// Two line patches are in conflict when they name a line in common. Otherwise the spans decide:
/// they must not overlap, but may touch; only edits may insert at one offset together.
fn conflict(one: &Part, other: &Part) -> Option<&'static str> {
    let overlap = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    let are_edits = (one.kind == Kind::Edit, other.kind == Kind::Edit);
    if are_edits == (false, false) {
        overlap(&one.lines, &other.lines).then_some("line-named-twice")
    } else if overlap(&one.span, &other.span) {
        Some("overlapping-patches")
    } else {
        let is_shared = one.span.is_empty() && one.span == other.span;
        (is_shared && are_edits != (true, true)).then_some("inserts-at-one-offset")
    }
}

/// A byte of the new text: the offset in the old text whose place it takes, and what it is if
/// it is not the old byte.
struct Cell {
    place: usize,
    new: Option<u8>,
}

/// Old bytes stay in their own places.
fn old(places: Range<usize>) -> Vec<Cell> {
    places.map(|place| Cell { place, new: None }).collect()
}

/// New bytes of one patch all take the same place.
fn new(place: usize, text: &str) -> Vec<Cell> {
    let bytes = text.bytes().map(Some);
    bytes.map(|new| Cell { place, new }).collect()
}

/// A line of the new list is its content and its terminator.
type Line = (Vec<Cell>, Vec<Cell>);

/// An old line's terminator stays; where there is none, an appended line's stands in for it, and
/// goes with the line's last byte.
fn old_terminator(snapshot: &Snapshot, k: usize) -> Vec<Cell> {
    let range = snapshot.content_end(k)..snapshot.start(k + 1);
    if range.is_empty() { new(range.start - 1, snapshot.terminator_at(k)) } else { old(range) }
}

/// An inserted line takes the terminator of the line it goes before; a replacement's lines take
/// that of the first line replaced, but its last line the one of the last line replaced.
fn new_lines(snapshot: &Snapshot, part: &Part) -> Vec<Line> {
    let written = |text: &str| new(part.span.start, text);
    let terminator = snapshot.terminator_at(part.lines.start);
    let texts = text_lines(part.text).into_iter();
    let mut list: Vec<Line> = texts.map(|it| (written(&it), written(terminator))).collect();
    if let (Kind::Replace, Some(last)) = (part.kind, list.last_mut()) {
        last.1 = old_terminator(snapshot, part.lines.end - 1);
    }
    list
}

/// The list rule: take the lines, replace, insert, delete, join; at an unterminated end the last
/// line loses its terminator, unless it is blank. A BOM stays first. An empty document takes an
/// inserted text as it is, where `""` is one blank line.
fn carry_out_line_patches(snapshot: &Snapshot, parts: &[Part]) -> Vec<Cell> {
    let n = snapshot.n();
    let mut list = Vec::new();
    for k in 1..=n + 1 {
        let naming = parts.iter().find(|it| it.lines.contains(&k));
        match naming {
            Some(part) if n == 0 => {
                let text = if part.text.is_empty() { "\n" } else { part.text };
                list.push((new(part.span.start, text), Vec::new()));
            }
            Some(part) if part.kind != Kind::Delete && part.lines.start == k => {
                list.extend(new_lines(snapshot, part));
            }
            _ => {}
        }
        if k <= n && naming.is_none_or(|it| it.kind == Kind::Insert) {
            let content = old(snapshot.start(k)..snapshot.content_end(k));
            list.push((content, old_terminator(snapshot, k)));
        }
    }
    if snapshot.is_unterminated()
        && let Some((content, terminator)) = list.last_mut()
        && !content.is_empty()
    {
        terminator.clear();
    }
    let bom = old(0..snapshot.start(1));
    let joined = list.into_iter().flat_map(|(content, terminator)| [content, terminator]);
    bom.into_iter().chain(joined.flatten()).collect()
}

/// An edit's new text takes the place of its range. An insert goes before whatever has its place
/// or a later one; the last listed is put in first, so that those listed earlier go before it.
fn carry_out_edits(mut cells: Vec<Cell>, parts: &[Part]) -> Vec<Cell> {
    let edits = parts.iter().filter(|it| it.kind == Kind::Edit);
    let (inserts, replacements): (Vec<_>, Vec<_>) = edits.partition(|it| it.span.is_empty());
    for it in replacements {
        let is_taken = |cell: &Cell| cell.new.is_none() && it.span.contains(&cell.place);
        let first = cells.iter().take_while(|cell| !is_taken(cell)).count();
        let taken = first..first + it.span.len();
        assert!(cells[taken.clone()].iter().all(is_taken));
        cells.splice(taken, new(it.span.start, it.text));
    }
    for it in inserts.into_iter().rev() {
        assert!(cells.is_sorted_by_key(|cell| cell.place));
        let at = cells.partition_point(|cell| cell.place < it.span.start);
        cells.splice(at..at, new(it.span.start, it.text));
    }
    cells
}
