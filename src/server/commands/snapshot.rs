//! `batchpatch.snapshot`: a text as the server has it, with the token that names
//! it.

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{Answer, Reply, argument};
use crate::server::error::ResponseError;
use crate::server::owner::Owner;
use crate::text::{Excerpt, Snapshot};

const SHAPE: &str = "{uri, startLine?, endLine?} with one-based lines";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
struct Argument {
    uri: String,
    start_line: Option<usize>,
    end_line: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered<'a> {
    uri: &'a str,
    snapshot: String,
    revision: String,
    version: Option<i32>,
    #[serde(flatten)]
    excerpt: Excerpt,
}

pub(super) fn execute(owner: &Owner, arguments: &[&RawValue]) -> Reply {
    let argument: Argument = match argument(arguments, "batchpatch.snapshot", SHAPE) {
        Ok(argument) => argument,
        Err(error) => return Reply::Now(Err(error)),
    };
    if let Some(document) = owner.document(&argument.uri) {
        return Reply::Now(match document.out_of_sync() {
            None => answer(&argument, document.snapshot()),
            Some(reason) => Err(ResponseError::out_of_sync(&argument.uri, reason)),
        });
    }
    let files = owner.unopened();
    let read = move || {
        let snapshot = files.snapshot(&argument.uri)?;
        answer(&argument, &snapshot)
    };
    // Reading blocks, and the owner's thread must not.
    let task = tokio::task::spawn_blocking(read);
    Reply::Later(task.map(|read| read.unwrap_or_else(|_| Err(ResponseError::panicked()))).boxed())
}

fn answer(argument: &Argument, snapshot: &Snapshot) -> Answer {
    let answer = Answered {
        uri: &argument.uri,
        snapshot: snapshot.token().to_string(),
        revision: snapshot.revision().to_string(),
        version: snapshot.version(),
        excerpt: snapshot.excerpt(argument.start_line, argument.end_line),
    };
    to_raw_value(&answer).map_err(|error| ResponseError::internal(error.to_string()))
}
