//! `batchpatch.undo`: takes a batch back, in all of its documents or in none.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{Reply, argument, batch_reply};
use crate::server::owner::Owner;
use crate::workspace::Event;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
struct Argument {
    batch_id: Option<String>,
}

pub(super) fn execute(owner: &mut Owner, arguments: &[&RawValue], token: Option<Value>) -> Reply {
    let argument = match arguments {
        [] => Ok(Argument::default()),
        given => argument(given, "batchpatch.undo", "{batchId?}"),
    };
    match argument {
        Ok(Argument { batch_id }) => {
            let ticket = owner.workspace.next_ticket();
            let event = Event::Undo { ticket, batch_id };
            batch_reply(owner, ticket, event, "Undoing a batch", token)
        }
        Err(error) => Reply::Now(Err(error)),
    }
}
