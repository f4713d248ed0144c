//! What can be asked for.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::metrics::Metrics;
use super::refusals::{self, Refusal, refusal};
use super::token::Token;

/// Who knows the flags and may change them.
pub trait Admin: Send + Sync {
    /// Every flag and how it stands.
    fn flags(&self) -> Value;

    /// Sets a flag to a percentage, 0 to 100, and tells how it stands then.
    ///
    /// # Errors
    ///
    /// [`AdminError`]; nothing has changed then.
    fn set(&self, name: &str, percentage: u8) -> Result<Value, AdminError>;
}

/// Why a flag was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdminError {
    /// There is no such flag.
    #[error("there is no such flag")]
    UnknownFlag,
    /// The flag cannot be changed as things stand, for this reason.
    #[error("{0}")]
    Refused(String),
    /// It could not be written, for this reason.
    #[error("{0}")]
    Failed(String),
}

/// The longest body that is read, in bytes.
const MOST_BYTES: usize = 1 << 10;

/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(5);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const JSON: &str = "application/json";

/// All that is needed to answer.
pub(super) struct Routes {
    pub(super) metrics: Arc<Metrics>,
    pub(super) admin: Arc<dyn Admin>,
    pub(super) token: Token,
    pub(super) port: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFlag {
    name: String,
    percentage: u8,
}

type Answer = Response<Full<Bytes>>;

impl Routes {
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (parts, body) = request.into_parts();
        if let Some(refusal) = refusals::of_stranger(&parts, self.port) {
            return refusal.answer();
        }
        let path = parts.uri.path();
        if path.starts_with("/admin/")
            && let Some(refusal) = refusals::of_unknown(&parts.headers, &self.token)
        {
            return refusal.answer();
        }
        match (path, &parts.method) {
            ("/metrics", &Method::GET) => {
                answer(StatusCode::OK, OPEN_METRICS, self.metrics.in_open_metrics())
            }
            ("/health", &Method::GET) => health(),
            ("/admin/flags", &Method::GET) => match self.ask(|admin| admin.flags()).await {
                Ok(flags) => in_json(StatusCode::OK, &flags),
                Err(refusal) => refusal.answer(),
            },
            ("/admin/flags", &Method::POST) => {
                if let Some(refusal) = refusals::of_other_type(&parts.headers) {
                    return refusal.answer();
                }
                match self.set_flag(body).await {
                    Ok(answer) => answer,
                    Err(refusal) => refusal.answer(),
                }
            }
            ("/metrics" | "/health", _) => other_method("GET"),
            ("/admin/flags", _) => other_method("GET, POST"),
            _ => refusal(StatusCode::NOT_FOUND, "there is nothing here").answer(),
        }
    }

    /// Flags are files, and a file may take long: metrics are told meanwhile.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Admin) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let admin = Arc::clone(&self.admin);
        let broke_down = |_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "the flags broke down");
        tokio::task::spawn_blocking(move || ask(&*admin)).await.map_err(broke_down)
    }

    async fn set_flag(&self, body: Incoming) -> Result<Answer, Refusal> {
        let body = Limited::new(body, MOST_BYTES).collect();
        let body = match tokio::time::timeout(BODY_TIME, body).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long"));
            }
            Ok(Err(_)) => return Err(refusal(StatusCode::BAD_REQUEST, "the body broke off")),
            Err(_) => return Err(refusal(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
        };
        // A list of the two would do for the derived code.
        let is_object = body.trim_ascii_start().starts_with(b"{");
        let wanted = serde_json::from_slice::<SetFlag>(&body).ok().filter(|_| is_object);
        let Some(SetFlag { name, percentage }) = wanted.filter(|wanted| wanted.percentage <= 100)
        else {
            let why = "the body is {\"name\": NAME, \"percentage\": 0 to 100} and nothing else";
            return Err(refusal(StatusCode::BAD_REQUEST, why));
        };
        Ok(match self.ask(move |admin| admin.set(&name, percentage)).await? {
            Ok(flag) => in_json(StatusCode::OK, &flag),
            Err(error) => {
                let status = match error {
                    AdminError::UnknownFlag => StatusCode::NOT_FOUND,
                    AdminError::Refused(_) => StatusCode::CONFLICT,
                    AdminError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
                };
                in_json(status, &json!({ "error": error.to_string() }))
            }
        })
    }
}

fn health() -> Answer {
    let version = env!("CARGO_PKG_VERSION");
    let health = json!({ "status": "ok", "version": version, "pid": std::process::id() });
    in_json(StatusCode::OK, &health)
}

fn other_method(allowed: &'static str) -> Answer {
    let mut answer = refusal(StatusCode::METHOD_NOT_ALLOWED, "not in this way").answer();
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}

impl Refusal {
    fn answer(self) -> Answer {
        let mut answer = in_json(self.status, &json!({ "error": self.why }));
        if self.status == StatusCode::UNAUTHORIZED {
            answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}

fn in_json(status: StatusCode, value: &Value) -> Answer {
    answer(status, JSON, value.to_string())
}

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Full::from(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
