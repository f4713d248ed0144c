//! A file with one line of JSON for each thing that happened.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads the file at `path`, the oldest line first, and counts the lines that
/// could not be read. A file that is not there is empty.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> io::Result<(Vec<T>, usize)> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let (mut read, mut broken) = (Vec::new(), 0);
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(value) => read.push(value),
            Err(_) => broken += 1,
        }
    }
    Ok((read, broken))
}

/// Writes lines at the end of the file. Must be called by one writer at a time.
pub(super) fn append<T: Serialize>(path: &Path, values: &[T]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut lines = Vec::new();
    if !ends_with_a_whole_line(&mut file)? {
        lines.push(b'\n');
    }
    for value in values {
        serde_json::to_writer(&mut lines, value)?;
        lines.push(b'\n');
    }
    file.write_all(&lines)?;
    file.sync_all()
}

/// Whoever wrote last may have been ended in the middle of a line.
fn ends_with_a_whole_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == [b'\n'])
}
