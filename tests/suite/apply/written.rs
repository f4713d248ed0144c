//! Batches, and what an oracle says they make.

use std::sync::Arc;

use batchpatch::batch::Batch;
use batchpatch::workspace::Ticket;
use serde_json::{Value, json};

use crate::bridge;
use crate::oracle::{self, Encoding, Patch};

/// A batch as it was submitted.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) batch: Arc<Batch>,
    pub(super) is_best_effort: bool,
    pub(super) documents: Vec<WrittenDocument>,
    /// Where it was sent, what was so far.
    pub(super) is_sent: bool,
    pub(super) is_finished: bool,
}

#[derive(Debug)]
pub(super) struct WrittenDocument {
    /// Which document of the editor.
    pub(super) at: usize,
    pub(super) patches: Vec<Patch>,
    /// What is in every text that the batch puts in, and nowhere else.
    pub(super) tag: Option<String>,
    pub(super) named: Named,
    /// The text that was there when the batch came.
    pub(super) text: String,
    pub(super) was_open: bool,
    /// The batches that were ahead.
    pub(super) ahead: Vec<Ticket>,
    /// The text that it was staged on, and how much was told of the document
    /// when it was sent.
    pub(super) base: Option<String>,
    pub(super) was_sent_open: bool,
    pub(super) told: usize,
    /// The text by which it was confirmed.
    pub(super) confirmed: Option<String>,
}

/// How a batch says which text it is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Named {
    Not,
    Token(String),
    Version(i32),
    /// By the token of another text.
    WrongToken(String),
    /// By a version that it never has.
    WrongVersion(i32),
    /// Not at all: it has no place.
    Refused,
}

impl Written {
    pub(super) fn new(
        number: usize,
        is_best_effort: bool,
        documents: Vec<(&str, WrittenDocument)>,
    ) -> Written {
        let json: Vec<Value> = documents
            .iter()
            .map(|(uri, document)| {
                let patches: Vec<Value> = document.patches.iter().map(bridge::patch_json).collect();
                let mut json = json!({ "uri": uri, "patches": patches });
                match &document.named {
                    Named::Token(token) | Named::WrongToken(token) => {
                        json["snapshot"] = json!(token);
                    }
                    Named::Version(version) | Named::WrongVersion(version) => {
                        json["version"] = json!(version);
                    }
                    Named::Not | Named::Refused => {}
                }
                json
            })
            .collect();
        let policy = if is_best_effort { "bestEffort" } else { "atomic" };
        let json = json!({ "batchId": format!("b{number}"), "policy": policy, "documents": json });
        let batch = Batch::from_json(json.to_string().as_bytes(), None).unwrap();
        Written {
            batch: Arc::new(batch),
            is_best_effort,
            documents: documents.into_iter().map(|(_, document)| document).collect(),
            is_sent: false,
            is_finished: false,
        }
    }

    /// What the patches of one document make of `base`: the texts that are
    /// right. None, if it is left out or the batch is refused.
    pub(super) fn expected(&self, index: usize, base: &str, encoding: Encoding) -> Vec<String> {
        let document = &self.documents[index];
        let in_house = in_terminators_of(base, &document.patches);
        let is_open_or_either =
            [Some(in_house), (!document.was_sent_open).then(|| document.patches.clone())];
        let right = is_open_or_either.into_iter().flatten().filter_map(|patches| {
            if self.is_best_effort {
                oracle::best_effort(base, &patches, encoding).0
            } else {
                oracle::apply(base, &patches, encoding).ok()
            }
        });
        right.collect()
    }
}

/// An editor is sent its own terminators.
fn in_terminators_of(text: &str, patches: &[Patch]) -> Vec<Patch> {
    let lines = oracle::lines(text);
    let terminator = lines.iter().rev().map(|(_, it)| it.as_str()).find(|it| !it.is_empty());
    let terminator = terminator.unwrap_or("\n");
    let mut patches = patches.to_vec();
    for patch in &mut patches {
        if let Patch::Edit { new_text, .. } = patch {
            *new_text = line_feeds(new_text).replace('\n', terminator);
        }
    }
    patches
}

pub(super) fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether two texts are the same to somebody who does not look at what ends
/// the lines, nor whether the last one is ended.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (line_feeds(one), line_feeds(other));
    one == other || format!("{one}\n") == other || one == format!("{other}\n")
}

/// Marks all that a batch puts in, but for what only deletes.
pub(super) fn mark(patches: &mut [Patch], tag: &str) {
    for patch in patches {
        match patch {
            Patch::Replace { text, .. } | Patch::Insert { text, .. } => text.insert_str(0, tag),
            Patch::Edit { new_text, .. } if !new_text.is_empty() => new_text.insert_str(0, tag),
            Patch::Edit { .. } | Patch::Delete { .. } => {}
        }
    }
}
