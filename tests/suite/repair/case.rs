//! One spoiled batch, and what becomes of it.

use std::fmt;

use batchpatch::batch::{Batch, Outcome};
use serde_json::{Value, json};

use super::draw::Draw;
use super::right::Right;
use crate::bridge;
use crate::oracle::{self, Patch};

/// A document, the batch that is right for it, and the batch that is sent.
pub(super) struct Case {
    pub(super) right: Right,
    pub(super) sent: Vec<Patch>,
    /// The text that the batch was written for, where it names its token.
    pub(super) written_for: Option<String>,
    /// The texts that a repair may make: the right batch's and, where nobody
    /// can tell, what stands for it. None means that no repair is right.
    pub(super) accepted: Vec<String>,
    /// Whether the contract promises a repair.
    pub(super) is_certain: bool,
}

/// What became of a case after it was sent and, repaired, sent again.
pub(super) enum Verdict {
    /// Nobody can see the mistake: the first batch was applied.
    Undetected,
    /// Rejected, and nothing to send instead.
    Unrepaired,
    /// The repaired batch made an accepted text.
    Right,
    /// The repaired batch made another text.
    Wrong(Box<Batch>, String),
    /// The repaired batch was rejected too.
    Refused(Box<Batch>, Box<Outcome>),
}

impl Case {
    /// The right batch's text is the only one accepted.
    pub(super) fn new(right: Right, sent: Vec<Patch>) -> Case {
        let accepted = right.after().into_iter().collect();
        Case { right, sent, written_for: None, accepted, is_certain: false }
    }

    /// The batch as it is sent.
    pub(super) fn json(&self) -> Value {
        let patches: Vec<Value> = self.sent.iter().map(bridge::patch_json).collect();
        let token =
            self.written_for.as_deref().map(|text| bridge::snapshot(text).token().to_string());
        json!({ "uri": "test:text", "snapshot": token, "patches": patches })
    }

    /// Names the token of the document as it is in every other case: then it
    /// is known that nobody has changed it.
    pub(super) fn with_token(mut self, draw: &mut Draw) -> Case {
        self.written_for = draw.percent(50).then(|| self.right.text.clone());
        self
    }

    /// Whether the batch says that it was written for another text.
    pub(super) fn is_stale(&self) -> bool {
        self.written_for.as_ref().is_some_and(|text| *text != self.right.text)
    }

    /// What the oracle says of the batch on the document as it is.
    pub(super) fn breaches(&self) -> Vec<oracle::Breach> {
        oracle::apply(&self.right.text, &self.sent, self.right.encoding).err().unwrap_or_default()
    }

    pub(super) fn verdict(&self) -> Verdict {
        let snapshot = bridge::snapshot(&self.right.text);
        let unit = bridge::encoding(self.right.encoding);
        let Err(refusal) = bridge::stage(&read(&self.json()), &snapshot, unit) else {
            return Verdict::Undetected;
        };
        let Some(repaired) = refusal.outcome.repaired_batch else {
            return Verdict::Unrepaired;
        };
        // As a program would: the JSON is all it has.
        let json = serde_json::to_value(&repaired).expect("a batch can be written");
        match bridge::stage(&read(&json), &snapshot, unit) {
            Err(refusal) => Verdict::Refused(repaired, Box::new(refusal.outcome)),
            Ok(staged) => {
                let text = bridge::text_after(&staged);
                if self.accepted.contains(&text) {
                    Verdict::Right
                } else {
                    Verdict::Wrong(repaired, text)
                }
            }
        }
    }
}

fn read(json: &Value) -> Batch {
    Batch::from_json(json.to_string().as_bytes(), None).expect("the batch is well formed")
}

/// All that is needed to see what went wrong.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "  document ({:?}{}):",
            self.right.encoding,
            if self.right.text.starts_with('\u{feff}') { ", with a byte order mark" } else { "" }
        )?;
        for (index, (content, terminator)) in oracle::lines(&self.right.text).iter().enumerate() {
            writeln!(f, "    {:>3} {content:?} {terminator:?}", index + 1)?;
        }
        if let Some(text) = &self.written_for {
            writeln!(f, "  written for {text:?}")?;
        }
        for (name, patches) in [("right", &self.right.patches), ("sent", &self.sent)] {
            writeln!(f, "  {name}:")?;
            for (index, patch) in patches.iter().enumerate() {
                writeln!(f, "    {index} {patch:?}")?;
            }
        }
        writeln!(f, "  the oracle on what was sent: {:?}", self.breaches())?;
        for text in &self.accepted {
            writeln!(f, "  accepted {text:?}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Undetected => writeln!(f, "  nothing was reported"),
            Verdict::Unrepaired => writeln!(f, "  there is no repaired batch"),
            Verdict::Right => writeln!(f, "  the repaired batch is right"),
            Verdict::Wrong(repaired, text) => {
                write_patches(f, repaired)?;
                writeln!(f, "  makes {text:?}")
            }
            Verdict::Refused(repaired, outcome) => {
                write_patches(f, repaired)?;
                writeln!(f, "  is rejected: {:?}", outcome.violations)
            }
        }
    }
}

fn write_patches(f: &mut fmt::Formatter<'_>, batch: &Batch) -> fmt::Result {
    writeln!(f, "  repaired:")?;
    let patches = batch.documents.iter().flat_map(|document| &document.patches);
    patches.into_iter().try_for_each(|patch| writeln!(f, "    {}", json!(patch)))
}
