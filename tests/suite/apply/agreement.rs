//! What must be true after every event, and at the end.

use super::world::World;
use super::written::Written;

impl World {
    /// What the workspace believes is what the editor told last, and no batch
    /// waits but for one that is ahead of it.
    pub(super) fn agree(&self) {
        for (ticket, written) in &self.batches {
            let is_ahead = |it: &Written| {
                let at = |at| written.documents.iter().any(|document| document.at == at);
                it.is_undo || it.documents.iter().any(|document| at(document.at))
            };
            let mut ahead = self.batches.iter().filter(|(it, ahead)| {
                !ahead.is_finished && *it != ticket && (ahead.is_begun || *it < ticket)
            });
            let is_waiting = !written.is_finished && !written.is_begun && !written.is_undo;
            assert!(!is_waiting || ahead.any(|(_, it)| is_ahead(it)), "{ticket:?} waits");
        }
        for held in self.client.documents() {
            let believed = self.workspace.document(&held.uri);
            assert_eq!(believed.is_some(), held.is_open, "{} is open", held.uri);
            let Some(document) = believed else { continue };
            assert!(document.out_of_sync().is_none(), "{:?}", document.out_of_sync());
            let text = document.snapshot().rope().to_string();
            assert_eq!(Some(&text), held.told.last(), "{}", held.uri);
            assert!(!held.is_settled() || text == held.text, "the simulated editor is wrong");
        }
    }

    /// An edit that came when its time was over is known, so that it can be
    /// taken back.
    fn agree_on_what_came_late(&self) {
        let failed = self.batches.iter().filter(|(_, it)| it.has_failed && !it.is_undo);
        for (ticket, written) in failed {
            for document in written.documents.iter().filter(|it| it.was_sent_open) {
                let held = &self.client.documents()[document.at];
                let is_on = |it: &Written| it.documents.iter().any(|it| it.at == document.at);
                let is_last = !self.batches.iter().any(|(it, other)| {
                    it > ticket && (other.is_undo || other.is_sent() && is_on(other))
                });
                let Some(made) = &document.made else { continue };
                let is_free = held.is_open && held.disturbed == 0;
                if !is_last || !is_free || held.told.last() != Some(made) {
                    continue;
                }
                let entries = self.workspace.history().filter(|it| it.batch_id() == written.id);
                let known = entries.flat_map(|it| &it.documents);
                let mut known = known.filter(|it| it.uri == held.uri && !it.is_undone);
                assert!(known.next().is_some(), "{} came late, and nobody knows", written.id);
            }
        }
    }

    /// Nothing is waited for, and nothing goes on.
    pub(super) fn be_quiet(&self) {
        for (ticket, written) in &self.batches {
            assert!(written.is_finished, "{ticket:?} never ends");
        }
        self.nobody_waits();
        self.agree_on_history();
        self.agree_on_what_came_late();
        for held in self.client.documents() {
            assert!(held.is_told() || !held.is_settled());
            let Some(document) = self.workspace.document(&held.uri) else { continue };
            let revision = document.snapshot().revision().number();
            // What comes late is a step of its own, also where the user typed in it.
            let is_late = |it: &Written| {
                it.documents.iter().any(|it| {
                    it.came_late().is_some() && self.client.documents()[it.at].uri == held.uri
                })
            };
            let edits =
                self.batches.values().map(|it| it.sent + it.taken_back + usize::from(is_late(it)));
            let edits = edits.sum::<usize>() as u64;
            assert!(revision <= held.steps + edits, "{} at v{revision}: {held:?}", held.uri);
        }
    }
}
