//! The ways in which an editor carries out an edit that it is asked for.

use super::random::Random;

/// An enumeration, and the list of all there is in it.
macro_rules! enumerated {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            pub(crate) const ALL: &[$name] = &[$($name::$variant,)*];
        }
    };
}

enumerated! {
/// How an editor departs from doing exactly what it is asked, and telling of
/// it once and at once.
Misbehaviour {
    /// Not at all: it tells of the change and then answers.
    Exact,
    /// It answers before it tells (VS Code).
    AnswersFirst,
    /// The answer takes seconds: a preview waits for the user.
    AnswersSlowly,
    /// The answer comes when nobody waits for it any more.
    AnswersTooLate,
    NeverAnswers,
    /// It does nothing, and answers with an error.
    Errs,
    /// It does everything, and answers with an error.
    ErrsHavingDoneAll,
    TrueHavingDoneNothing,
    TrueHavingDoneSome,
    FalseHavingDoneNothing,
    FalseHavingDoneAll,
    FalseHavingDoneSome,
    /// Several notifications, the first with half of the changes.
    ReportsInParts,
    /// The whole text instead of the changes.
    ReportsTheWholeText,
    /// One change that is the sum of all.
    ReportsTheSum,
    /// After the deadline.
    ReportsTooLate,
    NeverReports,
    /// Two parts, and the user types between them.
    TypesBetweenParts,
    /// The batch and what is typed next are in one notification.
    TypesInTheSameReport,
    /// So they are, and that tells the whole text.
    TypesInTheSameWholeText,
    TypesAfter,
    /// The user typed first: a document that is not of its version is left out,
    /// and the answer is `true` (Neovim).
    TypedBeforeSkipped,
    /// So they did, and nothing is done (VS Code).
    TypedBeforeRefused,
    /// So they did, nothing is done, and the answer is an error (eglot).
    TypedBeforeErrs,
    /// So they did, and the edits fall where they fall.
    TypedBeforeUnchecked,
    FormatsAfter,
    /// The user takes the batch back with the editor's own undo.
    UndoneByTheUser,
    /// And does it again.
    RedoneByTheUser,
    /// The document has another name then.
    Renames,
    /// And nothing is told of its change under the old one.
    RenamesBeforeItReports,
    Closes,
    /// It tells of the change after it closed the document.
    ClosesBeforeItReports,
    /// It closes the document, and opens it with the new text.
    Reopens,
    /// A document that was not open is opened with its new text.
    OpensWithTheNewText,
    /// A document that was not open has another text in the editor.
    OpensWithAnotherText,
    /// A document that was not open is changed, and never told of.
    NeverOpens,
    /// Every terminator is the editor's own.
    WritesItsOwnTerminators,
    /// Every text ends with a terminator.
    AddsTheFinalTerminator,
}
}

impl Misbehaviour {
    /// Whether all changes are told as they are made, or only what they make.
    pub(crate) fn tells_each_change(self) -> bool {
        use Misbehaviour::{NeverReports, Reopens};
        use Misbehaviour::{ReportsTheSum, ReportsTheWholeText, TypesInTheSameWholeText};
        !matches!(
            self,
            ReportsTheSum | ReportsTheWholeText | TypesInTheSameWholeText | NeverReports | Reopens
        )
    }
}

/// What an editor does about a document that is not of the request's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Checks {
    /// Nothing at all is done then.
    All(super::request::Answer),
    /// Such a document is left out.
    Each,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    All,
    Some,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reports {
    Changes,
    Parts,
    Sum,
    Whole,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Types {
    Nothing,
    Before,
    Between,
    Same,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    Formats,
    Undoes,
    Redoes,
    Renames,
    RenamesFirst,
    Closes,
    ClosesFirst,
    Reopens,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    First,
    WithNewText,
    WithOtherText,
    Never,
}

/// All of it for one request. Times are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(super) checks: Checks,
    pub(super) does: Does,
    /// What it answers, where that is not what it did.
    pub(super) answers: Option<super::request::Answer>,
    /// Never, where absent.
    pub(super) answers_after: Option<u64>,
    pub(super) reports: Reports,
    pub(super) reports_after: u64,
    pub(super) types: Types,
    pub(super) then: Then,
    pub(super) opens: Opens,
}

impl Manner {
    pub(crate) fn of(misbehaviours: &[Misbehaviour], random: &mut Random) -> Manner {
        use super::request::Answer::{Error, False, True};
        let mut manner = Manner {
            checks: random.pick(&[Checks::All(False), Checks::All(False), Checks::Each]),
            does: Does::All,
            answers: None,
            answers_after: Some(10),
            reports: Reports::Changes,
            reports_after: random.pick(&[0, 0, 4, 9]),
            types: Types::Nothing,
            then: Then::Nothing,
            opens: Opens::First,
        };
        for misbehaviour in misbehaviours {
            use Misbehaviour::*;
            match misbehaviour {
                Exact | WritesItsOwnTerminators | AddsTheFinalTerminator => {}
                AnswersFirst => {
                    manner.answers_after = Some(0);
                    manner.reports_after = random.pick(&[1, 4, 150, 900]);
                }
                AnswersSlowly => manner.answers_after = Some(random.pick(&[2_000, 9_900])),
                AnswersTooLate => manner.answers_after = Some(random.pick(&[10_100, 30_000])),
                NeverAnswers => manner.answers_after = None,
                Errs => (manner.does, manner.answers) = (Does::Nothing, Some(Error)),
                ErrsHavingDoneAll => manner.answers = Some(Error),
                TrueHavingDoneNothing => {
                    (manner.does, manner.answers) = (Does::Nothing, Some(True));
                }
                TrueHavingDoneSome => (manner.does, manner.answers) = (Does::Some, Some(True)),
                FalseHavingDoneNothing => {
                    (manner.does, manner.answers) = (Does::Nothing, Some(False));
                }
                FalseHavingDoneAll => manner.answers = Some(False),
                FalseHavingDoneSome => (manner.does, manner.answers) = (Does::Some, Some(False)),
                ReportsInParts => manner.reports = Reports::Parts,
                ReportsTheWholeText => manner.reports = Reports::Whole,
                ReportsTheSum => manner.reports = Reports::Sum,
                ReportsTooLate => manner.reports_after = random.pick(&[1_100, 3_000]),
                NeverReports => manner.reports = Reports::Never,
                TypesBetweenParts => {
                    (manner.reports, manner.types) = (Reports::Parts, Types::Between);
                }
                TypesInTheSameReport => manner.types = Types::Same,
                TypesInTheSameWholeText => {
                    (manner.reports, manner.types) = (Reports::Whole, Types::Same);
                }
                TypesAfter => manner.types = Types::After,
                TypedBeforeSkipped => (manner.types, manner.checks) = (Types::Before, Checks::Each),
                TypedBeforeRefused => {
                    (manner.types, manner.checks) = (Types::Before, Checks::All(False));
                }
                TypedBeforeErrs => {
                    (manner.types, manner.checks) = (Types::Before, Checks::All(Error));
                }
                TypedBeforeUnchecked => {
                    (manner.types, manner.checks) = (Types::Before, Checks::Nothing);
                }
                FormatsAfter => manner.then = Then::Formats,
                UndoneByTheUser => manner.then = Then::Undoes,
                RedoneByTheUser => manner.then = Then::Redoes,
                Renames => manner.then = Then::Renames,
                RenamesBeforeItReports => manner.then = Then::RenamesFirst,
                Closes => manner.then = Then::Closes,
                ClosesBeforeItReports => manner.then = Then::ClosesFirst,
                Reopens => manner.then = Then::Reopens,
                OpensWithTheNewText => manner.opens = Opens::WithNewText,
                OpensWithAnotherText => manner.opens = Opens::WithOtherText,
                NeverOpens => manner.opens = Opens::Never,
            }
        }
        manner
    }
}
