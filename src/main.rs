//! The `batchpatch` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    batchpatch::cli::run()
}
