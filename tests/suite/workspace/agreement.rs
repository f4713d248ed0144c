//! The workspace against a simulated editor: two that share no code agree.

use std::collections::HashMap;

use batchpatch::batch::DocumentKey;
use batchpatch::workspace::{Document, Effect, KeptTexts, Workspace};
use proptest::prelude::*;

use crate::counts::runner;
use crate::oracle::Encoding;
use crate::simulated::{Buffer, Editor, Habits};
use crate::{bridge, generate};

/// What the machine's owner would have given its readers.
#[derive(Default)]
struct Readers(HashMap<DocumentKey, Document>);

impl Readers {
    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Publish { key, document } => drop(self.0.insert(key, document)),
                Effect::Withdraw { key } => assert!(self.0.remove(&key).is_some()),
                Effect::Warn(_) => {}
                other => panic!("no batch is under way: {other:?}"),
            }
        }
    }
}

fn agree(buffer: &Buffer, believed: Option<&Document>) {
    let Some(document) = believed else {
        assert!(!buffer.is_open, "{} is open in the editor", buffer.opened_as);
        return;
    };
    assert!(buffer.is_open, "{} is not open in the editor", buffer.opened_as);
    assert_eq!(document.uri(), buffer.opened_as);
    let snapshot = document.snapshot();
    assert_eq!(snapshot.rope().to_string(), buffer.told);
    assert_eq!(snapshot.version(), Some(buffer.version));
    assert_eq!(Some(snapshot.revision().number()), buffer.texts);
    assert_eq!(document.out_of_sync().is_none(), buffer.in_sync, "{:?}", document.out_of_sync());
    assert!(!buffer.in_sync || buffer.text == buffer.told, "the simulated editor is wrong");
}

fn live_with(editor: &mut Editor, encoding: Encoding, keep: KeptTexts, steps: usize) {
    let mut workspace = Workspace::new(bridge::encoding(encoding), keep);
    let mut readers = Readers::default();
    for _ in 0..steps {
        let event = bridge::event(editor.act());
        readers.perform(workspace.handle(event));
        let open = editor.buffers().iter().filter(|buffer| buffer.is_open).count();
        assert_eq!((workspace.documents().len(), readers.0.len()), (open, open));
        for buffer in editor.buffers() {
            let spelling = buffer.spellings[steps % buffer.spellings.len()];
            agree(buffer, workspace.document(spelling));
            agree(buffer, readers.0.get(&DocumentKey::of(spelling)));
        }
    }
}

#[test]
fn a_simulated_editor_and_the_workspace_agree_at_every_quiet_point() {
    let life = (any::<u64>().no_shrink(), generate::encoding(), any::<bool>(), 1..80_usize);
    runner("lives of a simulated editor", 300, 30_000)
        .run(&life, |(seed, encoding, errs, steps)| {
            let habits = Habits { errs, changes_closed: true };
            let mut editor = Editor::new(seed, encoding, habits);
            live_with(&mut editor, encoding, KeptTexts::default(), steps);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_workspace_that_keeps_no_closed_text_still_counts_every_step() {
    let life = (any::<u64>().no_shrink(), generate::encoding(), 1..80_usize);
    runner("lives with forgotten texts", 100, 10_000)
        .run(&life, |(seed, encoding, steps)| {
            let habits = Habits { errs: true, changes_closed: false };
            let mut editor = Editor::new(seed, encoding, habits);
            live_with(&mut editor, encoding, KeptTexts { documents: 1, bytes: 200 }, steps);
            Ok(())
        })
        .unwrap();
}
