//! Which installation this is: a random number, and no name of anybody.

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::process;
use std::str::FromStr;
use std::time::SystemTime;

use xxhash_rust::xxh3::xxh3_128;

use crate::state_folder::{StateFolder, keep_first};

const FILE_NAME: &str = "installation-id";

/// Which installation this is: 128 random bits, the same for all processes of
/// one state folder. Written as 32 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InstallationId(u128);

/// Why an installation has an id for this process only. Its flags may be others
/// in the next one.
#[derive(Debug, thiserror::Error)]
pub enum InstallationProblem {
    /// The file can be neither read nor made.
    #[error("{}: cannot keep an id for this installation: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file holds something else.
    #[error("{}: {cause}; remove the file, and a new id is made", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: NoInstallationId,
    },
}

/// Something that is no [`InstallationId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an installation id of 32 lower-case hex digits")]
pub struct NoInstallationId;

impl InstallationId {
    /// The id with these bits.
    pub const fn new(bits: u128) -> InstallationId {
        InstallationId(bits)
    }

    /// A new one.
    pub fn random() -> InstallationId {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // A system without randomness still has a clock, and one process for each number.
            let seed = format!("{:?} {}", SystemTime::now(), process::id());
            return InstallationId(xxh3_128(seed.as_bytes()));
        }
        InstallationId(u128::from_be_bytes(bytes))
    }

    /// The id of the installation whose state is in `folder`, made if there is
    /// none yet. Where it cannot be kept it is one for this process, and the
    /// problem says why.
    pub fn open(folder: &StateFolder) -> (InstallationId, Option<InstallationProblem>) {
        let path = folder.join(FILE_NAME);
        let kept = read(&path).and_then(|id| match id {
            Some(id) => Ok(id),
            None => make(folder, &path),
        });
        match kept {
            Ok(id) => (id, None),
            Err(problem) => (InstallationId::random(), Some(problem)),
        }
    }
}

impl fmt::Display for InstallationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for InstallationId {
    type Err = NoInstallationId;

    fn from_str(text: &str) -> Result<InstallationId, NoInstallationId> {
        let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.as_bytes().iter().all(is_digit) {
            return Err(NoInstallationId);
        }
        u128::from_str_radix(text, 16).map(InstallationId).map_err(|_| NoInstallationId)
    }
}

/// The id in the file; `None` if there is no file.
fn read(path: &Path) -> Result<Option<InstallationId>, InstallationProblem> {
    let io = |cause| InstallationProblem::Io { path: path.to_owned(), cause };
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let mut bytes = Vec::new();
    file.take(64).read_to_end(&mut bytes).map_err(io)?;
    String::from_utf8_lossy(&bytes)
        .trim_end()
        .parse()
        .map(Some)
        .map_err(|cause| InstallationProblem::Invalid { path: path.to_owned(), cause })
}

/// Makes the file with a new id, or takes the id of the process that was faster.
fn make(folder: &StateFolder, path: &Path) -> Result<InstallationId, InstallationProblem> {
    let io = |cause| InstallationProblem::Io { path: path.to_owned(), cause };
    folder.create().map_err(io)?;
    keep_first(path, format!("{}\n", InstallationId::random()).as_bytes()).map_err(io)?;
    read(path)?.ok_or_else(|| io(ErrorKind::NotFound.into()))
}
