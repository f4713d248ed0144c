//! Excerpts: what a program reads before it edits.

use batchpatch::text::Excerpt;

use crate::bridge;

fn excerpt(text: &str, start: Option<usize>, end: Option<usize>) -> Excerpt {
    bridge::snapshot(text).excerpt(start, end)
}

fn told(excerpt: &Excerpt) -> (usize, usize, bool, &str) {
    (excerpt.start_line, excerpt.end_line, excerpt.clamped, &excerpt.text)
}

#[test]
fn an_excerpt_without_numbers_is_the_whole_text() {
    let all = excerpt("a\r\nb\rc", None, None);
    assert_eq!(told(&all), (1, 3, false, "a\r\nb\rc"));
    assert_eq!((all.line_count, all.numbered.as_str()), (3, "1\ta\n2\tb\n3\tc\n"));
}

#[test]
fn an_excerpt_holds_both_lines_that_it_names_and_their_exact_bytes() {
    let text = "one\ntwo\r\n\n😀\rfive\n";
    let some = excerpt(text, Some(2), Some(4));
    assert_eq!(told(&some), (2, 4, false, "two\r\n\n😀\r"));
    assert_eq!(some.numbered, "2\ttwo\n3\t\n4\t😀\n");
    assert_eq!(told(&excerpt(text, Some(4), None)), (4, 5, false, "😀\rfive\n"));
    assert_eq!(told(&excerpt(text, None, Some(1))), (1, 1, false, "one\n"));
}

#[test]
fn an_excerpt_says_that_it_is_clamped() {
    let text = "a\nb\nc\n";
    assert_eq!(told(&excerpt(text, Some(0), Some(2))), (1, 2, true, "a\nb\n"));
    assert_eq!(told(&excerpt(text, Some(2), Some(9))), (2, 3, true, "b\nc\n"));
    assert_eq!(told(&excerpt(text, Some(8), Some(9))), (3, 3, true, "c\n"));
    assert_eq!(told(&excerpt(text, Some(8), None)), (3, 3, true, "c\n"));
    assert_eq!(told(&excerpt(text, Some(3), Some(2))), (3, 3, true, "c\n"));
    assert_eq!(told(&excerpt(text, Some(usize::MAX), Some(0))), (3, 3, true, "c\n"));
    assert_eq!(told(&excerpt(text, Some(1), Some(3))), (1, 3, false, text));
}

#[test]
fn an_excerpt_of_a_document_without_lines_is_empty() {
    let empty = excerpt("", None, None);
    assert_eq!((told(&empty), empty.numbered.as_str()), ((1, 0, false, ""), ""));
    assert_eq!(told(&excerpt("", Some(1), Some(1))), (1, 0, true, ""));
    assert_eq!(told(&excerpt("\u{feff}", None, None)), (1, 0, false, ""));
}

#[test]
fn an_excerpt_leaves_the_byte_order_mark_out() {
    assert_eq!(told(&excerpt("\u{feff}a\n", None, None)), (1, 1, false, "a\n"));
}

#[test]
fn an_excerpt_is_written_with_the_names_of_the_contract() {
    let json = serde_json::to_value(excerpt("a", None, None)).unwrap();
    let expected = serde_json::json!({
        "startLine": 1, "endLine": 1, "clamped": false, "lineCount": 1,
        "text": "a", "numbered": "1\ta\n",
    });
    assert_eq!(json, expected);
}
