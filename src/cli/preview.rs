//! `batchpatch preview`: what a batch would do to the files on disk.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::batch_file::BatchFile;
use super::exit::{Exit, Failure};
use super::render::{self, Shown};
use super::repaired;
use crate::batch::Outcome;
use crate::diff::unified;
use crate::engine::{Engine, Source, StagedBatch};
use crate::files::Root;
use crate::text::Snapshot;

/// Show what a batch would do to the files on disk. Nothing is written.
///
/// Shows the diff, or every mistake of the batch in its place, with what to send instead where
/// that is certain.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Exit status:
  0  it would be applied, or there is nothing to do
  1  it would be rejected; with --repaired: it cannot be repaired
  2  the batch or the call is malformed: a message with the JSON path on standard error
  3  something could not be read or written
  4  a fault of batchpatch itself
  5  it would be partial (`\"policy\": \"bestEffort\"`): some patches would be left out

The diff is for the eye: blanks and control characters are shown, not printed. The `diff` of
--json is exact, and `patch` and `git apply` read it.")]
pub(super) struct Preview {
    #[command(flatten)]
    batch: BatchFile,

    /// The folder that relative names in the batch start from, and that no name may leave.
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,

    /// Print the outcome as JSON, with a diff of each document that would change.
    #[arg(long)]
    json: bool,

    /// Print the batch with every mistake repaired, ready to be sent, or exit with 1.
    ///
    /// It is printed only where every mistake has a repair that is certain. A batch without a
    /// mistake is printed as it is.
    #[arg(long, conflicts_with = "json")]
    repaired: bool,
}

impl Preview {
    pub(super) fn run(self) -> Result<Exit, Failure> {
        let mut limits = self.batch.limits();
        if !self.json {
            // A person is only told that there is one.
            limits.repaired_batch_bytes = usize::MAX;
        }
        let batch = self.batch.read(None)?;
        let encoding = self.batch.encoding(&batch)?;
        let root = Root::open(&self.root)
            .map_err(|error| Failure::io(&format!("open {}", self.root.display()), &error))?;
        let mut reader = root.reader(limits.document_bytes);
        if self.repaired {
            let batch = repaired::repaired(batch, encoding, limits, |uri| reader.read(uri))?;
            print_json(&batch)?;
            return Ok(Exit::Done);
        }

        let started = Instant::now();
        let mut before: Vec<Option<Snapshot>> = Vec::new();
        let staged = Engine::new(limits).stage(&batch, encoding, |document| {
            let source = reader.read(&document.uri);
            before.push(match &source {
                Source::Text(snapshot) | Source::Moved { now: snapshot, .. } => {
                    Some(snapshot.clone())
                }
                Source::Refused { .. } => None,
            });
            source
        });
        let (mut outcome, staged) = match staged {
            Ok(staged) => (staged.outcome(), Some(staged)),
            Err(refusal) => (refusal.outcome, None),
        };
        outcome.duration_ms = Some(started.elapsed().as_secs_f64() * 1000.0);
        let documents = staged.iter().flat_map(StagedBatch::documents);
        let staged: Vec<_> = documents.map(|document| document.staged.as_ref()).collect();
        if self.json {
            outcome.preview = true;
            for (document, staged) in outcome.documents.iter_mut().zip(staged) {
                let diff = staged.map(|staged| unified(staged).to_patch(&document.uri));
                document.diff = diff.filter(|diff| !diff.is_empty());
            }
            print_json(&outcome)?;
        } else {
            let shown = Shown { batch: &batch, encoding, before, staged };
            print(&shown, &outcome)?;
        }
        Ok(Exit::from(outcome.status))
    }
}

fn print(shown: &Shown<'_>, outcome: &Outcome) -> Result<(), Failure> {
    let mut output = BufWriter::new(anstream::stdout().lock());
    render::render(&mut output, shown, outcome)
        .and_then(|()| output.flush())
        .map_err(|error| Failure::io("write standard output", &error))
}

fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut output = BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut output, value)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(output))
        .and_then(|()| output.flush())
        .map_err(|error| Failure::io("write standard output", &error))
}
