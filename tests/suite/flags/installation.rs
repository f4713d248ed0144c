//! Which installation this is, and where that is kept.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use batchpatch::rollout::{InstallationId, InstallationProblem};
use serde_json::Value;

use super::{Place, id};
use crate::cli::{batchpatch, run};

#[test]
fn an_id_is_the_same_the_next_time_and_another_one_elsewhere() {
    let place = Place::new();
    let (first, problem) = InstallationId::open(&place.state());
    assert!(problem.is_none());
    assert_eq!(InstallationId::open(&place.state()).0, first);
    assert_ne!(InstallationId::open(&Place::new().state()).0, first);
    let text = fs::read_to_string(place.state().join("installation-id")).unwrap();
    assert_eq!(text, format!("{first}\n"));
    assert_eq!(fs::read_dir(place.state().path()).unwrap().count(), 1, "nothing is left over");
}

#[test]
fn processes_that_start_together_agree_on_one_id() {
    for _ in 0..3 {
        let place = Place::new();
        let state = place.state();
        let start = || -> Child {
            let mut command = batchpatch();
            command.args(["flags", "list", "--json", "--state-folder"]).arg(state.path());
            command.stdout(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<Child> = (0..8).map(|_| start()).collect();
        let ids: HashSet<String> = children
            .into_iter()
            .map(|child| {
                let output = child.wait_with_output().unwrap();
                assert!(output.status.success());
                let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
                listed["installationId"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 1, "nothing is left over");
    }
}

#[test]
fn a_file_without_an_id_is_left_alone_and_the_process_has_one_of_its_own() {
    let place = Place::new();
    place.state().create().unwrap();
    let path = place.state().join("installation-id");
    for wrong in ["", "anna", &id(1).to_string().to_uppercase(), &format!("{}0", id(1))] {
        fs::write(&path, wrong).unwrap();
        let (one, problem) = InstallationId::open(&place.state());
        assert!(matches!(problem, Some(InstallationProblem::Invalid { .. })), "{problem:?}");
        assert_ne!(InstallationId::open(&place.state()).0, one);
        assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
    }
}

#[test]
fn a_state_folder_that_cannot_be_made_is_told_and_the_process_has_an_id() {
    let place = Place::new();
    fs::write(place.beside("state"), "a file").unwrap();
    let (_, problem) = InstallationId::open(&place.state());
    let problem = problem.unwrap();
    assert!(matches!(problem, InstallationProblem::Io { .. }), "{problem}");
    assert!(problem.to_string().contains("cannot keep an id"), "{problem}");
}

#[cfg(unix)]
#[test]
fn the_state_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    InstallationId::open(&place.state());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.state().path()), 0o700);
    assert_eq!(mode(&place.state().join("installation-id")), 0o600);

    let shared = Place::new();
    fs::create_dir(shared.beside("state")).unwrap();
    fs::set_permissions(shared.beside("state"), fs::Permissions::from_mode(0o755)).unwrap();
    shared.state().create().unwrap();
    assert_eq!(mode(shared.state().path()), 0o755, "a folder that was there is somebody's");
}

/// The state folder that a process with this environment takes.
fn folder_with(environment: &[(&str, &Path)], args: &[&str]) -> String {
    let mut command = batchpatch();
    command.args(["flags", "list", "--json"]).args(args);
    for name in ["BATCHPATCH_STATE", "XDG_STATE_HOME", "LOCALAPPDATA"] {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied());
    let run = run(command, b"");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let listed: Value = serde_json::from_slice(&run.stdout).unwrap();
    listed["stateFolder"].as_str().unwrap().to_owned()
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn the_state_folder_is_the_named_one_or_the_systems() {
    let place = Place::new();
    let (home, xdg, named) = (place.beside("home"), place.beside("xdg"), place.beside("named"));
    let given = place.beside("given");
    let all = [("HOME", home.as_path()), ("XDG_STATE_HOME", &xdg), ("BATCHPATCH_STATE", &named)];
    let given = given.to_str().unwrap();
    assert_eq!(folder_with(&all, &["--state-folder", given]), given);
    assert_eq!(Path::new(&folder_with(&all, &[])), named);
    assert_eq!(Path::new(&folder_with(&all[..2], &[])), xdg.join("batchpatch"));
    let by_home = home.join(".local/state/batchpatch");
    assert_eq!(Path::new(&folder_with(&all[..1], &[])), by_home);
    let relative =
        [all[0], ("XDG_STATE_HOME", Path::new("state")), ("BATCHPATCH_STATE", Path::new(""))];
    assert_eq!(Path::new(&folder_with(&relative, &[])), by_home);
}
