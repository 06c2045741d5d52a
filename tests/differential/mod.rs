//! Random expressions mean the same here and in Terraform.
//!
//! A grammar makes expressions over a small world of variables, unknowns and secrets; both programs validate and plan
//! them, a few hundred at a time; values, types, unknown and sensitive parts, summaries and lines of diagnostics are
//! compared. What differs is made as small as it can be while it still differs. Skipped where there is no `terraform`.
//!
//! The environment chooses a longer run: `EXPRESSIONS` (how many), `SEED` (the first of them), `EXPRESSION` (one text
//! instead), `BINARY` (another build of the program).

mod calls;
mod dice;
mod grammar;
mod judge;
mod known;
mod side;
mod tree;

use std::fmt::Write as _;

use calls::Calls;
use dice::Dice;
use grammar::Grammar;
use judge::{Answers, Judge};
use side::Answer;
use tree::Tree;

/// Expressions that are asked about at once.
const AT_ONCE: usize = 500;

/// Disagreements after which a run ends.
const ENOUGH: usize = 20;

#[test]
fn random_expressions_mean_what_they_mean_in_terraform() {
    if !crate::binary::is_installed("terraform") {
        println!("skipped: there is no terraform to compare with");
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let judge = Judge::new(dir.path());
    if let Ok(text) = std::env::var("EXPRESSION") {
        println!("{}", show(&text, &judge.ask(std::slice::from_ref(&text))[0]));
        return;
    }
    let (count, seed) = (setting("EXPRESSIONS", 500), setting("SEED", 1));
    let calls = Calls::read(&judge.functions());
    let mut found: Vec<String> = Vec::new();
    let mut tally = Tally::default();
    while tally.asked < count && found.len() < ENOUGH {
        let seeds = seed + tally.asked..seed + count.min(tally.asked + AT_ONCE);
        let trees: Vec<(usize, Tree)> = seeds.map(|seed| (seed, one(seed, &calls))).collect();
        let answers = judge.ask(&trees.iter().map(|(_, tree)| tree.render()).collect::<Vec<_>>());
        for ((_, tree), answer) in trees.iter().zip(&answers) {
            tally.count(&tree.render(), answer);
        }
        let wrong =
            trees.into_iter().zip(&answers).filter(|((_, tree), answer)| differs(&tree.render(), answer));
        for ((seed, tree), _) in wrong {
            // Alone it may be another matter: a text that cannot be parsed spoils what follows it.
            let text = tree.render();
            if differs(&text, &judge.ask(std::slice::from_ref(&text))[0]) {
                found.push(report(&judge, seed, tree));
            }
        }
        if count > AT_ONCE * 4 {
            println!("{tally:?}, {} differ", found.len());
        }
    }
    tally.check();
    let asked = tally.asked;
    assert!(found.is_empty(), "{} of {asked} expressions differ:\n{}", found.len(), found.join("\n"));
}

/// What became of the expressions that were asked about.
#[derive(Debug, Default)]
struct Tally {
    asked: usize,
    /// Neither side took them.
    refused: usize,
    /// Terraform failed without a word.
    broken: usize,
    /// The sides disagree in a way that is meant.
    explained: usize,
}

impl Tally {
    fn count(&mut self, text: &str, answers: &Answers) {
        self.asked += 1;
        self.refused += usize::from(matches!(answers, (Answer::Refused(_), Answer::Refused(_))));
        self.broken += usize::from(matches!(answers.1, Answer::Broken(_)));
        self.explained += usize::from(answers.0 != answers.1 && known::explains(text, answers));
    }

    /// A run in which hardly anything was planned has compared nothing.
    fn check(&self) {
        assert!(self.asked > 0, "nothing was asked");
        assert!((self.refused + self.broken) * 10 < self.asked * 8, "hardly anything was planned: {self:?}");
        assert!(self.explained * 20 < self.asked, "too much is explained away: {self:?}");
    }
}

/// A disagreement in its smallest form.
fn report(judge: &Judge, seed: usize, tree: Tree) -> String {
    let smallest = reduce(judge, tree).render();
    let answer = judge.ask(std::slice::from_ref(&smallest)).remove(0);
    let report = format!("seed {seed}: {}", show(&smallest, &answer));
    println!("{report}");
    report
}

/// The expression of a seed.
fn one(seed: usize, calls: &Calls) -> Tree {
    let mut dice = Dice::new((seed as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let depth = 1 + dice.below(4);
    Grammar::new(&mut dice, calls).any(depth)
}

/// Whether the sides disagree in a way that is not meant.
fn differs(text: &str, answers: &Answers) -> bool {
    answers.0 != answers.1 && !known::explains(text, answers)
}

/// The smallest expression found that the sides still disagree on.
fn reduce(judge: &Judge, mut tree: Tree) -> Tree {
    for _ in 0..40 {
        let mut candidates = tree.smaller();
        candidates.truncate(AT_ONCE);
        let texts: Vec<String> = candidates.iter().map(Tree::render).collect();
        let answers = judge.ask(&texts);
        match candidates.into_iter().zip(answers).find(|(tree, answer)| differs(&tree.render(), answer)) {
            Some((smaller, _)) => tree = smaller,
            None => break,
        }
    }
    tree
}

fn show(text: &str, (ours, theirs): &Answers) -> String {
    let mut out = format!("{text}\n");
    let _infallible = write!(out, "    ours    {ours:?}\n    theirs  {theirs:?}");
    out
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
