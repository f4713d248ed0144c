//! `batchpatch schema`: the JSON Schemas.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use super::exit::{Exit, Failure};
use crate::batch::{batch_schema, outcome_schema};

/// Print the JSON Schema of a batch or of its outcome.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Which of the two.
    #[arg(value_enum, default_value = "batch")]
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// What you send.
    Batch,
    /// What comes back.
    Outcome,
}

impl Schema {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let schema = match self.of {
            Of::Batch => batch_schema(),
            Of::Outcome => outcome_schema(),
        };
        serde_json::to_writer_pretty(io::stdout().lock(), &schema)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(io::stdout()))
            .map_err(|error| Failure::io("write standard output", &error))?;
        Ok(Exit::Done)
    }
}
