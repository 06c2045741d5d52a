//! One side of the comparison: a program that plans a configuration, and what it said of each expression.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::binary::{command, finish};

/// Something said of an expression: severity, summary, the line counted from the expression's first, and the columns.
pub type Remark = (String, String, i64, [i64; 2]);

/// The summary in place of any other where a function failed by a defect of its own.
pub const CRASH: &str = "a crash";

/// What a program makes of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was not accepted.
    Refused(BTreeSet<Remark>),
    /// Its value, which parts are unknown and which sensitive, and its type where the value is known; and warnings.
    Given { after: Value, unknown: Value, sensitive: Value, ty: Value, remarks: BTreeSet<Remark> },
    /// The program failed on the whole without saying why.
    Broken(String),
}

/// A program with a directory of its own.
pub struct Side {
    program: String,
    dir: PathBuf,
}

/// A configuration and where each expression's lines begin and end in it.
pub struct Batch {
    pub text: String,
    /// First and last line per expression, counted from 1, and the expression's number.
    pub lines: Vec<(i64, i64, usize)>,
}

/// A configuration that holds the numbered expressions.
pub fn batch(expressions: &[(usize, String)]) -> Batch {
    let mut text = String::new();
    let mut lines = Vec::new();
    let mut line = 1;
    for (number, expression) in expressions {
        let block = format!(
            "locals {{\n  e{number} = {expression}\n}}\nresource \"terraform_data\" \"e{number}\" {{\n  input = \
             local.e{number}\n}}\noutput \"e{number}\" {{\n  value     = local.e{number}\n  sensitive = true\n}}\n"
        );
        let count = block.lines().count() as i64;
        lines.push((line, line + count - 1, *number));
        line += count;
        text.push_str(&block);
    }
    Batch { text, lines }
}

impl Side {
    /// A program with a copy of the world in a directory.
    pub fn new(program: &str, dir: &Path) -> Side {
        let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/world");
        copy(&world, dir);
        let side = Side { program: program.to_string(), dir: dir.to_path_buf() };
        let output = finish(command(program, dir, &["init", "-input=false"]));
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        side
    }

    /// Its functions, as it lists them.
    pub fn functions(&self) -> Value {
        let output = finish(command(&self.program, &self.dir, &["metadata", "functions", "-json"]));
        serde_json::from_slice(&output.stdout).expect("functions are listed in JSON")
    }

    /// Puts a batch in place of the one before.
    pub fn write(&self, batch: &Batch) {
        std::fs::write(self.dir.join("expressions.tf"), &batch.text).expect("the batch is written");
    }

    /// What validation remarks.
    pub fn validate(&self, batch: &Batch) -> BTreeMap<usize, BTreeSet<Remark>> {
        let output = finish(command(&self.program, &self.dir, &["validate", "-json"]));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let all = document["diagnostics"].as_array().cloned().unwrap_or_default();
        by_expression(batch, &all)
    }

    /// What planning remarks, and the plan if there is one.
    pub fn plan(&self, batch: &Batch) -> (BTreeMap<usize, BTreeSet<Remark>>, Option<Value>) {
        let output =
            finish(command(&self.program, &self.dir, &["plan", "-json", "-input=false", "-out=plan"]));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let messages = text.lines().filter_map(|l| serde_json::from_str::<Value>(l).ok());
        let all: Vec<Value> = messages.filter_map(|m| m.get("diagnostic").cloned()).collect();
        let plan = output.status.success().then(|| {
            let shown = finish(command(&self.program, &self.dir, &["show", "-json", "plan"]));
            serde_json::from_slice(&shown.stdout).unwrap_or_default()
        });
        (by_expression(batch, &all), plan)
    }
}

/// What a plan says of an expression.
pub fn given(
    plan: &Value,
    number: usize,
    remarks: BTreeSet<Remark>,
    changes: &BTreeMap<&str, &Value>,
) -> Answer {
    let address = format!("terraform_data.e{number}");
    let Some(change) = changes.get(address.as_str()) else {
        return Answer::Broken("the plan lacks it".into());
    };
    let output = &plan["planned_values"]["outputs"][format!("e{number}")];
    Answer::Given {
        after: change["after"]["input"].clone(),
        unknown: change["after_unknown"]["input"].clone(),
        sensitive: change["after_sensitive"]["input"].clone(),
        ty: output["type"].clone(),
        remarks,
    }
}

/// The changes of a plan by address.
pub fn changes(plan: &Value) -> BTreeMap<&str, &Value> {
    let all = plan["resource_changes"].as_array().into_iter().flatten();
    all.filter_map(|c| Some((c["address"].as_str()?, &c["change"]))).collect()
}

fn by_expression(batch: &Batch, diagnostics: &[Value]) -> BTreeMap<usize, BTreeSet<Remark>> {
    let mut found: BTreeMap<usize, BTreeSet<Remark>> = BTreeMap::new();
    for diagnostic in diagnostics {
        if diagnostic["range"]["filename"] != "expressions.tf" {
            continue;
        }
        let line = diagnostic["range"]["start"]["line"].as_i64().unwrap_or(0);
        let Some((first, _, number)) = batch.lines.iter().find(|(a, b, _)| (*a..=*b).contains(&line)) else {
            continue;
        };
        let text = |key: &str| diagnostic[key].as_str().unwrap_or_default().to_string();
        let column = |end: &str| diagnostic["range"][end]["column"].as_i64().unwrap_or(0);
        let is_crash = text("detail").contains("panic");
        let summary = if is_crash { CRASH.to_string() } else { text("summary") };
        let remark = (text("severity"), summary, line - first, [column("start"), column("end")]);
        found.entry(*number).or_default().insert(remark);
    }
    found
}

/// Whether any remark is an error.
pub fn refuses(remarks: &BTreeSet<Remark>) -> bool {
    remarks.iter().any(|(severity, ..)| severity == "error")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the directory is made");
    for entry in std::fs::read_dir(from).expect("the world can be read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => {
                std::fs::copy(entry.path(), target).expect("a file is copied");
            }
        }
    }
}
