//! Everything that is told about one document.

use std::collections::{BTreeMap, BTreeSet};

use super::actual::numbered_lines;
use super::carried::{carried, carried_span};
use super::describe::message;
use super::search::{Found, search};
use super::subject::Subject;
use super::suggest::suggest;
use super::together::{followed, withdraw_contradictions};
use super::whole::is_certain;
use crate::batch::{Code, Patch, Suggestion, Violation};
use crate::executor::Staged;
use crate::semantics::Breach;
use crate::text::Range;

/// What is wrong with one document's patches, and what to send instead.
#[derive(Debug)]
pub struct RepairKit<'a> {
    subject: Subject<'a>,
    /// First those of the document as a whole, then in the order of the
    /// patches.
    breaches: &'a [(Option<usize>, Breach)],
    /// For each breach, in the numbering of the text that it was found in.
    suggestions: Vec<Option<Suggestion>>,
    found: BTreeMap<usize, Found>,
    /// With `bestEffort`: the text without the patches that broke a law.
    applied: Option<&'a Staged>,
    /// Whether all suggestions are there, and make the batch that was meant.
    is_certain: bool,
}

impl<'a> RepairKit<'a> {
    /// Looks for what the author of the batch meant. `applied` is the document
    /// as `bestEffort` leaves it: then everything is told for that text.
    ///
    /// A few passes over the text, and O(p log p) for p patches, however many
    /// of them are wrong.
    pub fn new(
        subject: Subject<'a>,
        breaches: &'a [(Option<usize>, Breach)],
        applied: Option<&'a Staged>,
    ) -> RepairKit<'a> {
        let is_stale = breaches.iter().any(|(_, breach)| breach.code() == Code::StaleSnapshot);
        let misplaced = breaches.iter().filter(|(_, breach)| {
            breach.conflicts_with().is_none() && *breach != Breach::RebaseConflict
        });
        let misplaced =
            misplaced.filter_map(|(index, _)| Some(((*index)?, subject.patch((*index)?)?)));
        let found = search(subject.snapshot, misplaced);
        let mut suggestions: Vec<Option<Suggestion>> = breaches
            .iter()
            .map(|(patch, breach)| {
                patch
                    .and_then(|patch| suggest(&subject, patch, breach, found.get(&patch), is_stale))
            })
            // A patch that was applied cannot be merged with one that was not.
            .map(|it| it.filter(|it| applied.is_none() || it.patches.len() == 1))
            .collect();
        withdraw_contradictions(&subject, breaches, &mut suggestions);
        // The document itself is sent again if all of its patches are certain.
        let is_complete = breaches.iter().zip(&suggestions).all(|((_, breach), suggestion)| {
            suggestion.is_some() || breach.code() == Code::StaleSnapshot
        });
        let is_certain = is_complete && is_certain(&subject, breaches, &suggestions, is_stale);
        if is_certain
            && is_stale
            && let Some(of_document) = suggestions.first_mut()
        {
            *of_document = Some(Suggestion::default());
        }
        RepairKit { subject, breaches, suggestions, found, applied, is_certain }
    }

    /// The breach number `at` in words and in its place.
    pub fn violation(&self, at: usize) -> Option<Violation> {
        let (patch, breach) = self.breaches.get(at)?;
        let told = patch.and_then(|index| self.subject.patch(index));
        let found = patch.and_then(|index| self.found.get(&index));
        let place = |patch| self.place(self.subject.span(patch));
        let (range, actual) = told.map_or_else(Default::default, place);
        Some(Violation {
            law: breach.code().law(),
            code: breach.code(),
            uri: self.subject.document.uri.clone(),
            patch: *patch,
            conflicts_with: breach.conflicts_with(),
            range,
            message: message(&self.subject, breach, told, found),
            actual,
            was: Vec::new(),
            suggestion: self.suggestions.get(at)?.as_ref().and_then(|it| self.for_text_now(it)),
        })
    }

    /// The document's patches with all suggestions followed: all of them, or
    /// with `bestEffort` those that were left out. `None` where it is not
    /// certain that this is the batch that was meant.
    pub fn patches(&self) -> Option<Vec<Patch>> {
        if !self.is_certain {
            return None;
        }
        let patches = followed(&self.subject, &self.suggestions);
        let Some(staged) = self.applied else {
            return Some(patches.into_iter().map(|(_, patch)| patch.clone()).collect());
        };
        let whole = self.breaches.iter().any(|(patch, _)| patch.is_none());
        let left_out: BTreeSet<usize> = self.breaches.iter().filter_map(|(at, _)| *at).collect();
        let left_out = patches.into_iter().filter(|(index, _)| whole || left_out.contains(index));
        left_out.map(|(_, patch)| carried(&self.subject, staged, patch)).collect()
    }

    /// Bytes of the text that the patches are judged on, in the text as it is
    /// now: the range, and the lines that are there.
    pub fn place(&self, span: std::ops::Range<usize>) -> (Range, Vec<String>) {
        let (text, span) = match self.applied {
            Some(staged) => (staged.after(), carried_span(staged, span)),
            None => (self.subject.snapshot, span),
        };
        (text.range_of(span.clone(), self.subject.encoding), numbered_lines(text, span))
    }

    fn for_text_now(&self, suggestion: &Suggestion) -> Option<Suggestion> {
        let Some(staged) = self.applied else { return Some(suggestion.clone()) };
        let carry = |(index, patch): (&usize, &Option<Patch>)| match patch {
            Some(patch) => Some((*index, Some(carried(&self.subject, staged, patch)?))),
            None => Some((*index, None)),
        };
        Some(Suggestion { patches: suggestion.patches.iter().map(carry).collect::<Option<_>>()? })
    }
}
