//! The recorded expressions: values, types, sensitivity, rendering and error summaries, all in one process.

use std::path::{Path, PathBuf};

use lang::display::{render, render_type};
use lang::functions::{call, lookup};
use model::{Diagnostics, Value};
use serde_json::Value as Json;

use crate::world::World;

/// Errors that come from the console's scope rather than from the language.
const OF_THE_SCOPE: [&str; 4] =
    ["Reference to ", "Invalid reference", "Reserved symbol", "each.value cannot"];

/// Expressions that we answer differently on purpose, each with its reason.
const KNOWN_DIFFERENCES: &str = include_str!("known_differences.txt");

#[test]
fn recorded_expressions_hold() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/conformance/expressions")
        .canonicalize()
        .unwrap();
    let cases = cases(&dir);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let id = case["id"].as_str().unwrap();
            let is_known = KNOWN_DIFFERENCES.lines().any(|line| line.split(':').next() == Some(id));
            match (check(case, &World::console(&dir)), is_known) {
                (Ok(()), false) | (Err(_), true) => None,
                (Ok(()), true) => Some(format!("{id}: is listed as a difference but is none")),
                (Err(difference), false) => Some(format!("{id}: {}\n    {difference}", case["expr"])),
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} failed\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// All recorded cases, in the order of their files.
fn cases(dir: &Path) -> Vec<Json> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    let texts = files.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.flat_map(|t| t.lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<Json>>()).collect()
}

/// Compares one case.
fn check(case: &Json, world: &World) -> Result<(), String> {
    let text = case["expr"].as_str().unwrap();
    let (value, diags) = match case["mode"].as_str() {
        Some("config") => world.eval_local(text),
        _ => world.eval(text),
    };
    if let Some(error) = case["error"].as_str() {
        return check_error(case, error, &value, &diags);
    }
    if let Some(wrong) = diags.iter().find(|d| d.is_error()) {
        return Err(format!("error: {}: {}", wrong.summary, wrong.detail));
    }
    check_value(case, &value)
}

fn check_error(case: &Json, error: &str, value: &Value, diags: &Diagnostics) -> Result<(), String> {
    let Some(got) = diags.iter().find(|d| d.is_error()) else {
        return Err(format!("got {value:?}\n    want error {error}"));
    };
    let is_of_scope = OF_THE_SCOPE.iter().any(|s| error.starts_with(s))
        || error.ends_with("\" attribute")
        || error.ends_with("\" reference");
    if is_of_scope {
        return Ok(());
    }
    same("summary", &got.summary, error)?;
    match case["errors"].as_array() {
        Some(all) => same("number of errors", &diags.0.len().to_string(), &all.len().to_string()),
        None => Ok(()),
    }
}

fn check_value(case: &Json, value: &Value) -> Result<(), String> {
    if case["unknown"] == true {
        return if value.is_known() { Err(format!("got {value:?}\n    want unknown")) } else { Ok(()) };
    }
    if let Some(display) = case["display"].as_str() {
        same("display", &render(value), display)?;
    }
    if let Some(ty) = case["type"].as_str() {
        same("type", &on_one_line(&render_type(&value.ty())), ty)?;
    }
    let sensitive = case["sensitive"] == true;
    same("sensitive", &value.deep_marks().is_sensitive().to_string(), &sensitive.to_string())?;
    if case["json_error"].is_null() {
        check_json(case, value)?;
    }
    Ok(())
}

fn check_json(case: &Json, value: &Value) -> Result<(), String> {
    let encode = lookup("jsonencode").unwrap();
    let encoded = call(encode, &[value.unmarked_deep()], &World::of(Vec::new()));
    let encoded = encoded.map_err(|e| format!("jsonencode: {}", e.message))?;
    let text = encoded.as_str().ok_or("unknown")?;
    if let Some(json) = case["json"].as_str() {
        return same("json", text, json);
    }
    let got: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
    if got == case["value"] { Ok(()) } else { same("value", text, &case["value"].to_string()) }
}

fn same(what: &str, got: &str, want: &str) -> Result<(), String> {
    if got == want { Ok(()) } else { Err(format!("{what}\n    got  {got}\n    want {want}")) }
}

/// A type as the corpus writes it.
fn on_one_line(ty: &str) -> String {
    let joined = ty.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let opened = joined.replace("( ", "(").replace("[ ", "[").replace("{ ", "{");
    opened.replace(", ]", "]").replace(", }", "}").replace(", )", ")")
}
