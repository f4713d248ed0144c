//! A workload that is made and ready to be measured.

use batchpatch::batch::{Batch, NamedLines, Patch};
use batchpatch::text::{Revision, Snapshot};
use ropey::Rope;
use serde_json::json;

use super::random::Random;
use super::side::Side;
use super::{LINE_BYTES, Workload};

/// Everything that a side starts from. What a side gets for free is made here,
/// before anything is measured.
pub struct Case {
    /// The batch as it comes in.
    pub json: Vec<u8>,
    /// The batch as it is parsed, its patches in their shuffled order.
    pub batch: Batch,
    /// The same patches in the order of their lines.
    pub ascending: Vec<Patch>,
    /// The document for the engine, and for the bare edits of its rope.
    pub snapshot: Snapshot,
    /// The document for the forward pass.
    pub text: String,
    /// Where each of its lines begins, and where the last one ends.
    pub line_starts: Vec<usize>,
}

impl Case {
    /// Makes the document and the batch of a workload.
    ///
    /// # Panics
    ///
    /// Panics if the batch that is written here is refused as malformed.
    pub fn of(workload: &Workload) -> Case {
        let text = document(workload);
        let patches = patches(workload);
        let json = json!({ "uri": "document.txt", "patches": patches }).to_string().into_bytes();
        let batch = Batch::from_json(&json, None).expect("the batch is well formed");
        let mut ascending = batch.documents[0].patches.clone();
        ascending.sort_unstable_by_key(line_of);
        Case {
            json,
            batch,
            ascending,
            snapshot: Snapshot::new(Rope::from_str(&text), Revision::FIRST, None),
            line_starts: (0..=workload.lines).map(|line| line * LINE_BYTES).collect(),
            text,
        }
    }

    /// The patches in their shuffled order.
    pub fn patches(&self) -> &[Patch] {
        &self.batch.documents[0].patches
    }

    /// Sides that did different work could not be compared.
    ///
    /// # Panics
    ///
    /// Panics if two sides do not make the same text.
    pub fn assert_sides_agree(&self) {
        let texts: Vec<String> =
            Side::ALL.iter().filter_map(|side| side.run(self).into_text()).collect();
        assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "two sides make different texts");
    }
}

/// The one-based line that a patch names.
///
/// # Panics
///
/// Panics at an edit by range, which no workload has.
pub fn line_of(patch: &Patch) -> usize {
    match patch {
        Patch::Replace { lines, .. } | Patch::Delete { lines, .. } => lines.first(),
        Patch::Insert { line, .. } => *line as usize,
        Patch::Edit { .. } => panic!("a workload has no edits by range"),
    }
}

/// A thousand different lines, over and over: copying them is much cheaper than
/// writing each line, and no side looks further than a line.
fn document(workload: &Workload) -> String {
    const BLOCK: usize = 1_000;
    assert_eq!(workload.lines % BLOCK, 0, "a document is made of whole blocks");
    let block: Vec<String> =
        (0..BLOCK).map(|number| format!("{number:07}{}\n", workload.words)).collect();
    let block = block.concat();
    assert_eq!(block.len(), BLOCK * LINE_BYTES, "a line has another length");
    block.repeat(workload.lines / BLOCK)
}

/// Of ten patches six replace, three insert and one deletes, each on a line of
/// its own. The new text is up to two bytes shorter or longer than a line, and
/// sometimes as long: then more than the length has to be compared to see that
/// it is another text.
fn patches(workload: &Workload) -> Vec<Patch> {
    let mut random = Random::new(1);
    let last = u32::try_from(workload.lines).expect("a line number has 32 bits");
    let mut lines: Vec<u32> = (1..=last).collect();
    random.shuffle(&mut lines);
    let numbered = lines[..workload.patches].iter().enumerate();
    let mut patches: Vec<Patch> = numbered
        .map(|(number, &line)| {
            let width = 5 + number % 5;
            let text = format!("{number:0width$}{}", workload.words);
            let lines = NamedLines::new(line, line).expect("one line is a range of lines");
            match number % 10 {
                0..6 => Patch::Replace { lines, text, expect: None },
                6..9 => Patch::Insert { line, text, expect: None },
                _ => Patch::Delete { lines, expect: None },
            }
        })
        .collect();
    random.shuffle(&mut patches);
    patches
}
