//! What a body says: its envelope, with everything inside left as it is.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::id::Id;
use super::outbound;

/// JSON-RPC's code for what is no JSON.
pub const PARSE_ERROR: i64 = -32700;

/// JSON-RPC's code for JSON that is no message.
pub const INVALID_REQUEST: i64 = -32600;

/// A JSON-RPC message. What it carries is checked to be JSON and not parsed,
/// however large or deep it is.
#[derive(Clone, Debug)]
pub enum Message<'a> {
    /// It has to be answered.
    Request {
        /// What the answer has to name.
        id: Id,
        /// What is asked for.
        method: Cow<'a, str>,
        /// With what. `null` is absent.
        params: Option<&'a RawValue>,
    },
    /// It must not be answered. An `id` of `null` is absent: no answer could
    /// name it.
    Notification {
        /// What is told.
        method: Cow<'a, str>,
        /// With what. `null` is absent.
        params: Option<&'a RawValue>,
    },
    /// It answers a request of ours.
    ///
    /// A response is never answered, whatever is wrong with it: two programs
    /// that do that would not stop.
    Response {
        /// Whose answer it is, where that can be told.
        id: Option<Id>,
        /// The result, or the error unless that is `null`.
        outcome: Result<&'a RawValue, &'a RawValue>,
    },
}

/// A body that is no message, and what its sender has to be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// The message's id, where it has one.
    pub id: Option<Id>,
    /// [`PARSE_ERROR`] or [`INVALID_REQUEST`].
    pub code: i64,
    /// What is wrong.
    pub message: String,
}

impl<'a> Message<'a> {
    /// Reads the envelope in `body`.
    ///
    /// # Errors
    ///
    /// The body is no message.
    pub fn parse(body: &'a [u8]) -> Result<Message<'a>, Invalid> {
        let text = std::str::from_utf8(body)
            .map_err(|error| Invalid::parse_error(format!("the body is not UTF-8: {error}")))?;
        let envelope: Envelope<'_> =
            serde_json::from_str(text).map_err(|error| no_envelope(text, &error))?;
        envelope.open()
    }
}

/// Reads parameters as their own type; absent ones are `null`.
///
/// # Errors
///
/// They are of another shape.
pub fn read_params<'a, T: Deserialize<'a>>(params: Option<&'a RawValue>) -> serde_json::Result<T> {
    serde_json::from_str(params.map_or("null", RawValue::get))
}

impl Invalid {
    /// The frame that answers it.
    ///
    /// # Errors
    ///
    /// None that is known: strings and numbers can be written.
    pub fn answer(&self) -> serde_json::Result<Vec<u8>> {
        outbound::error(self.id.as_ref(), self.code, &self.message, None::<&()>)
    }

    fn parse_error(message: String) -> Invalid {
        Invalid { id: None, code: PARSE_ERROR, message }
    }

    fn request(id: Option<Id>, message: impl Into<String>) -> Invalid {
        Invalid { id, code: INVALID_REQUEST, message: message.into() }
    }
}

/// The members of a message, not yet put together.
#[derive(Debug, Default)]
struct Envelope<'a> {
    jsonrpc: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    method: Option<&'a RawValue>,
    params: Option<&'a RawValue>,
    result: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
    has_duplicate: bool,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Jsonrpc,
    Id,
    Method,
    Params,
    Result,
    Error,
    #[serde(other)]
    Other,
}

/// A string that is copied only if it has escapes: some clients write `\/`.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Envelope<'a> {
    fn open(self) -> Result<Message<'a>, Invalid> {
        let id = self.id.filter(is_not_null);
        let known_id = id.and_then(|id| serde_json::from_str::<Id>(id.get()).ok());
        let method = self.method.filter(is_not_null);
        let outcome = self.error.filter(is_not_null).map(Err).or(self.result.map(Ok));
        if let (None, Some(outcome)) = (method, outcome) {
            return Ok(Message::Response { id: known_id, outcome });
        }
        let invalid = |message: &str| Err(Invalid::request(known_id.clone(), message));
        if id.is_some() && known_id.is_none() {
            return invalid("`id` is neither a string nor a 64-bit integer");
        }
        if self.has_duplicate {
            return invalid("a member stands twice");
        }
        if self.jsonrpc.is_some_and(|version| name(version).as_deref() != Some("2.0")) {
            return invalid("`jsonrpc` is not \"2.0\"");
        }
        let Some(method) = method else {
            return invalid("there is neither `method` nor `result` nor `error`");
        };
        let Some(method) = name(method) else { return invalid("`method` is not a string") };
        let params = self.params.filter(is_not_null);
        Ok(match known_id {
            Some(id) => Message::Request { id, method, params },
            None => Message::Notification { method, params },
        })
    }
}

impl<'de> Deserialize<'de> for Envelope<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EnvelopeVisitor;
        impl<'de> Visitor<'de> for EnvelopeVisitor {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(member) = map.next_key()? {
                    let place = match member {
                        Member::Jsonrpc => &mut envelope.jsonrpc,
                        Member::Id => &mut envelope.id,
                        Member::Method => &mut envelope.method,
                        Member::Params => &mut envelope.params,
                        Member::Result => &mut envelope.result,
                        Member::Error => &mut envelope.error,
                        Member::Other => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    envelope.has_duplicate |= place.replace(map.next_value()?).is_some();
                }
                Ok(envelope)
            }
        }
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

/// Why there is no envelope in `text`: it is no JSON, or JSON of another kind,
/// of which only the first byte has been seen.
fn no_envelope(text: &str, error: &serde_json::Error) -> Invalid {
    match (error.is_data(), serde_json::from_str::<IgnoredAny>(text)) {
        (true, Ok(_)) if text.trim_start().starts_with('[') => {
            Invalid::request(None, "JSON-RPC batches are not part of LSP")
        }
        (true, Ok(_)) => Invalid::request(None, "a message is an object"),
        (true, Err(error)) => Invalid::parse_error(format!("the body is no JSON: {error}")),
        (false, _) => Invalid::parse_error(format!("the body is no JSON: {error}")),
    }
}

fn is_not_null(value: &&RawValue) -> bool {
    value.get() != "null"
}

fn name(value: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Name<'_>>(value.get()).ok().map(|name| name.0)
}
