//! How often something random runs.

use std::io::Write;

use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Whether the long runs were asked for.
pub(crate) fn is_long() -> bool {
    std::env::var_os("BATCHPATCH_LONG").is_some()
}

/// `short`, or `long` if the long runs were asked for; says both, past the
/// capture of the test's own output.
pub(crate) fn count(what: &str, short: u32, long: u32) -> u32 {
    let (runs, other) = if is_long() { (long, "without") } else { (short, "with") };
    let rest = if is_long() { short } else { long };
    let line = format!("    {what}: {runs} ({rest} {other} --long)\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    runs
}

/// A runner for that many cases: from a fixed seed, or for the long runs from
/// one that is new each time and printed with what it breaks.
pub(crate) fn runner(what: &str, short: u32, long: u32) -> TestRunner {
    TestRunner::new(Config {
        cases: count(what, short, long),
        rng_seed: if is_long() { RngSeed::Random } else { RngSeed::Fixed(7) },
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    })
}
