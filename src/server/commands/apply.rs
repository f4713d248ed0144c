//! `batchpatch.apply`: a batch, all of it or nothing.

use std::sync::Arc;

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Reply, batch_reply};
use crate::batch::{Batch, Malformed};
use crate::server::error::ResponseError;
use crate::server::owner::Owner;
use crate::workspace::{Event, Submission};

pub(super) fn execute(owner: &mut Owner, arguments: &[&RawValue], token: Option<Value>) -> Reply {
    let batch = match arguments {
        [batch] => read_batch(batch),
        arguments => Err(ResponseError::invalid_params(format!(
            "`batchpatch.apply` takes one argument, a batch: there are {}",
            arguments.len()
        ))),
    };
    let submission = match batch.and_then(|batch| submission(owner, batch)) {
        Ok(submission) => submission,
        Err(error) => {
            owner.batch_is_malformed();
            return Reply::Now(Err(error));
        }
    };
    let title = match &submission.batch.label {
        Some(label) => format!("Applying {label}"),
        None => "Applying a batch".to_owned(),
    };
    batch_reply(owner, submission.ticket, Event::Submitted(submission), &title, token)
}

/// A batch as it stands in a command's arguments.
pub(super) fn read_batch(argument: &RawValue) -> Result<Batch, ResponseError> {
    Batch::from_json(argument.get().as_bytes(), None).map_err(|error| malformed(&error))
}

/// The batch on its way in, with an id if it has none.
pub(super) fn submission(owner: &mut Owner, mut batch: Batch) -> Result<Submission, ResponseError> {
    let encoding =
        batch.encoding(None, owner.encoding()).map_err(|error: Malformed| malformed(&error))?;
    let targets = batch.documents.iter().map(|document| owner.target(&document.uri)).collect();
    let ticket = owner.workspace.next_ticket();
    batch.batch_id.get_or_insert_with(|| owner.workspace.new_batch_id(ticket));
    let mode = owner.flags.mode();
    Ok(Submission { ticket, batch: Arc::new(batch), encoding, targets, mode })
}

fn malformed(error: &Malformed) -> ResponseError {
    ResponseError {
        data: Some(json!({ "path": error.path() })),
        ..ResponseError::invalid_params(error.to_string())
    }
}
