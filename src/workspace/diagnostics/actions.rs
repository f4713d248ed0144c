//! What can be done about what is wrong.

use super::list::{Entry, List, visible};
use super::{Diagnostics, PositionEncoding, Snapshot};
use crate::batch::{Batch, DocumentKey};
use crate::text::{Position, PositionError, Range};

/// Something that can be done about diagnostics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What [`Diagnostics::resolve`] knows it by.
    pub id: String,
    /// What a person sees.
    pub title: String,
    /// Which kind of thing it is.
    pub kind: ActionKind,
    /// The diagnostics that it is about, by their ids.
    pub diagnostics: Vec<String>,
}

/// The kinds of things that can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Sending the repaired batch.
    Repaired,
    /// Sending the batch without the patch.
    Without,
    /// Taking the diagnostic away.
    Dismiss,
}

/// What is sent to do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionCommand {
    /// A batch to apply.
    Apply(Box<Batch>),
    /// Which diagnostics to take away.
    Clear {
        /// Those of this document, as the client spells it.
        uri: String,
        /// Those of this batch.
        batch_id: Option<String>,
        /// Those of this patch.
        patch: Option<usize>,
    },
}

const ALL: [ActionKind; 3] = [ActionKind::Repaired, ActionKind::Without, ActionKind::Dismiss];

impl ActionKind {
    fn title(self) -> &'static str {
        match self {
            ActionKind::Repaired => "Apply the repaired batch",
            ActionKind::Without => "Apply without this patch",
            ActionKind::Dismiss => "Dismiss",
        }
    }

    fn name(self) -> &'static str {
        match self {
            ActionKind::Repaired => "repaired",
            ActionKind::Without => "without",
            ActionKind::Dismiss => "dismiss",
        }
    }
}

impl Diagnostics {
    /// What can be done about what is wrong in `range` of a document whose text
    /// is `snapshot` now.
    pub fn actions(
        &self,
        key: &DocumentKey,
        range: Range,
        snapshot: &Snapshot,
        encoding: PositionEncoding,
    ) -> Vec<Action> {
        let Some(list) = self.lists.get(key) else { return Vec::new() };
        let nearest = |position: Position| match snapshot.offset_of(position, encoding) {
            Ok(offset) => offset,
            Err(PositionError::PastTheEnd { .. }) => snapshot.len_bytes(),
            Err(PositionError::InsideCharacter { starts_at }) => starts_at,
        };
        let (start, end) = (nearest(range.start), nearest(range.end));
        let is_there = |entry: &&Entry| {
            let span = visible(snapshot, &entry.span);
            span.start <= end && start <= span.end
        };
        let there: Vec<&Entry> = list.entries.iter().filter(is_there).collect();
        let mut actions = Vec::new();
        if let Some(first) = there.first()
            && list.origin.repaired().is_some()
        {
            let diagnostics = there.iter().map(|entry| list.id(entry)).collect();
            actions.push(Action { diagnostics, ..action(list, first, ActionKind::Repaired) });
        }
        for kind in [ActionKind::Without, ActionKind::Dismiss] {
            for entry in &there {
                let is_possible = kind == ActionKind::Dismiss || list.can_do_without(entry);
                if is_possible {
                    let mut action = action(list, entry, kind);
                    if let Some(patch) = entry.patch.filter(|_| there.len() > 1) {
                        action.title = format!("{}: patches[{patch}]", action.title);
                    }
                    actions.push(action);
                }
            }
        }
        actions
    }

    /// What is sent to do the action with this id; `None` if what it was about
    /// is gone.
    pub fn resolve(&self, id: &str) -> Option<ActionCommand> {
        let (of, name) = id.rsplit_once('.')?;
        let kind = ALL.into_iter().find(|kind| kind.name() == name)?;
        let (number, index) = of.split_once('.')?;
        let (number, index): (u64, usize) = (number.parse().ok()?, index.parse().ok()?);
        let list = self.lists.values().find(|list| list.number == number)?;
        let entry = list.entries.iter().find(|entry| entry.index == index)?;
        let apply = |batch| Some(ActionCommand::Apply(Box::new(batch)));
        match kind {
            ActionKind::Repaired => apply(list.origin.repaired()?.clone()),
            ActionKind::Without => apply(list.origin.without(list.document, entry.patch?)?),
            ActionKind::Dismiss => Some(ActionCommand::Clear {
                uri: list.uri.to_string(),
                batch_id: list.origin.batch_id().map(str::to_owned),
                patch: entry.patch,
            }),
        }
    }
}

fn action(list: &List, entry: &Entry, kind: ActionKind) -> Action {
    let id = list.id(entry);
    Action {
        id: format!("{id}.{}", kind.name()),
        title: kind.title().to_owned(),
        kind,
        diagnostics: vec![id],
    }
}
