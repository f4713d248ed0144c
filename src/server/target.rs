//! Where a document of a batch is: a URI that depends on no folder.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::owner::Owner;
use crate::batch::Code;
use crate::files;
use crate::workspace::Target;

/// What a path must not hold to stand in a URI (RFC 3986, `pchar`). A `%` stays:
/// the batch may have encoded its name already.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Owner {
    /// Where the document is that a batch calls `uri`. A relative one starts at
    /// the workspace's folder, if there is one only.
    pub(super) fn target(&self, uri: &str) -> Target {
        if let Some(document) = self.document(uri) {
            return Target::At(document.uri().to_owned());
        }
        if !files::is_relative(uri) {
            return Target::At(uri.to_owned());
        }
        let outside = |message| Target::Refused { code: Code::OutsideRoot, message };
        match self.client.roots().as_slice() {
            [root] => {
                let path = utf8_percent_encode(uri, PATH);
                Target::At(format!("{}/{path}", root.trim_end_matches('/')))
            }
            [] => outside(format!("`{uri}` is relative, and no folder is open")),
            _ => outside(format!("`{uri}` is relative, and several folders are open")),
        }
    }
}
