//! The bytes of a client, cut and spoiled at every place.

use std::io::{self, Read};

use batchpatch::server::transport::{BadFrame, Frame, Frames, Message, PARSE_ERROR};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

use super::frame;
use crate::counts::runner;

const MAX: usize = 1_000;

/// A reader that gives no more at once than the next of its portions.
struct Portions<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl Read for Portions<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes.next().copied().unwrap_or(1);
        self.bytes.read(&mut buffer[..size.min(self.bytes.len())])
    }
}

fn good(body: &str) -> Frame {
    Frame::Message(body.into())
}

/// All frames of an input, which is read once as a whole and once byte by byte.
fn frames(input: impl AsRef<[u8]>) -> Vec<Frame> {
    let bytes = input.as_ref();
    let read = |sizes: &[usize]| {
        let mut frames = Frames::new(Portions { bytes, sizes: sizes.iter().cycle() }, MAX);
        std::iter::from_fn(|| frames.read().unwrap()).collect::<Vec<_>>()
    };
    let found = read(&[usize::MAX]);
    assert_eq!(found, read(&[1]), "it depends on how the bytes arrive");
    found
}

/// The one bad frame before a good one.
fn bad(input: impl AsRef<[u8]>) -> BadFrame {
    let glued = [input.as_ref(), frame("{}").as_bytes()].concat();
    let found = frames(&glued);
    match &found[..] {
        [Frame::Bad(bad), Frame::Message(body)] if body == b"{}" => bad.clone(),
        _ => panic!("{found:?} of {}", String::from_utf8_lossy(&glued)),
    }
}

/// What a dispatcher sees: the good messages, and `None` for each answer that
/// says something is bad.
fn dispatched(reader: impl Read, max: usize) -> Vec<Option<String>> {
    let mut frames = Frames::new(reader, max);
    let mut seen = Vec::new();
    while let Some(frame) = frames.read().unwrap() {
        let Frame::Message(body) = frame else {
            seen.push(None);
            continue;
        };
        assert!(body.len() <= max);
        match Message::parse(&body) {
            Ok(_) => seen.push(Some(String::from_utf8(body).unwrap())),
            Err(invalid) => {
                assert!(invalid.answer().is_ok());
                seen.push(None);
                if invalid.code == PARSE_ERROR {
                    frames.resynchronise_in(body);
                }
            }
        }
    }
    seen
}

#[test]
fn frames_are_read_one_after_another() {
    let two = frame("{\"a\":1}") + &frame("") + &frame("é");
    assert_eq!(frames(two), [good("{\"a\":1}"), good(""), good("é")]);
    assert_eq!(frames(""), []);
}

#[test]
fn a_header_may_be_written_in_every_way_that_clients_do() {
    for header in [
        "content-length: 2\r\n\r\n",
        "CONTENT-LENGTH: 2\r\n\r\n",
        "Content-Length:2\r\n\r\n",
        "Content-Length: \t 2 \t\r\n\r\n",
        "Content-Length: 2\n\n",
        "Content-Length: 2\r\n\n",
        "Content-Length: 002\r\n\r\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        "Content-Length: 2\r\ncontent-type: a\r\n\r\n",
        "X_1:\r\nContent-Length: 2\r\nY: :\r\n\r\n",
        "\r\nContent-Length: 2\r\n\r\n",
        "\n\n\r\nContent-Length: 2\r\n\r\n",
    ] {
        assert_eq!(frames(format!("{header}{{}}")), [good("{}")], "{header:?}");
    }
}

#[test]
fn a_header_without_a_length_is_bad() {
    assert_eq!(bad("Content-Type: a\r\n\r\n{\"a\":1}"), BadFrame::NoContentLength);
}

#[test]
fn a_length_that_is_no_number_is_bad() {
    for value in ["", "+5", "-5", "0x5", "5.0", "1e1", "five", "5 5", "5,", "٥"] {
        let expected = BadFrame::NotANumber { value: value.to_owned() };
        assert_eq!(bad(format!("Content-Length: {value}\r\n\r\n{{...}}")), expected);
    }
    let expected = BadFrame::NotANumber { value: "é".repeat(40) };
    assert_eq!(bad(format!("Content-Length: {}\r\n\r\n", "é".repeat(50))), expected);
}

#[test]
fn a_length_over_the_limit_is_bad_however_large() {
    for (length, announced) in [
        ("1001", 1_001),
        ("18446744073709551615", u64::MAX),
        ("18446744073709551616", u64::MAX),
        (&"9".repeat(1_000), u64::MAX),
    ] {
        let expected = BadFrame::TooLarge { announced, max: MAX };
        assert_eq!(bad(format!("Content-Length: {length}\r\n\r\n{{...}}")), expected);
    }
    let largest = "x".repeat(MAX);
    assert_eq!(frames(frame(&largest)), [good(&largest)]);
}

#[test]
fn an_announced_length_is_never_allocated() {
    let input = format!("Content-Length: {}\r\n\r\n{{}}", usize::MAX);
    assert_eq!(Frames::new(input.as_bytes(), usize::MAX).read().unwrap(), None);
}

#[test]
fn a_header_that_does_not_end_is_bad() {
    for header in ["x".repeat(9_000), "X: y\r\n".repeat(1_500), "\n".repeat(8_193)] {
        assert_eq!(bad(header), BadFrame::HeaderTooLong);
    }
}

#[test]
fn a_frame_is_found_wherever_the_header_before_it_was_given_up() {
    for length in 8_192 - 20..8_192 + 5 {
        let found = frames("x".repeat(length) + &frame("{}"));
        assert_eq!(found.len(), 2, "{length}");
        assert_eq!(found[1], good("{}"), "{length}");
    }
}

#[test]
fn garbage_is_one_bad_frame_however_long_it_is() {
    let garbage = "{\"jsonrpc\":\"2.0\"}\nContent-Content: no\r\n\r\nccCONTENT-length \r\n";
    for text in ["x", "Starting the server ...", "a b: c\r\n\r\n", &garbage.repeat(1_000)] {
        assert!(matches!(bad(text), BadFrame::NotAHeader | BadFrame::HeaderTooLong), "{text}");
    }
    assert_eq!(bad(b"\xff\xfe\0\0"), BadFrame::NotAHeader);
    assert_eq!(bad("Content-Len"), BadFrame::NotAHeader);
}

#[test]
fn garbage_without_an_end_is_discarded() {
    let garbage = io::repeat(b'c').take(1 << 24).chain(frame("{}").leak().as_bytes());
    let mut frames = Frames::new(garbage, MAX);
    assert_eq!(frames.read().unwrap(), Some(Frame::Bad(BadFrame::HeaderTooLong)));
    assert_eq!(frames.read().unwrap(), Some(good("{}")));
    assert_eq!(frames.read().unwrap(), None);
}

#[test]
fn a_header_that_breaks_off_where_another_begins_is_bad() {
    assert_eq!(bad("Content-Length: 7\r\n"), BadFrame::SecondContentLength);
    assert_eq!(bad("Content-Length: 7\r\nContent-"), BadFrame::SecondContentLength);
    let expected = BadFrame::NotANumber { value: "7Content-Length:".to_owned() };
    assert_eq!(bad("Content-Length: 7"), expected);
}

#[test]
fn a_bad_frame_is_told_before_anything_behind_it_has_arrived() {
    struct NothingMore;
    impl Read for NothingMore {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("it waits for more");
        }
    }
    for header in ["Content-Length: x\r\n", "Content-Length: 1001\n", "A: b\n\n", "no header\n"] {
        let mut frames = Frames::new(header.as_bytes().chain(NothingMore), MAX);
        assert!(matches!(frames.read(), Ok(Some(Frame::Bad(_)))), "{header:?}");
    }
}

#[test]
fn each_bad_frame_in_a_row_is_told() {
    let input = "Content-Length: x\r\n\r\n{}Content-Length: 1001\r\n\r\n{}A: b\r\n\r\n{}";
    let found = frames(input.repeat(2) + &frame("{}"));
    // The third of each has no `Content-Length` by which it could be found.
    assert_eq!(found.iter().filter(|frame| matches!(frame, Frame::Bad(_))).count(), 4);
    assert_eq!(found.last(), Some(&good("{}")));
}

#[test]
fn a_body_shorter_than_announced_hides_no_frame_that_follows() {
    let message = "{\"method\":\"m\"}";
    for missing in 1..120 {
        let short = format!("Content-Length: {}\r\n\r\n{message}", message.len() + missing);
        let input = short + &frame(message).repeat(6);
        let seen = dispatched(input.as_bytes(), MAX);
        let mut expected = vec![Some(message.to_owned()); 7];
        expected[0] = None;
        assert_eq!(seen, expected, "{missing}");
    }
}

#[test]
fn a_body_that_only_talks_about_headers_stays_in_one_piece() {
    for body in [
        "{\"text\": \"Content-Length: 5\\r\\n\\r\\n\" oops}",
        "{\"Content-Length: \": 5\n",
        "{Content-Length:\n5\n}",
        "{content-length x}",
        "{a}",
        "",
    ] {
        let input = frame(body) + &frame("{}");
        let mut frames = Frames::new(input.as_bytes(), MAX);
        assert_eq!(frames.read().unwrap(), Some(good(body)));
        assert!(!frames.resynchronise_in(body.into()), "{body}");
        assert_eq!(frames.read().unwrap(), Some(good("{}")));
    }
}

#[test]
fn a_short_body_that_talks_about_headers_is_told_once() {
    let short = "Content-Length: 150\r\n\r\n{\"text\": \"Content-Length: 5\\r\\n\"}";
    let input = short.to_owned() + &frame("{\"method\":\"m\"}").repeat(4);
    let seen = dispatched(input.as_bytes(), MAX);
    let told = seen.iter().filter(|message| message.is_none()).count();
    assert_eq!((told, seen.len()), (1, 5));
}

#[test]
fn input_may_end_anywhere() {
    let input = frame("{}") + "oops" + &frame("{\"a\":1}") + "Content-Length: +1\r\n\r\n";
    for end in 0..input.len() {
        let found = frames(&input.as_bytes()[..end]);
        assert!(found.len() <= 4);
        assert_eq!(found.contains(&good("{}")), end >= frame("{}").len());
    }
}

#[test]
fn an_interrupted_read_is_tried_again_and_another_error_is_told() {
    struct Errors(Vec<io::ErrorKind>);
    impl Read for Errors {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0.pop().map_or(Ok(0), |kind| Err(kind.into()))
        }
    }
    let errors = Errors(vec![io::ErrorKind::TimedOut, io::ErrorKind::Interrupted]);
    let input = &frame("{}").into_bytes()[..20];
    let mut frames = Frames::new(input.chain(errors), MAX);
    assert_eq!(frames.read().unwrap_err().kind(), io::ErrorKind::TimedOut);
}

/// A good message, with its header in one of the ways that it is written.
fn good_pieces() -> impl Strategy<Value = (Vec<u8>, Option<String>)> {
    let text = select(&["", "Content-Length: 7\r\n\r\n", "é漢😀", "cContent-", "}\n{"][..]);
    (0..6_u8, text, any::<u16>()).prop_map(|(header, text, number)| {
        let body = json!({ "jsonrpc": "2.0", "method": text, "params": [number] }).to_string();
        let length = body.len();
        let header = match header {
            0 => format!("content-length:{length}\n\n"),
            1 => format!("Content-Type: a\r\nContent-Length: {length}\r\n\r\n"),
            2 => format!("Content-Length: {length}\r\nContent-Type: a\r\n\r\n"),
            3 => format!("\r\nCONTENT-LENGTH:  {length} \r\n\r\n"),
            _ => format!("Content-Length: {length}\r\n\r\n"),
        };
        ((header + &body).into_bytes(), Some(body))
    })
}

fn bad_pieces() -> impl Strategy<Value = (Vec<u8>, Option<String>)> {
    let fixed = select(
        &[
            "Content-Type: a\r\n\r\n{}",
            "Content-Length: +5\r\n\r\n{...}",
            "Content-Length: five\r\n",
            "Content-Length: 99999999999999999999999\r\n\r\n{}",
            "Content-Length: 1001\r\n\r\n{}",
            "Content-Length: 7\r\n",
            "Content-Length: 7",
            "{Content-Leng",
            "Starting ...",
            "Starting ...\n",
            "Content-Length: 3\r\n\r\n{a}",
            "Content-Length: 0\r\n\r\n",
            "Content-Length: 2\r\n\r\n[]",
            "{\"jsonrpc\":\"2.0\"}\n",
        ][..],
    );
    prop_oneof![
        4 => fixed.prop_map(|text| text.as_bytes().to_vec()),
        1 => (8_150..8_250_usize).prop_map(|length| vec![b'{'; length]),
        1 => vec(any::<u8>(), 0..40).prop_map(|bytes| [&[0xff], &bytes[..]].concat()),
        1 => (10..200_usize).prop_map(|length| {
            format!("Content-Length: {length}\r\n\r\n{{\"short\":").into_bytes()
        }),
    ]
    .prop_map(|bytes| (bytes, None))
}

// A stray word before another header would make a header with a longer name,
// which is ignored like any other; no bad piece ends in one.
#[test]
fn every_good_message_is_read_whatever_stands_between() {
    let pieces = vec(prop_oneof![good_pieces(), bad_pieces()], 0..12);
    runner("good and bad frames", 5_000, 500_000)
        .run(&(pieces, vec(1..40_usize, 1..8), any::<Index>()), |(mut pieces, sizes, cut)| {
            // What a short body takes of those behind it has to be there.
            let last = "{\"method\":\"last\"}";
            pieces.extend(vec![(frame(last).into_bytes(), Some(last.to_owned())); 7]);
            let bytes: Vec<u8> = pieces.iter().flat_map(|(bytes, _)| bytes.clone()).collect();

            let reader = Portions { bytes: &bytes, sizes: sizes.iter().cycle() };
            let mut seen = dispatched(reader, MAX);
            // However many bad frames there are in a row, one of them is told.
            let mut expected: Vec<_> = pieces.into_iter().map(|(_, message)| message).collect();
            for messages in [&mut seen, &mut expected] {
                messages.dedup_by(|next, message| next.is_none() && message.is_none());
            }
            assert_eq!(seen, expected);

            let cut = &bytes[..cut.index(bytes.len())];
            dispatched(Portions { bytes: cut, sizes: sizes.iter().cycle() }, MAX);
            Ok(())
        })
        .unwrap();
}

#[test]
fn bytes_of_any_kind_come_to_an_end() {
    let bytes = vec(
        prop_oneof![
            any::<u8>().prop_map(|byte| vec![byte]),
            select(&["Content-Length:", "content-length: 9", "\r\n\r\n", "\n", "{", "}"][..])
                .prop_map(|text| text.as_bytes().to_vec()),
        ],
        0..60,
    );
    runner("random bytes as frames", 5_000, 500_000)
        .run(&bytes, |bytes| {
            let bytes = bytes.concat();
            let whole = dispatched(&bytes[..], MAX);
            let reader = Portions { bytes: &bytes, sizes: [1, 3].iter().cycle() };
            assert_eq!(whole, dispatched(reader, MAX));
            assert!(whole.len() <= bytes.len() + 1);
            Ok(())
        })
        .unwrap();
}
