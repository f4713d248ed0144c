//! Snapshots, positions and tokens, against plain strings.

use batchpatch::text::{Position, PositionEncoding, PositionError, Revision, SnapshotToken, lines};
use proptest::prelude::*;

use crate::counts::runner;
use crate::{bridge, generate, oracle};

const ENCODINGS: [PositionEncoding; 3] =
    [PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32];

#[test]
fn a_snapshots_lines_are_the_texts_lines() {
    runner("lines of texts", 2_000, 200_000)
        .run(&generate::text(), |text| {
            let snapshot = bridge::snapshot(&text);
            let expected = oracle::lines(&text);
            assert_eq!(snapshot.line_count(), expected.len());
            let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
            for (index, (content, terminator)) in expected.iter().enumerate() {
                let line = snapshot.line(index + 1).unwrap();
                assert_eq!(line.start, at);
                assert_eq!(&text[line.start..line.content_end], content);
                assert_eq!(&text[line.content_end..line.end], terminator);
                assert_eq!(line.terminator.as_str(), terminator);
                at = line.end;
            }
            assert_eq!(at, text.len());
            assert_eq!(snapshot.line(0), None);
            assert_eq!(snapshot.line(expected.len() + 1), None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn every_offset_has_one_position_and_every_position_leads_back() {
    runner("positions of texts", 500, 50_000)
        .run(&generate::text(), |text| {
            let snapshot = bridge::snapshot(&text);
            for encoding in ENCODINGS {
                for offset in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                    // Between `\r` and `\n` is no position: it is the place
                    // before the pair, as the end of the line.
                    if text[..offset].ends_with('\r') && text[offset..].starts_with('\n') {
                        continue;
                    }
                    let position = snapshot.position_of(offset, encoding);
                    assert_eq!(snapshot.offset_of(position, encoding), Ok(offset));
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_column_counts_in_the_unit_of_the_encoding() {
    let snapshot = bridge::snapshot("é😀x\r\nb");
    let columns = ENCODINGS.map(|encoding| snapshot.position_of(6, encoding).character);
    assert_eq!(columns, [6, 3, 2]);
    let at = |line, character| Position { line, character };
    let offset = |position, encoding| snapshot.offset_of(position, encoding);
    for encoding in ENCODINGS {
        assert_eq!(offset(at(0, 99), encoding), Ok(7), "the end of the line's content");
        assert_eq!(offset(at(1, 99), encoding), Ok(10));
        assert_eq!(offset(at(2, 0), encoding), Err(PositionError::PastTheEnd { lines: 2 }));
    }
    let inside = Err(PositionError::InsideCharacter { starts_at: 2 });
    assert_eq!(offset(at(0, 2), PositionEncoding::Utf16), inside);
    assert_eq!(offset(at(0, 3), PositionEncoding::Utf8), inside);
    assert_eq!(offset(at(0, 2), PositionEncoding::Utf32), Ok(6));
}

#[test]
fn a_token_names_the_text_and_not_the_bom_and_reads_back() {
    let token = bridge::snapshot("a\n").token();
    assert_eq!(bridge::snapshot("\u{feff}a\n").token(), token);
    assert_ne!(bridge::snapshot("a").token(), token);
    assert_eq!(token.to_string().parse(), Ok(token));
    assert_eq!(token.revision, Revision::FIRST);
}

/// The reference values of XXH3-128 with seed 0, as `xxh128sum` prints them.
#[test]
fn the_hash_is_the_one_that_other_programs_compute() {
    let hash = |text: &str| bridge::snapshot(text).token().hash.to_string();
    assert_eq!(hash(""), "99aa06d3014798d86001c324468d497f");
    assert_eq!(hash("a"), "a96faf705af16834e6c632b61e964e1f");
    assert_eq!(hash("abc"), "06b05ab6733a618578af5f94892f3950");
}

#[test]
fn the_hash_does_not_depend_on_how_the_rope_is_built() {
    runner("hashes of texts", 300, 20_000)
        .run(&(generate::text(), any::<prop::sample::Index>()), |(text, at)| {
            let boundaries: Vec<usize> =
                (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let at = boundaries[at.index(boundaries.len())];
            let mut rope = ropey::Rope::from_str(&text[at..]);
            rope.insert(0, &text[..at]);
            let built = batchpatch::text::ContentHash::of(&rope);
            assert_eq!(built, bridge::snapshot(&text).token().hash);
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_only_looks_like_a_token_is_none() {
    let hash = "0123456789abcdef0123456789abcdef";
    assert!(format!("v7.{hash}").parse::<SnapshotToken>().is_ok());
    for text in [
        String::new(),
        "v7".to_owned(),
        "v7.".to_owned(),
        format!("7.{hash}"),
        format!("v.{hash}"),
        format!("v+7.{hash}"),
        format!("v-1.{hash}"),
        format!("v7.{}", &hash[1..]),
        format!("v7.{hash}0"),
        format!("v7.{}", hash.to_uppercase()),
        format!("v7.+{}", &hash[1..]),
        format!("v99999999999999999999.{hash}"),
        format!(" v7.{hash}"),
    ] {
        assert!(text.parse::<SnapshotToken>().is_err(), "{text:?}");
    }
}

#[test]
fn only_three_characters_end_a_line() {
    let others = "a\u{b}\u{c}\u{85}\u{2028}\u{2029}b";
    assert_eq!(lines(others).collect::<Vec<_>>(), [others]);
    assert_eq!(bridge::snapshot(others).line_count(), 1);
    assert_eq!(lines("a\nb\r\nc\rd").collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(lines("\r\n\r").collect::<Vec<_>>(), ["", ""]);
}
