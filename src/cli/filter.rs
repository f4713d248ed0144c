//! `batchpatch filter`: one document from standard input to standard output.

use std::io::{self, BufWriter, Write};
use std::time::Instant;

use clap::Args;

use super::batch_file::{BatchFile, read_at_most};
use super::exit::{Exit, Failure};
use crate::batch::{Batch, Code, Malformed, Outcome};
use crate::engine::{Engine, Limits, Source};
use crate::text::{Revision, Snapshot};

/// What a batch for standard input calls its document when it gives no `uri`.
const STANDARD_INPUT: &str = "-";

/// Apply a batch to the document on standard input and print the result.
///
/// The result is written byte for byte, or nothing is: a rejected batch prints nothing on
/// standard output. The batch's document may leave out its `uri`.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Exit status:
  0  applied, or nothing to do
  1  rejected: nothing on standard output, the outcome as JSON on standard error
  2  the batch or the call is malformed: a message with the JSON path on standard error
  3  something could not be read or written
  4  a fault of batchpatch itself: nothing on standard output, the outcome on standard error
  5  partial (`\"policy\": \"bestEffort\"`): the result written, the outcome on standard error")]
pub(super) struct Filter {
    #[command(flatten)]
    batch: BatchFile,
}

impl Filter {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let limits = self.batch.limits();
        let batch = self.batch.read(Some(STANDARD_INPUT))?;
        one_document(&batch).map_err(|malformed| self.batch.malformed(&malformed))?;
        let encoding = self.batch.encoding(&batch)?;
        if batch.documents.is_empty() {
            // Nobody has to look at a document that no patch is for.
            io::copy(&mut io::stdin().lock(), &mut io::stdout().lock())
                .map_err(|error| Failure::io("copy standard input to standard output", &error))?;
            return Ok(Exit::Done);
        }
        let input = read_at_most(io::stdin().lock(), limits.document_bytes)
            .map_err(|error| Failure::io("read standard input", &error))?;
        let started = Instant::now();
        let staged = Engine::new(limits).stage(&batch, encoding, |_| source(&input, &limits));
        let told = match staged {
            Ok(staged) => {
                let text = staged.documents().iter().find_map(|document| document.staged.as_ref());
                let chunks = text.into_iter().flat_map(|text| text.after().rope().chunks());
                write_output(chunks.map(str::as_bytes))?;
                let exit = Exit::from(staged.status());
                if exit == Exit::Done {
                    return Ok(exit);
                }
                staged.outcome()
            }
            Err(refusal) => refusal.outcome,
        };
        tell(told, started)
    }
}

fn one_document(batch: &Batch) -> Result<(), Malformed> {
    let Some(second) = batch.documents.get(1) else { return Ok(()) };
    let message = format!(
        "`filter` edits one document, and the batch has {}; the second is `{}`",
        batch.documents.len(),
        second.uri
    );
    Err(Malformed::new("documents[1]", message))
}

fn source(input: &[u8], limits: &Limits) -> Source {
    if input.len() > limits.document_bytes {
        return Source::Refused {
            code: Code::DocumentTooLarge,
            message: format!("the document has more than {} bytes", limits.document_bytes),
        };
    }
    match str::from_utf8(input) {
        Ok(text) => Source::Text(Snapshot::new(text.into(), Revision::FIRST, None)),
        Err(error) => Source::Refused {
            code: Code::NotUtf8,
            message: format!("the document is not UTF-8: byte {} is wrong", error.valid_up_to()),
        },
    }
}

fn write_output<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<(), Failure> {
    let mut output = BufWriter::new(io::stdout().lock());
    chunks
        .into_iter()
        .try_for_each(|chunk| output.write_all(chunk))
        .and_then(|()| output.flush())
        .map_err(|error| Failure::io("write standard output", &error))
}

fn tell(mut outcome: Outcome, started: Instant) -> Result<Exit, Failure> {
    outcome.duration_ms = Some(started.elapsed().as_secs_f64() * 1000.0);
    serde_json::to_writer_pretty(io::stderr().lock(), &outcome)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(io::stderr()))
        .map_err(|error| Failure::io("write standard error", &error))?;
    Ok(Exit::from(outcome.status))
}
