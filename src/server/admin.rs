//! The flags, for the endpoint.

use serde_json::{Value, json};

use crate::observability::{Admin, AdminError};

/// No rollout is set up.
pub(super) struct NoRollout;

impl Admin for NoRollout {
    fn flags(&self) -> Value {
        json!({ "flags": [] })
    }

    fn set(&self, _: &str, _: u8) -> Result<Value, AdminError> {
        Err(AdminError::UnknownFlag)
    }
}
