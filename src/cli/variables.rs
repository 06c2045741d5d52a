//! Root variables from everywhere that they may be given, from weak to strong.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use config::{Module, RootValue};
use lang::ast::Expr;
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, SourceMap, Str, Value};

use crate::args::{VarArgs, VarOption};

/// What was given, by name.
pub type Given = BTreeMap<Str, RootValue>;

/// Collects what the environment, variable files and the command line give. `module` tells how texts are to be read; what
/// it does not declare is an error on the command line and a warning in files.
pub fn collect(module: &Module, args: &VarArgs, sources: &mut SourceMap, diags: &mut Diagnostics) -> Given {
    let mut given = Given::new();
    for (name, text) in environment() {
        if let Some(variable) = module.variables.get(&*name) {
            let origin = format!("the environment variable TF_VAR_{name}");
            insert_text(&mut given, variable, &text, origin, sources, diags);
        }
    }
    let mut strangers = Vec::new();
    for path in automatic_files() {
        file(Path::new(&path), module, &mut given, &mut strangers, sources, diags);
    }
    for option in &args.0 {
        match option {
            VarOption::File(path) => file(path, module, &mut given, &mut strangers, sources, diags),
            VarOption::Value(text) => command_line(text, module, &mut given, sources, diags),
        }
    }
    report_strangers(&strangers, module, diags);
    given
}

/// The command line without values for variables that a saved plan keeps, which are errors.
pub fn without_kept(module: &Module, args: &VarArgs, diags: &mut Diagnostics) -> VarArgs {
    let kept = |option: &&VarOption| match option {
        VarOption::File(_) => false,
        VarOption::Value(text) => {
            let name = text.split('=').next().unwrap_or_default();
            module.variables.get(name).is_some_and(|v| !v.ephemeral)
        }
    };
    let (refused, rest): (Vec<&VarOption>, Vec<&VarOption>) = args.0.iter().partition(kept);
    if !refused.is_empty() {
        diags.push(Diagnostic::error(
            "Value for undeclared variable",
            "A saved plan keeps the values of the variables that it was made with. Leave out -var but for ephemeral \
             variables, whose values are not kept; for other values make another plan.",
        ));
    }
    VarArgs(rest.into_iter().cloned().collect())
}

/// Whether a diagnostic is about a value in a variable file: what is validated is the configuration, not its values.
pub fn is_about_values(diag: &Diagnostic, sources: &SourceMap) -> bool {
    let in_file = diag.subject.is_some_and(|span| {
        let name = &sources.file(span.file).name;
        name.ends_with(".tfvars") || name.ends_with(".tfvars.json")
    });
    let is_stranger = diag.subject.is_none()
        && matches!(&*diag.summary, "Value for undeclared variable" | "Values for undeclared variables");
    in_file || is_stranger
}

/// How many undeclared variables are named; further ones are only counted.
const NAMED_STRANGERS: usize = 2;

/// Warns of values in files that no variable takes: files may be shared between configurations.
fn report_strangers(strangers: &[(Str, String)], module: &Module, diags: &mut Diagnostics) {
    let named = strangers.iter().take(NAMED_STRANGERS);
    named.for_each(|(name, file)| diags.push(undeclared(name, file, module)));
    let more = strangers.len().saturating_sub(NAMED_STRANGERS);
    if more > 0 {
        diags.push(Diagnostic::warning(
            "Values for undeclared variables",
            format!("{more} more values of the variable files are for variables that the root module does not declare."),
        ));
    }
}

fn environment() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = std::env::vars()
        .filter_map(|(name, value)| Some((name.strip_prefix("TF_VAR_")?.to_owned(), value)))
        .collect();
    found.sort();
    found
}

fn automatic_files() -> Vec<String> {
    let entries = std::fs::read_dir(".").into_iter().flatten().flatten();
    let mut automatic: Vec<String> = entries
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| n.ends_with(".auto.tfvars") || n.ends_with(".auto.tfvars.json"))
        .collect();
    automatic.sort();
    let first = ["terraform.tfvars", "terraform.tfvars.json"].into_iter().filter(|n| Path::new(n).is_file());
    first.map(str::to_owned).chain(automatic).collect()
}

fn command_line(
    text: &str,
    module: &Module,
    given: &mut Given,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) {
    let Some((name, value)) = text.split_once('=') else {
        diags.push(Diagnostic::error(
            "Invalid -var option",
            format!("The given -var option {text:?} is not correctly specified. It must be a variable name and value separated by an equals sign: -var 'key=value'."),
        ));
        return;
    };
    if name.ends_with(' ') || value.starts_with(' ') {
        diags.push(Diagnostic::error(
            "Invalid -var option",
            format!("Variable name {name:?} or its value is followed or preceded by a space. Did you mean -var '{}={}'?", name.trim(), value.trim()),
        ));
        return;
    }
    match module.variables.get(name) {
        Some(variable) => {
            insert_text(given, variable, value, "the command line (-var)".into(), sources, diags);
        }
        None => diags.push(Diagnostic::error(
            "Value for undeclared variable",
            format!(
                "A variable named {name:?} was assigned on the command line, but the root module does not declare a \
                 variable of that name.{} To use this value, add a \"variable\" block to the configuration.",
                did_you_mean(name, module.variables.keys().map(|k| &**k))
            ),
        )),
    }
}

/// Reads a text as the variable's type asks: the value itself, or an expression.
fn insert_text(
    given: &mut Given,
    variable: &config::Variable,
    text: &str,
    origin: String,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) {
    let value = match variable.is_literal {
        true => Some(Value::string(text)),
        false => {
            let file = sources.add(format!("<value for var.{}>", variable.name), text);
            diags.absorb(lang::parse::parse_expr(file, text)).and_then(|e| constant(&e, diags))
        }
    };
    if let Some(value) = value {
        given.insert(variable.name.clone(), RootValue { value, span: None, origin });
    }
}

fn constant(expr: &Expr, diags: &mut Diagnostics) -> Option<Value> {
    let (value, found) = lang::eval_constant(expr);
    let failed = found.has_errors();
    diags.extend(found);
    (!failed).then_some(value)
}

fn file(
    path: &Path,
    module: &Module,
    given: &mut Given,
    strangers: &mut Vec<(Str, String)>,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) {
    let name = path.to_string_lossy().into_owned();
    let bytes = match crate::files::read(path) {
        Ok(bytes) => bytes,
        Err(e) => {
            diags.push(Diagnostic::error(
                "Failed to read variables file",
                format!("Given variables file {name} cannot be read: {e}."),
            ));
            return;
        }
    };
    let Some(id) = config::add_text(&name, bytes, sources, diags) else { return };
    let text = sources.file(id).text.clone();
    let (body, found) = match name.ends_with(".json") {
        true => json_body(id, &text),
        false => lang::parse::parse_body(id, &text),
    };
    let failed = found.has_errors();
    diags.extend(found);
    if failed {
        return;
    }
    for block in &body.blocks {
        diags.push(model::err!(
            block.header,
            format!("Unexpected {:?} block", &*block.ty.name),
            "Blocks are not allowed here: a variables file holds only name = value."
        ));
    }
    for attribute in &body.attributes {
        if !module.variables.contains_key(&attribute.name.name) {
            strangers.push((attribute.name.name.clone(), name.clone()));
            continue;
        }
        if let Some(value) = constant(&lang::json::literal(&attribute.expr), diags) {
            let root = RootValue { value, span: Some(attribute.expr.span), origin: name.clone() };
            given.insert(attribute.name.name.clone(), root);
        }
    }
}

/// The root value of JSON variables is an object with a property for each variable.
fn json_body(file: model::FileId, text: &str) -> (lang::ast::Body, Diagnostics) {
    let (root, mut diags) = lang::json::parse(file, text);
    let (body, found) = lang::json::file_body(&root, &lang::json::Shape::OPEN);
    diags.extend(found);
    (body, diags)
}

fn undeclared(name: &str, file: &str, module: &Module) -> Diagnostic {
    Diagnostic::warning(
        "Value for undeclared variable",
        format!(
            "The root module does not declare a variable named {name:?} but a value was found in file {file:?}.{} If you \
             meant to use this value, add a \"variable\" block to the configuration.",
            did_you_mean(name, module.variables.keys().map(|k| &**k))
        ),
    )
}

/// Asks for required variables that nobody gave, where somebody is there to answer.
pub fn prompt(module: &Module, given: &mut Given, input: bool) {
    if !input || !std::io::stdin().is_terminal() {
        return;
    }
    let missing = module.variables.values().filter(|v| v.default.is_none());
    for variable in missing {
        if given.contains_key(&variable.name) {
            continue;
        }
        let mut err = std::io::stderr().lock();
        let description = variable.description.as_deref().map(|d| format!("  {d}\n")).unwrap_or_default();
        let _ = write!(err, "var.{}\n{description}\n  Enter a value: ", variable.name);
        let _ = err.flush();
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line).is_err() || line.is_empty() {
            return;
        }
        let _ = writeln!(err);
        let text = line.trim_end_matches(['\n', '\r']);
        let mut sources = SourceMap::new();
        insert_text(given, variable, text, "your answer".into(), &mut sources, &mut Diagnostics::new());
    }
}

/// The value of an expression that refers to nothing: an environment's values.
pub fn constant_value(expr: &Expr, diags: &mut Diagnostics) -> Option<Value> {
    let (value, found) = lang::eval::eval_constant(expr);
    let failed = found.has_errors();
    diags.extend(found);
    (!failed).then_some(value)
}
