//! A few lines of a document, cut out for a person to look at.

use std::ops::Range;

use super::printable::printable;
use crate::text::Snapshot;

/// How many lines of a span are shown, and how many beside it.
const LINES: usize = 8;
const BESIDE: usize = 1;

/// How many bytes of a long line are shown before and after the place.
const BEFORE: usize = 60;
const AFTER: usize = 200;

/// Some lines of a document, without what a terminal would obey.
pub(super) struct Window {
    pub(super) text: String,
    /// The number of its first line, one-based.
    pub(super) first_line: usize,
    /// Where the spans lie in it that it was made for.
    pub(super) spans: Vec<Range<usize>>,
    /// Whether a line lacks its start, so that columns cannot be counted.
    pub(super) is_cut: bool,
}

/// One end of a span, in the document and in the window.
struct Mark {
    at: usize,
    shown_at: Option<usize>,
}

/// The lines around `spans`, of which the first counts. Never more than a few
/// hundred bytes of a line, and a few lines of a span.
pub(super) fn window(snapshot: &Snapshot, spans: &[Range<usize>]) -> Window {
    let spans: Vec<Range<usize>> = spans.iter().map(|span| shortened(snapshot, span)).collect();
    let (first, last) = lines(snapshot, &spans);
    let first = first.saturating_sub(BESIDE);
    let last = (last + BESIDE).min(snapshot.line_count().saturating_sub(1).max(last));

    let ends = spans.iter().flat_map(|span| [span.start, span.end]);
    let mut marks: Vec<Mark> = ends.map(|at| Mark { at, shown_at: None }).collect();
    let mut text = String::new();
    let mut is_cut = false;
    for index in first..=last {
        let Some(line) = snapshot.lsp_line(index) else { break };
        is_cut |= show(snapshot, line.start..line.content_end, &mut text, &mut marks);
        text.push('\n');
    }
    let shown_at = |mark: &Mark| mark.shown_at.unwrap_or(text.len());
    let spans = marks.chunks(2).map(|ends| match ends {
        [start, end] => shown_at(start)..shown_at(end),
        _ => 0..0,
    });
    Window { spans: spans.collect(), text, first_line: first + 1, is_cut }
}

/// How many lines these spans reach over, with what is between them.
pub(super) fn height(snapshot: &Snapshot, spans: &[Range<usize>]) -> usize {
    let (first, last) = lines(snapshot, spans);
    last - first + 1
}

/// The number of the last line of a span, one-based, where a window leaves it
/// out.
pub(super) fn last_hidden(snapshot: &Snapshot, span: &Range<usize>) -> Option<usize> {
    let last = last_touched(snapshot, span);
    (last >= line_of(snapshot, span.start) + LINES).then_some(last + 1)
}

/// The first and the last line of the spans, zero-based.
fn lines(snapshot: &Snapshot, spans: &[Range<usize>]) -> (usize, usize) {
    let first = spans.iter().map(|span| line_of(snapshot, span.start)).min();
    let last = spans.iter().map(|span| line_of(snapshot, span.end)).max();
    (first.unwrap_or(0), last.unwrap_or(0))
}

fn line_of(snapshot: &Snapshot, byte: usize) -> usize {
    snapshot.rope().try_byte_to_line(byte).unwrap_or(0)
}

/// The span without the line that it only reaches the start of, and without
/// what is too much to look at.
fn shortened(snapshot: &Snapshot, span: &Range<usize>) -> Range<usize> {
    let last = last_touched(snapshot, span).min(line_of(snapshot, span.start) + LINES - 1);
    let content_end = snapshot.lsp_line(last).map_or(span.end, |line| line.content_end);
    span.start..span.end.min(content_end).max(span.start)
}

/// The last line of a span, zero-based: not one that it only reaches the start
/// of.
fn last_touched(snapshot: &Snapshot, span: &Range<usize>) -> usize {
    let (first, last) = lines(snapshot, std::slice::from_ref(span));
    let starts_line = snapshot.lsp_line(last).is_some_and(|line| line.start == span.end);
    if first < last && starts_line { last - 1 } else { last }
}

/// Adds one line, or the part of it where the first mark is, and tells whether
/// that lacks the line's start.
fn show(snapshot: &Snapshot, line: Range<usize>, text: &mut String, marks: &mut [Mark]) -> bool {
    let place = marks.iter().find(|mark| line.contains(&mark.at)).map_or(line.start, |it| it.at);
    let view = whole_characters(snapshot, &line, place);
    if view.start > line.start {
        text.push('…');
    }
    let mut at = view.start;
    let chunks = snapshot.slice(view.clone()).into_iter().flat_map(|slice| slice.chunks());
    for c in chunks.flat_map(str::chars) {
        settle(marks, at, text.len());
        at += c.len_utf8();
        text.push(if c == '\t' { c } else { printable(c) });
    }
    settle(marks, line.end, text.len());
    if view.end < line.end {
        text.push('…');
    }
    view.start > line.start
}

fn settle(marks: &mut [Mark], at: usize, shown_at: usize) {
    for mark in marks.iter_mut().filter(|mark| mark.at <= at) {
        mark.shown_at.get_or_insert(shown_at);
    }
}

fn whole_characters(snapshot: &Snapshot, line: &Range<usize>, place: usize) -> Range<usize> {
    if line.len() <= BEFORE + AFTER {
        return line.clone();
    }
    let text = snapshot.rope();
    let character = |byte: usize| text.char_to_byte(text.byte_to_char(byte));
    let start = line.start.max(place.saturating_sub(BEFORE));
    character(start).max(line.start)..character(line.end.min(place + AFTER))
}
