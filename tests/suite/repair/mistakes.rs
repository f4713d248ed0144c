//! One mistake in a batch that was right.

use super::case::Case;
use super::certain;
use super::document;
use super::draw::Draw;
use super::place::{Place, contents, first_line, last_line, moved};
use super::right::{Author, Right, listed};
use crate::oracle::{self, Expect, Patch};

/// One patch is a line too far up or down.
pub(super) fn off_by_one(draw: &mut Draw) -> Option<Case> {
    let right = Right::draw(draw)?;
    let sent = off(draw, &right.patches)?;
    let mut case = Case::new(right, sent).with_token(draw);
    case.is_certain = certain::moves(&case);
    Some(case)
}

/// The result holds no patch twice: that would be another mistake.
pub(super) fn off(draw: &mut Draw, patches: &[Patch]) -> Option<Vec<Patch>> {
    let index = draw.below(patches.len());
    let mut sent = patches.to_vec();
    sent[index] = moved(&sent[index], draw.pick(&[-1, 1]))?;
    is_no_copy(&sent, index).then_some(sent)
}

fn is_no_copy(patches: &[Patch], index: usize) -> bool {
    let same = |it: &Patch| format!("{it:?}") == format!("{:?}", patches[index]);
    patches.iter().filter(|it| same(it)).count() == 1
}

/// All patches are so many lines too far up or down.
pub(super) fn shifted(draw: &mut Draw) -> Option<Case> {
    let right = Right::draw(draw)?;
    let sent = shift(draw, &right.patches)?;
    let mut case = Case::new(right, sent).with_token(draw);
    case.is_certain = certain::moves(&case);
    Some(case)
}

pub(super) fn shift(draw: &mut Draw, patches: &[Patch]) -> Option<Vec<Patch>> {
    let lines = draw.pick(&[1, 1, 2, 3, 5, 8, 13, 20]);
    let by = if draw.percent(50) { lines } else { -lines };
    patches.iter().map(|it| moved(it, by)).collect()
}

/// The author does not copy blanks faithfully.
pub(super) fn blanks(draw: &mut Draw) -> Option<Case> {
    let right = Right::draw(draw)?;
    let mut sent = right.patches.clone();
    let index = draw.below(sent.len());
    let is_changed = blur(draw, &mut sent[index]);
    let mut case = Case::new(right, sent).with_token(draw);
    case.is_certain = certain::blanks(&case);
    is_changed.then_some(case)
}

/// Whether there was an `expect` to change.
pub(super) fn blur(draw: &mut Draw, patch: &mut Patch) -> bool {
    let text = match patch {
        Patch::Edit { expect: Some(text), .. } => text,
        Patch::Replace { expect: Some(expect), .. }
        | Patch::Insert { expect: Some(expect), .. }
        | Patch::Delete { expect: Some(expect), .. } => match expect {
            Expect::Text(text) => text,
            Expect::FirstLast(first, last) => {
                if draw.percent(50) {
                    first
                } else {
                    last
                }
            }
        },
        _ => return false,
    };
    let before = text.clone();
    *text = match draw.below(6) {
        0 => text.replace('\t', "    "),
        1 => text.replace("    ", "\t").replace("  ", "\t"),
        2 => text.clone() + draw.pick(&[" ", "  ", "\t"]),
        3 => text.replacen(' ', "  ", 1),
        4 => text.replacen(' ', "", 1),
        _ => text.trim_start_matches([' ', '\t']).to_owned(),
    };
    *text != before
}

/// A patch is listed again, further down.
pub(super) fn duplicate(draw: &mut Draw) -> Option<Case> {
    let right = Right::draw(draw)?;
    let mut sent = right.patches.clone();
    repeat(draw, &mut sent);
    let mut case = Case::new(right, sent).with_token(draw);
    case.is_certain = certain::duplicate(&case);
    Some(case)
}

pub(super) fn repeat(draw: &mut Draw, patches: &mut Vec<Patch>) {
    let index = draw.below(patches.len());
    let again = draw.between(index + 1, patches.len());
    patches.insert(again, patches[index].clone());
}

/// A patch that ends with the document is said to end behind it.
pub(super) fn past_end(draw: &mut Draw) -> Option<Case> {
    let text = document::text(draw, false);
    let encoding = document::encoding(draw);
    let place = Place::new(&text, encoding);
    let (count, n) = (draw.between(1, 12), place.lines.len());
    let first = if draw.percent(10) { 1 } else { n.saturating_sub(draw.below(4)).max(1) };
    let kind = draw.below(3);
    let mut author = Author::new(draw, &place);
    let last = match kind {
        0 => author.delete(first, n),
        1 => author.replace(first, n),
        _ => to_the_end(&mut author, &place, first),
    };
    let mut patches = author.patches(1, first - 1, count);
    patches.retain(|it| last_line(it) < first);
    let index = draw.below(patches.len() + 1);
    patches.insert(index, last);
    let right = Right { text, encoding, patches }.checked()?;
    let mut sent = right.patches.clone();
    let beyond = draw.pick(&[1, 1, 2, 5, 100]);
    match &mut sent[index] {
        Patch::Edit { end, .. } => *end = (contents(&right.text).len() + beyond, draw.below(20)),
        Patch::Replace { end_line, .. } | Patch::Delete { end_line, .. } => *end_line += beyond,
        Patch::Insert { .. } => return None,
    }
    let mut case = Case::new(right, sent).with_token(draw);
    case.is_certain = certain::past_end(&case, index);
    Some(case)
}

/// An edit of all there is from a line on, the final terminator included: LSP
/// lets a text that ends in one go on with an empty line.
fn to_the_end(author: &mut Author, place: &Place, first: usize) -> Patch {
    let n = place.lines.len();
    let mut edit = author.edit((first, 0), (n, place.lines[n - 1].len()));
    if let Patch::Edit { end, expect, .. } = &mut edit
        && place.text.ends_with(['\n', '\r'])
    {
        *end = (n, 0);
        if let Some(text) = expect {
            text.push('\n');
        }
    }
    edit
}

/// Somebody put lines in at one place; the batch names the text from before.
pub(super) fn stale_with_token(draw: &mut Draw) -> Option<Case> {
    let (mut case, before) = stale(draw)?;
    case.written_for = Some(before);
    case.is_certain = certain::moves(&case);
    Some(case)
}

/// The same, and the batch does not say for which text it was written.
pub(super) fn stale_numbers(draw: &mut Draw) -> Option<Case> {
    let (mut case, _) = stale(draw)?;
    case.is_certain = certain::moves(&case);
    Some(case)
}

/// At the very top or further down, but never inside of what a patch names.
fn stale(draw: &mut Draw) -> Option<(Case, String)> {
    let written = Right::draw(draw)?;
    let lowest = written.patches.iter().map(first_line).max()?.min(contents(&written.text).len());
    let at = if draw.percent(40) { 1 } else { draw.between(1, lowest) };
    let now = put_in(&written, at, &new_lines(draw))?.checked()?;
    Some((Case::new(now, written.patches), written.text))
}

pub(super) fn new_lines(draw: &mut Draw) -> Vec<String> {
    (0..draw.between(1, 10)).map(|_| document::line(draw)).collect()
}

/// The document with new lines before line `at`, and the batch carried over;
/// `None` where that is inside of what a patch names.
pub(super) fn put_in(right: &Right, at: usize, new: &[String]) -> Option<Right> {
    let lines = oracle::lines(&right.text);
    let terminator = lines.iter().map(|it| it.1.as_str()).find(|it| !it.is_empty())?;
    let mut text = String::from(if right.text.starts_with('\u{feff}') { "\u{feff}" } else { "" });
    for (index, (content, own)) in lines.iter().enumerate() {
        if index + 1 == at {
            text.extend(new.iter().flat_map(|line| [line, terminator]));
        }
        text.push_str(content);
        text.push_str(own);
    }
    let carry = |patch: &Patch| match (first_line(patch), last_line(patch)) {
        (first, _) if first >= at => carried(patch, new.len(), first, right),
        (_, last) if last < at => Some(patch.clone()),
        _ => None,
    };
    let patches: Option<Vec<Patch>> = right.patches.iter().map(carry).collect();
    Some(Right { text, encoding: right.encoding, patches: patches? })
}

/// The columns of a first line that is no longer first do not count the mark.
fn carried(patch: &Patch, count: usize, first: usize, right: &Right) -> Option<Patch> {
    let is_marked = first == 1 && right.text.starts_with('\u{feff}');
    if is_marked && matches!(patch, Patch::Edit { .. }) {
        return None;
    }
    moved(patch, isize::try_from(count).ok()?)
}

/// Two replacements that change lines apart from each other; then one or both
/// say again what is around them, so that they name a line in common.
pub(super) fn overlapping(draw: &mut Draw) -> Option<Case> {
    let text = document::text(draw, true);
    let encoding = document::encoding(draw);
    let place = Place::new(&text, encoding);
    let n = place.lines.len();
    let gap = draw.below(3);
    let lengths = [draw.between(1, 2), draw.between(1, 2)];
    let room = n.checked_sub(lengths[0] + gap + lengths[1])?;
    let start = 1 + draw.below(room + 1);
    let one = (start, start + lengths[0] - 1);
    let other = (one.1 + 1 + gap, one.1 + gap + lengths[1]);
    let count = draw.between(1, 5);
    let mut author = Author::new(draw, &place);
    let mut patches = vec![author.replace(one.0, one.1), author.replace(other.0, other.1)];
    patches.extend(author.patches(1, one.0 - 1, count));
    patches.extend(author.patches(other.1 + 1, n, count).into_iter().take(5));
    let mut order: Vec<usize> = (0..patches.len()).collect();
    draw.shuffle(&mut order);
    let patches = order.iter().map(|index| patches[*index].clone()).collect();
    let listed_at = |index| order.iter().position(|it| *it == index);
    let (upper, lower) = (listed_at(0)?, listed_at(1)?);
    let right = Right { text: text.clone(), encoding, patches }.checked()?;
    let mut sent = right.patches.clone();
    // The last line that the upper one names, and the first of the lower one.
    let end = draw.between(one.1, other.1);
    let begin = draw.between(one.0, other.0);
    if begin > end {
        return None;
    }
    sent[upper] = restated(&place.lines, &sent[upper], one.0, end);
    sent[lower] = restated(&place.lines, &sent[lower], begin, other.1);
    let mut case = Case::new(right, sent).with_token(draw);
    case.is_certain = certain::merge(&case, upper, lower);
    Some(case)
}

/// A replacement that names more lines and says again what they are.
pub(super) fn restated(lines: &[String], patch: &Patch, from: usize, to: usize) -> Patch {
    let Patch::Replace { line, end_line, text, expect } = patch else { return patch.clone() };
    let mut new = lines[from - 1..line - 1].to_vec();
    new.extend(contents(if text.is_empty() { "\n" } else { text }));
    new.extend_from_slice(&lines[*end_line..to.max(*end_line)]);
    let named = &lines[from - 1..to.max(*end_line)];
    let expect = expect.as_ref().map(|it| match it {
        Expect::Text(_) => Expect::Text(listed(named, "")),
        Expect::FirstLast(..) => {
            Expect::FirstLast(named[0].clone(), named[named.len() - 1].clone())
        }
    });
    Patch::Replace { line: from, end_line: to.max(*end_line), text: listed(&new, ""), expect }
}
