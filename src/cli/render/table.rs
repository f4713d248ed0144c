//! Columns that stand under each other.

use std::io::{self, Write};

use anstyle::Style;

const HEADING: Style = Style::new().bold();
const BETWEEN: &str = "  ";

/// Writes rows of as many cells as there are headings. The last column may be as
/// wide as it likes.
pub(in crate::cli) fn write<const N: usize>(
    output: &mut dyn Write,
    headings: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let mut widths = headings.map(width);
    for row in rows {
        for (known, cell) in widths.iter_mut().zip(row) {
            *known = width(cell).max(*known);
        }
    }
    let line = |cells: [&str; N]| {
        let mut line = String::new();
        for (cell, to) in cells.into_iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', to - width(cell)));
            line.push_str(BETWEEN);
        }
        line.truncate(line.trim_end().len());
        line
    };
    writeln!(output, "{HEADING}{}{HEADING:#}", line(headings))?;
    for row in rows {
        writeln!(output, "{}", line(row.each_ref().map(String::as_str)))?;
    }
    Ok(())
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}
