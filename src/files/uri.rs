//! The path that a URI names.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::refused::Refused;
use crate::batch::Code;

/// The path that `uri` names, absolute or not.
///
/// Percent-decoding comes first, as in [`DocumentKey`](crate::batch::DocumentKey):
/// one key is one file. After it every byte but NUL is a plain part of a name.
pub(super) fn path_of(uri: &str) -> Result<PathBuf, Refused> {
    let decoded: Vec<u8> = percent_decode_str(uri).collect();
    let name = match split_scheme(&decoded) {
        None => &decoded,
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"file") => without_host(rest, uri)?,
        Some(_) => {
            return Err(unsupported(format!(
                "`{uri}` is not on disk: only a `file:` URI or a path names a file; one that is \
                 really called so is written `./{uri}`"
            )));
        }
    };
    if name.is_empty() {
        return Err(unsupported(format!("`{uri}` names no file")));
    }
    if name.contains(&0) {
        return Err(unsupported(format!("`{uri}` has a NUL byte, and no file's name has one")));
    }
    native(name).ok_or_else(|| unsupported(format!("`{uri}` is not UTF-8 when it is decoded")))
}

fn unsupported(message: String) -> Refused {
    Refused::new(Code::UnsupportedUri, message)
}

/// The scheme and what follows its colon. One letter is no scheme: it is a
/// drive.
fn split_scheme(uri: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = uri.iter().position(|byte| *byte == b':')?;
    let (scheme, rest) = (&uri[..colon], &uri[colon + 1..]);
    let is_scheme = scheme.len() > 1
        && scheme[0].is_ascii_alphabetic()
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    is_scheme.then_some((scheme, rest))
}

/// The path of a `file:` URI, given what follows the colon.
fn without_host<'n>(rest: &'n [u8], uri: &str) -> Result<&'n [u8], Refused> {
    let Some(rest) = rest.strip_prefix(b"//") else { return Ok(rest) };
    let slash = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(slash);
    if host.is_empty() || host.eq_ignore_ascii_case(b"localhost") {
        return Ok(path);
    }
    Err(unsupported(format!(
        "`{uri}` is on the host `{}`; write three slashes before an absolute path, and a relative \
         one without `file:`",
        String::from_utf8_lossy(host)
    )))
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere, not every name is one for the system")]
fn native(name: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    Some(std::ffi::OsStr::from_bytes(name).into())
}

#[cfg(not(unix))]
fn native(name: &[u8]) -> Option<PathBuf> {
    let name = match name {
        [b'/', _, b':', ..] => &name[1..],
        name => name,
    };
    Some(str::from_utf8(name).ok()?.into())
}
