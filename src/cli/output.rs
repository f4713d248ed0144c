//! What a command prints on standard output.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::exit::Failure;

/// Prints all of it, or fails.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut output = BufWriter::new(anstream::stdout().lock());
    write(&mut output)
        .and_then(|()| output.flush())
        .map_err(|error| Failure::io("write standard output", &error))
}

/// Prints a value as JSON that a person can read too.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    print(|output| {
        serde_json::to_writer_pretty(&mut *output, value)?;
        writeln!(output)
    })
}

/// Prints a value as one line of JSON.
pub(super) fn print_json_line(value: &impl Serialize) -> Result<(), Failure> {
    print(|output| {
        serde_json::to_writer(&mut *output, value)?;
        writeln!(output)
    })
}
