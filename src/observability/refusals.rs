//! Who is not answered. The endpoint is for programs of the same user on the same
//! computer; a browser is none of them, whatever page it shows.

use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use hyper::http::request::Parts;
use hyper::{HeaderMap, StatusCode};

use super::token::Token;

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) why: &'static str,
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

pub(super) const fn refusal(status: StatusCode, why: &'static str) -> Refusal {
    Refusal { status, why }
}

/// Whatever it asks for: a name that only leads here (DNS rebinding), and what
/// only browsers send.
pub(super) fn of_stranger(request: &Parts, port: u16) -> Option<Refusal> {
    if !is_for_us(request, port) {
        let why = "ask for 127.0.0.1 or localhost, with the port";
        return Some(refusal(StatusCode::MISDIRECTED_REQUEST, why));
    }
    let headers = &request.headers;
    if headers.contains_key(ORIGIN) || headers.contains_key(SEC_FETCH_SITE) {
        return Some(refusal(StatusCode::FORBIDDEN, "browsers are not answered"));
    }
    None
}

/// The one `Host` is ours, and so is a host in the request's first line.
fn is_for_us(request: &Parts, port: u16) -> bool {
    let mut hosts = request.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let is_ours = |host: &[u8]| ours.iter().any(|ours| ours.as_bytes().eq_ignore_ascii_case(host));
    let named = request.uri.authority().map(|authority| authority.as_str().as_bytes());
    is_ours(host.as_bytes()) && named.is_none_or(is_ours)
}

/// Who does not know the token.
pub(super) fn of_unknown(headers: &HeaderMap, token: &Token) -> Option<Refusal> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let bearer = match (given.next(), given.next()) {
        (Some(one), None) => one.to_str().ok().and_then(|it| it.strip_prefix("Bearer ")),
        _ => None,
    };
    let is_known = bearer.is_some_and(|given| token.is(given));
    let why = "give the content of the file `admin-token` as a bearer token";
    (!is_known).then(|| refusal(StatusCode::UNAUTHORIZED, why))
}

/// A body that is not said to be JSON: a page can send those without being
/// asked for leave.
pub(super) fn of_other_type(headers: &HeaderMap) -> Option<Refusal> {
    let given = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let media_type = given.split(';').next().unwrap_or_default().trim();
    let is_json = media_type.eq_ignore_ascii_case("application/json");
    let why = "the content type is application/json";
    (!is_json).then(|| refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, why))
}
