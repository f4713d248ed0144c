//! The client's bytes, with a way to put some of them back.

use std::io::{self, BufRead as _, BufReader, Cursor, ErrorKind, Read};

/// As much as a pipe holds on Linux, so that a full one is read at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// A reader that gives first what was put back.
#[derive(Debug)]
pub(super) struct Input<R> {
    /// The last one is read first. All of them together are never more than
    /// was read, so putting back is as bounded as reading.
    put_back: Vec<Cursor<Vec<u8>>>,
    reader: BufReader<R>,
}

impl<R: Read> Input<R> {
    pub(super) fn new(reader: R) -> Input<R> {
        Input { put_back: Vec::new(), reader: BufReader::with_capacity(BUFFER_BYTES, reader) }
    }

    /// Some of the bytes that come next; none only at the end.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        while self.put_back.pop_if(|bytes| spent(bytes)).is_some() {}
        if let Some(bytes) = self.put_back.last_mut() {
            return bytes.fill_buf();
        }
        // A signal that comes in between is no reason to give up.
        loop {
            match self.reader.fill_buf() {
                Ok(_) => return Ok(self.reader.buffer()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves on behind `count` of the bytes that were given last.
    pub(super) fn consume(&mut self, count: usize) {
        match self.put_back.last_mut() {
            Some(bytes) => bytes.consume(count),
            None => self.reader.consume(count),
        }
    }

    /// Has what is in `bytes` from `start` on read again.
    pub(super) fn put_back(&mut self, bytes: Vec<u8>, start: usize) {
        let mut bytes = Cursor::new(bytes);
        bytes.consume(start);
        self.put_back.push(bytes);
    }
}

fn spent(bytes: &Cursor<Vec<u8>>) -> bool {
    usize::try_from(bytes.position()).is_ok_and(|position| position >= bytes.get_ref().len())
}
