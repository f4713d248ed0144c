//! The ways to carry a batch out that are compared.

use batchpatch::batch::{Batch, Patch};
use batchpatch::executor::{self, Staged};
use batchpatch::normalizer;
use batchpatch::semantics;
use batchpatch::text::{PositionEncoding, Snapshot};
use ropey::Rope;

use super::case::{Case, line_of};

/// One of the ways that are compared.
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// The engine, from the parsed patches to the staged text.
    Engine,
    /// Nothing but the edits of the rope, checked by nobody.
    Floor,
    /// Nothing but one pass over a text that is one string.
    Forward,
    /// Nothing but the parse of the batch.
    Parse,
}

/// What a side makes. It is handed out, so that taking it apart is no part of
/// the work that is measured.
pub enum Output {
    /// By the engine.
    Staged(Staged),
    /// By the edits of the rope.
    Rope(Rope),
    /// By the forward pass.
    Text(String),
    /// By the parse.
    Batch(Batch),
}

impl Side {
    /// All of them, the engine first.
    pub const ALL: [Side; 4] = [Side::Engine, Side::Floor, Side::Forward, Side::Parse];

    /// What a person calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Side::Engine => "engine",
            Side::Floor => "floor",
            Side::Forward => "forward",
            Side::Parse => "parse",
        }
    }

    /// The work that is measured.
    pub fn run(self, case: &Case) -> Output {
        match self {
            Side::Engine => Output::Staged(engine(case.patches(), &case.snapshot)),
            Side::Floor => Output::Rope(floor(&case.ascending, case.snapshot.rope())),
            Side::Forward => Output::Text(forward(&case.ascending, &case.text, &case.line_starts)),
            Side::Parse => Output::Batch(parse(&case.json)),
        }
    }
}

impl Output {
    /// The text after the batch, where the side makes one.
    pub fn into_text(self) -> Option<String> {
        match self {
            Output::Staged(staged) => Some(staged.after().rope().to_string()),
            Output::Rope(rope) => Some(rope.to_string()),
            Output::Text(text) => Some(text),
            Output::Batch(_) => None,
        }
    }
}

fn engine(patches: &[Patch], snapshot: &Snapshot) -> Staged {
    let resolved =
        semantics::resolve(snapshot, patches.iter().enumerate(), PositionEncoding::default());
    let changes = normalizer::normalize(snapshot, resolved).expect("the batch obeys the laws");
    executor::stage(snapshot.clone(), changes).expect("the engine keeps the laws")
}

/// What a program would do that trusts its patches and has them in order.
fn floor(ascending: &[Patch], rope: &Rope) -> Rope {
    let mut rope = rope.clone();
    let mut line_of_text = String::new();
    for patch in ascending.iter().rev() {
        let line = line_of(patch) - 1;
        let start = rope.line_to_char(line);
        match patch {
            Patch::Replace { text, .. } => {
                let end = rope.line_to_char(line + 1) - 1;
                rope.remove(start..end);
                rope.insert(start, text);
            }
            Patch::Insert { text, .. } => {
                line_of_text.clear();
                line_of_text.push_str(text);
                line_of_text.push('\n');
                rope.insert(start, &line_of_text);
            }
            Patch::Delete { .. } => rope.remove(start..rope.line_to_char(line + 1)),
            Patch::Edit { .. } => {}
        }
    }
    rope
}

/// What a program would do that holds its text as one string.
fn forward(ascending: &[Patch], text: &str, line_starts: &[usize]) -> String {
    let mut after = String::with_capacity(text.len());
    let mut patches = ascending.iter().peekable();
    for (line, bounds) in line_starts.windows(2).enumerate() {
        let old = &text[bounds[0]..bounds[1]];
        match patches.next_if(|patch| line_of(patch) - 1 == line) {
            None => after.push_str(old),
            Some(Patch::Replace { text, .. }) => {
                after.push_str(text);
                after.push('\n');
            }
            Some(Patch::Insert { text, .. }) => {
                after.push_str(text);
                after.push('\n');
                after.push_str(old);
            }
            Some(Patch::Delete { .. } | Patch::Edit { .. }) => {}
        }
    }
    after
}

fn parse(json: &[u8]) -> Batch {
    Batch::from_json(json, None).expect("the batch is well formed")
}
