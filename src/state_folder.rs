//! The folder for what has to outlive a process, one for each user.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The folder for what has to outlive a process: flags and their history, the
/// installation's id, logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFolder {
    path: PathBuf,
}

/// There is no place for a state folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this user has no home folder for the state; name one with BATCHPATCH_STATE")]
pub struct NoStateFolder;

impl StateFolder {
    /// The environment variable that names the folder.
    pub const VARIABLE: &str = "BATCHPATCH_STATE";

    /// Finds the place of the folder: the `given` one, else the one that the
    /// environment names, else the place that the system has for such things.
    /// Nothing is made there yet.
    ///
    /// # Errors
    ///
    /// [`NoStateFolder`] if none is named and the user has no home folder.
    pub fn locate(given: Option<&Path>) -> Result<StateFolder, NoStateFolder> {
        let path = given
            .map(Path::to_owned)
            .or_else(|| variable(StateFolder::VARIABLE).map(PathBuf::from))
            .or_else(by_system)
            .ok_or(NoStateFolder)?;
        // Only a path that is empty cannot be made absolute.
        let path = std::path::absolute(&path).map_err(|_| NoStateFolder)?;
        Ok(StateFolder { path })
    }

    /// Where it is: an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where something of that name is in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes the folder, for this user alone. One that is there is left as it is.
    ///
    /// # Errors
    ///
    /// What the system says if it cannot be made.
    pub fn create(&self) -> io::Result<()> {
        create_private(&self.path)
    }
}

/// Makes a folder and those above it, for this user alone.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The file beside another one whose name is that one's with this ending.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A new file that only its owner can read.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes such a file with this content, unless there is one.
///
/// It gets its name when it is whole, and only where nothing has that name:
/// processes that start together agree on the first one.
pub(crate) fn keep_first(path: &Path, content: &[u8]) -> io::Result<()> {
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = beside(path, &format!(".{}-{number}", std::process::id()));
    // One of that name was left over by a process that is no more.
    let _ = fs::remove_file(&draft);
    let kept = write_new(&draft, content).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            // There are file systems without links. A process that starts in this
            // very moment may find the file empty there.
            write_new(path, content)
        }
        _ => Ok(()),
    });
    let _ = fs::remove_file(&draft);
    kept.or_else(|error| if error.kind() == ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create_private_file(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(target_os = "macos")]
fn by_system() -> Option<PathBuf> {
    Some(env::home_dir()?.join("Library/Application Support/batchpatch"))
}

#[cfg(windows)]
fn by_system() -> Option<PathBuf> {
    Some(PathBuf::from(variable("LOCALAPPDATA")?).join("batchpatch"))
}

#[cfg(not(any(target_os = "macos", windows)))]
fn by_system() -> Option<PathBuf> {
    // The specification of these folders says that a relative one does not count.
    let named = variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = match named {
        Some(folder) => folder,
        None => env::home_dir().filter(|home| home.is_absolute())?.join(".local/state"),
    };
    Some(folder.join("batchpatch"))
}
