//! What the benchmarks measure, and against what.

pub mod case;
pub mod observed;
mod random;
pub mod side;
pub mod table;

/// The length of every line, its terminator included.
pub const LINE_BYTES: usize = 44;

/// A batch and the document that it is for, before either is made.
pub struct Workload {
    /// What a person calls it.
    pub name: &'static str,
    /// How many patches the batch has.
    pub patches: usize,
    /// How many lines the document has.
    pub lines: usize,
    /// What every line says after its number.
    pub words: &'static str,
}

/// Three sizes; few patches to a large document, where a cost that grows with
/// the document would show; and characters of many bytes, where a byte offset
/// is no character offset.
pub const WORKLOADS: [Workload; 5] = [
    Workload { name: "500 on 5,000", patches: 500, lines: 5_000, words: PLAIN },
    Workload { name: "5,000 on 100,000", patches: 5_000, lines: 100_000, words: PLAIN },
    Workload { name: "10,000 on 1,000,000", patches: 10_000, lines: 1_000_000, words: PLAIN },
    Workload { name: "10 on 1,000,000", patches: 10, lines: 1_000_000, words: PLAIN },
    Workload {
        name: "5,000 on 100,000, multi-byte",
        patches: 5_000,
        lines: 100_000,
        words: MULTI_BYTE,
    },
];

const PLAIN: &str = " is a line that holds ordinary text.";
const MULTI_BYTE: &str = ": größere Wörter und 漢字, 😀";
