//! `batchpatch --version`.

use std::io::{self, Write};

use serde_json::json;

use super::exit::{Exit, Failure};
use crate::batch::SCHEMA_VERSION;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn run(as_json: bool) -> Result<Exit, Failure> {
    let text = if as_json {
        json!({ "name": "batchpatch", "version": VERSION, "schemaVersion": SCHEMA_VERSION })
            .to_string()
    } else {
        format!("batchpatch {VERSION}")
    };
    writeln!(io::stdout(), "{text}")
        .map_err(|error| Failure::io("write standard output", &error))?;
    Ok(Exit::Done)
}
