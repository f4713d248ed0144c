//! Whatever a client writes, reading it comes to an end, gives the same
//! however the bytes arrive, and finds the frame that stands behind it.

#![no_main]

use std::io::{self, Read};

use batchpatch::server::transport::{Frame, Frames, Message, PARSE_ERROR};
use libfuzzer_sys::fuzz_target;

const MAX: usize = 1_000;

/// A reader that gives at most so many bytes at once.
struct Portions<'a>(&'a [u8], usize);

impl Read for Portions<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

/// The bodies that are messages, and `None` for each answer that says something
/// is bad.
fn dispatched(bytes: &[u8], size: usize) -> Vec<Option<Vec<u8>>> {
    let mut frames = Frames::new(Portions(bytes, size), MAX);
    let mut seen = Vec::new();
    while let Some(frame) = frames.read().expect("a slice never fails") {
        let Frame::Message(body) = frame else {
            seen.push(None);
            continue;
        };
        assert!(body.len() <= MAX);
        let invalid = Message::parse(&body).err();
        if let Some(invalid) = invalid {
            invalid.answer().expect("an answer can be written");
            seen.push(None);
            if invalid.code == PARSE_ERROR {
                frames.resynchronise_in(body);
            }
        } else {
            seen.push(Some(body));
        }
    }
    seen
}

fuzz_target!(|bytes: &[u8]| {
    let whole = dispatched(bytes, usize::MAX);
    assert_eq!(whole, dispatched(bytes, 1));
    assert!(whole.len() <= bytes.len() + 1);

    // Enough of them that a body cut short by the input's end leaves some.
    let last = "{\"method\":\"last\"}";
    let frame = format!("Content-Length: {}\r\n\r\n{last}", last.len());
    let mut followed = bytes.to_vec();
    followed.extend(frame.repeat(2 * MAX / frame.len()).into_bytes());
    let seen = dispatched(&followed, usize::MAX);
    assert_eq!(seen.last(), Some(&Some(last.into())));
});
