//! Text that a terminal only shows and never obeys.

/// The character as it may go to a terminal: one column or more, no order to
/// the terminal, no turn of the writing direction.
pub(super) fn printable(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '␡',
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}

/// A text from outside, on one line.
pub(in crate::cli) fn one_line(text: &str) -> String {
    text.chars().map(printable).collect()
}
