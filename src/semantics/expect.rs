//! Guards: is the text what the author of the patch believes?

use std::ops::{Range, RangeInclusive};

use crate::batch::Expect;
use crate::text::{Snapshot, lines};

/// Whether the named lines of `snapshot`, one-based, are what `expect` says,
/// line by line, terminators ignored. Behind the last line stands nothing, and
/// only `""` says so. Linear in `expect`.
pub fn lines_match(snapshot: &Snapshot, named: RangeInclusive<usize>, expect: &Expect) -> bool {
    let (first_named, last_named) = named.clone().into_inner();
    let is = |number, expected: &str| {
        let line = snapshot.line(number);
        line.is_some_and(|line| snapshot.holds(line.start..line.content_end, expected))
    };
    match expect {
        Expect::Lines(text) if first_named > snapshot.line_count() => text.is_empty(),
        Expect::Ends { first, last } if first_named > snapshot.line_count() => {
            first.is_empty() && last.is_empty()
        }
        Expect::Lines(text) => {
            let mut expected = lines(text);
            let each = |number| expected.next().is_some_and(|line| is(number, line));
            named.clone().all(each) && expected.next().is_none()
        }
        Expect::Ends { first, last } => {
            let is_line = |number, text| {
                let mut expected = lines(text);
                expected.next().is_some_and(|line| is(number, line)) && expected.next().is_none()
            };
            is_line(first_named, first) && is_line(last_named, last)
        }
    }
}

/// Whether the bytes `span` of `snapshot` are what `expect` says, all
/// terminators being equal and a byte order mark at the text's start unseen.
/// Linear in both.
pub fn range_matches(snapshot: &Snapshot, span: Range<usize>, expect: &str) -> bool {
    let seen = |byte: usize| byte.max(snapshot.bom_len());
    let Some(found) = snapshot.slice(seen(span.start)..seen(span.end)) else {
        return false;
    };
    one_terminator(found.bytes()).eq(one_terminator(expect.bytes()))
}

/// The bytes with every terminator written as `\n`.
fn one_terminator(bytes: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    let mut after_cr = false;
    bytes.filter_map(move |byte| {
        let second_of_pair = after_cr && byte == b'\n';
        after_cr = byte == b'\r';
        match byte {
            _ if second_of_pair => None,
            b'\r' => Some(b'\n'),
            _ => Some(byte),
        }
    })
}
