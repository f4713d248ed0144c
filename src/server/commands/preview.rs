//! `batchpatch.preview`: what a batch would do. Nothing changes.

use std::time::Instant;

use futures_util::FutureExt;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::apply::{read_batch, submission};
use super::{Answer, Reply, argument};
use crate::batch::Outcome;
use crate::diff::unified;
use crate::engine::{Engine, StagedBatch};
use crate::server::error::ResponseError;
use crate::server::owner::Owner;

const SHAPE: &str = "a batch, and then perhaps {text?}";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Options {
    /// Give the whole text of each document too.
    #[serde(default)]
    text: bool,
}

pub(super) fn execute(owner: &mut Owner, arguments: &[&RawValue]) -> Reply {
    let read = match arguments {
        [batch] => read_batch(batch).map(|batch| (batch, Options::default())),
        [batch, options] => read_batch(batch).and_then(|batch| {
            Ok((batch, argument::<Options>(&[options], "batchpatch.preview", SHAPE)?))
        }),
        arguments => Err(ResponseError::invalid_params(format!(
            "`batchpatch.preview` takes {SHAPE}: there are {} arguments",
            arguments.len()
        ))),
    };
    let read = read.and_then(|(batch, options)| Ok((submission(owner, batch)?, options)));
    let (submission, options) = match read {
        Ok(read) => read,
        Err(error) => return Reply::Now(Err(error)),
    };
    let started = Instant::now();
    let job = owner.workspace.preview(&submission);
    let (files, engine) = (owner.unopened(), Engine::new(owner.settings.limits));
    let stage = move || {
        let now = |key: &_| files.published.get(key).map(|open| open.snapshot().clone());
        let staged = files.for_batch(|files| job.preview(&engine, files, now));
        let mut outcome = match &staged {
            Ok(staged) => shown(staged, &options),
            Err(refusal) => refusal.outcome.clone(),
        };
        outcome.preview = true;
        outcome.duration_ms = Some(started.elapsed().as_secs_f64() * 1000.0);
        to_raw_value(&outcome).map_err(|error| ResponseError::internal(error.to_string()))
    };
    // It may read files, and may take long.
    let task = tokio::task::spawn_blocking(stage);
    let panicked = |_| -> Answer { Err(ResponseError::panicked()) };
    Reply::Later(task.map(move |answer| answer.unwrap_or_else(panicked)).boxed())
}

fn shown(staged: &StagedBatch, options: &Options) -> Outcome {
    let mut outcome = staged.outcome();
    for (document, of_batch) in outcome.documents.iter_mut().zip(staged.documents()) {
        let Some(staged) = &of_batch.staged else { continue };
        let diff = unified(staged).to_patch(&document.uri);
        document.diff = Some(diff).filter(|diff| !diff.is_empty());
        document.text = options.text.then(|| staged.after().rope().to_string());
    }
    outcome
}
