//! Which lines of two texts a diff keeps.

use std::collections::{HashMap, HashSet};

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// How many lines are compared in search of the shortest diff: the search is
/// quadratic where they have little in common.
const SEARCHED: usize = 4_000;

/// The pairs of equal lines that a diff keeps, ascending in both texts. Long
/// texts are first cut where a line stands once in each of them: still a right
/// diff, if not always the shortest.
pub(super) fn agreement(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let same = |(old, new): &(&&str, &&str)| old == new;
    let head = old.iter().zip(new).take_while(same).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(same).count();
    let old_middle = &old_rest[..old_rest.len() - tail];
    let new_middle = &new_rest[..new_rest.len() - tail];

    let mut pairs: Vec<_> = (0..head).map(|line| (line, line)).collect();
    let inner = search(old_middle, new_middle);
    pairs.extend(inner.into_iter().map(|(old, new)| (head + old, head + new)));
    pairs.extend((1..=tail).rev().map(|step| (old.len() - step, new.len() - step)));
    pairs
}

fn search(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    // A line that only one text has is in no pair, and most lines are such.
    let old_lines = that_are_in(old, new);
    let new_lines = that_are_in(new, old);
    let old_text: Vec<&str> = old_lines.iter().map(|line| old[*line]).collect();
    let new_text: Vec<&str> = new_lines.iter().map(|line| new[*line]).collect();
    let mut pairs = Vec::new();
    let (mut old_from, mut new_from) = (0, 0);
    let cuts = if is_short(&old_text, &new_text) { Vec::new() } else { cuts(&old_text, &new_text) };
    for (old_to, new_to) in cuts.into_iter().chain([(old_text.len(), new_text.len())]) {
        let between = shortest(&old_text[old_from..old_to], &new_text[new_from..new_to]);
        pairs.extend(between.into_iter().map(|(old, new)| (old_from + old, new_from + new)));
        if old_to < old_text.len() {
            pairs.push((old_to, new_to));
        }
        (old_from, new_from) = (old_to + 1, new_to + 1);
    }
    pairs.into_iter().map(|(old, new)| (old_lines[old], new_lines[new])).collect()
}

fn is_short(old: &[&str], new: &[&str]) -> bool {
    old.len() + new.len() <= SEARCHED
}

/// The pairs of the shortest diff, or none where it would take long to find.
fn shortest(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    if !is_short(old, new) {
        return Vec::new();
    }
    let kept =
        capture_diff_slices(Algorithm::Myers, old, new).into_iter().filter_map(|operation| {
            match operation {
                DiffOp::Equal { old_index, new_index, len } => Some((old_index, new_index, len)),
                _ => None,
            }
        });
    kept.flat_map(|(old, new, len)| (0..len).map(move |step| (old + step, new + step))).collect()
}

/// The most pairs of lines that stand once in each text, ascending in both.
fn cuts(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let new_places = that_stand_once(new);
    let old_places = that_stand_once(old);
    let mut pairs: Vec<(usize, usize)> =
        old_places.iter().filter_map(|(line, at)| Some((*at, *new_places.get(line)?))).collect();
    pairs.sort_unstable();
    // For each length, the pair with the lowest end that so long a run ends in;
    // and for each pair, the one before it in its run.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, (_, place)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut run: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |index| before[*index])
            .map(|index| pairs[index])
            .collect();
    run.reverse();
    run
}

fn that_stand_once<'a>(lines: &[&'a str]) -> HashMap<&'a str, usize> {
    let mut places: HashMap<&str, Option<usize>> = HashMap::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        places.entry(line).and_modify(|place| *place = None).or_insert(Some(index));
    }
    places.into_iter().filter_map(|(line, place)| Some((line, place?))).collect()
}

/// The indices of the lines of `of` that `other` has too.
fn that_are_in(of: &[&str], other: &[&str]) -> Vec<usize> {
    let other: HashSet<&str> = other.iter().copied().collect();
    let shared = of.iter().enumerate().filter(|(_, line)| other.contains(**line));
    shared.map(|(index, _)| index).collect()
}
