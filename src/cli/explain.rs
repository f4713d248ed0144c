//! `batchpatch explain`: what a violation means and how to repair it.

use std::io::{self, Write};

use anstyle::Style;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::exit::{Exit, Failure};
use crate::batch::Code;

/// Explain a violation: what it means, an example, and how to repair it.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The code of the violation. Without one, all of them are listed.
    #[arg(value_parser = PossibleValuesParser::new(Code::ALL.map(Code::as_str)))]
    #[arg(hide_possible_values = true)]
    code: Option<String>,
}

const DOCUMENT: &str = include_str!("../../docs/violations.md");

const HEADING: Style = Style::new().bold();
const CODE_BLOCK: Style = Style::new().dimmed();
const FENCE: &str = "```";

impl Explain {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let mut output = anstream::stdout().lock();
        match self.code {
            Some(code) => print(&mut output, section(&code)),
            None => list(&mut output),
        }
        .and_then(|()| output.flush())
        .map_err(|error| Failure::io("write standard output", &error))?;
        Ok(Exit::Done)
    }
}

/// The section of the document about a violation, with its heading.
fn section(code: &str) -> &'static str {
    let heading = format!("\n## {code}\n");
    let start = DOCUMENT.find(&heading).map_or(DOCUMENT.len(), |at| at + 1);
    let section = &DOCUMENT[start..];
    let end = section.find("\n## ").unwrap_or(section.len());
    section[..end].trim_end()
}

fn print(output: &mut dyn Write, section: &str) -> io::Result<()> {
    let mut in_block = false;
    for line in section.lines() {
        let is_fence = line.starts_with(FENCE);
        let style = match line {
            _ if in_block || is_fence => CODE_BLOCK,
            _ if line.starts_with("## ") => HEADING,
            _ => Style::new(),
        };
        in_block ^= is_fence;
        writeln!(output, "{style}{line}{style:#}")?;
    }
    Ok(())
}

/// Every code with its law and what it means, a line for each.
fn list(output: &mut dyn Write) -> io::Result<()> {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
    for code in Code::ALL {
        let law = code.law().map_or("–".to_owned(), |law| law.number().to_string());
        let code = code.as_str();
        let meaning = first_sentence(section(code));
        writeln!(output, "{law}  {HEADING}{code:width$}{HEADING:#}  {meaning}")?;
    }
    Ok(())
}

/// The first sentence after the heading, which stands on one line.
fn first_sentence(section: &str) -> &str {
    let text = section.lines().skip(1).find(|line| !line.is_empty()).unwrap_or_default();
    text.find(". ").map_or(text, |end| &text[..=end])
}
