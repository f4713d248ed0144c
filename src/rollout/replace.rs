//! A file replaced as a whole: who reads it sees the old one or the new one.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::state_folder::beside;

/// Puts a new content in the place of a file, or makes it. Must be called by one
/// writer at a time.
///
/// A link is followed, and a file keeps its permissions.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let new = beside(&path, ".new");
    let written = write(&new, &path, content).and_then(|()| fs::rename(&new, &path));
    if written.is_err() {
        // It is in nobody's way, and the next writer writes over it.
        let _ = fs::remove_file(&new);
    }
    written?;
    sync_folder(&path)
}

fn write(new: &Path, old: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create(new)?;
    if let Ok(metadata) = fs::metadata(old) {
        file.set_permissions(metadata.permissions())?;
    }
    file.write_all(content)?;
    file.sync_all()
}

/// The name of a file is part of its folder, which has to reach the disk too.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
