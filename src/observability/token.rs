//! The token that changes flags.

use std::fmt::{self, Write as _};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use constant_time_eq::constant_time_eq;

use crate::state_folder::keep_first;

/// What whoever changes a flag has to know: the content of a file that only
/// its owner can read.
pub struct Token(String);

const NAME: &str = "admin-token";
const BYTES: usize = 32;

impl Token {
    /// The token of a state folder, made now where there is none. Processes that
    /// start together agree on one.
    ///
    /// # Errors
    ///
    /// The system's; or that the file is no token, or that others can read it.
    pub fn in_folder(folder: &Path) -> io::Result<Token> {
        let path = Token::path(folder);
        match read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read,
        }
        keep_first(&path, random_hex::<BYTES>()?.as_bytes())?;
        read(&path)
    }

    /// Where the token of a state folder is.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join(NAME)
    }

    /// Whether somebody knows it. Takes as long for a wrong one as for the
    /// right one.
    pub fn is(&self, given: &str) -> bool {
        constant_time_eq(self.0.as_bytes(), given.as_bytes())
    }
}

fn random_hex<const N: usize>() -> io::Result<String> {
    let mut random = [0; N];
    getrandom::fill(&mut random).map_err(io::Error::from)?;
    Ok(random.iter().fold(String::new(), |mut hex, byte| {
        // A string takes whatever is written to it.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

fn read(path: &Path) -> io::Result<Token> {
    let token = fs::read_to_string(path)?;
    let token = token.trim();
    let refuse = |why: &str| {
        let message = format!("{} {why}; remove it, and a new one is made", path.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    if is_open_to_others(path)? {
        return Err(refuse("can be read by others"));
    }
    if token.len() != 2 * BYTES || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refuse("is no token"));
    }
    Ok(Token(token.to_owned()))
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
