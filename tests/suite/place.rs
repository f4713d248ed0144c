//! A state folder of a test.

use batchpatch::rollout::FlagSources;
use batchpatch::state_folder::StateFolder;

/// A state folder of a test, and a folder beside it for other files.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn state(&self) -> StateFolder {
        StateFolder::locate(Some(&self.folder.path().join("state"))).unwrap()
    }

    pub(crate) fn sources(&self) -> FlagSources {
        FlagSources::new(&self.state(), None, None)
    }
}
