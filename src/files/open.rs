//! A regular file, opened without waiting, and its bytes.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use super::refused::Refused;
use super::{Root, uri};
use crate::batch::Code;

/// What two names of one file have in common: device and inode where the
/// system tells them, and the canonical path elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] std::path::PathBuf);

/// A regular file, open for reading.
pub(super) struct Opened {
    file: File,
    metadata: Metadata,
    identity: Identity,
}

impl Opened {
    /// Opens the file at `path`, which is canonical.
    ///
    /// What is no regular file is refused before it is opened, as opening can
    /// have effects: it wakes the writer of a pipe, it rewinds a tape. What was
    /// opened is looked at again, because it may be another file by then.
    pub(super) fn at(path: &Path, uri: &str) -> Result<Opened, Refused> {
        let by_system = |error: io::Error| Refused::by_system(uri, &error);
        let expected = path.metadata().map_err(by_system)?;
        refuse_unless_regular(expected.file_type(), uri)?;
        let file = without_waiting().open(path).map_err(by_system)?;
        let metadata = file.metadata().map_err(by_system)?;
        refuse_unless_regular(metadata.file_type(), uri)?;
        let identity = Identity::of(path, &metadata);
        if identity != Identity::of(path, &expected) {
            let message = format!("`{uri}` was replaced while it was opened; try again");
            return Err(Refused::new(Code::UnreadableFile, message));
        }
        Ok(Opened { file, metadata, identity })
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its bytes, unless they are more than `max`. A file that grows while it
    /// is read is read one byte too far, and no further.
    pub(super) fn read(self, max: usize, uri: &str) -> Result<Vec<u8>, Refused> {
        let too_large = |message| Err(Refused::new(Code::DocumentTooLarge, message));
        let limit = u64::try_from(max).unwrap_or(u64::MAX);
        let len = self.metadata.len();
        if len > limit {
            return too_large(format!("`{uri}` has {len} bytes, and the limit is {max}"));
        }
        let mut bytes = Vec::new();
        self.file
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| Refused::by_system(uri, &error))?;
        if bytes.len() > max {
            return too_large(format!("`{uri}` has more than {max} bytes, which is the limit"));
        }
        Ok(bytes)
    }
}

impl Identity {
    /// The identity of the file that `uri` names, where a relative one starts at
    /// `root`; `None` if there is none. Whether it may be read is not asked.
    pub fn of_file(uri: &str, root: Option<&Root>) -> Option<Identity> {
        let path = uri::path_of(uri).ok()?;
        let path = match root {
            Some(root) => root.path().join(path),
            None => path,
        };
        let path = path.is_absolute().then_some(path)?.canonicalize().ok()?;
        Some(Identity::of(&path, &path.metadata().ok()?))
    }

    #[cfg(unix)]
    fn of(_: &Path, metadata: &Metadata) -> Identity {
        use std::os::unix::fs::MetadataExt as _;
        Identity((metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn of(path: &Path, _: &Metadata) -> Identity {
        Identity(path.to_owned())
    }
}

fn refuse_unless_regular(kind: FileType, uri: &str) -> Result<(), Refused> {
    if kind.is_file() {
        return Ok(());
    }
    Err(if kind.is_dir() {
        let message = format!("`{uri}` is a folder; name a file in it");
        Refused::new(Code::IsDirectory, message)
    } else {
        let message = format!("`{uri}` is {}, and only a regular file has a text", special(kind));
        Refused::new(Code::SpecialFile, message)
    })
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "a special file"
}

/// A pipe that takes the file's place in between makes nobody wait, and a
/// symbolic link that does is not followed.
fn without_waiting() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    options
}
