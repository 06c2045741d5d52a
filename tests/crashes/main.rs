//! Plays the crash matrix and lives, and counts; replays one seed.

#![expect(clippy::print_stdout, reason = "the counts and the failures are what the program is for")]

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use crashes::matrix::Failure;
use crashes::stack::{SIXTY, project};
use crashes::{Counts, lives, matrix, waits};

/// Crashes the engine at every moment, over a simulated cloud.
#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The crash matrix: seeds until there were so many crash points.
    Matrix {
        /// How many crash points there are to be.
        #[arg(long, default_value_t = 100_000)]
        points: u64,
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        start: u64,
        /// Goes on from every so many moments of a run.
        #[arg(long, default_value_t = 1)]
        stride: usize,
    },
    /// Whole lives of stacks.
    Lives {
        /// How many.
        #[arg(long, default_value_t = 10_000)]
        runs: u64,
        /// The first seed.
        #[arg(long, default_value_t = 0)]
        start: u64,
    },
    /// One moment of the matrix alone.
    Moment {
        /// The seed.
        seed: u64,
        /// The moment, counted from 1.
        moment: usize,
    },
    /// How long a large stack takes, and how many calls reading ten thousand objects takes.
    Waits,
}

/// After how many crash points it is said how far it is.
const TELL: u64 = 1_000;

/// How many failures are shown.
const FAILURES: usize = 10;

fn main() -> ExitCode {
    let begun = Instant::now();
    let mut counts = Counts::new();
    let failures = match Args::parse().what {
        What::Matrix { points, start, stride } => many_moments(points, start, stride, &mut counts),
        What::Lives { runs, start } => many_lives(runs, start, &mut counts),
        What::Moment { seed, moment } => {
            matrix::replay(seed, moment).err().into_iter().inspect(tell).collect()
        }
        What::Waits => return waits(),
    };
    let seconds = begun.elapsed().as_secs_f64();
    println!("{seconds:.1} s, {} failures", failures.len());
    for (what, n) in &counts {
        println!("  {n} {what} ({:.0} a minute)", *n as f64 * 60.0 / seconds);
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn waits() -> ExitCode {
    match waits::figures() {
        Ok(lines) => {
            lines.iter().for_each(|line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn tell(failure: &Failure) {
    println!("seed {} moment {}:", failure.seed, failure.moment);
    failure.wrong.iter().take(5).for_each(|wrong| println!("  {wrong}"));
}

fn many_moments(points: u64, start: u64, stride: usize, counts: &mut Counts) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut seed = start;
    let mut told = 0;
    while counts.get("crash points").is_none_or(|n| *n < points) && failures.len() < FAILURES {
        let sofar = counts.get("crash points").copied().unwrap_or_default();
        if sofar >= told + TELL {
            told = sofar;
            println!("{sofar} crash points, up to seed {seed}");
        }
        if let Err(failure) = matrix::run(seed, stride.max(1), counts) {
            tell(&failure);
            failures.push(failure);
        }
        seed += 1;
    }
    failures
}

fn many_lives(runs: u64, start: u64, counts: &mut Counts) -> Vec<Failure> {
    let mut failures = Vec::new();
    let Ok(mut project) = project(&SIXTY) else { return failures };
    for seed in start..start.saturating_add(runs) {
        if let Err(failure) = lives::run_in(&mut project, seed, counts) {
            tell(&failure);
            failures.push(failure);
            if failures.len() >= FAILURES {
                break;
            }
        }
    }
    failures
}
