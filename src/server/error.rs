//! What a request is answered with where it fails.

use serde_json::{Value, json};

use super::transport::{INVALID_REQUEST, Id, PARSE_ERROR, outbound};
use crate::workspace::OutOfSync;

/// A JSON-RPC error (JSON-RPC 2.0, "Error object"; the codes are those of LSP
/// 3.17, "Response Message").
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ResponseError {
    pub(super) code: i64,
    pub(super) message: String,
    pub(super) data: Option<Value>,
}

impl ResponseError {
    fn new(code: i64, message: impl Into<String>) -> ResponseError {
        ResponseError { code, message: message.into(), data: None }
    }

    /// The frame that answers with it; without an id where that is not known.
    pub(super) fn frame(&self, id: Option<&Id>) -> serde_json::Result<Vec<u8>> {
        outbound::error(id, self.code, &self.message, self.data.as_ref())
    }

    pub(super) fn parse_error(message: impl Into<String>) -> ResponseError {
        ResponseError::new(PARSE_ERROR, message)
    }

    pub(super) fn invalid_request(message: impl Into<String>) -> ResponseError {
        ResponseError::new(INVALID_REQUEST, message)
    }

    pub(super) fn invalid_params(message: impl Into<String>) -> ResponseError {
        ResponseError::new(-32602, message)
    }

    pub(super) fn internal(message: impl Into<String>) -> ResponseError {
        ResponseError::new(-32603, message)
    }

    pub(super) fn panicked() -> ResponseError {
        ResponseError::internal("a bug of batchpatch: the handler panicked")
    }

    pub(super) fn not_initialized() -> ResponseError {
        ResponseError::new(-32002, "the first request is `initialize`")
    }

    pub(super) fn cancelled() -> ResponseError {
        ResponseError::new(-32800, "cancelled")
    }

    /// The server does not know the document's text.
    pub(super) fn out_of_sync(uri: &str, reason: &OutOfSync) -> ResponseError {
        ResponseError::refused("out-of-sync", format!("`{uri}` is out of sync: {reason}"))
    }

    /// `RequestFailed`: the request made sense, and the document does not allow
    /// it.
    pub(super) fn refused(code: &str, message: impl Into<String>) -> ResponseError {
        ResponseError { data: Some(json!({ "code": code })), ..ResponseError::new(-32803, message) }
    }
}
