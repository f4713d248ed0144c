//! Change sets against edits of a plain string.

use std::cell::Cell;
use std::ops::Range;

use batchpatch::change::{ApplyError, Bias, Builder, ChangeSet};
use proptest::collection::vec;
use proptest::prelude::*;
use ropey::Rope;

use crate::counts::runner;
use crate::generate;

/// Edits to a text: where, and what stands there then.
type Edits = Vec<(Range<usize>, String)>;

/// Disjoint edits on whole characters, ascending.
fn edits_for(text: &str) -> impl Strategy<Value = Edits> + use<> {
    let boundaries: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
    vec((any::<prop::sample::Index>(), 0..4_usize, generate::new_text()), 0..6).prop_map(
        move |drafts| {
            let mut edits: Edits = drafts
                .into_iter()
                .map(|(at, span, text)| {
                    let start = at.index(boundaries.len());
                    let end = (start + span).min(boundaries.len() - 1);
                    (boundaries[start]..boundaries[end], text)
                })
                .collect();
            edits.sort_by_key(|(span, _)| (span.start, span.end));
            let mut at = 0;
            edits.retain(|(span, _)| {
                let free = at <= span.start;
                at = if free { span.end } else { at };
                free
            });
            edits
        },
    )
}

fn set_of(len: usize, edits: &Edits) -> ChangeSet {
    let mut builder = Builder::new(len);
    for (span, text) in edits {
        builder.replace(span.clone(), text).unwrap();
    }
    builder.finish()
}

fn edited(text: &str, edits: &Edits) -> String {
    let mut result = text.to_owned();
    for (span, new) in edits.iter().rev() {
        result.replace_range(span.clone(), new);
    }
    result
}

fn applied(set: &ChangeSet, text: &str) -> String {
    set.apply(&Rope::from_str(text)).unwrap().to_string()
}

fn text_and_edits() -> impl Strategy<Value = (String, Edits)> {
    generate::text().prop_flat_map(|text| {
        let edits = edits_for(&text);
        (Just(text), edits)
    })
}

#[test]
fn a_change_set_does_what_its_edits_do_and_its_inverse_takes_it_back() {
    runner("change sets", 2_000, 200_000)
        .run(&text_and_edits(), |(text, edits)| {
            let set = set_of(text.len(), &edits);
            let after = edited(&text, &edits);
            assert_eq!(applied(&set, &text), after);
            assert_eq!(set.len_after(), after.len());
            let spans: Vec<_> = set.ascending().map(|change| change.span).collect();
            assert!(spans.is_sorted_by(|one, next| one.end < next.start), "no two touch");
            for change in set.ascending() {
                assert_eq!(&after[change.new_span()], change.text);
            }
            let inverse = set.invert(&Rope::from_str(&text)).unwrap();
            assert_eq!(applied(&inverse, &after), text);
            let twice = inverse.invert(&Rope::from_str(&after)).unwrap();
            assert_eq!(twice, set, "the inverse of the inverse");
            Ok(())
        })
        .unwrap();
}

#[test]
fn two_change_sets_composed_do_what_they_do_one_after_the_other() {
    let strategy = text_and_edits().prop_flat_map(|(text, first)| {
        let second = edits_for(&edited(&text, &first));
        (Just(text), Just(first), second)
    });
    runner("composed change sets", 3_000, 300_000)
        .run(&strategy, |(text, first, second)| {
            let middle = edited(&text, &first);
            let after = edited(&middle, &second);
            let (first, second) = (set_of(text.len(), &first), set_of(middle.len(), &second));
            let both = first.compose(&second).unwrap();
            assert_eq!(applied(&both, &text), after);
            assert_eq!((both.len_before(), both.len_after()), (text.len(), after.len()));
            assert_eq!(first.compose(&ChangeSet::identity(middle.len())).unwrap(), first);
            assert_eq!(ChangeSet::identity(text.len()).compose(&first).unwrap(), first);
            Ok(())
        })
        .unwrap();
}

#[test]
fn composing_does_not_depend_on_which_two_of_three_are_composed_first() {
    let strategy = text_and_edits().prop_flat_map(|(text, first)| {
        let middle = edited(&text, &first);
        edits_for(&middle).prop_flat_map(move |second| {
            let third = edits_for(&edited(&middle, &second));
            (Just(text.clone()), Just(first.clone()), Just(second), third)
        })
    });
    runner("change sets composed three at a time", 500, 50_000)
        .run(&strategy, |(text, first, second, third)| {
            let two = edited(&text, &first);
            let three = edited(&two, &second);
            let [first, second, third] = [(&text, &first), (&two, &second), (&three, &third)]
                .map(|(text, edits)| set_of(text.len(), edits));
            let left = first.compose(&second).unwrap().compose(&third).unwrap();
            let right = first.compose(&second.compose(&third).unwrap()).unwrap();
            assert_eq!(applied(&left, &text), applied(&right, &text));
            Ok(())
        })
        .unwrap();
}

/// Two sets of edits of one text, far apart, near, or into each other.
fn text_and_two_edits() -> impl Strategy<Value = (String, Edits, Edits)> {
    generate::text().prop_flat_map(|text| {
        let (one, other) = (edits_for(&text), edits_for(&text));
        (Just(text), one, other)
    })
}

#[test]
fn what_is_carried_over_other_edits_does_what_both_do_at_once() {
    let (carried, in_conflict) = (Cell::new(0), Cell::new(0));
    runner("change sets carried over others", 4_000, 400_000)
        .run(&text_and_two_edits(), |(text, edits, others)| {
            let (set, other) = (set_of(text.len(), &edits), set_of(text.len(), &others));
            let now = edited(&text, &others);
            let touches = |span: &Range<usize>| {
                other.ascending().any(|it| it.span.start <= span.end && span.start <= it.span.end)
            };
            let original = set.clone();
            match set.carried_over(&other, &text.as_str().into(), &now.as_str().into()) {
                Ok(set) => {
                    let is_told = !set.is_empty() && !other.is_empty();
                    carried.set(carried.get() + usize::from(is_told));
                    let changes = [&original, &other].map(|set| {
                        set.ascending().map(|it| (it.span, it.text.to_owned())).collect::<Edits>()
                    });
                    let mut both = changes.concat();
                    both.sort_by_key(|(span, _)| (span.start, span.end));
                    both.dedup();
                    prop_assert_eq!(applied(&set, &now), edited(&text, &both));
                }
                Err(spans) => {
                    in_conflict.set(in_conflict.get() + 1);
                    prop_assert!(!spans.is_empty());
                    for span in &spans {
                        prop_assert!(touches(span), "{span:?} is not touched");
                    }
                }
            }
            let is_apart = !set.ascending().any(|change| touches(&change.span));
            let again = set.carried_over(&other, &text.as_str().into(), &now.as_str().into());
            prop_assert!(!is_apart || again.is_ok(), "they are nowhere near each other");
            Ok(())
        })
        .unwrap();
    let (carried, in_conflict) = (carried.get(), in_conflict.get());
    assert!(carried > 300 && in_conflict > 300, "{carried} carried, {in_conflict} in conflict");
}

#[test]
fn side_by_side_two_edits_may_stand_where_a_line_begins_between_them() {
    let carried = |text: &str, one: (Range<usize>, &str), other: (Range<usize>, &str)| {
        let set =
            |(span, new): (Range<usize>, &str)| set_of(text.len(), &vec![(span, new.to_owned())]);
        let now = applied(&set(other.clone()), text);
        let (text, now_rope) = (Rope::from_str(text), Rope::from_str(&now));
        let set = set(one).carried_over(&set(other), &text, &now_rope).ok()?;
        Some(applied(&set, &now))
    };
    let text = "a\nb\nc\n";
    assert_eq!(carried(text, (2..4, ""), (4..4, "x")), Some("a\nxc\n".to_owned()));
    assert_eq!(carried(text, (2..4, ""), (2..2, "x\n")), Some("a\nx\nc\n".to_owned()));
    assert_eq!(carried(text, (2..4, ""), (0..2, "")), Some("c\n".to_owned()));
    assert_eq!(carried(text, (2..4, ""), (2..2, "x")), None, "it is typed into the line");
    assert_eq!(carried(text, (2..3, ""), (3..3, "x")), None, "so it is");
    assert_eq!(carried(text, (2..2, "x\n"), (2..2, "y\n")), None, "which goes first?");
    assert_eq!(carried(text, (2..3, "x"), (2..3, "x")), Some("a\nx\nc\n".to_owned()));
    assert_eq!(carried("a\r\nb", (0..2, ""), (2..3, "")), None, "one terminator");
}

#[test]
fn a_position_goes_where_the_text_beside_it_goes() {
    runner("mapped positions", 2_000, 200_000)
        .run(&text_and_edits(), |(text, edits)| {
            let set = set_of(text.len(), &edits);
            let after = edited(&text, &edits);
            let mut last = (0, 0);
            for position in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let before = set.map_position(position, Bias::Before);
                let behind = set.map_position(position, Bias::After);
                assert!(before <= behind && last.0 <= before && last.1 <= behind, "monotonic");
                last = (before, behind);
                let inside = set.ascending().find(|change| {
                    let Range { start, end } = change.span;
                    start < position && position < end || start == end && position == start
                });
                if let Some(change) = inside {
                    assert_eq!(before..behind, change.new_span());
                    continue;
                }
                assert_eq!(before, behind, "one place outside of all changes");
                // The same unchanged text stands on one side at least.
                let follows = text[position..].chars().next();
                let precedes = text[..position].chars().next_back();
                assert!(
                    after[before..].chars().next() == follows
                        || after[..before].chars().next_back() == precedes
                );
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_builder_refuses_what_is_out_of_order_overlaps_or_lies_outside() {
    let mut builder = Builder::new(10);
    builder.replace(2..4, "x").unwrap();
    for span in [3..5, 0..1, 4..11, 11..11] {
        let error = builder.replace(span.clone(), "y").unwrap_err();
        assert_eq!((error.span, error.at, error.len), (span, 4, 10));
    }
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is refused")]
    builder.replace(7..6, "y").unwrap_err();
    builder.replace(4..5, "z").unwrap();
    let set = builder.finish();
    assert_eq!(set.len(), 1, "what stands side by side is one change");
    assert_eq!(set.len_after(), 9);
    assert_eq!(applied(&set, "0123456789"), "01xz56789");
}

#[test]
fn a_change_set_for_another_text_is_refused() {
    let set = set_of(3, &vec![(0..1, "x".to_owned())]);
    assert!(matches!(
        set.apply(&Rope::from_str("four")),
        Err(ApplyError::OtherLength { expected: 3, found: 4 })
    ));
    assert!(set.invert(&Rope::from_str("four")).is_err());
    assert!(set.compose(&ChangeSet::identity(4)).is_err());
}

/// Whether a text is cut inside a `\r\n`.
fn cuts_a_pair(text: &str, at: usize) -> bool {
    text[..at].ends_with('\r') && text[at..].starts_with('\n')
}

#[test]
fn a_reduced_change_set_makes_the_same_text_and_puts_nothing_back() {
    runner("reduced change sets", 3_000, 300_000)
        .run(&text_and_edits(), |(text, edits)| {
            let set = set_of(text.len(), &edits);
            let reduced = set.reduced(&Rope::from_str(&text)).unwrap();
            let after = edited(&text, &edits);
            assert_eq!(applied(&reduced, &text), after);
            assert_eq!((reduced.len_before(), reduced.len_after()), (text.len(), after.len()));
            assert_eq!(reduced.reduced(&Rope::from_str(&text)).unwrap(), reduced);
            let cut = |set: &ChangeSet| {
                let ends = |change: batchpatch::change::Change<'_>| {
                    let (old, new) = (change.span.clone(), change.new_span());
                    [(old.start, new.start), (old.end, new.end)]
                };
                let edges: Vec<_> = set.ascending().flat_map(ends).collect();
                let cuts = |&&(old, new): &&(usize, usize)| {
                    cuts_a_pair(&text, old) || cuts_a_pair(&after, new)
                };
                edges.iter().filter(cuts).count()
            };
            assert!(cut(&reduced) <= cut(&set), "no pair is cut that was whole");
            for change in reduced.ascending() {
                let (old, new) = (&text[change.span.clone()], change.text);
                let same = |one: Option<char>, other: Option<char>| {
                    one.is_some() && one == other && !matches!(one, Some('\r' | '\n'))
                };
                assert!(!same(old.chars().next(), new.chars().next()), "{old:?} to {new:?}");
                assert!(!same(old.chars().last(), new.chars().last()), "{old:?} to {new:?}");
                assert_ne!(old, new);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_puts_back_the_same_text_is_no_change() {
    let reduced = |text: &str, span: Range<usize>, new: &str| {
        let set = set_of(text.len(), &vec![(span, new.to_owned())]);
        let set = set.reduced(&Rope::from_str(text)).unwrap();
        let all = set.ascending().map(|change| (change.span, change.text.to_owned()));
        all.collect::<Vec<_>>()
    };
    assert_eq!(reduced("a\nb\n", 0..4, "a\nb\n"), []);
    assert_eq!(reduced("a\nb\nc\n", 0..6, "a\nx\nc\n"), [(2..3, "x".to_owned())]);
    assert_eq!(reduced("aa", 0..2, "aaa"), [(2..2, "a".to_owned())]);
    assert_eq!(reduced("é", 0..2, "è"), [(0..2, "è".to_owned())]);
    assert_eq!(reduced("a\r\nb", 0..4, "a\rb"), [(1..3, "\r".to_owned())]);
    assert_eq!(reduced("a\rb", 0..3, "a\r\nb"), [(1..2, "\r\n".to_owned())]);
    assert_eq!(reduced("a\nb", 0..3, "a\r\nb"), [(1..2, "\r\n".to_owned())]);
}

#[test]
fn a_span_is_found_again_exactly_if_nothing_of_it_is_taken_and_nothing_put_between() {
    runner("mapped spans", 1_000, 100_000)
        .run(&(text_and_edits(), any::<[prop::sample::Index; 2]>()), |((text, edits), ends)| {
            let set = set_of(text.len(), &edits);
            let after = edited(&text, &edits);
            let mut ends = ends.map(|end| text.floor_char_boundary(end.index(text.len() + 1)));
            ends.sort_unstable();
            let span = ends[0]..ends[1];
            let concerns = |change: batchpatch::change::Change<'_>| match change.span {
                Range { start, end } if start == end && span.is_empty() => start == span.start,
                Range { start, end } => start < span.end && span.start < end,
            };
            let found = set.map_span(span.clone());
            assert_eq!(found.is_none(), set.ascending().any(concerns), "{span:?} in {set:?}");
            if let Some(found) = found {
                assert_eq!(after[found.clone()], text[span.clone()]);
                let moved = set.map_position(span.start, Bias::After);
                assert!(span.is_empty() || found.start == moved);
            }
            Ok(())
        })
        .unwrap();
}
