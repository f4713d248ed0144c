//! Which document a URI means.

use percent_encoding::percent_decode_str;

/// What two spellings of one document have in common: the URI after
/// percent-decoding, with scheme and drive letter in lower case.
///
/// URIs are never refused for their spelling, and the caller always gets back
/// its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DocumentKey(Vec<u8>);

impl DocumentKey {
    /// The key of a URI or of a relative path.
    pub fn of(uri: &str) -> DocumentKey {
        let mut key: Vec<u8> = percent_decode_str(uri).collect();
        let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        if let Some(colon) = key.iter().position(|byte| *byte == b':')
            && key[..colon].iter().all(is_scheme)
        {
            key[..colon].make_ascii_lowercase();
        }
        if let [b'f', b'i', b'l', b'e', b':', b'/', b'/', b'/', drive, b':', ..] = &mut key[..] {
            drive.make_ascii_lowercase();
        }
        DocumentKey(key)
    }
}
