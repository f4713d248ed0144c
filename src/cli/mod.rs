//! The command line: one file for each subcommand.

mod batch_file;
mod exit;
mod explain;
mod filter;
mod flag_args;
mod flags;
mod limit;
mod lsp;
mod observing;
mod output;
mod preview;
mod render;
mod repaired;
mod rollout;
mod schema;
mod scrape;
mod status;
mod version;

use std::io::Write;
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{CommandFactory, Parser, Subcommand};

use exit::{Exit, Failure};

/// Applies a batch of edits to documents all at once or not at all.
///
/// A batch names lines or ranges of one text, the one its author saw. batchpatch checks the
/// whole batch against that text, puts it into one order, applies it, and otherwise changes
/// nothing and says what is wrong with every patch.
#[derive(Debug, Parser)]
#[command(name = "batchpatch", disable_version_flag = true, styles = STYLES)]
#[command(max_term_width = 100, after_long_help = AFTER_HELP)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// Print the version.
    #[arg(short = 'V', long)]
    version: bool,

    /// With --version: print it as JSON, with the version of the batch schema.
    #[arg(long, requires = "version")]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Preview(preview::Preview),
    Filter(filter::Filter),
    Explain(explain::Explain),
    Flags(flags::Flags),
    Lsp(lsp::Lsp),
    Rollout(rollout::Rollout),
    Schema(schema::Schema),
    Status(status::Status),
}

const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = r#"A first batch:
  $ printf 'one\ntwo\nthree\n' > count.txt
  $ cat > count.batch.json <<'END'
  { "patches": [
      { "type": "replace", "line": 2, "text": "TWO", "expect": "two" },
      { "type": "insert",  "line": 1, "text": "zero" },
      { "type": "delete",  "line": 3 } ] }
  END
  $ batchpatch filter count.batch.json < count.txt
  zero
  one
  TWO

All line numbers are those of the text before the batch, in whatever order the
patches are listed. `batchpatch preview` shows what a batch that names files would
do to them, or what is wrong with it. `batchpatch schema` prints all that a batch
can say."#;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let args = Args::parse();
    let done = match args.command {
        Some(Command::Preview(preview)) => preview.run(),
        Some(Command::Filter(filter)) => filter.run(),
        Some(Command::Explain(explain)) => explain.run(),
        Some(Command::Flags(flags)) => flags.run(),
        Some(Command::Lsp(lsp)) => lsp.run(),
        Some(Command::Rollout(rollout)) => rollout.run(),
        Some(Command::Schema(schema)) => schema.run(),
        Some(Command::Status(status)) => status.run(),
        None if args.version => version::run(args.json),
        None => Err(Failure::new(Exit::Malformed, Args::command().render_long_help().to_string())),
    };
    let exit = done.unwrap_or_else(|failure| {
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(std::io::stderr(), "{failure}");
        failure.exit()
    });
    exit.into()
}
