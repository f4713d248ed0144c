//! How often which way of applying an edit ends in which status.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use batchpatch::batch::Status;

use crate::simulated::Misbehaviour;

/// What a batch met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Row {
    /// It was never sent.
    Unsent,
    One(Misbehaviour),
    /// Several, or what another batch left behind.
    Several,
}

const STATUSES: [(Status, &str); 6] = [
    (Status::Applied, "applied"),
    (Status::Partial, "partial"),
    (Status::Rejected, "rejected"),
    (Status::Noop, "noop"),
    (Status::RolledBack, "rolledBack"),
    (Status::Failed, "failed"),
];

#[derive(Debug, Default)]
pub(super) struct Table(BTreeMap<Row, [usize; 6]>);

impl Table {
    pub(super) fn count(&mut self, row: Row, status: Status) {
        let is_possible = possible(row).contains(&status) || rare(row).contains(&status);
        assert!(is_possible || row == Row::Several, "{row:?} ended as {status:?}");
        let column = STATUSES.iter().position(|(it, _)| *it == status).unwrap();
        self.0.entry(row).or_default()[column] += 1;
    }

    pub(super) fn add(&mut self, other: Table) {
        for (row, counts) in other.0 {
            let sums = self.0.entry(row).or_default();
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
    }

    /// Every pair that should have been, and never was.
    pub(super) fn missing(&self) -> Vec<String> {
        let missing = rows().flat_map(|row| {
            let counts = self.0.get(&row).copied().unwrap_or_default();
            let zeros = STATUSES.iter().zip(counts).filter(|(_, count)| *count == 0);
            let missing = zeros.filter(move |((status, _), _)| possible(row).contains(status));
            missing.map(move |((_, name), _)| format!("{row:?} never ended as {name}"))
        });
        missing.collect()
    }

    pub(super) fn render(&self) -> String {
        let mut text = format!("{:<34}", "");
        for (_, name) in STATUSES {
            let _ = write!(text, "{name:>11}");
        }
        for row in rows() {
            let counts = self.0.get(&row).copied().unwrap_or_default();
            let _ = write!(text, "\n{:<34}", row.to_string());
            for count in counts {
                let _ = write!(text, "{count:>11}");
            }
        }
        text + "\n"
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Row::One(misbehaviour) => write!(f, "{misbehaviour:?}"),
            row => write!(f, "{row:?}"),
        }
    }
}

fn rows() -> impl Iterator<Item = Row> {
    let ones = Misbehaviour::ALL.iter().map(|it| Row::One(*it));
    [Row::Unsent].into_iter().chain(ones).chain([Row::Several])
}

/// How a batch can end that met this. What is neither here nor rare is
/// impossible.
fn possible(row: Row) -> &'static [Status] {
    use Misbehaviour::*;
    use Status::{Applied, Failed, Noop, Partial, Rejected, RolledBack};
    match row {
        Row::Unsent => &[Rejected, Noop],
        Row::Several => &[Applied, Partial, Rejected, RolledBack, Failed],
        Row::One(
            Exact
            | AnswersFirst
            | AnswersSlowly
            | AnswersTooLate
            | NeverAnswers
            | ErrsHavingDoneAll
            | FalseHavingDoneAll
            | ReportsInParts
            | ReportsTheWholeText
            | ReportsTheSum
            | TypesBetweenParts
            | TypesInTheSameReport
            | TypesAfter
            | FormatsAfter
            | UndoneByTheUser
            | RedoneByTheUser
            | Renames
            | Closes
            | ClosesBeforeItReports
            | Reopens
            | OpensWithTheNewText
            | NeverOpens
            | WritesItsOwnTerminators
            | AddsTheFinalTerminator,
        ) => &[Applied, Partial],
        Row::One(
            Errs
            | FalseHavingDoneNothing
            | ReportsTooLate
            | NeverReports
            | RenamesBeforeItReports
            | TypesInTheSameWholeText
            | TypedBeforeUnchecked
            | OpensWithAnotherText,
        ) => &[Failed],
        // What is left undone was not open, and so nobody can tell.
        Row::One(TrueHavingDoneNothing) => &[Applied, Failed],
        Row::One(TrueHavingDoneSome) => &[Applied, RolledBack],
        Row::One(FalseHavingDoneSome) => &[RolledBack, Failed],
        // Beside what the batch changes, nobody can tell who changed it. What
        // may be carried over is sent again.
        Row::One(TypedBeforeSkipped) => &[Applied, Rejected, RolledBack, Failed],
        Row::One(TypedBeforeRefused | TypedBeforeErrs) => &[Applied, Rejected, Failed],
    }
}

/// What takes a coincidence.
fn rare(row: Row) -> &'static [Status] {
    use Misbehaviour::*;
    use Status::{Applied, Failed, Partial, Rejected, RolledBack};
    match row {
        // The patches that are left change nothing; or what is typed over is left
        // out, and the rest is sent again.
        Row::Unsent
        | Row::One(
            TrueHavingDoneNothing | TypedBeforeSkipped | TypedBeforeRefused | TypedBeforeErrs,
        ) => &[Partial],
        // Only one of its documents has another name; or the batch takes away just
        // what was other.
        Row::One(RenamesBeforeItReports | OpensWithAnotherText) => &[RolledBack],
        // One document holds it, one does not, and of one nobody can tell.
        Row::One(TrueHavingDoneSome) => &[Partial, Failed],
        // The batch replaces what was typed, or takes it away and nothing else; or
        // it falls where it looks typed.
        Row::One(TypedBeforeUnchecked) => &[Applied, Partial, Rejected, RolledBack],
        // Where lines repeat, typing and a batch look alike.
        Row::One(TypesInTheSameWholeText) => &[Rejected],
        // In a document the batch changes nothing but what the editor changes
        // back.
        Row::One(WritesItsOwnTerminators | AddsTheFinalTerminator) => &[Failed, RolledBack],
        _ => &[],
    }
}
