//! Whole lives of configurations, as people write them: what is planned comes to be, a second plan is empty, every output
//! is recorded, and nothing is left in the end. Where there is a Terraform, it plans, records and says the same at each
//! step.
//!
//! A scenario is a file in `scenarios`. A line `### NAME` begins a file of the configuration, a line `@@@ then` the next
//! step, whose files take the place of those before.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::binary::{BINARY, command, finish, is_installed};

#[test]
fn lives_of_configurations_are_those_that_terraform_leads() {
    let terraform = is_installed("terraform");
    if !terraform {
        println!("the scenarios are played without a terraform beside");
    }
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 10);
    let differing: Vec<String> = std::thread::scope(|scope| {
        let play = |half: Vec<std::path::PathBuf>| {
            half.iter().flat_map(|file| differences(file, terraform)).collect::<Vec<_>>()
        };
        let (one, two) = files.split_at(files.len() / 2);
        let threads = [one, two].map(|half| scope.spawn(move || play(half.to_vec())));
        threads.into_iter().flat_map(|t| t.join().unwrap()).collect()
    });
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Where the two programs part, or where ours breaks its own word.
fn differences(file: &Path, terraform: bool) -> Vec<String> {
    let steps = steps(&std::fs::read_to_string(file).unwrap());
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let ours = play(BINARY, &steps);
    let mut wrong = Vec::new();
    for (i, step) in ours.iter().enumerate().filter(|(_, s)| s["applied"] == 0) {
        if step["again"]["changing"] != json!([]) {
            wrong.push(format!("{name}, step {i}: a second plan wants {}", step["again"]["changing"]));
        }
        let missing = step["planned_outputs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|o| step["outputs"].get(o.as_str().unwrap()).is_none());
        wrong.extend(missing.map(|o| format!("{name}, step {i}: the output {o} is not recorded")));
    }
    if terraform {
        let theirs = play("terraform", &steps);
        for (i, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            compare(&format!("{name}, step {i}"), ours, theirs, &mut wrong);
        }
    }
    wrong
}

type Files = BTreeMap<String, String>;

fn steps(text: &str) -> Vec<Files> {
    let step = |part: &str| {
        let mut files = Files::new();
        let mut current = String::new();
        for line in part.lines() {
            match line.strip_prefix("### ") {
                Some(name) => current = name.trim().to_owned(),
                None if current.is_empty() => {}
                None => *files.entry(current.clone()).or_default() += &format!("{line}\n"),
            }
        }
        files
    };
    text.split("@@@ then\n").map(step).collect()
}

/// Plays all steps and the end; what came of each.
fn play(program: &str, steps: &[Files]) -> Vec<Value> {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    let run = |args: &[&str]| finish(command(program, dir, args));
    let mut told: Vec<Value> =
        steps.iter().enumerate().map(|(i, files)| step(program, dir, files, i > 0)).collect();
    let end = planned(program, dir, &["-destroy"]);
    let destroyed = run(&["destroy", "-auto-approve"]).status.code();
    let left = String::from_utf8(run(&["state", "list"]).stdout).unwrap();
    told.push(json!({"end": end["changing"], "destroyed": destroyed, "left": left}));
    told
}

fn step(program: &str, dir: &Path, files: &Files, is_recorded: bool) -> Value {
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".tf") || name.ends_with(".tf.json") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    for (name, text) in files {
        std::fs::create_dir_all(dir.join(name).parent().unwrap()).unwrap();
        std::fs::write(dir.join(name), text).unwrap();
    }
    let run = |args: &[&str]| finish(command(program, dir, args));
    assert!(run(&["init", "-input=false"]).status.success(), "{program} init: {files:?}");
    let said: Value = serde_json::from_slice(&run(&["validate", "-json"]).stdout).unwrap();
    // Of what is not recorded yet refreshing knows nothing, and Terraform takes it for an error.
    let refreshed = is_recorded.then(|| planned(program, dir, &["-refresh-only"]));
    let plan = planned(program, dir, &[]);
    let applied = run(&["apply", "-auto-approve", "-input=false"]).status.code();
    let outputs: Value = serde_json::from_slice(&run(&["output", "-json"]).stdout).unwrap();
    json!({
        "valid": said["valid"],
        "refreshed": refreshed,
        "planned_outputs": plan["planned_outputs"],
        "plan": plan,
        "applied": applied,
        "outputs": outputs,
        "again": planned(program, dir, &[]),
    })
}

/// A plan as JSON, as far as two programs can agree on it.
fn planned(program: &str, dir: &Path, more: &[&str]) -> Value {
    let run = |args: &[&str]| finish(command(program, dir, args));
    let output = run(&[&["plan", "-input=false", "-out=saved"], more].concat());
    if !output.status.success() {
        return json!({"refused": output.status.code(), "changing": Value::Null, "planned_outputs": []});
    }
    let mut shown: Value = serde_json::from_slice(&run(&["show", "-json", "saved"]).stdout).unwrap();
    let resources = sorted(shown["resource_changes"].take());
    let is_changing = |c: &&Value| !["no-op", "read"].contains(&c["change"]["actions"][0].as_str().unwrap());
    let changing: Vec<Value> = resources.iter().filter(is_changing).map(|c| c["address"].clone()).collect();
    let values = shown["planned_values"]["outputs"].as_object().cloned().unwrap_or_else(Map::new);
    let is_null = |o: &Value| o.get("value").is_some_and(Value::is_null);
    let named: Vec<&String> = values.iter().filter(|(_, o)| !is_null(o)).map(|(name, _)| name).collect();
    json!({
        "changing": changing,
        "planned_outputs": named,
        "resources": resources,
        "outputs": shown["output_changes"],
        "values": shown["planned_values"],
        "drift": sorted(shown["resource_drift"].take()),
        "checks": shown["checks"],
        "configuration": shown["configuration"],
    })
}

/// Changes in the order of their addresses, without what two programs name differently.
fn sorted(changes: Value) -> Vec<Value> {
    let mut changes = changes.as_array().cloned().unwrap_or_default();
    changes.iter_mut().for_each(|c| drop(c.as_object_mut().unwrap().remove("provider_name")));
    changes.sort_by_key(|c| (c["address"].to_string(), c["deposed"].to_string()));
    changes
}

/// Tells where two answers differ; identifiers that are drawn at random are alike.
fn compare(at: &str, ours: &Value, theirs: &Value, wrong: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))) {
                let (x, y) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                compare(&format!("{at}.{key}"), x, y, wrong);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(i, (x, y))| compare(&format!("{at}[{i}]"), x, y, wrong));
        }
        (Value::String(a), Value::String(b)) if without_ids(a) == without_ids(b) => {}
        (a, b) if a == b => {}
        (a, b) => wrong.push(format!("{at}: we say {a}, Terraform {b}")),
    }
}

/// A text with its UUIDs taken out.
fn without_ids(text: &str) -> String {
    let shape = |part: &str| {
        part.char_indices()
            .all(|(i, c)| if [8, 13, 18, 23].contains(&i) { c == '-' } else { c.is_ascii_hexdigit() })
    };
    let mut left = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        match rest.get(..36).filter(|part| shape(part)) {
            Some(_) => rest = &rest[36..],
            None => {
                left.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    left
}
