//! Chaos: every boundary of small documents, one patch and two, all of them.

use crate::bridge;
use crate::counts::{count, is_long};
use crate::oracle::{self, Encoding, Patch};

const DOCUMENTS: &[&str] =
    &["", "\u{feff}", "\n", "a", "a\n", "a\nb", "a\r\n\r\nb\r\n", "a\n\nb", "\u{feff}a\n😀"];
const MORE_DOCUMENTS: &[&str] = &[
    "\r",
    "\r\n",
    "\n\n",
    "a\r",
    "a\rb\r\nc",
    "\n\r\nb",
    "a\nb\n\n",
    "\u{feff}\n",
    "\u{feff}a",
    "a\r\nb\nc",
    "\n\nx",
    "é\r\n漢\n",
    "a\rb\nc\r\nd",
    "\u{2028}\n\u{b}",
];
const TEXTS: &[&str] = &["", "x", "x\ny\n", "\n\n"];

/// Every patch that names a place in the text or just beside it.
fn all_patches(text: &str, encoding: Encoding) -> Vec<Patch> {
    let lines = oracle::lines(text);
    let mut patches = Vec::new();
    for line in 0..=lines.len() + 2 {
        for new in TEXTS {
            let text = (*new).to_owned();
            patches.push(Patch::Insert { line, text: text.clone(), expect: None });
            for end_line in line..=(line + 1).min(lines.len() + 1) {
                patches.push(Patch::Replace { line, end_line, text: text.clone(), expect: None });
            }
        }
        for end_line in line..=(line + 2).min(lines.len() + 1) {
            patches.push(Patch::Delete { line, end_line, expect: None });
        }
    }
    let positions: Vec<(usize, usize)> = positions(text, encoding);
    for (index, start) in positions.iter().enumerate() {
        for end in positions[index..].iter().take(4) {
            for new in ["", "x\n"] {
                let (start, end, new_text) = (*start, *end, new.to_owned());
                patches.push(Patch::Edit { start, end, new_text, expect: None });
            }
        }
    }
    patches
}

/// Every position of the text, one past the end of each line, and the line
/// past the end.
fn positions(text: &str, encoding: Encoding) -> Vec<(usize, usize)> {
    let mut positions = Vec::new();
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    for (line, content) in unified.split('\n').enumerate() {
        let length = match encoding {
            Encoding::Utf8 => content.len(),
            Encoding::Utf16 => content.encode_utf16().count(),
            Encoding::Utf32 => content.chars().count(),
        };
        positions.extend((0..=length + 1).map(|column| (line, column)));
    }
    positions.push((unified.split('\n').count(), 0));
    positions
}

fn check(text: &str, patches: &[Patch], encoding: Encoding) {
    let batch = bridge::batch(patches, "atomic");
    let staged = bridge::stage(&batch, &bridge::snapshot(text), bridge::encoding(encoding));
    let found = match staged {
        Ok(staged) => Ok(bridge::text_after(&staged)),
        Err(refusal) => Err(bridge::breaches(&refusal.outcome)),
    };
    let expected = oracle::apply(text, patches, encoding);
    assert_eq!(found, expected, "{text:?} {patches:?} {encoding:?}");
}

#[test]
fn every_patch_at_every_boundary() {
    for text in DOCUMENTS.iter().chain(MORE_DOCUMENTS) {
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for patch in all_patches(text, encoding) {
                check(text, &[patch], encoding);
            }
        }
    }
}

#[test]
fn every_two_patches_at_every_boundary() {
    // The oracle takes its time: the short runs try every fifth pair.
    let step = count("pairs of patches, one in", 5, 1) as usize;
    let more = if is_long() { MORE_DOCUMENTS } else { &[] };
    for text in DOCUMENTS.iter().chain(more) {
        let patches = all_patches(text, Encoding::Utf16);
        for (index, first) in patches.iter().enumerate() {
            for second in patches.iter().skip(index % step).step_by(step) {
                check(text, &[first.clone(), second.clone()], Encoding::Utf16);
            }
        }
    }
}
