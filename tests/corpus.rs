//! The corpora of expressions and configurations: what once passed may not fail later.
//!
//! `tests/conformance/passing-*.txt` hold the names of the cases that pass, one per line. With `BLESS=1` in the
//! environment the lists are rewritten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::binary::BINARY;

/// A corpus, its runner, and where its passing set is kept.
struct Corpus {
    runner: &'static str,
    flags: &'static [&'static str],
    list: &'static str,
    passes: fn(&Value) -> BTreeSet<String>,
}

const CONFIGURATIONS: Corpus = Corpus {
    runner: "configs/run_configs.py",
    flags: &["--level", "full"],
    list: "passing-configs.txt",
    passes: passing_configurations,
};

const EXPRESSIONS: Corpus = Corpus {
    runner: "expressions/run_expressions.py",
    flags: &["--display"],
    list: "passing-expressions.txt",
    passes: passing_expressions,
};

#[test]
fn configurations_that_passed_still_pass() {
    check(&CONFIGURATIONS);
}

#[test]
fn expressions_that_passed_still_pass() {
    check(&EXPRESSIONS);
}

/// The list of differences cannot outlive what it excuses.
#[test]
fn listed_differences_exist_and_differ() {
    let text = std::fs::read_to_string(conformance().join("differences.md")).expect("the list can be read");
    let listed = listed_cases(&text);
    assert!(!listed.is_empty(), "no case is found in the list, so its form has changed");
    for case in &listed {
        let recorded = conformance().join("configs").join(case).join("case.json");
        assert!(recorded.is_file(), "there is no case {case}");
    }
    let only: Vec<&str> = listed.iter().flat_map(|case| ["--only", case]).collect();
    let passing = run_only(&CONFIGURATIONS, &only);
    assert!(passing.is_empty(), "listed as differing, but passing: {passing:?}");
}

#[test]
fn the_list_of_differences_is_a_table() {
    let text = "# x\n## Cases of\n| case | y |\n|---|---|\n| `a/b` | c |\n## Others\n| `c` | d |\n";
    assert_eq!(listed_cases(text), set(["a/b"]));
}

/// The cases in the first column of their table.
fn listed_cases(text: &str) -> BTreeSet<String> {
    let section = text.split("\n## ").find(|s| s.starts_with("Cases")).unwrap_or_default();
    set(section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(case, _)| case))
}

#[test]
fn a_lost_case_is_seen() {
    let held = set(["a/one", "a/two"]);
    let difference = compare(&held, &set(["a/two", "b/three"]));
    assert_eq!(difference, Difference { lost: vec!["a/one".into()], won: vec!["b/three".into()] });
}

/// How what passes now differs from what passed.
#[derive(Debug, PartialEq)]
struct Difference {
    lost: Vec<String>,
    won: Vec<String>,
}

fn compare(held: &BTreeSet<String>, now: &BTreeSet<String>) -> Difference {
    Difference { lost: held.difference(now).cloned().collect(), won: now.difference(held).cloned().collect() }
}

fn check(corpus: &Corpus) {
    let now = run(corpus);
    assert!(!now.is_empty(), "{}: nothing passes, so it cannot have run", corpus.runner);
    let list = conformance().join(corpus.list);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&list, now.iter().map(|name| format!("{name}\n")).collect::<String>())
            .expect("written");
        return;
    }
    let held = std::fs::read_to_string(&list).expect("the passing set can be read");
    let difference = compare(&held.lines().map(str::to_string).collect(), &now);
    if !difference.won.is_empty() {
        println!("{} more cases pass (BLESS=1 keeps them): {:?}", difference.won.len(), difference.won);
    }
    assert!(
        difference.lost.is_empty(),
        "cases of {} that passed now fail: {:#?}\nLook at one: tests/conformance/{} --binary {BINARY} {}",
        corpus.list,
        difference.lost,
        corpus.runner,
        corpus.flags.join(" "),
    );
}

/// Runs a corpus against the binary; gives the names of the cases that pass.
fn run(corpus: &Corpus) -> BTreeSet<String> {
    run_only(corpus, &[])
}

/// Runs what `only` leaves of a corpus.
fn run_only(corpus: &Corpus, only: &[&str]) -> BTreeSet<String> {
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let report = scratch.path().join("report.json");
    let output = Command::new("python3")
        .arg(conformance().join(corpus.runner))
        .args(["--binary", BINARY, "--jobs", "2", "--report"])
        .arg(&report)
        .args(corpus.flags)
        .args(only)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python3 runs");
    // The runner fails as long as any case fails; only a run without a report has gone wrong.
    let complaint = String::from_utf8_lossy(&output.stderr);
    let written = std::fs::read(&report).unwrap_or_default();
    assert!(!written.is_empty(), "{} wrote no report: {complaint}", corpus.runner);
    (corpus.passes)(&serde_json::from_slice(&written).expect("the report is JSON"))
}

fn passing_configurations(report: &Value) -> BTreeSet<String> {
    let results = report["results"].as_array().expect("results are listed");
    set(results.iter().filter(|result| result["ok"] == true).filter_map(|result| result["case"].as_str()))
}

fn passing_expressions(report: &Value) -> BTreeSet<String> {
    set(report["passes"].as_array().expect("passes are listed").iter().filter_map(Value::as_str))
}

fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    names.into_iter().map(str::to_string).collect()
}

fn conformance() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}
