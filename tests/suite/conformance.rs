//! The cases in `tests/cases`: data, so that a new one joins without code.
//!
//! CONTRIBUTING.md describes their format. Each case for one document runs
//! twice, through the library and through the binary; the others through the
//! library.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use batchpatch::batch::{Batch, Code, Malformed, Outcome, Status};
use batchpatch::engine::{Engine, Limits, Source, StagedBatch};
use batchpatch::text::{PositionEncoding, SnapshotToken};
use serde_json::{Value, json};

use crate::bridge;
use crate::cli::Filter;
use crate::rebase;

/// One case, with the file it stands in.
struct Case {
    value: Value,
    name: String,
}

fn cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let values: Vec<Value> = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let file = file.file_stem().unwrap().to_string_lossy().into_owned();
        cases.extend(values.into_iter().map(|value| {
            let name = format!("{file}: {}", value["name"].as_str().expect("a case has a name"));
            Case { value, name }
        }));
    }
    cases
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What happened to a case, by either way.
#[derive(Debug)]
enum Found {
    Malformed(Malformed),
    Outcome { outcome: Value, texts: BTreeMap<String, String> },
}

impl Case {
    fn documents(&self) -> BTreeMap<String, String> {
        if let Some(documents) = self.value["documents"].as_object() {
            let text = |text: &Value| text.as_str().unwrap().to_owned();
            return documents.iter().map(|(uri, value)| (uri.clone(), text(value))).collect();
        }
        BTreeMap::from([("-".to_owned(), self.text())])
    }

    fn text(&self) -> String {
        if self.bytes().is_some() {
            return String::new();
        }
        match (&self.value["text"], &self.value["snapshot"]) {
            (Value::String(text), _) => text.clone(),
            (_, Value::Array(lines)) => joined(lines),
            _ => panic!("{}: no document", self.name),
        }
    }

    fn is_multi(&self) -> bool {
        self.value["documents"].is_object()
    }

    /// The bytes of a document that is not UTF-8.
    fn bytes(&self) -> Option<Vec<u8>> {
        let bytes = self.value["bytes"].as_array()?;
        Some(bytes.iter().map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap()).collect())
    }

    fn json(&self) -> String {
        if let Some(json) = self.value["json"].as_str() {
            return json.to_owned();
        }
        let mut batch = match &self.value["batch"] {
            Value::Null => json!({ "patches": self.value["patches"] }),
            batch => batch.clone(),
        };
        self.put_tokens(&mut batch);
        batch.to_string()
    }

    /// The texts that a document had before, one after the other.
    fn was(&self, uri: &str) -> Vec<String> {
        let was = if self.is_multi() { &self.value["was"][uri] } else { &self.value["was"] };
        let text = |text: &Value| text.as_str().expect("a text").to_owned();
        match was {
            Value::Array(texts) => texts.iter().map(text).collect(),
            Value::Null => Vec::new(),
            one => vec![text(one)],
        }
    }

    /// The document as the engine is given it.
    fn source(&self, uri: &str) -> Source {
        let texts = self.documents();
        let now = texts.get(uri).or_else(|| texts.get("-")).expect("the case has the document");
        let mut steps = self.was(uri);
        let Some(was) = steps.first().cloned() else { return Source::Text(bridge::snapshot(now)) };
        steps.push(now.clone());
        let changes = steps.windows(2).map(|step| rebase::typed(&step[0], &step[1]));
        let changes = changes.reduce(|first, next| first.compose(&next).unwrap());
        Source::Moved {
            was: bridge::snapshot(&was),
            now: bridge::snapshot(now),
            changes: changes.expect("a step"),
            strict: self.value["strict"].as_bool().unwrap_or_default(),
        }
    }

    /// `$current`, `$older`, `$other` and `$was` stand for tokens.
    fn put_tokens(&self, batch: &mut Value) {
        let texts = self.documents();
        let put = |document: &mut Value| {
            let uri = document["uri"].as_str().unwrap_or_default();
            let Some(text) = texts.get(uri).or_else(|| texts.get("-")) else { return };
            let current: SnapshotToken = bridge::snapshot(text).token();
            let was = self.was(uri).first().map(|was| bridge::snapshot(was).token());
            let token = match document["snapshot"].as_str() {
                Some("$was") => was.expect("the case says what the text was").to_string(),
                Some("$current") => current.to_string(),
                Some("$older") => format!("v41.{}", current.hash),
                Some("$other") => format!("v1.{}", bridge::snapshot("another text").token().hash),
                _ => return,
            };
            document["snapshot"] = token.into();
        };
        put(batch);
        for document in batch["documents"].as_array_mut().into_iter().flatten() {
            put(document);
        }
    }

    fn limits(&self) -> Limits {
        let limit = |name: &str, default: usize| {
            self.value["limits"][name].as_u64().map_or(default, |it| usize::try_from(it).unwrap())
        };
        let default = Limits::default();
        Limits {
            patches: limit("patches", default.patches),
            documents: limit("documents", default.documents),
            document_bytes: limit("documentBytes", default.document_bytes),
            ..default
        }
    }

    fn by_library(&self) -> Found {
        let flag = self.value["encoding"].as_str().map(|name| {
            serde_json::from_value::<PositionEncoding>(name.into()).expect("a known encoding")
        });
        let default_uri = (!self.is_multi()).then_some("-");
        let read = || {
            let batch = Batch::from_json(self.json().as_bytes(), default_uri)?;
            if !self.is_multi() && batch.documents.len() > 1 {
                return Err(Malformed::new("documents[1]", "a second document"));
            }
            let encoding = batch.encoding(flag, PositionEncoding::default())?;
            Ok((batch, encoding))
        };
        let (batch, encoding) = match read() {
            Ok(read) => read,
            Err(malformed) => return Found::Malformed(malformed),
        };
        let mut texts = self.documents();
        let staged = Engine::new(self.limits())
            .stage(&batch, encoding, |document| self.source(&document.uri));
        let outcome = match staged {
            Ok(staged) => {
                for document in StagedBatch::documents(&staged) {
                    let staged = document.staged.as_ref().unwrap();
                    let uri = if self.is_multi() { &document.uri } else { "-" };
                    texts.insert(uri.to_owned(), staged.after().rope().to_string());
                }
                staged.outcome()
            }
            Err(refusal) => refusal.outcome,
        };
        Found::Outcome { outcome: serde_json::to_value::<Outcome>(outcome).unwrap(), texts }
    }

    fn by_binary(&self) -> Found {
        let input = self.bytes().unwrap_or_else(|| self.text().into_bytes());
        let run = Filter { batch: &self.json(), encoding: self.value["encoding"].as_str() };
        let run = run.run(&input);
        if run.code == 2 {
            assert_eq!(run.stdout, b"", "a malformed batch writes nothing");
            // `batchpatch: FILE: PATH: MESSAGE`, or without a path.
            let after_file = run.stderr.splitn(3, ": ").nth(2).expect("a message").trim_end();
            let (path, message) = after_file.split_once(": ").unwrap_or(("", after_file));
            let is_path = path.chars().all(|c| c.is_ascii_alphanumeric() || "[].$_".contains(c));
            let path = if is_path { path } else { "" };
            return Found::Malformed(Malformed::new(path, message));
        }
        let (outcome, text) = match run.code {
            0 => {
                let changed = run.stdout != input;
                assert_eq!(run.stderr, "", "{}", self.name);
                let status = if changed { Status::Applied } else { Status::Noop };
                (json!({ "status": status, "violations": [] }), run.stdout)
            }
            1 => {
                assert_eq!(run.stdout, b"", "a rejected batch writes nothing");
                (run.outcome(), input)
            }
            5 => (run.outcome(), run.stdout),
            code => panic!("{}: exit {code}: {}", self.name, run.stderr),
        };
        let text = String::from_utf8(text).unwrap_or_default();
        Found::Outcome { outcome, texts: BTreeMap::from([("-".to_owned(), text)]) }
    }

    /// What is wrong with what was found, if anything.
    fn complaint(&self, found: &Found) -> Option<String> {
        let expect = self.value["expect"].as_object().expect("a case expects something");
        let (outcome, texts) = match found {
            Found::Malformed(malformed) => {
                let right = expect.contains_key("malformed") || expect.contains_key("refused");
                let path = expect.get("path").and_then(Value::as_str);
                let right = right && path.is_none_or(|path| path == malformed.path());
                return (!right).then(|| {
                    format!("malformed at `{}`: {}", malformed.path(), malformed.message())
                });
            }
            Found::Outcome { outcome, texts } => (outcome, texts),
        };
        let status = outcome["status"].as_str().unwrap();
        let unchanged = *texts == self.documents();
        let text = &texts.values().next().cloned().unwrap_or_default();
        let is_right = expect.iter().all(|(key, value)| match key.as_str() {
            "why" => true,
            "text" => status == "applied" && value == text,
            "lines" => {
                matches!(status, "applied" | "noop") && joined(value.as_array().unwrap()) == *text
            }
            "texts" => {
                matches!(status, "applied" | "noop")
                    && serde_json::to_value(texts).unwrap() == *value
            }
            // The binary tells it only where the batch was not applied in full.
            "changed" => {
                let documents = outcome["documents"].as_array();
                documents.is_none_or(|documents| documents[0]["changed"] == *value)
            }
            "noop" => status == "noop" && unchanged,
            "partial" => status == "partial" && value == text,
            "violation" => {
                let laws = outcome["violations"].as_array().unwrap();
                status == "rejected" && laws.iter().any(|violation| violation["law"] == *value)
            }
            "violations" => {
                let status_is_right = match status {
                    "rejected" => unchanged && !expect.contains_key("partial"),
                    status => status == "partial" && expect.contains_key("partial"),
                };
                status_is_right && same_violations(&outcome["violations"], value)
            }
            "refused" => status == "rejected" && unchanged,
            "repaired" => repaired(&outcome["repairedBatch"], texts) == *value,
            "repairedBatch" => outcome["repairedBatch"] == *value,
            _ => false,
        });
        (!is_right).then(|| format!("{outcome}\n    {texts:?}"))
    }
}

fn joined(lines: &[Value]) -> String {
    lines.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The text that the repaired batch makes of the text as it is now; with
/// several documents, the texts by URI. Null where there is none.
fn repaired(batch: &Value, texts: &BTreeMap<String, String>) -> Value {
    if batch.is_null() {
        return Value::Null;
    }
    let batch = Batch::from_json(batch.to_string().as_bytes(), None).unwrap();
    let text = |uri: &str| texts.get(uri).or_else(|| texts.get("-")).unwrap();
    let staged = Engine::default()
        .stage(&batch, batch.position_encoding.unwrap(), |document| {
            Source::Text(bridge::snapshot(text(&document.uri)))
        })
        .unwrap_or_else(|refusal| panic!("a repaired batch is refused: {:?}", refusal.outcome));
    assert!(staged.status() != Status::Partial, "a repaired batch is applied in part");
    let mut texts = texts.clone();
    for document in staged.documents() {
        let key = if texts.contains_key(&document.uri) { document.uri.as_str() } else { "-" };
        let text = document.staged.as_ref().unwrap().after().rope().to_string();
        texts.insert(key.to_owned(), text);
    }
    match texts.get("-") {
        Some(text) => text.as_str().into(),
        None => serde_json::to_value(texts).unwrap(),
    }
}

/// Whether exactly the expected violations were found; of each, `uri`, `range`,
/// `message`, `actual`, `was` and `suggestion` only where the case gives them.
fn same_violations(found: &Value, expected: &Value) -> bool {
    let (found, expected) = (found.as_array().unwrap(), expected.as_array().unwrap());
    let same = |(found, expected): (&Value, &Value)| {
        let given = |key: &str| !expected[key].is_null();
        ["code", "patch", "conflictsWith"].iter().all(|key| found[key] == expected[key])
            && ["uri", "message", "actual", "was"]
                .iter()
                .all(|key| !given(key) || found[key] == expected[key])
            && expected.get("suggestion").is_none_or(|it| found["suggestion"]["patches"] == *it)
            && (!given("range") || compact_range(&found["range"]) == expected["range"])
    };
    found.len() == expected.len() && found.iter().zip(expected).all(same)
}

/// An LSP range as `line:character-line:character`.
fn compact_range(range: &Value) -> String {
    let place = |place: &Value| format!("{}:{}", place["line"], place["character"]);
    format!("{}-{}", place(&range["start"]), place(&range["end"]))
}

#[test]
fn every_case_holds_through_the_library_and_through_the_binary() {
    let mut complaints = String::new();
    let mut complain = |case: &Case, way: &str, found: &Found| {
        if let Some(complaint) = case.complaint(found) {
            writeln!(complaints, "\n{} (by the {way})\n    {}", case.name, case.value).unwrap();
            writeln!(complaints, "    {complaint}").unwrap();
        }
    };
    for case in cases() {
        if case.bytes().is_none() {
            complain(&case, "library", &case.by_library());
        }
        let by_library_only = ["limits", "was"].iter().any(|key| !case.value[key].is_null());
        if !case.is_multi() && !by_library_only {
            complain(&case, "binary", &case.by_binary());
        }
    }
    assert!(complaints.is_empty(), "{complaints}");
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for case in cases() {
        assert!(names.insert(case.name.clone()), "twice: {}", case.name);
    }
}

#[test]
fn every_rule_has_a_case_and_every_case_names_rules_that_exist() {
    let rules = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let rules: BTreeSet<String> = rules
        .lines()
        .filter_map(|line| line.strip_prefix("**")?.split_once("** "))
        .map(|(id, _)| id.to_owned())
        .collect();
    assert!(rules.len() > 30, "the rules are found");
    let mut named = BTreeSet::new();
    for case in cases() {
        for rule in case.value["rules"].as_array().into_iter().flatten() {
            named.insert(rule.as_str().unwrap().to_owned());
        }
    }
    assert_eq!(rules, named, "rules in docs/rules.md, and rules that cases name");
}

#[test]
fn every_violation_code_is_produced_by_a_case() {
    let cases = cases();
    let expected = |case: &Case| case.value["expect"]["violations"].as_array().cloned();
    let produced: BTreeSet<String> = cases
        .iter()
        .filter_map(expected)
        .flatten()
        .map(|violation| violation["code"].as_str().unwrap().to_owned())
        .collect();
    let elsewhere =
        |code: &&Code| !crate::files::CODES.contains(code) && !crate::lsp::CODES.contains(code);
    let codes = Code::ALL.iter().filter(elsewhere).map(ToString::to_string).collect();
    assert_eq!(produced, codes, "the codes that cases produce, and those that exist");
}

#[test]
fn the_rules_list_every_violation_code_with_its_law() {
    let rules = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    for code in Code::ALL {
        let law = code.law().map_or("–".to_owned(), |law| law.number().to_string());
        let row = format!("| {law} | `{code}` |");
        assert!(rules.contains(&row), "docs/rules.md has no row that begins {row}");
    }
}
