//! Texts and batches of every kind.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::oracle::{self, Encoding, Expect, Patch};

/// Contents of lines: blank, plain, wide, combining, outside the BMP, and the
/// characters that other programs take for line ends.
const CONTENTS: &[&str] = &[
    "",
    "",
    "a",
    "b",
    "ab",
    "let x = 1;",
    "\t x ",
    "e\u{301}",
    "é",
    "漢字",
    "😀",
    "a😀b",
    "\u{2028}",
    "\u{85}",
    "\u{b}\u{c}",
    "\0",
    "x\0y",
    "\u{feff}",
    "👩‍👩‍👧",
];
const TERMINATORS: &[&str] = &["\n", "\r\n", "\r"];

fn content() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        20 => select(CONTENTS).prop_map(str::to_owned),
        // Long enough to cross the leaves of a rope.
        1 => (select(CONTENTS), 100..900_usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}

/// A document: with or without a byte order mark and a final terminator, with
/// terminators of one kind or mixed.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let line = (content(), select(TERMINATORS));
    let one_kind = prop_oneof![3 => select(TERMINATORS).prop_map(Some), 2 => Just(None)];
    let shape = (proptest::bool::weighted(0.1), one_kind, any::<bool>());
    let size = prop_oneof![8 => 0..8_usize, 1 => 8..200_usize];
    (shape, size.prop_flat_map(move |size| vec(line.clone(), size))).prop_map(
        |((bom, one_kind, terminated), lines)| {
            let mut text = String::from(if bom { "\u{feff}" } else { "" });
            let count = lines.len();
            for (index, (content, own)) in lines.into_iter().enumerate() {
                text.push_str(&content);
                if terminated || index + 1 < count {
                    text.push_str(one_kind.unwrap_or(own));
                }
            }
            text
        },
    )
}

pub(crate) fn encoding() -> impl Strategy<Value = Encoding> {
    select(&[Encoding::Utf8, Encoding::Utf16, Encoding::Utf32][..])
}

/// What a patch puts into the text: one line or several, terminated or not.
pub(crate) fn new_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => select(CONTENTS), 2 => select(TERMINATORS)];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Numbers that a patch is made of once the text is known.
#[derive(Clone, Debug)]
struct Draft {
    kind: u8,
    at: usize,
    span: usize,
    columns: (usize, usize),
    text: String,
    expect: u8,
    other: String,
}

fn draft() -> impl Strategy<Value = Draft> {
    let span = prop_oneof![6 => Just(0), 2 => 1..4_usize];
    let columns = (0..6_usize, prop_oneof![0..6_usize, 0..2000_usize]);
    let expect = prop_oneof![6 => Just(0), 3 => 1..4_u8, 1 => Just(4)];
    (0..7_u8, any::<prop::sample::Index>(), span, columns, new_text(), expect, new_text()).prop_map(
        |(kind, at, span, columns, text, expect, other)| {
            let at = at.index(1 << 20);
            Draft { kind, at, span, columns, text, expect, other }
        },
    )
}

/// A text with a batch for it: mostly of patches that name lines that exist,
/// sometimes beside them, often in conflict.
pub(crate) fn batch() -> impl Strategy<Value = (String, Vec<Patch>)> {
    (text(), drafts()).prop_map(|(text, drafts)| {
        let patches = drafts.for_text(&text);
        (text, patches)
    })
}

/// A batch for any text.
#[derive(Clone, Debug)]
pub(crate) struct Drafts(Vec<Draft>);

impl Drafts {
    pub(crate) fn for_text(&self, text: &str) -> Vec<Patch> {
        let lines = oracle::lines(text);
        self.0.iter().map(|draft| patch(draft, &lines)).collect()
    }
}

pub(crate) fn drafts() -> impl Strategy<Value = Drafts> {
    prop_oneof![4 => vec(draft(), 0..6), 1 => vec(draft(), 6..20)].prop_map(Drafts)
}

fn patch(draft: &Draft, lines: &[(String, String)]) -> Patch {
    // Lines 0 to n + 2, the outer ones less often than one in n.
    let line = match draft.at % (lines.len() + 1) {
        0 => [0, 1, lines.len() + 1, lines.len() + 2][draft.at / 7 % 4],
        line => line,
    };
    let end_line = line + draft.span;
    let text = draft.text.clone();
    let named = |first: usize, last: usize| {
        let inside = first.max(1).min(lines.len() + 1)..=last.min(lines.len());
        let contents = inside.map(|number| lines[number - 1].0.as_str());
        contents.collect::<Vec<_>>()
    };
    let expect = |first: usize, last: usize| {
        let named = named(first, last);
        match draft.expect {
            0 => None,
            1 => Some(Expect::Text(named.join("\n"))),
            2 => Some(Expect::Text(named.join("\r\n") + "\r\n")),
            3 => Some(Expect::FirstLast(
                named.first().copied().unwrap_or_default().to_owned(),
                format!("{}\n", named.last().copied().unwrap_or_default()),
            )),
            _ => Some(Expect::Text(draft.other.clone())),
        }
    };
    match draft.kind {
        0 | 1 => {
            let expect = expect(line, end_line);
            Patch::Replace { line, end_line, text, expect }
        }
        2 => Patch::Insert { line, text, expect: expect(line, line) },
        3 => Patch::Delete { line, end_line, expect: expect(line, end_line) },
        _ => {
            let start = (line.saturating_sub(1), draft.columns.0);
            let mut end = (start.0 + draft.span, draft.columns.1);
            if draft.kind == 4 || end < start {
                end = start;
            }
            let expect = (draft.expect == 4).then(|| draft.other.clone());
            Patch::Edit { start, end, new_text: text, expect }
        }
    }
}
