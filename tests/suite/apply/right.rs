//! Whether a text is the one that a batch makes of another.

use std::collections::BTreeSet;

use batchpatch::workspace::Ticket;

use super::touched::Typed;
use super::world::World;
use super::written::{
    Named, Written, WrittenDocument, alike, alike_but_for_the_end, in_terminators_of, line_feeds,
};
use crate::oracle::{self, Patch};
use crate::simulated::marks;

/// What a text is held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) base: &'a str,
    pub(super) made: &'a str,
    /// The patches that the outcome says were left out; not known before.
    pub(super) left_out: Option<&'a BTreeSet<usize>>,
}

impl World {
    /// Whether a batch makes this of one of its documents; if not, why.
    pub(super) fn is_right(&self, ticket: Ticket, index: usize, step: Step) -> Result<(), String> {
        let written = &self.batches[&ticket];
        if let Some(target) = written.undoes {
            return self.is_taken_back(target, written.documents[index].at, step);
        }
        let meant = self.meant_for(&written.documents[index]);
        let mut wrong = format!("nobody wrote for {:?}", step.base);
        for was in &meant {
            match self.is_right_for(written, index, was, step) {
                Ok(()) => return Ok(()),
                Err(reason) => wrong = reason,
            }
        }
        Err(wrong)
    }

    /// The texts that a document's patches may be written for.
    pub(super) fn meant_for(&self, document: &WrittenDocument) -> Vec<String> {
        match document.named {
            Named::Version(_) | Named::Token(_) => vec![document.text.clone()],
            Named::WrongToken(_) | Named::WrongVersion(_) | Named::Refused => Vec::new(),
            Named::Not => {
                let made = self.made_ahead(document);
                // A file is what it is when it is read, or opened.
                let read = self.disk_seen.get(&document.at);
                let opened = self.client.documents()[document.at].opened.get(document.opened);
                let file = read.into_iter().chain(opened).filter(|_| !document.was_open);
                made.chain([&document.text]).chain(file).cloned().collect()
            }
        }
    }

    fn is_right_for(
        &self,
        written: &Written,
        index: usize,
        was: &str,
        step: Step,
    ) -> Result<(), String> {
        let Step { base, made, left_out } = step;
        // A token does not see a byte order mark.
        let seen = |text: &str| text.trim_start_matches('\u{feff}').to_owned();
        let is_for = match written.documents[index].named {
            Named::Token(_) => seen(base) == seen(was),
            _ => base == was,
        };
        if is_for {
            let right = written.expected(index, base, self.encoding);
            let is_right = right.as_ref().is_some_and(|right| alike(right, made));
            return is_right
                .then_some(())
                .ok_or_else(|| format!("{base:?} would be {made:?}, not {right:?}"));
        }
        if !written.is_rebase {
            return Err(format!("{base:?} is not what it was written for, {was:?}"));
        }
        let since = marks::typed_since(was, base);
        let kept = marks::numbers(made);
        if !since.is_subset(&kept) {
            return Err(format!("of {base:?} a keystroke is lost in {made:?}"));
        }
        let patches = written.documents[index].patches.iter().enumerate();
        let left = patches.filter(|(at, _)| left_out.is_none_or(|out| !out.contains(at)));
        let left: Vec<Patch> = left.map(|(_, patch)| patch.clone()).collect();
        let left = in_terminators_of(base, &left);
        if written.is_best_effort && left_out.is_none() {
            return Ok(());
        }
        let Ok(right) = oracle::apply(was, &left, self.encoding) else {
            return Err(format!("{left:?} make nothing of {was:?}"));
        };
        if line_feeds(&marks::without(base, &since)) != line_feeds(was) {
            // Another batch was in between: what this one puts in is there.
            let Some(tag) = &written.documents[index].tag else { return Ok(()) };
            let count = |text: &str| marks::unmarked(text).matches(tag.as_str()).count();
            // An edit that fell where it was not meant may be there already.
            let held = &self.client.documents()[written.documents[index].at];
            let there = if held.disturbed > 0 { count(base) } else { 0 };
            return (count(made) == count(&right) || count(made) == count(&right) + there)
                .then_some(())
                .ok_or_else(|| format!("{made:?} does not hold what is in {right:?}"));
        }
        let typed = Typed::since(base, &since);
        // Where it was sent before, the editor may have made a half of it.
        let beside = usize::from(written.sent > 1);
        if let Some(patch) = left.iter().find(|patch| typed.is_in(was, patch, beside)) {
            return Err(format!("the user typed in the lines of {patch:?}: {base:?}"));
        }
        alike(&marks::without(made, &since), &right)
            .then_some(())
            .ok_or_else(|| format!("{was:?} would be {made:?}, not {right:?}"))
    }

    /// Whether a text holds some of what only this batch puts into it.
    pub(super) fn has_tag(&self, document: &WrittenDocument, text: &str) -> bool {
        let Some(tag) = &document.tag else { return false };
        let documents = self.batches.values().flat_map(|it| &it.documents);
        let of_tag = documents.filter(|it| it.at == document.at && it.tag.as_ref() == Some(tag));
        of_tag.count() == 1 && marks::unmarked(text).contains(tag)
    }

    /// Whether what a batch did to a document is taken back, and nothing else.
    pub(super) fn is_taken_back(
        &self,
        target: Ticket,
        at: usize,
        step: Step,
    ) -> Result<(), String> {
        let Step { base, made, .. } = step;
        let written = &self.batches[&target];
        let Some(document) = written.documents.iter().find(|document| document.at == at) else {
            return Err("the batch was not for it".to_owned());
        };
        let after = document.made.as_ref().or(document.confirmed.as_ref());
        let (Some(before), Some(after)) = (&document.base, after) else {
            return Err("the batch was never sent".to_owned());
        };
        let since = marks::typed_since(after, base);
        if !since.is_subset(&marks::numbers(made)) {
            return Err(format!("of {base:?} a keystroke is lost in {made:?}"));
        }
        if self.has_tag(document, made) {
            return Err(format!("{made:?} holds some of the batch"));
        }
        let is_last = alike_but_for_the_end(&marks::without(base, &since), after);
        let taken = marks::without(made, &since);
        // A blank line more at the end may be the batch's or the user's.
        let is_exact = |text: &str| line_feeds(text) == line_feeds(after);
        let mut seen = document.confirmed.iter().cloned().chain([marks::without(base, &since)]);
        let has_blank = seen.any(|text| !is_exact(&text));
        let is_right = !is_last
            || alike_but_for_the_end(&taken, before)
            || (has_blank && lines_of(&taken) == lines_of(before));
        is_right.then_some(()).ok_or_else(|| format!("{base:?} becomes {made:?}, not {before:?}"))
    }
}

/// The lines of a text that are not blank.
fn lines_of(text: &str) -> Vec<String> {
    line_feeds(text).split('\n').filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
