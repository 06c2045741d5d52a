//! A sample of what `src/lang/fuzz` does for hours: texts that once broke something, and recorded texts with random
//! changes.

mod mutate;
mod print;
mod properties;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use mutate::Mutator;

/// A property by the name of its target.
type Property = (&'static str, fn(&str));

const PROPERTIES: [Property; 5] = [
    ("parse", properties::parses),
    ("format", properties::formats),
    ("evaluate", properties::evaluates),
    ("template", properties::renders),
    ("json", properties::reads_json),
];

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The texts of all files below a directory whose names end with one of some endings, in order.
fn texts(dir: &Path, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else if endings.iter().any(|e| path.to_string_lossy().ends_with(e)) {
            found.extend(std::fs::read_to_string(&path).ok().map(|text| (path, text)));
        }
    }
    found.sort();
    found
}

#[test]
fn kept_texts_keep_their_properties() {
    let kept = texts(&here().join("fuzz/seeds"), &[".txt"]);
    assert!(!kept.is_empty());
    for (path, text) in kept {
        for (name, property) in PROPERTIES {
            assert!(catch_unwind(|| property(&text)).is_ok(), "{} breaks {name}", path.display());
        }
    }
}

#[test]
fn changed_configurations_keep_their_properties() {
    let all = texts(&here().join("../../tests/conformance/configs"), &[".tf", ".tf.json"]);
    let all: Vec<String> = all.into_iter().map(|(_, text)| text).filter(|text| text.len() < 4_000).collect();
    holds_of_changes(&all, 600, &["parse", "format", "template", "json"]);
}

#[test]
fn changed_expressions_keep_their_properties() {
    let recorded = texts(&here().join("../../tests/conformance/expressions"), &[".jsonl"]);
    let lines = recorded.iter().flat_map(|(_, text)| text.lines());
    let cases = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let all: Vec<String> = cases.map(|case| case["expr"].as_str().unwrap().to_owned()).collect();
    holds_of_changes(&all, 6_000, &["evaluate"]);
}

fn holds_of_changes(texts: &[String], count: usize, names: &[&str]) {
    let mut mutator = Mutator::new(texts, 1);
    for _ in 0..count {
        let text = mutator.next();
        for (name, property) in PROPERTIES.iter().filter(|(name, _)| names.contains(name)) {
            assert!(catch_unwind(|| property(&text)).is_ok(), "{text:?} breaks {name}");
        }
    }
}
