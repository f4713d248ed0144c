//! Many cases of each kind, and the table of what became of them.

use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};

use super::case::{Case, Verdict};
use super::draw::Draw;
use crate::counts::{count, is_long};

/// How the cases of a kind are made; `None` where chance made none.
pub(super) type Kind = (&'static str, fn(&mut Draw) -> Option<Case>);

/// What became of the cases of one kind.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) cases: usize,
    pub(super) undetected: usize,
    pub(super) certain: usize,
    pub(super) certain_and_right: usize,
    pub(super) right: usize,
    pub(super) wrong: usize,
    pub(super) refused: usize,
    name: &'static str,
    missed: Vec<(usize, String)>,
    broken: Vec<(usize, String)>,
}

/// Runs so many cases of each kind and prints the table.
#[expect(clippy::print_stdout, reason = "the table is what `scripts/repair-table` reads")]
pub(super) fn measure(kinds: &[Kind], short: u32, long: u32) -> Vec<Tally> {
    let runs = count("spoiled batches of each kind", short, long);
    let start = if is_long() { RandomState::new().hash_one(0) } else { 7 };
    let mut table = String::from(
        "\n| mistake | cases | undetected | repairable | repaired | share | repaired beyond | wrong | refused |\n\
         | --- | --: | --: | --: | --: | --: | --: | --: | --: |\n",
    );
    let tallies: Vec<Tally> = kinds
        .iter()
        .map(|(name, make)| {
            let tally = tally(name, *make, start, runs);
            writeln!(table, "| {name} {}", tally.row()).unwrap();
            tally
        })
        .collect();
    println!("from seed {start}\n{table}");
    tallies
}

fn tally(name: &'static str, make: fn(&mut Draw) -> Option<Case>, start: u64, runs: u32) -> Tally {
    let mut seeds = Draw::new(start);
    let mut tally = Tally { name, ..Tally::default() };
    while tally.cases < runs as usize {
        let seed = seeds.number();
        if let Some(case) = make(&mut Draw::new(seed)) {
            tally.add(&case, seed);
        }
    }
    tally
}

impl Tally {
    fn add(&mut self, case: &Case, seed: u64) {
        let verdict = case.verdict();
        self.cases += 1;
        self.certain += usize::from(case.is_certain);
        let is_right = matches!(verdict, Verdict::Right);
        self.right += usize::from(is_right);
        self.certain_and_right += usize::from(case.is_certain && is_right);
        self.undetected += usize::from(matches!(verdict, Verdict::Undetected));
        self.wrong += usize::from(matches!(verdict, Verdict::Wrong(..)));
        self.refused += usize::from(matches!(verdict, Verdict::Refused(..)));
        let list = match verdict {
            Verdict::Wrong(..) | Verdict::Refused(..) => &mut self.broken,
            _ if case.is_certain && !is_right => &mut self.missed,
            _ => return,
        };
        let size = case.right.text.len() + 100 * case.sent.len();
        list.push((size, format!("seed {seed}\n{case}{verdict}")));
        list.sort();
        list.truncate(3);
    }

    /// The share of the repairable that became right, in percent.
    pub(super) fn share(&self) -> f64 {
        100.0 * self.certain_and_right as f64 / self.certain.max(1) as f64
    }

    /// The smallest cases that were not repaired although they could be.
    pub(super) fn missed(&self) -> String {
        self.told("not repaired", &self.missed)
    }

    /// The smallest cases in which the repaired batch was wrong or refused.
    pub(super) fn broken(&self) -> String {
        self.told("wrong", &self.broken)
    }

    fn row(&self) -> String {
        let share = format!("{:.1} %", self.share());
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            self.cases,
            self.undetected,
            self.certain,
            self.certain_and_right,
            if self.certain > 0 { &share } else { "–" },
            self.right - self.certain_and_right,
            self.wrong,
            self.refused,
        )
    }

    fn told(&self, what: &str, cases: &[(usize, String)]) -> String {
        let cases: Vec<&str> = cases.iter().map(|(_, case)| case.as_str()).collect();
        let name = format!("{what}: {}, ", self.name);
        cases.iter().flat_map(|case| [name.as_str(), case, "\n"]).collect()
    }
}
