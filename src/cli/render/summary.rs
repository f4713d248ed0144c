//! The last lines: what it comes to.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Shown;
use super::printable::one_line;
use crate::batch::{Code, Outcome, Status};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const MIXED: Style = AnsiColor::Yellow.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

/// How many lines the diffs add and remove.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) documents: usize,
    pub(super) added: usize,
    pub(super) removed: usize,
}

pub(super) fn render(
    output: &mut dyn Write,
    shown: &Shown<'_>,
    outcome: &Outcome,
    counts: Counts,
) -> io::Result<()> {
    for (code, count) in &outcome.more_violations {
        writeln!(output, "{BAD}error[{code}]{BAD:#}: {count} more")?;
    }
    if !outcome.more_violations.is_empty() {
        writeln!(output)?;
    }
    for warning in &outcome.warnings {
        writeln!(output, "{MIXED}warning{MIXED:#}: {}", one_line(warning))?;
    }
    let applied = outcome.documents.iter().map(|document| document.patches).sum();
    let Counts { documents, added, removed } = counts;
    let change = format!(
        "{} to {} (+{added} −{removed} lines)",
        number(applied, "patch", "patches"),
        number(documents, "document", "documents"),
    );
    match outcome.status {
        Status::Applied => writeln!(output, "{GOOD}would apply{GOOD:#}: {change}")?,
        Status::Partial => {
            writeln!(
                output,
                "{MIXED}would apply a part{MIXED:#}: {change}; {}",
                wrong(shown, outcome)
            )?;
        }
        Status::Noop => {
            let why = match shown.batch.patch_count() {
                0 => "the batch has no patches",
                _ => "every text is already what it would become",
            };
            writeln!(output, "{GOOD}nothing to do{GOOD:#}: {why}")?;
        }
        Status::Rejected => {
            let wrong = wrong(shown, outcome);
            writeln!(output, "{BAD}rejected{BAD:#}: nothing would change; {wrong}")?;
        }
        Status::Failed | Status::RolledBack => {
            writeln!(output, "{BAD}failed{BAD:#}: nothing would change")?;
        }
    }
    let all_suggested = outcome.more_violations.is_empty()
        && outcome.violations.iter().all(|violation| violation.suggestion.is_some());
    let codes: BTreeSet<&str> = outcome.violations.iter().map(|it| it.code.as_str()).collect();
    if outcome.repaired_batch.is_some() {
        writeln!(
            output,
            "{HELP}every mistake can be repaired{HELP:#}: the same command with --repaired prints \
             the batch to send"
        )?;
    } else if !codes.is_empty() && all_suggested {
        writeln!(
            output,
            "{HELP}check the suggestions{HELP:#}: it is not certain that together they make the \
             batch that was meant"
        )?;
    }
    for code in codes {
        writeln!(output, "{HELP}more about it{HELP:#}: batchpatch explain {code}")?;
    }
    Ok(())
}

/// `3 of 6 patches break a law`, or what else is wrong.
fn wrong(shown: &Shown<'_>, outcome: &Outcome) -> String {
    let of_document = |code: Code| code == Code::StaleSnapshot || code.law().is_none();
    let told = outcome.violations.iter();
    let patches: BTreeSet<_> = told.clone().filter_map(|it| Some((&it.uri, it.patch?))).collect();
    let documents: BTreeSet<_> = told.filter(|it| it.patch.is_none()).map(|it| &it.uri).collect();
    let more = |document: bool| -> usize {
        let more = outcome.more_violations.iter();
        more.filter(|(code, _)| of_document(**code) == document).map(|(_, count)| count).sum()
    };
    let all = shown.batch.patch_count();
    if outcome.violations.iter().any(|it| is_of_batch(it.code)) {
        return "the batch is over a limit".to_owned();
    }
    let mut parts = Vec::new();
    match documents.len() + more(true) {
        0 => {}
        1 => parts.push("1 document is refused".to_owned()),
        count => parts.push(format!("{count} documents are refused")),
    }
    match patches.len() + more(false) {
        0 => {}
        1 if all == 1 => parts.push("the patch breaks a law".to_owned()),
        1 => parts.push(format!("1 of {} breaks a law", number(all, "patch", "patches"))),
        count => parts.push(format!("{count} of {} break a law", number(all, "patch", "patches"))),
    }
    parts.join(", ")
}

fn is_of_batch(code: Code) -> bool {
    matches!(code, Code::TooManyPatches | Code::TooManyDocuments)
}

fn number(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
