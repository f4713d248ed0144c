//! Batches applied by a simulated editor that does so in many ways.
//!
//! A seed makes a life: an editor, its documents, batches, a user who types.
//! Time is simulated. `BATCHPATCH_SEED=n` lives one life again, and prints it;
//! `n..m` lives all of those.

mod again;
mod agreement;
mod bounded;
mod judge;
mod life;
mod requests;
mod revisions;
mod right;
mod sent;
mod table;
mod touched;
mod undo;
mod world;
mod written;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::counts::{count, is_long};
use table::Table;
use world::World;

/// One life: its table, or what went wrong and all that happened until then.
fn live(seed: u64, is_told: bool) -> Result<Table, (String, String)> {
    let mut world = World::of(seed);
    world.log = is_told.then(String::new);
    match catch_unwind(AssertUnwindSafe(|| world.live())) {
        Ok(()) => Ok(world.table),
        Err(reason) => {
            let text = reason.downcast_ref::<String>().cloned();
            let text = text.or_else(|| Some((*reason.downcast_ref::<&str>()?).to_owned()));
            Err((text.unwrap_or_default(), world.log.unwrap_or_default()))
        }
    }
}

/// All lives, on as many threads as there are processors: the table, and what
/// went wrong.
fn live_all(seeds: &[u64]) -> (Table, Vec<(u64, String)>) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let live_some = |first: usize| {
        let mut table = Table::default();
        let mut wrong = Vec::new();
        for seed in seeds.iter().skip(first).step_by(threads) {
            match live(*seed, false) {
                Ok(counts) => table.add(counts),
                Err((reason, _)) => wrong.push((*seed, reason)),
            }
        }
        (table, wrong)
    };
    std::thread::scope(|scope| {
        let lives: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || live_some(first))).collect();
        let mut all = (Table::default(), Vec::new());
        for lives in lives {
            let (table, wrong) = lives.join().unwrap();
            all.0.add(table);
            all.1.extend(wrong);
        }
        all.1.sort();
        all
    })
}

fn seeds() -> Vec<u64> {
    if let Ok(seeds) = std::env::var("BATCHPATCH_SEED") {
        let number = |seed: &str| seed.parse().expect("a seed is a number");
        return match seeds.split_once("..") {
            Some((first, end)) => (number(first)..number(end)).collect(),
            None => vec![number(&seeds)],
        };
    }
    let lives = u64::from(count("lives with batches", 4_000, 1_000_000));
    let first = if is_long() { std::process::id().into() } else { 0 };
    (0..lives).map(|seed| first * 1_000_000 + seed).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is shown to whoever asks for it")]
fn whatever_the_editor_does_the_outcome_is_what_its_documents_hold() {
    let seeds = seeds();
    let (table, wrong) = live_all(&seeds);
    println!("{}", table.render());
    let told = wrong.iter().take(50).filter_map(|(seed, _)| Some((live(*seed, true).err()?, seed)));
    if let Some(((reason, log), seed)) = told.min_by_key(|((_, log), _)| log.len()) {
        let first = wrong.iter().take(50).map(|(seed, reason)| format!("{seed}: {reason:.200}\n"));
        let (first, wrong, all) = (first.collect::<String>(), wrong.len(), seeds.len());
        panic!(
            "{wrong} of {all} lives went wrong:\n{first}\nBATCHPATCH_SEED={seed}: {reason}\n{log}"
        );
    }
    if seeds.len() >= 4_000 {
        assert_eq!(table.missing(), [""; 0], "\n{}", table.render());
    }
}
