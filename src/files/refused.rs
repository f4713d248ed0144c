//! Why a document has no text to work on.

use std::io::{Error, ErrorKind};

use crate::batch::Code;

/// Why a document has no text to work on.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: Code,
    pub(super) message: String,
}

impl Refused {
    pub(super) fn new(code: Code, message: String) -> Refused {
        Refused { code, message }
    }

    /// What the system said when it was asked for the file.
    pub(super) fn by_system(uri: &str, error: &Error) -> Refused {
        if error.kind() == ErrorKind::NotFound {
            return Refused::new(Code::FileNotFound, format!("there is no file `{uri}`"));
        }
        // The number at its end is another one on every system.
        let error = error.to_string();
        let told = error.split(" (os error").next().unwrap_or_default();
        Refused::new(Code::UnreadableFile, format!("cannot read `{uri}`: {told}"))
    }
}
