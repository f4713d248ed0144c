//! No name leads out of the root.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::refused::Refused;
use super::uri;
use crate::batch::Code;

/// How many dangling links are followed one after the other, as many as Linux
/// follows at all.
const MAX_LINKS: u32 = 40;

/// The canonical path of what `uri` names inside `root`, which is canonical.
pub(super) fn locate(root: &Path, uri: &str) -> Result<PathBuf, Refused> {
    let path = uri::path_of(uri)?;
    let inside = path.strip_prefix(root).unwrap_or(&path);
    walk(root, root, inside, MAX_LINKS).map_err(|lost| lost.refused(root, uri))
}

/// Why a path leads to nothing inside the root.
enum Lost {
    Outside,
    Dangling { link: PathBuf, target: PathBuf },
    Missing { path: PathBuf },
    Stopped { at: PathBuf, error: io::Error },
}

/// Follows `path` one step at a time.
///
/// Asking the system once for the whole path would say of `../../x/../../root/a`
/// whether `x` exists. So a step up is taken only where nothing is learned from
/// it: from inside the root, or from a folder that the root is in.
fn walk(root: &Path, from: &Path, path: &Path, links: u32) -> Result<PathBuf, Lost> {
    let mut here = from.to_owned();
    for step in path.components() {
        let on_the_way = here.starts_with(root) || root.starts_with(&here);
        if step == Component::ParentDir && !on_the_way {
            return Err(Lost::Outside);
        }
        // An absolute path's first step replaces what it is joined to.
        let next = here.join(step);
        here = next.canonicalize().map_err(|error| lost(root, &here, next, error, links))?;
    }
    if here.starts_with(root) { Ok(here) } else { Err(Lost::Outside) }
}

/// Why there was no step from `here` to `next`.
fn lost(root: &Path, here: &Path, next: PathBuf, error: io::Error, links: u32) -> Lost {
    if !here.starts_with(root) {
        return Lost::Outside;
    }
    if links > 0
        && let Ok(target) = next.read_link()
    {
        // Where it would lead decides, so that a link out of the root does not
        // tell whether there is something at its end.
        return match walk(root, here, &target, links - 1) {
            Err(Lost::Missing { .. }) | Ok(_) => Lost::Dangling { link: next, target },
            Err(lost) => lost,
        };
    }
    match error.kind() {
        ErrorKind::NotFound => Lost::Missing { path: next },
        _ => Lost::Stopped { at: here.to_owned(), error },
    }
}

impl Lost {
    fn refused(&self, root: &Path, uri: &str) -> Refused {
        let below = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
        let (code, message) = match self {
            Lost::Outside => (Code::OutsideRoot, format!("`{uri}` leads outside the root folder")),
            Lost::Dangling { link, target } => {
                let (link, target) = (below(link), target.display());
                let message = format!(
                    "there is no file `{uri}`: the symbolic link `{link}` leads to `{target}`, \
                     which does not exist"
                );
                (Code::FileNotFound, message)
            }
            Lost::Missing { path } => {
                let hint = in_other_case(path).map(|other| {
                    let other = below(&other);
                    format!("; `{other}` exists, and differs only in letter case")
                });
                let hint = hint.unwrap_or_default();
                (Code::FileNotFound, format!("there is no file `{uri}`{hint}"))
            }
            Lost::Stopped { at, error } if error.kind() == ErrorKind::NotADirectory => {
                let message = format!("there is no file `{uri}`: `{}` is no folder", below(at));
                (Code::FileNotFound, message)
            }
            Lost::Stopped { error, .. } => return Refused::by_system(uri, error),
        };
        Refused::new(code, message)
    }
}

/// What stands beside `path` and differs from it only in letter case.
fn in_other_case(path: &Path) -> Option<PathBuf> {
    let lower = |name: &std::ffi::OsStr| name.to_string_lossy().to_lowercase();
    let wanted = lower(path.file_name()?);
    let entries = fs::read_dir(path.parent()?).ok()?.filter_map(Result::ok);
    let same = entries.filter(|entry| lower(&entry.file_name()) == wanted);
    same.map(|entry| entry.path()).min()
}
