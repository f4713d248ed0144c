//! Whatever a client writes, the server ends with its input, and what it writes
//! are frames.

#![no_main]

use std::io::{self, Cursor, Write};
use std::sync::{Arc, Mutex};

use batchpatch::server::{Options, serve};
use batchpatch::server::transport::{Frame, Frames};
use libfuzzer_sys::fuzz_target;

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;

/// Messages stand one in a line, so that the fuzzer need not count their bytes;
/// what begins with `!` goes out as it is.
fn framed(data: &[u8]) -> Vec<u8> {
    let message = |body: &[u8]| {
        [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    };
    let mut input = message(INITIALIZE.as_bytes());
    for line in data.split(|byte| *byte == b'\n') {
        match line {
            [b'!', raw @ ..] => input.extend_from_slice(raw),
            line => input.extend(message(line)),
        }
    }
    input
}

fuzz_target!(|data: &[u8]| {
    let output = Output::default();
    serve(Cursor::new(framed(data)), output.clone(), &Options::default()).expect("threads can be started");
    let written = output.0.lock().expect("nobody panics with it").clone();
    let mut frames = Frames::new(Cursor::new(written), usize::MAX);
    while let Some(frame) = frames.read().expect("a slice never fails") {
        assert!(matches!(frame, Frame::Message(_)), "it writes a bad frame");
    }
});
