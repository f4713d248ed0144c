//! From LSP positions to bytes of a snapshot, and back.

use super::{Position, PositionEncoding, Range, Snapshot};

/// A position that is no place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionError {
    /// Its line is past the last one. The text has `lines` LSP lines.
    PastTheEnd {
        /// How many LSP lines the text has.
        lines: usize,
    },
    /// Its column is inside a surrogate pair or a UTF-8 sequence; the
    /// character begins at byte `starts_at`.
    InsideCharacter {
        /// The first byte of the character.
        starts_at: usize,
    },
}

impl Snapshot {
    /// The byte offset of a position. A column past the end of its line means
    /// the end of the line's content (LSP 3.17, "Position"). O(log n).
    ///
    /// # Errors
    ///
    /// A line past the end, or a column inside a character.
    pub fn offset_of(
        &self,
        position: Position,
        encoding: PositionEncoding,
    ) -> Result<usize, PositionError> {
        let line = self
            .lsp_line(position.line as usize)
            .ok_or(PositionError::PastTheEnd { lines: self.rope().len_lines() })?;
        let column = position.character as usize;
        let text = self.rope();
        let starts_at = match encoding {
            PositionEncoding::Utf8 => {
                let target = line.content_end.min(line.start + column);
                let starts_at = text.char_to_byte(text.byte_to_char(target));
                if starts_at == target { Ok(target) } else { Err(starts_at) }
            }
            PositionEncoding::Utf16 => {
                let units = |byte| text.char_to_utf16_cu(text.byte_to_char(byte));
                let target = units(line.content_end).min(units(line.start) + column);
                let char = text.utf16_cu_to_char(target);
                let starts_at = text.char_to_byte(char);
                if text.char_to_utf16_cu(char) == target { Ok(starts_at) } else { Err(starts_at) }
            }
            PositionEncoding::Utf32 => {
                let chars = |byte| text.byte_to_char(byte);
                Ok(text.char_to_byte(chars(line.content_end).min(chars(line.start) + column)))
            }
        };
        starts_at.map_err(|starts_at| PositionError::InsideCharacter { starts_at })
    }

    /// The position of a byte offset; an offset past the end means the end,
    /// one inside a character its start. O(log n).
    pub fn position_of(&self, offset: usize, encoding: PositionEncoding) -> Position {
        let text = self.rope();
        let char = text.byte_to_char(offset.min(self.len_bytes()));
        let line = text.char_to_line(char);
        let line_start = text.line_to_char(line);
        let character = match encoding {
            PositionEncoding::Utf8 => text.char_to_byte(char) - text.char_to_byte(line_start),
            PositionEncoding::Utf16 => {
                text.char_to_utf16_cu(char) - text.char_to_utf16_cu(line_start)
            }
            PositionEncoding::Utf32 => char - line_start,
        };
        let bounded = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: bounded(line), character: bounded(character) }
    }

    /// The LSP range of a byte span.
    pub fn range_of(&self, span: std::ops::Range<usize>, encoding: PositionEncoding) -> Range {
        Range {
            start: self.position_of(span.start, encoding),
            end: self.position_of(span.end, encoding),
        }
    }
}
