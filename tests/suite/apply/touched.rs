//! Whether what the user typed lies in the lines that a patch names.

use std::collections::BTreeSet;

use crate::oracle::{self, Patch};
use crate::simulated::{line_starts, marks};

/// What was typed since a text, as places of that text.
#[derive(Debug)]
pub(super) struct Typed(Vec<(usize, bool)>);

impl Typed {
    /// What `now` has of these marks.
    pub(super) fn since(now: &str, since: &BTreeSet<usize>) -> Typed {
        let mut taken = 0;
        let mut places = Vec::new();
        for mark in marks::marks(now) {
            if since.contains(&mark.number) {
                places.push((mark.span.start - taken, mark.is_whole_line));
                taken += mark.span.len();
            }
        }
        Typed(places)
    }

    /// Whether it is certainly in the lines of `was` that the patch names, or in
    /// so many `beside` them.
    pub(super) fn is_in(&self, was: &str, patch: &Patch, beside: usize) -> bool {
        let Some(named) = Named::of(was, patch, beside) else { return false };
        // Lines of their own before the first line leave it as it is.
        let mut at_start = self.0.iter().rev().filter(|(at, _)| *at == named.start);
        let begins = at_start.next().is_some_and(|(_, is_whole_line)| !is_whole_line);
        let is_inside = |at: usize| named.start < at && at <= named.content_end;
        let is_behind = |at: usize| named.to_end && at == was.len();
        begins || self.0.iter().any(|(at, _)| is_inside(*at) || is_behind(*at))
    }

    /// Whether it may be there: beside the lines where `beside` says how many,
    /// and anywhere between two places if only their sum was told.
    pub(super) fn may_be_in(&self, was: &str, patch: &Patch, beside: usize, is_sum: bool) -> bool {
        // Lines that were never there are in conflict with everything.
        let Some(named) = Named::of(was, patch, 0).and(Named::of(was, patch, beside)) else {
            return true;
        };
        let is_near = |at: &usize| named.start <= *at && *at <= named.end;
        let mut places = self.0.iter().map(|(at, _)| *at);
        if is_sum && let (Some(first), Some(last)) = (places.clone().min(), places.clone().max()) {
            return first <= named.end && named.start <= last;
        }
        places.any(|at| is_near(&at))
    }
}

/// Lines, as bytes.
struct Named {
    start: usize,
    content_end: usize,
    end: usize,
    /// Whether what comes behind them counts too.
    to_end: bool,
}

impl Named {
    /// The lines of a patch, and so many more on both sides.
    fn of(was: &str, patch: &Patch, beside: usize) -> Option<Named> {
        let count = oracle::lines(was).len();
        let (first, last, to_end) = match patch {
            Patch::Replace { line, .. }
            | Patch::Delete { line, .. }
            | Patch::Insert { line, .. }
                if *line == 0 =>
            {
                return None;
            }
            Patch::Insert { line, .. } if *line > count + 1 => return None,
            Patch::Replace { end_line, .. } | Patch::Delete { end_line, .. }
                if *end_line > count =>
            {
                return None;
            }
            Patch::Replace { line, end_line, .. } | Patch::Delete { line, end_line, .. } => {
                (*line, *end_line, false)
            }
            Patch::Insert { line, .. } if *line > count => (count.max(1), count.max(1), true),
            Patch::Insert { line, .. } => (*line, *line, false),
            Patch::Edit { start, end, .. } => (start.0 + 1, end.0 + 1, false),
        };
        let starts = line_starts(was);
        let is_there = beside > 0 || last <= starts.len();
        let first = first.saturating_sub(beside).max(1);
        let last = is_there.then_some((last + beside).min(starts.len()))?;
        let start = *starts.get(first - 1)?;
        let end = starts.get(last).copied().unwrap_or(was.len());
        let lines = was.get(start..end)?;
        let content =
            lines.strip_suffix('\n').map_or(lines, |it| it.strip_suffix('\r').unwrap_or(it));
        Some(Named { start, content_end: start + content.len(), end, to_end })
    }
}
