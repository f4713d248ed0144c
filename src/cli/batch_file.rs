//! The batch that a command is called with.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::exit::Failure;
use super::limit::LimitArgs;
use crate::batch::{Batch, Malformed};
use crate::engine::Limits;
use crate::text::PositionEncoding;

/// The batch that a command is called with, and how to read it.
#[derive(Debug, Args)]
pub(super) struct BatchFile {
    /// The batch, a JSON file.
    #[arg(value_name = "BATCH.json")]
    batch: PathBuf,

    /// The unit of the columns in the batch, if it does not say so itself [default: utf-16].
    #[arg(long, value_parser = encoding_parser())]
    encoding: Option<PositionEncoding>,

    #[command(flatten)]
    limits: LimitArgs,
}

fn encoding_parser() -> impl TypedValueParser<Value = PositionEncoding> {
    use PositionEncoding::{Utf8, Utf16, Utf32};
    PossibleValuesParser::new([Utf8, Utf16, Utf32].map(PositionEncoding::as_str)).map(|name| {
        [Utf8, Utf16].into_iter().find(|encoding| encoding.as_str() == name).unwrap_or(Utf32)
    })
}

impl BatchFile {
    pub(super) fn limits(&self) -> Limits {
        self.limits.limits()
    }

    /// The batch; its document is `default_uri` where it does not say which.
    pub(super) fn read(&self, default_uri: Option<&str>) -> Result<Batch, Failure> {
        let limit = self.limits().message_bytes;
        let json = File::open(&self.batch).and_then(|file| read_at_most(file, limit)).map_err(
            |error| Failure::malformed(format!("cannot read {}: {error}", self.batch.display())),
        )?;
        if json.len() > limit {
            let message = format!("the batch has more than {limit} bytes");
            return Err(self.malformed(&Malformed::new("", message)));
        }
        Batch::from_json(&json, default_uri).map_err(|malformed| self.malformed(&malformed))
    }

    /// The unit of the columns in the batch that was read.
    pub(super) fn encoding(&self, batch: &Batch) -> Result<PositionEncoding, Failure> {
        batch
            .encoding(self.encoding, PositionEncoding::default())
            .map_err(|malformed| self.malformed(&malformed))
    }

    pub(super) fn malformed(&self, malformed: &Malformed) -> Failure {
        Failure::malformed(format!("{}: {malformed}", self.batch.display()))
    }
}

/// Reads to the end, or one byte over the limit: enough to see that it is over.
pub(super) fn read_at_most(input: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
