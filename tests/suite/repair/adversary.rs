//! Batches that a hasty repair gets wrong. Here nothing is promised but that
//! no wrong text is applied.

use super::case::Case;
use super::document;
use super::draw::Draw;
use super::mistakes::{blur, new_lines, off, put_in, repeat, restated, shift};
use super::place::{Place, contents, first_line, last_line, moved, without_blanks};
use super::right::{Author, Right};
use crate::oracle::{self, Expect, Patch};

/// Two mistakes at once, that do not look like a single other one.
pub(super) fn two_mistakes(draw: &mut Draw) -> Option<Case> {
    let right = Right::draw(draw)?;
    let first =
        if draw.percent(70) { off(draw, &right.patches) } else { shift(draw, &right.patches) }?;
    let mut case = Case::new(right, first.clone());
    if draw.percent(40) {
        case.sent = off(draw, &first)?;
        return Some(case);
    }
    let mut second = case.right.patches.clone();
    if draw.percent(50) {
        repeat(&mut draw.clone(), &mut second);
        repeat(draw, &mut case.sent);
    } else {
        let index = draw.below(case.sent.len());
        blur(draw, &mut case.sent[index]).then_some(())?;
        // What stands somewhere to the letter is meant there; what is alike
        // where a wrong number put it has nothing wrong but its blanks.
        let place = Place::new(&case.right.text, case.right.encoding);
        let is_off = first_line(&first[index]) != first_line(&second[index]);
        let is_seen = !(is_off && place.is_alike_there(&case.sent[index]));
        (is_seen && place.count(&case.sent[index]) == 0).then_some(())?;
    }
    // A mistake that by itself nobody sees stays when the other is repaired.
    // Wrong numbers are suspected where a patch moves: of those above, both.
    for alone in [first, second] {
        case.accepted.extend(oracle::apply(&case.right.text, &alone, case.right.encoding).ok());
    }
    Some(case.with_token(draw))
}

/// The document was changed at several places, none of them under a patch.
pub(super) fn several_changes(draw: &mut Draw) -> Option<Case> {
    let written = Right::draw(draw)?;
    let mut now = Right { text: written.text.clone(), patches: written.patches.clone(), ..written };
    for _ in 0..draw.between(2, 4) {
        let at = draw.between(1, contents(&now.text).len());
        now = match draw.below(4) {
            0 => take_out(&now, at)?,
            _ => put_in(&now, at, &new_lines(draw))?,
        };
    }
    let mut case = Case::new(now.checked()?, written.patches);
    case.written_for = draw.percent(50).then_some(written.text);
    Some(case)
}

/// The document without line `at`, which no patch may name.
fn take_out(right: &Right, at: usize) -> Option<Right> {
    let is_named = |it: &Patch| (first_line(it)..=last_line(it)).contains(&at);
    if at == 1 || right.patches.iter().any(is_named) {
        return None;
    }
    let mut lines = lines(right);
    lines.remove(at - 1);
    let carry = |it: &Patch| if first_line(it) > at { moved(it, -1) } else { Some(it.clone()) };
    let patches: Option<Vec<Patch>> = right.patches.iter().map(carry).collect();
    Some(Right { text: lines.concat(), encoding: right.encoding, patches: patches? })
}

/// The lines with their terminators, and the mark with the first.
fn lines(right: &Right) -> Vec<String> {
    let lines = oracle::lines(&right.text);
    let mut lines: Vec<String> = lines.into_iter().map(|(content, end)| content + &end).collect();
    if right.text.starts_with('\u{feff}') {
        lines[0].insert(0, '\u{feff}');
    }
    lines
}

/// What a patch names stands at a second place too, and a number is wrong.
pub(super) fn copies(draw: &mut Draw) -> Option<Case> {
    let right = Right::draw(draw)?;
    let all = contents(&right.text);
    let patch = draw.pick(&right.patches);
    let named = all.get(first_line(&patch) - 1..last_line(&patch).min(all.len()))?.to_vec();
    let right = put_in(&right, draw.between(1, all.len()), &named)?.checked()?;
    match draw.below(3) {
        0 => {
            let sent = off(draw, &right.patches)?;
            Some(Case::new(right, sent).with_token(draw))
        }
        1 => {
            let sent = shift(draw, &right.patches)?;
            Some(Case::new(right, sent).with_token(draw))
        }
        _ => {
            let at = draw.between(1, all.len());
            let now = put_in(&right, at, &new_lines(draw))?.checked()?;
            let mut case = Case::new(now, right.patches);
            case.written_for = draw.percent(50).then_some(right.text);
            Some(case)
        }
    }
}

/// The user changed or deleted a line that a patch names, and perhaps put
/// others in.
pub(super) fn under_a_patch(draw: &mut Draw) -> Option<Case> {
    let (case, index) = changed_under(draw)?;
    (!looks_like_a_mistake(&case, index)).then_some(case)
}

/// The same, and no program can tell it from a mistake in the batch, for which
/// the rules take it.
pub(super) fn seems_mistaken(draw: &mut Draw) -> Option<Case> {
    let (case, index) = changed_under(draw)?;
    looks_like_a_mistake(&case, index).then_some(case)
}

/// One copy of what is gone stands elsewhere, as if the number were wrong, or
/// what stands there now is the same but for blanks, as if those were.
fn looks_like_a_mistake(case: &Case, index: usize) -> bool {
    let place = Place::new(&case.right.text, case.right.encoding);
    let mut without = case.sent.clone();
    forget_expect(&mut without[index]);
    let text = oracle::apply(&case.right.text, &without, case.right.encoding);
    let is_accepted = text.is_ok_and(|text| case.accepted.contains(&text));
    place.count(&case.sent[index]) == 1 || place.is_alike_there(&case.sent[index]) && !is_accepted
}

fn changed_under(draw: &mut Draw) -> Option<(Case, usize)> {
    let written = Right::draw(draw)?;
    let index = draw.below(written.patches.len());
    let patch = &written.patches[index];
    let mut lines = lines(&written);
    let at = draw.between(first_line(patch), last_line(patch));
    let line = lines.get_mut(at - 1)?;
    let before = without_blanks(line);
    let content_end = line.trim_end_matches(['\r', '\n']).len();
    let change = draw.below(3);
    match change {
        0 => line.replace_range(..content_end, &document::line(draw)),
        1 => line.insert_str(0, draw.pick(&["\t", "  "])),
        _ => line.clear(),
    }
    if change == 0 && without_blanks(line) == before {
        return None;
    }
    let is_edit = matches!(patch, Patch::Edit { .. });
    if (at == 1 && written.text.starts_with('\u{feff}')) || (change == 1 && is_edit) {
        return None;
    }
    // By the identity of the lines: blanks leave a patch where it is, and a
    // line that is gone is no longer one of those that a patch names.
    let mut patches = written.patches.clone();
    match change {
        0 => {}
        1 => forget_expect(&mut patches[index]),
        _ => patches = patches.iter().filter_map(|it| without_line(it, at)).collect(),
    }
    let mut now = Right { text: lines.concat(), encoding: written.encoding, patches };
    if draw.percent(50) {
        now = put_in(&now, draw.between(1, contents(&now.text).len().max(1)), &new_lines(draw))?;
    }
    let is_gone = now.patches.len() < written.patches.len();
    let mut case = Case::new(now, written.patches);
    if is_gone {
        case.accepted.clear();
    }
    if change == 1 {
        // Only the blanks are seen, where no other patch says what it expects.
        let mut sent = case.sent.clone();
        forget_expect(&mut sent[index]);
        case.accepted.extend(oracle::apply(&case.right.text, &sent, case.right.encoding).ok());
    }
    case.written_for = draw.percent(50).then_some(written.text);
    Some((case, index))
}

/// The patch once line `at` is gone; `None` if it named no other. An edit means
/// a part of its lines, so it has lost what it means.
fn without_line(patch: &Patch, at: usize) -> Option<Patch> {
    if last_line(patch) < at {
        return Some(patch.clone());
    }
    if first_line(patch) > at {
        return moved(patch, -1);
    }
    let mut patch = patch.clone();
    let names_others = first_line(&patch) < last_line(&patch);
    match &mut patch {
        Patch::Replace { end_line, .. } | Patch::Delete { end_line, .. } if names_others => {
            *end_line -= 1;
        }
        _ => return None,
    }
    Some(patch)
}

fn forget_expect(patch: &mut Patch) {
    match patch {
        Patch::Replace { expect, .. }
        | Patch::Insert { expect, .. }
        | Patch::Delete { expect, .. } => *expect = None::<Expect>,
        Patch::Edit { expect, .. } => *expect = None,
    }
}

/// Two patches want different things of the same line.
pub(super) fn contradiction(draw: &mut Draw) -> Option<Case> {
    let text = document::text(draw, true);
    let encoding = document::encoding(draw);
    let place = Place::new(&text, encoding);
    let n = place.lines.len();
    let first = draw.between(1, n);
    let (middle, last) = ((first + 1).min(n), (first + 2).min(n));
    let (kind, count) = (draw.below(4), draw.between(1, 5));
    let mut author = Author::new(draw, &place);
    let (one, other) = match kind {
        0 => (author.replace(first, middle), author.replace(middle, last)),
        1 => (author.replace(first, last), author.delete(middle, last)),
        2 => {
            let (one, other) = (author.replace(middle, middle), author.replace(middle, middle));
            (
                restated(&place.lines, &one, first, middle),
                restated(&place.lines, &other, middle, last),
            )
        }
        _ => {
            let length = place.lines[first - 1].len();
            let ascii = place.lines[first - 1].is_ascii() && length >= 6;
            ascii.then_some(())?;
            (author.edit((first, 0), (first, 4)), author.edit((first, 2), (first, 6)))
        }
    };
    let mut sent = author.patches(1, first - 1, count);
    sent.extend([one.clone(), other.clone()]);
    draw.shuffle(&mut sent);
    // What one of them restates it does not change.
    let new = |patch: &Patch| match patch {
        Patch::Replace { text, .. } => contents(if text.is_empty() { "\n" } else { text }),
        _ => Vec::new(),
    };
    let clash = &place.lines[middle - 1];
    let restates = kind < 3 && (new(&one).contains(clash) || new(&other).contains(clash));
    let is_same = new(&one) == new(&other);
    let right = Right { text: text.clone(), encoding, patches: Vec::new() };
    let mut case = Case::new(right, sent).with_token(draw);
    case.accepted.clear();
    (!restates && !is_same && !clash.is_empty()).then_some(case)
}
