//! The frames of LSP's base protocol: a header, a blank line, a body.

use std::io::{self, Read};

use memchr::{memchr2, memchr2_iter};

use super::input::Input;

/// The most that one header may have. Clients write about 40 bytes.
const MAX_HEADER_BYTES: usize = 8 * 1024;

/// The one header that matters. Its first letter stands in it only once, which
/// is what [`matched_with`] relies on.
const NAME: &[u8] = b"content-length:";

/// Reads frames, and finds the next one after a bad one.
///
/// After a bad frame everything is discarded up to the next `Content-Length:`,
/// wherever that stands. Memory grows only with the bytes of a body that have
/// really arrived.
#[derive(Debug)]
pub struct Frames<R> {
    input: Input<R>,
    max_bytes: usize,
    place: Place,
    /// How much of [`NAME`] the bytes that were read last are. It outlives a
    /// header that was given up, whose last bytes may begin the next one.
    matched: usize,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The body of a frame, which need not be JSON.
    Message(Vec<u8>),
    /// Bytes that are no frame. Those up to the next header are discarded.
    Bad(BadFrame),
}

/// Why bytes are no frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// The header ends, and has not told the body's length.
    #[error("the header has no Content-Length")]
    NoContentLength,
    /// The body's length is not made of digits.
    #[error("the Content-Length is `{value}`, which is no number")]
    NotANumber {
        /// What stands in its place, at most the first 40 characters.
        value: String,
    },
    /// The body is longer than this server reads.
    #[error("the Content-Length is {announced}, and the limit is {max}")]
    TooLarge {
        /// The length that was announced, or `u64::MAX` where it is more.
        announced: u64,
        /// The limit.
        max: usize,
    },
    /// The header has another Content-Length behind the first.
    #[error("a second Content-Length stands where a body should begin")]
    SecondContentLength,
    /// Something that is no header stands where one should.
    #[error("a header is expected here, as in `Content-Length: 2`")]
    NotAHeader,
    /// The header does not end.
    #[error("the header is longer than {MAX_HEADER_BYTES} bytes")]
    HeaderTooLong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Where a header begins.
    Header,
    /// Right behind the name of the one header that matters.
    Length,
    /// Somewhere behind a bad frame.
    Lost,
}

/// Why no body can be had.
enum Stop {
    Bad(BadFrame),
    EndOfInput,
    Failed(io::Error),
}

/// What ended the reading of a line.
#[derive(PartialEq, Eq)]
enum Ending {
    LineEnd,
    Name,
}

impl<R: Read> Frames<R> {
    /// The frames of `reader`, with bodies of at most `max_bytes`.
    pub fn new(reader: R, max_bytes: usize) -> Frames<R> {
        Frames { input: Input::new(reader), max_bytes, place: Place::Header, matched: 0 }
    }

    /// The next frame; `None` at the end of input, also within a frame.
    ///
    /// A bad frame is told as soon as it is known to be one, before anything
    /// behind it is waited for.
    ///
    /// # Errors
    ///
    /// The reader's own.
    pub fn read(&mut self) -> io::Result<Option<Frame>> {
        match self.length().and_then(|length| self.body(length)) {
            Ok(body) => Ok(Some(Frame::Message(body))),
            Err(Stop::Bad(bad)) => Ok(Some(Frame::Bad(bad))),
            Err(Stop::EndOfInput) => Ok(None),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// Continues within `body`, which was read last and is no JSON, if another
    /// header stands in it or begins at its end: it was shorter than announced.
    /// Gives whether that is so.
    ///
    /// The header has to be complete with its line end. No string in JSON can
    /// hold one, so a body that merely talks about headers stays in one piece.
    pub fn resynchronise_in(&mut self, body: Vec<u8>) -> bool {
        let start = memchr2_iter(b'c', b'C', &body).find(|at| begins_a_header(&body[*at..]));
        if let Some(start) = start {
            self.input.put_back(body, start);
            self.place = Place::Lost;
        }
        start.is_some()
    }

    /// Reads a header, and gives the length that it announces.
    fn length(&mut self) -> Result<usize, Stop> {
        if self.place == Place::Lost {
            self.find_name()?;
            self.place = Place::Length;
        }
        let mut room = MAX_HEADER_BYTES;
        let mut length = None;
        let mut is_first = true;
        loop {
            if std::mem::replace(&mut self.place, Place::Lost) == Place::Length {
                length = Some(self.value(&mut room)?);
                is_first = false;
            }
            let (line, ending) = self.line(&mut room)?;
            if ending == Ending::Name {
                self.place = Place::Length;
                if length.is_some() {
                    return Err(BadFrame::SecondContentLength.into());
                } else if line.len() > NAME.len() {
                    return Err(BadFrame::NotAHeader.into());
                }
            } else if !line.trim_ascii_end().is_empty() {
                if !is_header(&line) {
                    return Err(BadFrame::NotAHeader.into());
                }
                is_first = false;
            } else if !is_first {
                self.place = Place::Header;
                return length.ok_or_else(|| {
                    self.place = Place::Lost;
                    BadFrame::NoContentLength.into()
                });
            }
            // Blank lines before a header do no harm: some clients end a body
            // with one and do not count it.
        }
    }

    /// Reads the rest of the line behind [`NAME`].
    fn value(&mut self, room: &mut usize) -> Result<usize, Stop> {
        let (line, ending) = self.line(room)?;
        if ending == Ending::Name {
            self.place = Place::Length;
        }
        let value = line.trim_ascii();
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            let value = String::from_utf8_lossy(value).chars().take(40).collect();
            return Err(BadFrame::NotANumber { value }.into());
        }
        let announced = value.iter().fold(0_u64, |number, digit| {
            number.saturating_mul(10).saturating_add((digit - b'0').into())
        });
        usize::try_from(announced)
            .ok()
            .filter(|announced| *announced <= self.max_bytes)
            .ok_or_else(|| BadFrame::TooLarge { announced, max: self.max_bytes }.into())
    }

    /// Reads to the end of the line, or to the end of the first [`NAME`] in it.
    ///
    /// Stopping there is what finds a frame that stands directly behind a bad
    /// one without reading anything twice.
    fn line(&mut self, room: &mut usize) -> Result<(Vec<u8>, Ending), Stop> {
        let mut line = Vec::new();
        loop {
            if *room == 0 {
                return Err(BadFrame::HeaderTooLong.into());
            }
            *room -= 1;
            let byte = self.byte()?;
            line.push(byte);
            if byte == b'\n' {
                return Ok((line, Ending::LineEnd));
            }
            if self.has_name() {
                return Ok((line, Ending::Name));
            }
        }
    }

    fn body(&mut self, length: usize) -> Result<Vec<u8>, Stop> {
        let mut body = Vec::new();
        while body.len() < length {
            let bytes = self.input.fill()?;
            if bytes.is_empty() {
                return Err(Stop::EndOfInput);
            }
            let count = bytes.len().min(length - body.len());
            body.extend_from_slice(&bytes[..count]);
            self.input.consume(count);
        }
        Ok(body)
    }

    /// Discards everything up to the end of the next [`NAME`].
    fn find_name(&mut self) -> Result<(), Stop> {
        while !self.has_name() {
            if self.matched == 0 {
                let bytes = self.input.fill()?;
                let count = memchr2(b'c', b'C', bytes).unwrap_or(bytes.len());
                self.input.consume(count);
            }
            self.byte()?;
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<u8, Stop> {
        let byte = *self.input.fill()?.first().ok_or(Stop::EndOfInput)?;
        self.input.consume(1);
        self.matched = matched_with(self.matched, byte);
        Ok(byte)
    }

    /// Whether the last bytes are [`NAME`], told once.
    fn has_name(&mut self) -> bool {
        let has_name = self.matched == NAME.len();
        if has_name {
            self.matched = 0;
        }
        has_name
    }
}

impl From<BadFrame> for Stop {
    fn from(bad: BadFrame) -> Stop {
        Stop::Bad(bad)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Failed(error)
    }
}

/// How much of [`NAME`] is matched with one more byte.
fn matched_with(matched: usize, byte: u8) -> usize {
    let byte = byte.to_ascii_lowercase();
    if NAME.get(matched) == Some(&byte) { matched + 1 } else { usize::from(byte == NAME[0]) }
}

/// Whether a line is `Name: value`. Prose and JSON have a blank or a quote
/// before their first colon.
fn is_header(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    !name.is_empty() && name.len() < line.len() && name.iter().all(is_name)
}

/// Whether this is a whole line with [`NAME`] and a number, or as much of one
/// as there is.
fn begins_a_header(bytes: &[u8]) -> bool {
    let shared = bytes.len().min(NAME.len());
    if !bytes[..shared].eq_ignore_ascii_case(&NAME[..shared]) {
        return false;
    }
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    let mut value = bytes[shared..].iter().skip_while(is_blank).peekable();
    let has_digits = value.peek().is_some_and(|byte| byte.is_ascii_digit());
    match value.skip_while(|byte| byte.is_ascii_digit()).find(|byte| !is_blank(byte)) {
        None => true,
        Some(byte) => has_digits && *byte == b'\n',
    }
}
