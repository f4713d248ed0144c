//! The result as a person reads it.

use std::fmt;

use super::side::Side;

/// What the sides cost, workload by workload.
pub struct Table {
    /// What is counted.
    pub unit: &'static str,
    /// The workloads.
    pub rows: Vec<Row>,
}

/// What the sides of one workload cost, in the order of [`Side::ALL`].
pub struct Row {
    /// The workload.
    pub workload: &'static str,
    /// The cost of each side.
    pub costs: [u64; Side::ALL.len()],
}

impl Row {
    /// The cost of the engine in relation to that of another side.
    pub fn ratio_to(&self, other: Side) -> f64 {
        self.costs[Side::Engine as usize] as f64 / self.costs[other as usize] as f64
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [engine, others @ ..] = Side::ALL;
        write!(f, "{:<30}{:>14}", self.unit, engine.name())?;
        for side in others {
            write!(f, "{:>14}{:>8}", side.name(), "ratio")?;
        }
        writeln!(f)?;
        for row in &self.rows {
            let cost = |side: Side| grouped(row.costs[side as usize]);
            write!(f, "{:<30}{:>14}", row.workload, cost(engine))?;
            for side in others {
                write!(f, "{:>14}{:>8.2}", cost(side), row.ratio_to(side))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}
