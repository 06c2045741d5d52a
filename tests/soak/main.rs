//! Runs seeds and counts; replays one seed with everything that happened in it.

#![expect(clippy::print_stdout, reason = "the counts and the failures are what the program is for")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use soak::{Counts, Failure};

/// Runs random configurations through the engine and checks its invariants.
#[derive(Parser)]
struct Args {
    /// How many seeds to run.
    #[arg(long, default_value_t = 1000)]
    runs: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    start: u64,
    /// Replays this seed alone and tells everything about it.
    #[arg(long)]
    seed: Option<u64>,
    /// Ends after so many failures.
    #[arg(long, default_value_t = 20)]
    failures: usize,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match args.seed {
        Some(seed) => replay(seed),
        None => many(&args),
    }
}

fn replay(seed: u64) -> ExitCode {
    let (story, result) = soak::replay(seed);
    println!("{}\n", story.join("\n"));
    match result {
        Ok(counts) => {
            println!("seed {seed} keeps the invariants: {counts:?}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            failure.files.iter().for_each(|(path, text)| println!("--- {path}\n{text}"));
            tell(&failure);
            ExitCode::FAILURE
        }
    }
}

fn tell(failure: &Failure) {
    println!("seed {} breaks an invariant:", failure.seed);
    failure.wrong.iter().for_each(|w| println!("  {w}"));
}

fn many(args: &Args) -> ExitCode {
    let begun = Instant::now();
    let mut counts: Counts = BTreeMap::new();
    let (mut done, mut failed) = (0, 0);
    for seed in args.start..args.start.saturating_add(args.runs) {
        done += 1;
        match soak::run(seed) {
            Ok(found) => found.into_iter().for_each(|(what, n)| *counts.entry(what).or_default() += n),
            Err(failure) => {
                failed += 1;
                tell(&failure);
                if failed >= args.failures {
                    break;
                }
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{done} runs in {seconds:.1} s ({:.0} a minute), {failed} failed", done as f64 * 60.0 / seconds);
    counts.iter().for_each(|(what, n)| println!("  {n} {what}"));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
