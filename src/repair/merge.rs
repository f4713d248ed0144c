//! Two patches that name the same lines, where it is certain what they mean
//! together.

use std::ops::Range;

use super::subject::{Subject, expect_of};
use crate::batch::{Expect, NamedLines, Patch};
use crate::text::{Terminator, from_lines, lines};

/// How many lines two patches may name together to be merged.
const LINES: usize = 2_000;

/// Whether both patches do the same to the same text.
pub(super) fn is_same(subject: &Subject<'_>, one: &Patch, other: &Patch) -> bool {
    match (one, other) {
        (
            Patch::Replace { lines: here, text, .. },
            Patch::Replace { lines: there, text: other_text, .. },
        ) => here == there && lines(text).eq(lines(other_text)),
        (
            Patch::Insert { line: here, text, .. },
            Patch::Insert { line: there, text: other_text, .. },
        ) => here == there && lines(text).eq(lines(other_text)),
        (Patch::Delete { lines: here, .. }, Patch::Delete { lines: there, .. }) => here == there,
        (Patch::Edit { new_text, .. }, Patch::Edit { new_text: other_text, .. }) => {
            subject.span(one) == subject.span(other) && new_text == other_text
        }
        _ => false,
    }
}

/// The one patch that does what two line patches do together; `None` unless
/// they change different lines, restating at most what the other one changes.
pub(super) fn merged(subject: &Subject<'_>, earlier: &Patch, later: &Patch) -> Option<Patch> {
    let (one, other) = (Rewrite::of(earlier)?, Rewrite::of(later)?);
    let union = one.lines.start.min(other.lines.start)..one.lines.end.max(other.lines.end);
    if union.is_empty() || union.len() > LINES {
        return None;
    }
    let base = base_lines(subject, &union)?;
    let new = together(&one, &other, &union, &base)?;
    let named = |line| u32::try_from(line).ok();
    let lines = NamedLines::new(named(union.start)?, named(union.end - 1)?)?;
    let guarded = expect_of(earlier).or(expect_of(later)).is_some();
    let expect = guarded.then(|| Expect::Lines(from_lines(base.iter().map(String::as_str))));
    Some(match new[..] {
        [] => Patch::Delete { lines, expect },
        _ => Patch::Replace { lines, text: from_lines(new), expect },
    })
}

/// The lines that a replacement only restates, as a patch that expects them:
/// they say where it belongs.
pub(super) fn restated(subject: &Subject<'_>, patch: &Patch) -> Option<Patch> {
    let rewrite = Rewrite::of(patch)?;
    let base = base_lines(subject, &rewrite.lines)?;
    let changed = rewrite.changed(&base);
    let head = rewrite.lines.start..changed.lines.start;
    let tail = changed.lines.end..rewrite.lines.end;
    let longer = if head.len() > tail.len() { head } else { tail };
    let kept = &base[longer.start - rewrite.lines.start..longer.end - rewrite.lines.start];
    kept.iter().any(|line| !line.trim().is_empty()).then_some(())?;
    let expect = Expect::Lines(from_lines(kept.iter().map(String::as_str)));
    let number = |line| u32::try_from(line).ok();
    let lines = NamedLines::new(number(longer.start)?, number(longer.end.checked_sub(1)?)?)?;
    Some(Patch::Delete { lines, expect: Some(expect) })
}

/// A line patch as the lines `lines`, one-based and half-open, that become
/// `new`.
struct Rewrite<'a> {
    lines: Range<usize>,
    new: Vec<&'a str>,
}

impl<'a> Rewrite<'a> {
    fn of(patch: &'a Patch) -> Option<Rewrite<'a>> {
        Some(match patch {
            Patch::Replace { lines: named, text, .. } => {
                Rewrite { lines: named.first()..named.last() + 1, new: lines(text).collect() }
            }
            Patch::Insert { line, text, .. } => {
                let line = *line as usize;
                Rewrite { lines: line..line, new: lines(text).collect() }
            }
            Patch::Delete { lines: named, .. } => {
                Rewrite { lines: named.first()..named.last() + 1, new: Vec::new() }
            }
            Patch::Edit { .. } => return None,
        })
    }

    fn is_delete(&self) -> bool {
        self.new.is_empty()
    }

    fn is_insert(&self) -> bool {
        self.lines.is_empty()
    }

    /// The rewrite without the lines at its start and its end that it only
    /// restates. Where it cannot be told which of several equal lines it
    /// restates, all of them count as changed.
    fn changed(&self, base: &[String]) -> Rewrite<'a> {
        let most = base.len().min(self.new.len());
        let agree = |(line, new): &(&String, &&str)| line.as_str() == **new;
        let head = base.iter().zip(&self.new).take_while(agree).count();
        let tail = base.iter().rev().zip(self.new.iter().rev()).take_while(agree).count();
        let (head, tail) =
            if head + tail > most { (most - tail, most - head) } else { (head, tail) };
        Rewrite {
            lines: self.lines.start + head..self.lines.end - tail,
            new: self.new[head..self.new.len() - tail].to_vec(),
        }
    }
}

/// What becomes of the lines `union` when both rewrites are carried out.
fn together<'t>(
    one: &Rewrite<'t>,
    other: &Rewrite<'t>,
    union: &Range<usize>,
    base: &'t [String],
) -> Option<Vec<&'t str>> {
    // Lines that are inserted among deleted ones stand in their place, wherever
    // exactly, and two deletions need no order.
    if one.is_delete() && (other.is_delete() || other.is_insert()) {
        return Some(other.new.clone());
    }
    if other.is_delete() && one.is_insert() {
        return Some(one.new.clone());
    }
    let at = |lines: &Range<usize>| &base[lines.start - union.start..lines.end - union.start];
    let mut changed = [one.changed(at(&one.lines)), other.changed(at(&other.lines))];
    changed.sort_by_key(|rewrite| (rewrite.lines.start, rewrite.lines.end));
    let [first, second] = changed;
    if first.lines.end > second.lines.start || first.lines == second.lines {
        return None;
    }
    let kept = |lines: Range<usize>| at(&lines).iter().map(String::as_str);
    let head = kept(union.start..first.lines.start).chain(first.new);
    let middle = kept(first.lines.end..second.lines.start).chain(second.new);
    Some(head.chain(middle).chain(kept(second.lines.end..union.end)).collect())
}

/// The lines, if all of them have the same terminator: a merged patch gives
/// that of its first line to all.
fn base_lines(subject: &Subject<'_>, named: &Range<usize>) -> Option<Vec<String>> {
    let snapshot = subject.snapshot;
    let terminator = snapshot.line(named.start)?.terminator;
    let line = |number| {
        let line = snapshot.line(number)?;
        let same = line.terminator == terminator || line.terminator == Terminator::None;
        let content = snapshot.slice(line.start..line.content_end)?;
        same.then(|| content.to_string())
    };
    named.clone().map(line).collect()
}
