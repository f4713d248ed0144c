//! A violation in its place, as compilers show their errors.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::Shown;
use super::printable::one_line;
use super::suggestion::help;
use super::window::{Window, height, last_hidden, window};
use crate::batch::{Outcome, Violation};
use crate::text::{Position, PositionEncoding, Snapshot};

/// Bytes of a document.
type Span = std::ops::Range<usize>;

/// Up to how many lines two places in conflict are shown in one piece.
const ONE_PIECE: usize = 10;

const RENDERER: Renderer = Renderer::styled().hyperlink(false).term_width(100);

pub(super) fn render(
    output: &mut dyn Write,
    shown: &Shown<'_>,
    outcome: &Outcome,
) -> io::Result<()> {
    for violation in &outcome.violations {
        writeln!(output, "{}\n", error(shown, outcome, violation))?;
    }
    Ok(())
}

fn error(shown: &Shown<'_>, outcome: &Outcome, violation: &Violation) -> String {
    let message = match violation.patch {
        Some(patch) => format!("patch {patch}: {}", violation.message),
        None => violation.message.clone(),
    };
    let mut elements = places(shown, violation);
    for help in help(outcome, violation) {
        elements.push(Level::HELP.message(help).into());
    }
    let title = Level::ERROR.primary_title(one_line(&message)).id(violation.code.as_str());
    RENDERER.render(&[title.elements(elements)])
}

/// Where it is: the document's lines, or its name alone.
fn places<'a>(shown: &Shown<'_>, violation: &Violation) -> Vec<Element<'a>> {
    let name = one_line(&violation.uri);
    let (Some(patch), Some(subject)) = (violation.patch, shown.subject(violation)) else {
        return vec![Origin::path(name).into()];
    };
    let snapshot = subject.snapshot;
    let place = subject.nearest(violation.range.start)..subject.nearest(violation.range.end);
    // Where a part was applied, the numbers of the others are not those of the
    // text any more.
    let other = violation
        .conflicts_with
        .filter(|_| !shown.is_staged())
        .and_then(|index| Some((subject.span(subject.document.patches.get(index)?), index)));
    match other.filter(|(other, _)| *other != place) {
        None => snippet(snapshot, &name, &[(place, None)]),
        Some((other, index)) => {
            let both = [(place, Some(patch)), (other, Some(index))];
            if height(snapshot, &both.clone().map(|(place, _)| place)) <= ONE_PIECE {
                snippet(snapshot, &name, &both)
            } else {
                both.into_iter().flat_map(|place| snippet(snapshot, &name, &[place])).collect()
            }
        }
    }
}

/// The lines of the places, each underlined; the first is the one that counts.
fn snippet<'a>(
    snapshot: &Snapshot,
    name: &str,
    places: &[(Span, Option<usize>)],
) -> Vec<Element<'a>> {
    let spans: Vec<Span> = places.iter().map(|(span, _)| span.clone()).collect();
    let Window { text, first_line, spans, is_cut } = window(snapshot, &spans);
    let kinds = [AnnotationKind::Primary, AnnotationKind::Context];
    let annotations = spans
        .into_iter()
        .zip(places)
        .zip(kinds)
        .map(|((span, place), kind)| kind.span(span).label(label(snapshot, place)));
    let snippet = Snippet::source(text).line_start(first_line).fold(false).annotations(annotations);
    let path = name.to_owned();
    if !is_cut {
        return vec![snippet.path(path).into()];
    }
    let at = places.first().map_or(0, |(place, _)| place.start);
    let Position { line, character } = snapshot.position_of(at, PositionEncoding::Utf32);
    let origin = Origin::path(path).line(line as usize + 1).char_column(character as usize + 1);
    vec![origin.into(), snippet.into()]
}

/// Which patch it is, where there are two, and where the place ends if that is
/// too far away to be shown.
fn label(snapshot: &Snapshot, (span, patch): &(Span, Option<usize>)) -> Option<String> {
    let patch = patch.map(|patch| format!("patch {patch}"));
    let end = last_hidden(snapshot, span).map(|line| format!("… to line {line}"));
    let parts: Vec<String> = patch.into_iter().chain(end).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}
