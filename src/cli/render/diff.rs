//! A unified diff, coloured.

use std::collections::HashSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::printable::{one_line, printable};
use crate::diff::{Hunk, Line, LineKind, NO_NEWLINE, UnifiedDiff, file_headers};

const FILE: Style = Style::new().bold();
const HUNK: Style = AnsiColor::Cyan.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// How many characters of a line are shown.
const SHOWN: usize = 1_000;

pub(super) fn render(output: &mut dyn Write, uri: &str, diff: &UnifiedDiff) -> io::Result<()> {
    for header in file_headers(uri) {
        writeln!(output, "{FILE}{}{FILE:#}", one_line(header.trim_end()))?;
    }
    for hunk in &diff.hunks {
        writeln!(output, "{HUNK}{}{HUNK:#}", hunk.header())?;
        let blanks = blanks(hunk);
        for line in &hunk.lines {
            let style = match line.kind {
                LineKind::Context => Style::new(),
                LineKind::Removed => REMOVED,
                LineKind::Added => ADDED,
            };
            let text = shown(line, blanks);
            writeln!(output, "{style}{}{text}{style:#}", line.kind.sign())?;
            if !line.text.ends_with('\n') {
                writeln!(output, "{NO_NEWLINE}")?;
            }
        }
    }
    Ok(())
}

/// How blanks are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blanks {
    AsBlanks,
    AsMarks,
}

/// Blanks are marked where one would not see otherwise what changes.
fn blanks(hunk: &Hunk) -> Blanks {
    let looks = |kind| {
        let lines = hunk.lines.iter().filter(move |line| line.kind == kind);
        lines.map(|line| shown(line, Blanks::AsBlanks).trim_end().to_owned())
    };
    let removed: HashSet<String> = looks(LineKind::Removed).collect();
    let unseen = looks(LineKind::Added).any(|line| removed.contains(&line));
    if unseen { Blanks::AsMarks } else { Blanks::AsBlanks }
}

fn shown(line: &Line, blanks: Blanks) -> String {
    let text = line.text.strip_suffix('\n').unwrap_or(&line.text);
    let marks = blanks == Blanks::AsMarks && line.kind != LineKind::Context;
    let text = if marks { text } else { text.strip_suffix('\r').unwrap_or(text) };
    let content = text.trim_end_matches([' ', '\t', '\r']).len();
    let mut shown = String::with_capacity(text.len());
    for (index, (at, c)) in text.char_indices().enumerate() {
        if index == SHOWN {
            shown.push('…');
            break;
        }
        match c {
            '\t' => shown.push_str(if marks { "→   " } else { "    " }),
            ' ' if marks && at >= content => shown.push('·'),
            c => shown.push(printable(c)),
        }
    }
    shown
}
