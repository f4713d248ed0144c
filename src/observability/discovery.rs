//! Where the processes are that can be asked: one file for each, as Prometheus
//! finds its targets (`file_sd_configs`).

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::process::is_alive;
use crate::state_folder::{create_private, create_private_file};

/// The file of this process, which goes with it.
#[derive(Debug)]
pub struct Discovery {
    path: PathBuf,
}

/// A process that can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// Its id.
    pub process: u32,
    /// Where it listens.
    pub address: SocketAddr,
}

#[derive(Deserialize, Serialize)]
struct TargetGroup {
    targets: Vec<String>,
    labels: Labels,
}

#[derive(Deserialize, Serialize)]
struct Labels {
    job: String,
    pid: String,
}

const FOLDER: &str = "discovery";
const EXTENSION: &str = "json";

impl Discovery {
    /// Tells that this process listens at an address. Removes the files of
    /// processes that are no more.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn announce(state_folder: &Path, address: SocketAddr) -> io::Result<Discovery> {
        let folder = state_folder.join(FOLDER);
        create_private(&folder)?;
        reap(&folder);
        let process = std::process::id().to_string();
        let labels = Labels { job: "batchpatch".to_owned(), pid: process.clone() };
        let groups = [TargetGroup { targets: vec![address.to_string()], labels }];
        let draft = folder.join(format!(".{process}.new"));
        let _ = fs::remove_file(&draft);
        create_private_file(&draft)?.write_all(&serde_json::to_vec(&groups)?)?;
        let path = folder.join(process).with_extension(EXTENSION);
        fs::rename(draft, &path)?;
        Ok(Discovery { path })
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        // Whoever starts next removes it too.
        let _ = fs::remove_file(&self.path);
    }
}

/// The living processes that can be asked, by their ids.
pub fn discovered(state_folder: &Path) -> Vec<Discovered> {
    let files = files(&state_folder.join(FOLDER));
    let living = files.into_iter().filter(|(process, _)| is_alive(*process));
    let mut found: Vec<Discovered> = living
        .filter_map(|(process, path)| Some(Discovered { process, address: address(&path)? }))
        .collect();
    found.sort_by_key(|it| it.process);
    found
}

fn address(path: &Path) -> Option<SocketAddr> {
    let groups: Vec<TargetGroup> = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    groups.first()?.targets.first()?.parse().ok()
}

fn reap(folder: &Path) {
    for (process, path) in files(folder) {
        if !is_alive(process) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Each process that has a file, and the file.
fn files(folder: &Path) -> Vec<(u32, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let of_process = |path: PathBuf| {
        let is_ours = path.extension().is_some_and(|it| it == EXTENSION);
        let process = path.file_stem()?.to_str()?.parse().ok().filter(|_| is_ours)?;
        Some((process, path))
    };
    paths.filter_map(of_process).collect()
}
