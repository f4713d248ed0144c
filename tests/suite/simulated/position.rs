//! Where an offset of a string lies, for an editor that counts in some unit.

use crate::oracle::Encoding;

/// Line and column, from 0.
pub(crate) type Place = (u32, u32);

pub(super) fn units(text: &str, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => text.len(),
        Encoding::Utf16 => text.encode_utf16().count(),
        Encoding::Utf32 => text.chars().count(),
    }
}

/// Where each line begins. What follows the last terminator is a line too.
pub(crate) fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = (1..=bytes.len()).filter(|&at| match bytes[at - 1] {
        b'\n' => true,
        b'\r' => bytes.get(at) != Some(&b'\n'),
        _ => false,
    });
    [0].into_iter().chain(ends).collect()
}

/// Whether a position can name this offset: the middle of a character or of a
/// `\r\n` has none.
pub(super) fn has_place(text: &str, offset: usize) -> bool {
    text.is_char_boundary(offset)
        && !(text[..offset].ends_with('\r') && text[offset..].starts_with('\n'))
}

pub(super) fn place(text: &str, offset: usize, encoding: Encoding) -> Place {
    let starts = line_starts(text);
    let line = starts.iter().rposition(|&start| start <= offset).unwrap();
    let column = units(&text[starts[line]..offset], encoding);
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}

pub(super) fn is_line_end(text: &str, offset: usize) -> bool {
    text[offset..].is_empty() || text[offset..].starts_with(['\r', '\n'])
}

/// The offset that a position means: past a line's end its end, past the last
/// line the text's end, inside a character its start.
pub(crate) fn offset(text: &str, (line, column): Place, encoding: Encoding) -> usize {
    let starts = line_starts(text);
    let Some(&start) = starts.get(line as usize) else { return text.len() };
    let mut left = column as usize;
    for (at, c) in text[start..].char_indices() {
        let width = units(c.encode_utf8(&mut [0; 4]), encoding);
        if left < width || matches!(c, '\r' | '\n') {
            return start + at;
        }
        left -= width;
    }
    text.len()
}
