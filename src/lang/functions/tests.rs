//! The table against its own examples and against recorded calls. Calls are written in the language's literals.

mod reader;
mod table;

use super::*;
use reader::{Failure, World, evaluate};

/// Every example of the documentation holds.
#[test]
fn examples_hold() {
    let world = World::default();
    for function in all() {
        for (call, result) in function.examples {
            let got = match evaluate(call, &world) {
                // Special forms take what is more than a call of literals.
                Err(Failure::NotUnderstood) => continue,
                got => got.unwrap_or_else(|e| panic!("{call}: {e:?}")),
            };
            let want = evaluate(result, &world).unwrap_or_else(|e| panic!("{result}: {e:?}"));
            assert_eq!((got.ty(), &got), (want.ty(), &want), "{call}");
        }
    }
}

/// Calls give what the table says.
#[test]
fn calls_give_what_the_table_says() {
    let world = World::default();
    let wrong: Vec<String> = table::CALLS
        .iter()
        .filter_map(|(call, expected)| {
            let got = evaluate(call, &world);
            let as_said = match (&got, expected.strip_prefix('!')) {
                (Err(Failure::Call(_, detail)), Some(start)) => detail.contains(&format!(": {start}")),
                (Ok(got), None) => {
                    let want = evaluate(expected, &world).unwrap_or_else(|e| panic!("{expected}: {e:?}"));
                    got.ty() == want.ty() && (*got == want || !want.is_known() && !got.is_known())
                }
                _ => false,
            };
            (!as_said).then(|| format!("{call}: {got:?}, not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_is_documented() {
    for function in all() {
        assert!(function.description.ends_with('.'), "{}", function.name);
        assert!(!function.examples.is_empty() || function.hidden, "{} has no example", function.name);
    }
}

/// Runs the recorded expressions named by the environment, as far as the reader understands them. Prints what differs.
#[test]
fn recorded_calls_hold() {
    let Ok(dir) = std::env::var("EXPRESSION_CORPUS") else { return };
    let world = World::at(&dir);
    let only = std::env::var("EXPRESSION_AREA").unwrap_or_default();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "jsonl")) {
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            if !case["id"].as_str().unwrap().contains(&only) {
                continue;
            }
            match reader::check_case(&case, &world) {
                Ok(true) => passed += 1,
                Ok(false) => skipped += 1,
                Err(difference) => {
                    failed += 1;
                    println!("{}: {}\n    {difference}", case["id"], case["expr"].as_str().unwrap());
                }
            }
        }
    }
    println!("{passed} passed, {failed} failed, {skipped} not understood");
}

/// Writes the signatures to where the environment says, to be compared with others.
#[test]
fn signatures_are_json() {
    let json = signature_json();
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    if let Ok(path) = std::env::var("SIGNATURES_TO") {
        std::fs::write(path, json).unwrap();
    }
}
