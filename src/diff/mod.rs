//! What a staged document changes, as a unified diff.
//!
//! The lines of a diff are those of the programs that read one: they end at
//! `\n` and nowhere else. So a diff is right for every text, also where LSP
//! counts more lines.

mod agreement;
mod breaks;
mod hunks;
mod regions;

use std::fmt::Write;
use std::ops::Range;

use crate::executor::Staged;

/// What stands below a last line that no `\n` ends.
pub const NO_NEWLINE: &str = "\\ No newline at end of file";

/// What changes between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnifiedDiff {
    /// The changed places, each with the unchanged lines around it.
    pub hunks: Vec<Hunk>,
}

/// One changed place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Which lines of the old text it shows, counted from 0.
    pub old: Range<usize>,
    /// Which lines of the new text it shows, counted from 0.
    pub new: Range<usize>,
    /// The lines, in the order in which a diff shows them.
    pub lines: Vec<Line>,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// In which of the texts it is.
    pub kind: LineKind,
    /// The line, with the `\n` that ends it, if one does.
    pub text: String,
}

/// In which of the texts a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// In both.
    Context,
    /// In the old one.
    Removed,
    /// In the new one.
    Added,
}

/// The diff between the texts of a staged document. Follows the changes; the
/// rest of the text is only counted, up to the last of them.
pub fn unified(staged: &Staged) -> UnifiedDiff {
    UnifiedDiff { hunks: hunks::hunks(staged) }
}

impl UnifiedDiff {
    /// How many lines of this kind it shows.
    pub fn count(&self, kind: LineKind) -> usize {
        let lines = self.hunks.iter().flat_map(|hunk| &hunk.lines);
        lines.filter(|line| line.kind == kind).count()
    }

    /// The diff as `patch` and `git apply` read it; empty where nothing
    /// changes.
    pub fn to_patch(&self, uri: &str) -> String {
        let mut patch = String::new();
        if self.hunks.is_empty() {
            return patch;
        }
        let mut line = |parts: &[&str]| {
            patch.extend(parts.iter().copied());
            patch.push('\n');
        };
        for header in file_headers(uri) {
            line(&[&header]);
        }
        for hunk in &self.hunks {
            line(&[&hunk.header()]);
            for Line { kind, text } in &hunk.lines {
                line(&[kind.sign(), text.strip_suffix('\n').unwrap_or(text)]);
                if !text.ends_with('\n') {
                    line(&[NO_NEWLINE]);
                }
            }
        }
        patch
    }
}

impl Hunk {
    /// The line that a hunk begins with: `@@ -1,3 +1,4 @@`.
    pub fn header(&self) -> String {
        let side = |lines: &Range<usize>| match lines.len() {
            // Where there are none, it is the line before.
            0 => format!("{},0", lines.start),
            1 => format!("{}", lines.start + 1),
            len => format!("{},{len}", lines.start + 1),
        };
        format!("@@ -{} +{} @@", side(&self.old), side(&self.new))
    }
}

impl LineKind {
    /// What a line of this kind begins with in a diff.
    pub const fn sign(self) -> &'static str {
        match self {
            LineKind::Context => " ",
            LineKind::Removed => "-",
            LineKind::Added => "+",
        }
    }
}

/// The two lines that name the document. A name with blanks ends with a tab,
/// and one that a line cannot hold is quoted: both as git does it.
pub fn file_headers(uri: &str) -> [String; 2] {
    let quoted = uri.contains(|c: char| c.is_control() || c == '"' || c == '\\');
    [("---", "a"), ("+++", "b")].map(|(sign, side)| {
        if quoted {
            return format!("{sign} \"{side}/{}\"", quoted_name(uri));
        }
        let end = if uri.contains(' ') { "\t" } else { "" };
        format!("{sign} {side}/{uri}{end}")
    })
}

fn quoted_name(uri: &str) -> String {
    let mut quoted = String::with_capacity(uri.len());
    for c in uri.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted
}
