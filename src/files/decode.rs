//! The text in a file's bytes.

use ropey::str_utils::byte_to_line_idx;

use super::refused::Refused;
use crate::batch::Code;
use crate::text::{Revision, Snapshot};

/// How many bytes decide whether a file is text, as many as for git.
const HEAD: usize = 8000;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The snapshot of a file that holds `bytes`.
///
/// A byte order mark is set aside. It says how the file is encoded and is not
/// in the text that an editor shows, so no column counts it and no token holds
/// it, whether the file is open in an editor or not.
pub(super) fn snapshot_of(bytes: &[u8], uri: &str) -> Result<Snapshot, Refused> {
    if bytes.iter().take(HEAD).any(|byte| *byte == 0) {
        let message = match utf_16(bytes) {
            "" => format!("`{uri}` is binary: it holds NUL bytes"),
            hint => format!("`{uri}` holds NUL bytes{hint}"),
        };
        return Err(Refused::new(Code::BinaryFile, message));
    }
    let text = str::from_utf8(bytes).map_err(|error| {
        let wrong = error.valid_up_to();
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let line = byte_to_line_idx(valid, wrong) + 1;
        let message = format!(
            "`{uri}` is not UTF-8: byte {wrong}, counted from 0, is wrong, in line {line}{}",
            utf_16(bytes)
        );
        Refused::new(Code::NotUtf8, message)
    })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    Ok(Snapshot::new(text.into(), Revision::FIRST, None))
}

/// What to say of a file that begins with the byte order mark of UTF-16.
fn utf_16(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        "; it looks like UTF-16, convert it to UTF-8 first"
    } else {
        ""
    }
}
