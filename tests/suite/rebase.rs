//! Patches carried over to a newer text.

mod by_lines;
mod marks;

use batchpatch::batch::{Batch, OnStale};
use batchpatch::change::{Builder, ChangeSet};
use batchpatch::engine::{Engine, Refusal, Source, StagedBatch};
use batchpatch::text::PositionEncoding;

use crate::bridge;
use crate::oracle::{Encoding, Patch};

/// A text that patches were written for, and what became of it.
pub(crate) struct Newer<'a> {
    was: &'a str,
    now: &'a str,
    changes: ChangeSet,
    strict: bool,
}

impl Newer<'_> {
    fn source(&self) -> Source {
        Source::Moved {
            was: bridge::snapshot(self.was),
            now: bridge::snapshot(self.now),
            changes: self.changes.clone(),
            strict: self.strict,
        }
    }

    fn stage(
        &self,
        patches: &[Patch],
        policy: &str,
        encoding: Encoding,
    ) -> Result<StagedBatch, Box<Refusal>> {
        let batch = Batch { on_stale: OnStale::Rebase, ..bridge::batch(patches, policy) };
        Engine::default().stage(&batch, bridge::encoding(encoding), |_| self.source())
    }
}

/// The one change from a text to the next, as an editor tells it.
pub(crate) fn typed(was: &str, now: &str) -> ChangeSet {
    let same = was.chars().zip(now.chars()).take_while(|(old, new)| old == new);
    let head: usize = same.map(|(old, _)| old.len_utf8()).sum();
    let (old, new) = (&was[head..], &now[head..]);
    let same = old.chars().rev().zip(new.chars().rev()).take_while(|(old, new)| old == new);
    let tail: usize = same.map(|(old, _)| old.len_utf8()).sum();
    let mut changes = Builder::new(was.len());
    changes.replace(head..was.len() - tail, &new[..new.len() - tail]).unwrap();
    changes.finish()
}

#[test]
fn changes_that_do_not_lead_to_the_text_are_a_fault_of_ours() {
    for changes in [typed("a\n", "x\n"), typed("ab\n", "b\n"), ChangeSet::identity(2)] {
        let newer = Newer { was: "a\n", now: "b\n", changes, strict: false };
        let refusal = newer.stage(&[], "atomic", Encoding::Utf16).unwrap_err();
        assert_eq!(refusal.fault.expect("a fault").law.number(), 7);
        assert_eq!(refusal.outcome.status, batchpatch::batch::Status::Failed);
    }
}

#[test]
fn without_the_changes_since_a_batch_that_may_be_carried_over_is_stale() {
    let token = bridge::snapshot("a\n").token();
    let json = format!(
        r#"{{"uri":"u","onStale":"rebase","snapshot":"{token}","patches":[{{"type":"delete","line":1}}]}}"#
    );
    let batch = Batch::from_json(json.as_bytes(), None).unwrap();
    let now = bridge::snapshot("x\na\n");
    let refusal = Engine::default()
        .stage(&batch, PositionEncoding::Utf16, |_| Source::Text(now.clone()))
        .unwrap_err();
    assert_eq!(refusal.outcome.violations[0].code.as_str(), "stale-snapshot");
}
