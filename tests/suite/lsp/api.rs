//! `docs/api.md` says what the server does: its messages are one conversation
//! with the real program, and its tables are those of the code.
//!
//! `BATCHPATCH_BLESS=1` writes what the server says into the document; read
//! what changed.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::ops::Range;
use std::path::Path;

use batchpatch::workspace::{Answer, Patience, State, TABLE, Verdict, verdict};
use serde_json::{Value, json};

use super::client::{Client, frame};
use crate::docs::read;

const DOCUMENT: &str = "docs/api.md";

/// Stands in the document for a string that is another one in every version.
const MASK: &str = "…";

/// How wide a line may be before its value takes several.
const WIDTH: usize = 100;

const ANSWERS: [Answer; 3] = [Answer::Applied, Answer::Refused, Answer::Nothing];

const STATES: [State; 6] =
    [State::After, State::Before, State::TypedOver, State::Other, State::Unreported, State::Lost];

/// A message of the document.
struct Message {
    is_from_server: bool,
    /// Where it stands, behind its arrow.
    place: Range<usize>,
}

/// The messages of all `jsonc` blocks, in their order.
fn messages(document: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let (mut at, mut is_shown) = (0, false);
    for line in document.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        if line.starts_with("```") {
            is_shown = line == "```jsonc\n";
        } else if is_shown {
            let arrow = ["→ ", "← "].into_iter().find(|arrow| line.starts_with(arrow));
            match (arrow, messages.last_mut()) {
                (Some(arrow), _) => messages
                    .push(Message {
                        is_from_server: arrow == "← ", place: at + arrow.len()..end
                    }),
                (None, Some(message)) => message.place.end = end,
                (None, None) => panic!("no arrow before {line}"),
            }
        }
        at += line.len();
    }
    messages
}

/// What the server said, but with what the document shows where no two runs or
/// no two versions agree.
fn masked(said: Value, shown: &Value) -> Value {
    match said {
        Value::String(_) if shown == MASK => shown.clone(),
        Value::Object(fields) => {
            let field = |(name, said): (String, Value)| {
                let shown = &shown[&name];
                let said = match (name.as_str(), said.is_number(), shown.is_number()) {
                    ("durationMs", true, true) => shown.clone(),
                    ("durationMs", true, false) => json!(1.5),
                    _ => masked(said, shown),
                };
                (name, said)
            };
            fields.into_iter().map(field).collect()
        }
        Value::Array(items) => {
            items.into_iter().enumerate().map(|(at, said)| masked(said, &shown[at])).collect()
        }
        said => said,
    }
}

/// A message as the document shows it. What names a thing comes first; the
/// other fields keep the order that `shown` has them in.
fn written(said: &Value, shown: &str) -> String {
    let rank = |name: &str| match name {
        "uri" | "type" => 0,
        name => shown.find(&format!("\"{name}\"")).unwrap_or(usize::MAX),
    };
    let mut envelope = said.clone();
    let fields = envelope.as_object_mut().expect("every message is an object");
    let content = ["params", "result", "error"];
    let content = content.into_iter().find_map(|name| Some((name, fields.remove(name)?)));
    let (name, content) = content.expect("every message says something");
    let envelope = layout(&envelope, 0, 0, &rank);
    let head = format!("{}, \"{name}\": ", envelope.trim_end_matches(" }"));
    let content = layout(&content, 0, "← ".chars().count() + head.chars().count(), &rank);
    format!("{head}{content} }}")
}

/// JSON on one line where that is short enough, and else each of its items on
/// one. `before` is how much of its first line is taken, beside the indent.
fn layout(value: &Value, indent: usize, before: usize, rank: &impl Fn(&str) -> usize) -> String {
    let items: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| rank(name));
            fields.into_iter().map(|(name, item)| (format!("{}: ", json!(name)), item)).collect()
        }
        Value::Array(items) => items.iter().map(|item| (String::new(), item)).collect(),
        scalar => return scalar.to_string(),
    };
    let (open, blank, close) = if value.is_object() { ("{", " ", "}") } else { ("[", "", "]") };
    if items.is_empty() {
        return format!("{open}{close}");
    }
    let at = |indent| {
        let item = |(name, item): &(String, &Value)| {
            format!("{name}{}", layout(item, indent, name.chars().count(), rank))
        };
        items.iter().map(item).collect::<Vec<_>>()
    };
    let line = format!("{open}{blank}{}{blank}{close}", at(0).join(", "));
    if !line.contains('\n') && indent + before + line.chars().count() <= WIDTH {
        return line;
    }
    if let (Value::Array(_), [(_, item)]) = (value, items.as_slice()) {
        return format!("[{}]", layout(item, indent, before + 1, rank));
    }
    let (outer, inner) = (" ".repeat(indent), " ".repeat(indent + 2));
    format!("{open}\n{inner}{}\n{outer}{close}", at(indent + 2).join(&format!(",\n{inner}")))
}

/// The rows of the table with this header, each as the texts of its cells.
fn table(document: &str, header: &str) -> Vec<Vec<String>> {
    let (_, rest) = document.split_once(header).unwrap_or_else(|| panic!("no table {header}"));
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(cells).collect()
}

/// What the document calls it: `typed over` is `TypedOver`.
fn name(of: &impl Debug) -> String {
    let camel = format!("{of:?}");
    let mut name = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push(' ');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

fn names<T: Debug>(of: &[T]) -> String {
    of.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn statuses(document: &str) -> Vec<Vec<String>> {
    table(document, "| the editor said | each document is | and one at least is | the batch is |")
}

#[test]
fn what_the_page_shows_is_what_the_server_says() {
    let document = read(DOCUMENT);
    let is_blessed = std::env::var_os("BATCHPATCH_BLESS").is_some();
    let mut client = Client::spawn();
    let mut blessed = Vec::new();
    for Message { is_from_server, place } in messages(&document) {
        let text = &document[place.clone()];
        let shown: Value =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(shown["jsonrpc"], "2.0", "a whole message: {text}");
        if !is_from_server {
            client.raw(frame(text));
            continue;
        }
        let said = masked(client.next_message(), &shown);
        if is_blessed {
            blessed.push((place, written(&said, text)));
        } else {
            assert_eq!(said, shown, "instead of {text}");
        }
    }
    assert_eq!(client.exit_code(), 0, "the page ends with `exit`");
    assert_eq!(client.unexpected(), Vec::<Value>::new(), "all that the server says is shown");
    let mut anew = document.clone();
    for (place, said) in blessed.into_iter().rev() {
        anew.replace_range(place, &said);
    }
    if anew != document {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT), anew).unwrap();
        panic!("{DOCUMENT} was written anew: read what changed");
    }
}

#[test]
fn the_table_of_the_page_is_the_one_of_the_code() {
    let one = |one: Option<State>| one.map_or_else(|| "–".to_owned(), |one| name(&one));
    let rows = TABLE
        .iter()
        .map(|row| vec![names(row.answers), names(row.only), one(row.one), name(&row.verdict)]);
    assert_eq!(statuses(&read(DOCUMENT)), rows.collect::<Vec<_>>());
}

#[test]
fn for_every_answer_and_all_states_the_first_row_of_the_page_that_holds_decides() {
    let rows = statuses(&read(DOCUMENT));
    let lists = |cell: &str, item: &str| cell.split(", ").any(|listed| listed == item);
    for answer in ANSWERS {
        for set in 1..1_u32 << STATES.len() {
            let is_in = |at: &usize| set & (1 << at) != 0;
            let states: Vec<State> = (0..STATES.len()).filter(is_in).map(|at| STATES[at]).collect();
            let holds = |row: &&Vec<String>| {
                lists(&row[0], &name(&answer))
                    && states.iter().all(|state| lists(&row[1], &name(state)))
                    && (row[2] == "–" || states.iter().any(|state| row[2] == name(state)))
            };
            let expected = rows.iter().find(holds).map_or("failed", |row| row[3].as_str());
            assert_eq!(name(&verdict(answer, &states)), expected, "{answer:?} {states:?}");
        }
    }
}

#[test]
fn the_page_tells_what_each_state_and_each_verdict_is_called_in_an_outcome() {
    let document = read(DOCUMENT);
    let rows = table(&document, "| it is | `state` | which means |");
    let told: Vec<_> = rows.iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let code = |of: Value| format!("`{}`", of.as_str().unwrap());
    let expected = STATES.map(|state| (name(&state), code(json!(state.told()))));
    assert_eq!(told, expected);

    let rows = table(&document, "| the batch is | `status` | where patches were left out | ");
    let told: Vec<_> = rows.iter().map(|row| row[..3].to_vec()).collect();
    let expected =
        [Verdict::Applied, Verdict::Stale, Verdict::HalfDone, Verdict::Failed].map(|verdict| {
            let status = |is_partial| code(json!(verdict.status(is_partial)));
            vec![name(&verdict), status(false), status(true)]
        });
    assert_eq!(told, expected);
}

#[test]
fn every_command_has_a_section_that_shows_it() {
    let document = read(DOCUMENT);
    let sections = document.split("\n## `").skip(1).map(|section| {
        let (command, rest) = section.split_once('`').unwrap();
        let call = format!("\"command\": \"{command}\"");
        let section = rest.split("\n## ").next().unwrap();
        assert!(section.contains(&call), "{command} is not shown");
        command.to_owned()
    });
    let answer = Client::spawn().initialize(&[]);
    let commands = answer["capabilities"]["executeCommandProvider"]["commands"].as_array().unwrap();
    let commands: BTreeSet<String> =
        commands.iter().map(|command| command.as_str().unwrap().to_owned()).collect();
    assert_eq!(sections.collect::<BTreeSet<_>>(), commands);
}

#[test]
fn every_field_of_an_outcome_is_explained() {
    let document = read(DOCUMENT);
    let schema: Value = serde_json::from_str(&read("docs/outcome.schema.json")).unwrap();
    let definitions = &schema["definitions"];
    for of in [
        &schema,
        &definitions["DocumentOutcome"],
        &definitions["Violation"],
        &definitions["Suggestion"],
    ] {
        for field in of["properties"].as_object().unwrap().keys() {
            assert!(document.contains(&format!("\n| `{field}` |")), "{field} has no row");
        }
    }
}

#[test]
fn the_defaults_of_the_page_are_those_of_the_server() {
    let limits = Client::initialized().status()["limits"].take();
    let patience = Patience::default();
    let timeouts = [
        ("reply", patience.reply),
        ("replyForEach", patience.reply_for_each),
        ("texts", patience.texts),
    ];
    let limits = limits.as_object().unwrap().iter().filter(|(name, _)| *name != "messageBytes");
    let limits = limits.map(|(name, limit)| (format!("`limits.{name}`"), limit.to_string()));
    let timeouts =
        timeouts.map(|(name, wait)| (format!("`timeouts.{name}`"), wait.as_millis().to_string()));
    let expected: BTreeSet<_> =
        limits.chain(timeouts).chain([("`documentation`".to_owned(), "none".to_owned())]).collect();
    let rows = table(&read(DOCUMENT), "| setting | default | meaning |");
    let shown: BTreeSet<_> = rows.iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_eq!(shown, expected);
}
