//! One document of an editor that takes edits, and what it has told of it.

use std::collections::VecDeque;

use super::editor::{Change, Notification};
use super::{marks, position};
use crate::oracle::Encoding;

#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) uri: String,
    /// What is on disk.
    pub(crate) disk: String,
    /// What the editor shows, if it shows anything.
    pub(crate) text: String,
    pub(crate) version: i32,
    /// Whether the editor has said that it is open.
    pub(crate) is_open: bool,
    /// The texts with which it was opened, in order.
    pub(crate) opened: Vec<String>,
    /// Every text that a listener could see, in order: one for each content
    /// change, and for each opening.
    pub(crate) told: Vec<String>,
    /// How many notifications told of another text.
    pub(crate) steps: u64,
    /// How often an edit fell where it was not meant, or the user undid one.
    pub(crate) disturbed: usize,
    /// How often several changes were told as one, and typing was among them.
    pub(crate) merged: usize,
    /// The texts before and after the last edit that was asked for.
    pub(super) last_edit: Option<(String, String)>,
    /// What the editor still means to do to it.
    pub(super) busy: usize,
    /// What was changed and not told yet, with the text and the version after
    /// each change.
    pending: VecDeque<(Change, String, i32)>,
    /// Whether changes were kept from the listener.
    is_secretive: bool,
}

impl Held {
    pub(super) fn on_disk(uri: &str, disk: &str) -> Held {
        Held {
            uri: uri.to_owned(),
            disk: disk.to_owned(),
            text: disk.to_owned(),
            version: 0,
            is_open: false,
            opened: Vec::new(),
            told: Vec::new(),
            steps: 0,
            disturbed: 0,
            merged: 0,
            last_edit: None,
            busy: 0,
            pending: VecDeque::new(),
            is_secretive: false,
        }
    }

    /// Whether a listener knows all there is to know, now and soon.
    pub(crate) fn is_settled(&self) -> bool {
        self.busy == 0 && self.is_told()
    }

    /// Whether a listener knows what the editor shows.
    pub(crate) fn is_told(&self) -> bool {
        self.pending.is_empty() && !self.is_secretive
    }

    pub(super) fn open(&mut self, version: i32) -> Notification {
        if self.told.last().is_none_or(|told| *told != self.text) {
            self.steps += 1;
        }
        self.told.push(self.text.clone());
        self.opened.push(self.text.clone());
        self.pending.clear();
        (self.is_open, self.is_secretive, self.version) = (true, false, version);
        Notification::Opened { uri: self.uri.clone(), version, text: self.text.clone() }
    }

    /// What it shows is written to the disk, or lost.
    pub(super) fn close(&mut self, is_saved: bool) -> Notification {
        self.is_open = false;
        if is_saved {
            self.disk.clone_from(&self.text);
        }
        Notification::Closed { uri: self.uri.clone() }
    }

    /// Puts `new` in the place of these bytes. It is not told before the next
    /// report.
    pub(super) fn replace(&mut self, start: usize, end: usize, new: &str, encoding: Encoding) {
        let places = [start, end].map(|at| position::place(&self.text, at, encoding));
        self.text.replace_range(start..end, new);
        self.version += 1;
        let change = Change { range: Some((places[0], places[1])), text: new.to_owned() };
        self.pending.push_back((change, self.text.clone(), self.version));
    }

    /// The user undoes the last edit, if nothing else was done since.
    pub(super) fn undo(&mut self, encoding: Encoding) {
        let Some((before, after)) = self.last_edit.clone() else { return };
        self.become_of(&after, &before, encoding);
    }

    /// And does it again.
    pub(super) fn redo(&mut self, encoding: Encoding) {
        let Some((before, after)) = self.last_edit.clone() else { return };
        self.become_of(&before, &after, encoding);
    }

    /// In two changes: what goes, and what comes; in one, where what goes leaves
    /// its place inside of a terminator.
    fn become_of(&mut self, from: &str, to: &str, encoding: Encoding) {
        if !self.is_open || self.text != from {
            return;
        }
        let Some((start, end, new)) = difference(from, to) else { return };
        self.disturbed += 1;
        let between = [&from[..start], &from[end..]].concat();
        if !position::has_place(&between, start) {
            return self.replace(start, end, &new, encoding);
        }
        if start < end {
            self.replace(start, end, "", encoding);
        }
        if !new.is_empty() {
            self.replace(start, start, &new, encoding);
        }
    }

    /// Tells of the first `share` of what is not told, in percent.
    pub(super) fn report(&mut self, share: usize) -> Option<Notification> {
        if self.is_secretive {
            return self.report_whole();
        }
        let count = (self.pending.len() * share).div_ceil(100);
        let told: Vec<_> = self.pending.drain(..count).collect();
        let version = told.last()?.2;
        let before = self.told.last().cloned();
        self.told.extend(told.iter().map(|(_, text, _)| text.clone()));
        self.steps += u64::from(before.as_ref() != self.told.last());
        let changes = told.into_iter().map(|(change, ..)| change).collect();
        Some(Notification::Changed { uri: self.uri.clone(), version, changes })
    }

    /// Tells the whole text.
    pub(super) fn report_whole(&mut self) -> Option<Notification> {
        if self.is_told() {
            return None;
        }
        let change = Change { range: None, text: self.text.clone() };
        Some(self.report_one(change))
    }

    /// Tells one change that makes all the difference.
    pub(super) fn report_sum(&mut self, encoding: Encoding) -> Option<Notification> {
        let before = self.told.last()?.clone();
        if self.is_secretive {
            return self.report_whole();
        }
        let Some((start, end, new)) = difference(&before, &self.text) else {
            self.pending.clear();
            return None;
        };
        let places = [start, end].map(|at| position::place(&before, at, encoding));
        let change = Change { range: Some((places[0], places[1])), text: new };
        Some(self.report_one(change))
    }

    fn report_one(&mut self, change: Change) -> Notification {
        let is_typed = |told: &String| !marks::typed_since(told, &self.text).is_empty();
        let is_several = self.is_secretive || self.pending.len() > 1;
        self.merged += usize::from(is_several && self.told.last().is_some_and(is_typed));
        self.pending.clear();
        self.is_secretive = false;
        self.steps += u64::from(self.told.last() != Some(&self.text));
        self.told.push(self.text.clone());
        Notification::Changed {
            uri: self.uri.clone(),
            version: self.version,
            changes: vec![change],
        }
    }

    /// Never tells of what it has not told yet. The next report has to be of
    /// the whole text.
    pub(super) fn keep_secret(&mut self) {
        self.is_secretive |= !self.pending.is_empty();
        self.pending.clear();
    }
}

/// What to put in the place of which bytes of `before` to get `after`; `None`
/// if they are the same.
pub(super) fn difference(before: &str, after: &str) -> Option<(usize, usize, String)> {
    let has_place =
        |head: usize| position::has_place(before, head) && position::has_place(after, head);
    let same = |(one, other): &(u8, u8)| one == other;
    let mut head = before.bytes().zip(after.bytes()).take_while(same).count();
    while !has_place(head) {
        head -= 1;
    }
    let longest = before.len().min(after.len()) - head;
    let tails = before.bytes().rev().zip(after.bytes().rev()).take(longest);
    let mut tail = tails.take_while(same).count();
    while !position::has_place(before, before.len() - tail)
        || !position::has_place(after, after.len() - tail)
    {
        tail -= 1;
    }
    let new = &after[head..after.len() - tail];
    (before != after).then(|| (head, before.len() - tail, new.to_owned()))
}
