//! Batches, and what an oracle says they make.

use std::sync::Arc;

use batchpatch::batch::{Batch, Outcome};
use batchpatch::workspace::Ticket;
use serde_json::{Value, json};

use crate::bridge;
use crate::oracle::{self, Encoding, Patch};

/// A batch as it was submitted.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub(super) struct Written {
    pub(super) id: String,
    /// What the editor calls it.
    pub(super) label: String,
    pub(super) batch: Arc<Batch>,
    pub(super) is_best_effort: bool,
    /// Whether it may be carried over to another text.
    pub(super) is_rebase: bool,
    pub(super) documents: Vec<WrittenDocument>,
    /// Whether it takes another batch back; which one may be, and which one is.
    pub(super) is_undo: bool,
    pub(super) may_undo: Vec<Ticket>,
    pub(super) undoes: Option<Ticket>,
    /// Whether it had its turn.
    pub(super) is_begun: bool,
    /// How often the editor was asked to apply it, and to take it back.
    pub(super) sent: usize,
    pub(super) taken_back: usize,
    pub(super) is_finished: bool,
    /// What became of it, and whether the workspace has it in words.
    pub(super) outcome: Option<Outcome>,
    pub(super) is_concluded: bool,
    /// Whether its edit may still arrive.
    pub(super) has_failed: bool,
}

#[derive(Clone, Debug)]
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
    /// How often the document had been opened when the batch came.
    pub(super) opened: usize,
    /// The batches that were ahead.
    pub(super) ahead: Vec<Ticket>,
    /// The text that it was staged on, and how much was told of the document
    /// when it was sent.
    pub(super) base: Option<String>,
    pub(super) was_sent_open: bool,
    pub(super) told: usize,
    /// The text that the editor was asked for.
    pub(super) made: Option<String>,
    /// The text by which it was confirmed.
    pub(super) confirmed: Option<String>,
    /// What became of its edit, if it was not seen in time.
    pub(super) late: Late,
    /// Whether somebody took the batch back here.
    pub(super) is_undone: bool,
    /// How often it was disturbed when it was sent.
    pub(super) disturbed: usize,
    /// How often several changes had been told as one then, typing among them.
    pub(super) merged: usize,
}

/// What becomes of an edit that nobody waits for any more.
#[derive(Clone, Debug)]
pub(super) enum Late {
    NotSeen,
    /// It was seen, by this text.
    Seen(String),
    /// It is not looked out for: it was seen in time, or another batch was sent
    /// on the document since.
    Settled,
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
        id: String,
        (is_best_effort, is_rebase): (bool, bool),
        documents: Vec<(String, WrittenDocument)>,
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
        let on_stale = if is_rebase { "rebase" } else { "reject" };
        let json =
            json!({ "batchId": id, "policy": policy, "onStale": on_stale, "documents": json });
        let batch = Batch::from_json(json.to_string().as_bytes(), None).unwrap();
        Written {
            is_best_effort,
            is_rebase,
            documents: documents.into_iter().map(|(_, document)| document).collect(),
            ..Written::of(id, Arc::new(batch))
        }
    }

    /// Another sending of the same batch.
    pub(super) fn sent(same: &Written, documents: Vec<WrittenDocument>) -> Written {
        let (is_best_effort, is_rebase) = (same.is_best_effort, same.is_rebase);
        let batch = Arc::new((*same.batch).clone());
        Written { is_best_effort, is_rebase, documents, ..Written::of(same.id.clone(), batch) }
    }

    /// What takes another batch back. It has no patches.
    pub(super) fn undo(id: String) -> Written {
        let json = json!({ "documents": [] }).to_string();
        let batch = Batch::from_json(json.as_bytes(), None).unwrap();
        Written { is_undo: true, ..Written::of(id, Arc::new(batch)) }
    }

    fn of(id: String, batch: Arc<Batch>) -> Written {
        Written {
            label: id.clone(),
            id,
            batch,
            is_best_effort: false,
            is_rebase: false,
            documents: Vec::new(),
            is_undo: false,
            may_undo: Vec::new(),
            undoes: None,
            is_begun: false,
            sent: 0,
            taken_back: 0,
            is_finished: false,
            outcome: None,
            is_concluded: false,
            has_failed: false,
        }
    }

    /// What the patches of one document make of `base`. Nothing, if it is left
    /// out or the batch is refused.
    pub(super) fn expected(&self, index: usize, base: &str, encoding: Encoding) -> Option<String> {
        let patches = in_terminators_of(base, &self.documents[index].patches);
        if self.is_best_effort {
            oracle::best_effort(base, &patches, encoding).0
        } else {
            oracle::apply(base, &patches, encoding).ok()
        }
    }

    pub(super) fn is_sent(&self) -> bool {
        self.sent > 0
    }
}

impl WrittenDocument {
    pub(super) fn new(
        at: usize,
        (patches, tag): (Vec<Patch>, Option<String>),
        named: Named,
        text: String,
    ) -> WrittenDocument {
        WrittenDocument {
            at,
            patches,
            tag,
            named,
            text,
            was_open: false,
            opened: 0,
            ahead: Vec::new(),
            base: None,
            was_sent_open: false,
            told: 0,
            made: None,
            confirmed: None,
            late: Late::NotSeen,
            is_undone: false,
            disturbed: 0,
            merged: 0,
        }
    }

    /// Whether its edit may still come, though its batch has failed.
    pub(super) fn is_awaited(&self, at: usize) -> bool {
        let is_open = self.confirmed.is_none() && matches!(self.late, Late::NotSeen);
        self.at == at && self.made.is_some() && is_open
    }

    /// The text by which it was seen late.
    pub(super) fn came_late(&self) -> Option<&String> {
        if let Late::Seen(text) = &self.late { Some(text) } else { None }
    }

    /// The same, as if it had not been sent.
    pub(super) fn unsent(&self) -> WrittenDocument {
        let patches = (self.patches.clone(), self.tag.clone());
        WrittenDocument::new(self.at, patches, self.named.clone(), self.text.clone())
    }

    /// The same document, for what takes the batch back.
    pub(super) fn for_undo(&self) -> WrittenDocument {
        WrittenDocument::new(self.at, (Vec::new(), None), Named::Not, String::new())
    }
}

/// An editor is sent its own terminators.
pub(super) fn in_terminators_of(text: &str, patches: &[Patch]) -> Vec<Patch> {
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

/// The same to somebody who does not look at blank lines at the end either: an
/// editor adds one behind what the user types there.
pub(super) fn alike_but_for_the_end(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(line_feeds);
    one.trim_end_matches('\n') == other.trim_end_matches('\n')
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
