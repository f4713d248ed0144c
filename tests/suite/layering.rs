//! Dependencies point one way.

use std::path::{Path, PathBuf};

/// The modules from the bottom to the top. Each may import those before it.
const LAYERS: &[&str] = &[
    "invariants",
    "text",
    "change",
    "batch",
    "semantics",
    "normalizer",
    "executor",
    "diff",
    "repair",
    "rebase",
    "engine",
    "state_folder",
    "rollout",
    "observability",
    "workspace",
    "files",
    "server",
    "cli",
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The modules that a source text names after `crate::`, alone or in braces.
fn imports(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join("\n");
    let name = |text: &str| {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut found = Vec::new();
    for after in code.split("crate::").skip(1) {
        match after.strip_prefix('{') {
            None => found.push(name(after)),
            Some(group) => {
                let (group, _) = group.split_once("};").unwrap();
                let mut depth = 0;
                let mut part = String::new();
                for c in group.chars().chain([',']) {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        ',' if depth == 0 => found.push(name(std::mem::take(&mut part).trim())),
                        c if depth == 0 => part.push(c),
                        _ => {}
                    }
                }
            }
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == name)
}

#[test]
fn no_module_imports_upward() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut checked = 0;
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside.components().next().unwrap().as_os_str().to_string_lossy();
        let module = module.trim_end_matches(".rs");
        if module == "lib" || module == "main" {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("{module} has no place in LAYERS"));
        for import in imports(&std::fs::read_to_string(&file).unwrap()) {
            let imported = layer(&import)
                .unwrap_or_else(|| panic!("{}: `{import}` has no place", file.display()));
            assert!(imported <= own, "{} imports `{import}`, which is above", inside.display());
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} imports were found");
}

#[test]
fn imports_are_found_in_every_form() {
    let source = "use crate::text::{Range, Snapshot};\nuse crate::{batch::{A, B}, change};\n\
                  // crate::cli is only named\nlet x = crate::engine::Engine;";
    assert_eq!(imports(source), ["text", "batch", "change", "engine"]);
}

#[test]
fn the_readers_order_in_the_library_is_the_order_of_the_layers() {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"));
    let lib = lib.unwrap();
    let declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, LAYERS);
}
