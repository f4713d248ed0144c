//! Changes that were made in a file by hand, recorded by the first process that
//! finds them.

use std::io;
use std::path::Path;

use super::history::{Change, History};
use super::lock::Lock;
use super::{json_lines, source::Content};
use crate::state_folder::create_private;

/// Records what the history does not know of a file yet, once among all
/// processes. Whether that is done: `false` where another process has the
/// history right now.
pub(super) fn record(history: &Path, file: &Path, who: &str) -> io::Result<bool> {
    // Nearly always there is nothing to do, and then nothing is made or locked.
    if unrecorded(history, file, who)?.is_empty() {
        return Ok(true);
    }
    if let Some(folder) = history.parent() {
        create_private(folder)?;
    }
    let Some(_lock) = Lock::try_take(history)? else { return Ok(false) };
    record_locked(history, file, who)?;
    Ok(true)
}

/// The same for whoever has the lock of the history.
///
/// The file is read anew: whoever had the lock before may have changed it, and
/// recorded that.
pub(super) fn record_locked(history: &Path, file: &Path, who: &str) -> io::Result<()> {
    let changes = unrecorded(history, file, who)?;
    if changes.is_empty() { Ok(()) } else { json_lines::append(history, &changes) }
}

/// A file that is broken says nothing, so that nothing can be recorded of it.
fn unrecorded(history: &Path, file: &Path, who: &str) -> io::Result<Vec<Change>> {
    let Ok(now) = Content::read(file).parse() else { return Ok(Vec::new()) };
    Ok(History::read(history)?.unrecorded(&file.to_string_lossy(), now.as_ref(), who))
}
