//! `batchpatch.clearDiagnostics`: takes diagnostics away that nobody wants to
//! see any more.

use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{Answer, argument};
use crate::batch::DocumentKey;
use crate::server::error::ResponseError;
use crate::server::owner::Owner;
use crate::workspace::Event;

const NAME: &str = "batchpatch.clearDiagnostics";
const SHAPE: &str = "{uri?, batchId?, patch?}, or none";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
struct Argument {
    uri: Option<String>,
    batch_id: Option<String>,
    patch: Option<usize>,
}

pub(super) fn execute(owner: &mut Owner, arguments: &[&RawValue]) -> Answer {
    let given: Option<Argument> = match arguments {
        [] => None,
        arguments => argument(arguments, NAME, SHAPE)?,
    };
    let Argument { uri, batch_id, patch } = given.unwrap_or_default();
    let key = uri.map(|uri| DocumentKey::of(owner.document(&uri).map_or(&uri, |it| it.uri())));
    owner.handle(Event::DiagnosticsCleared { key, batch_id, patch });
    to_raw_value(&()).map_err(|error| ResponseError::internal(error.to_string()))
}
