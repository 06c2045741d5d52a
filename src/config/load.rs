//! Directories to configuration: which files count, and which modules they lead to.

use std::collections::VecDeque;
use std::rc::Rc;

use lang::ast::{Body, Expr};
use model::{Diagnostic, Diagnostics, FileId, ModulePath, SourceMap, Span, Stage, Stages, err};

use crate::decode::{check_source, decode_file};
use crate::early::{Early, EarlyInputs, EarlyModule};
use crate::files::{Files, ModuleRequest, ModuleSources};
use crate::import::check_imports;
use crate::json;
use crate::module::{Config, Module, ModuleCall};
use crate::overrides::{self, is_override};

/// How many calls may nest.
const MAX_DEPTH: usize = 64;

/// Reads and parses the configuration files of one directory, in the order of their names, and merges the override
/// files into what the others say.
pub fn parse_directory(
    dir: &str,
    files: &dyn Files,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
    stages: Stages<'_>,
) -> Vec<Body> {
    let entries = match files.list(dir) {
        Ok(entries) => entries,
        Err(why) => {
            diags.push(Diagnostic::error(
                "Failed to read module directory",
                format!("The configuration directory {dir:?} cannot be read: {why}."),
            ));
            return Vec::new();
        }
    };
    let mut names: Vec<&str> =
        entries.iter().map(|e| &*e.name).filter(|n| !n.starts_with('.') && !n.ends_with('~')).collect();
    let native = names.contains(&"stack.hcl") || dir.starts_with("flavor://");
    names.retain(|n| is_configuration(n, native));
    names.sort_unstable();
    let directories: Vec<&str> = entries.iter().filter(|e| e.is_dir).map(|e| &*e.name).collect();
    for directory in directories.iter().filter(|d| names.contains(d)) {
        diags.push(Diagnostic::error(
            "Failed to read file",
            format!("{:?} has the name of a configuration file but is a directory.", join(dir, directory)),
        ));
    }
    names.retain(|n| !directories.contains(n));
    let (overriding, primary): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|n| is_override(n));
    let mut parse = |name: &str, diags: &mut Diagnostics| {
        let path = join(dir, name);
        let _parse = stages.enter(Stage::Parse, &path);
        parse_file(&path, files, sources, diags)
    };
    let mut bodies: Vec<Body> = primary.into_iter().filter_map(|name| parse(name, diags)).collect();
    for name in overriding {
        if let Some(body) = parse(name, diags) {
            overrides::apply(&mut bodies, body, diags);
        }
    }
    bodies
}

fn is_configuration(name: &str, native: bool) -> bool {
    let name = name.strip_suffix(".json").unwrap_or(name);
    let hcl = name.ends_with(".hcl")
        && !name.ends_with(".tftest.hcl")
        && !matches!(name, "terragrunt.hcl" | "flavor.hcl");
    name.ends_with(".tf") || native && hcl
}

fn join(dir: &str, name: &str) -> String {
    match dir {
        "." | "" => name.to_owned(),
        _ => format!("{}/{name}", dir.trim_end_matches('/')),
    }
}

/// Reads and parses one file; nothing where it cannot be read at all.
pub fn parse_file(
    path: &str,
    files: &dyn Files,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) -> Option<Body> {
    let bytes = match files.read(path) {
        Ok(bytes) => bytes,
        Err(why) => {
            diags.push(Diagnostic::error(
                "Failed to read file",
                format!("The file {path:?} cannot be read: {why}."),
            ));
            return None;
        }
    };
    let file = add_text(path, bytes, sources, diags)?;
    let text = sources.file(file).text.clone();
    let (body, found) = match json::is_json(path) {
        true => json::parse_body(file, &text),
        false => lang::parse::parse_body(file, &text),
    };
    diags.extend(found);
    Some(body)
}

/// Makes the content of a file known as text; nothing where it is none.
pub fn add_text(
    name: &str,
    bytes: Vec<u8>,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) -> Option<FileId> {
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add(name, text)),
        Err(e) => {
            let at = e.utf8_error().valid_up_to();
            let file = sources.add(name, String::from_utf8_lossy(e.as_bytes()));
            diags.push(err!(
                Span::new(file, at, at + 1),
                "Invalid character encoding",
                "All configuration files must be UTF-8; byte {at} of this one is not."
            ));
            None
        }
    }
}

/// What a configuration is built from besides its root.
#[derive(Clone, Copy)]
pub struct Origins<'o> {
    /// Files of called modules.
    pub files: &'o dyn Files,
    /// Where called modules are.
    pub modules: &'o dyn ModuleSources,
    /// What early values start from.
    pub inputs: EarlyInputs<'o>,
    /// Measures, where somebody wants to know.
    pub stages: Stages<'o>,
}

/// Gives parsed root bodies their meaning and loads all modules that they lead to.
pub fn build(
    root: Vec<Body>,
    dir: &str,
    origins: Origins<'_>,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) -> Config {
    let mut config = Config::default();
    let mut queue =
        VecDeque::from([Found { path: ModulePath::root(), dirs: vec![dir.into()], caller: None }]);
    let mut root = Some(root);
    while let Some(found) = queue.pop_front() {
        let dir = &found.dirs[found.dirs.len() - 1];
        let bodies = root
            .take()
            .unwrap_or_else(|| parse_directory(dir, origins.files, sources, diags, origins.stages));
        let _expand = origins.stages.enter(Stage::Expand, dir);
        let mut module = Module::empty(found.path.clone(), dir);
        for body in &bodies {
            decode_file(body, &mut module, diags);
        }
        let early = match &found.caller {
            None => EarlyModule::root(&module),
            Some((caller, call)) => EarlyModule::called(caller, call, &module),
        };
        let mut asking = Early { inputs: origins.inputs, sources: &mut *sources, diags: &mut *diags };
        module.calls.values_mut().for_each(|call| name_source(call, &early, &mut asking));
        for call in module.calls.values().filter(|c| !c.source.is_empty()) {
            match follow(&found, call, origins.modules) {
                Ok(dirs) => queue.push_back(Found {
                    path: found.path.child(&call.name),
                    dirs,
                    caller: Some((early.clone(), call.clone())),
                }),
                Err(diag) => diags.push(diag),
            }
        }
        module.calls.retain(|_, call| !call.source.is_empty());
        config.modules.insert(found.path, module);
    }
    diags.extend(check_imports(&config));
    config
}

/// A module that is to be read: its path, its directory after those of its callers, and who calls it.
struct Found {
    path: ModulePath,
    dirs: Vec<String>,
    caller: Option<(Rc<EarlyModule>, ModuleCall)>,
}

/// Finds out what a call's `source` and `version` are.
fn name_source(call: &mut ModuleCall, module: &EarlyModule, early: &mut Early<'_>) {
    let Some(source) = required_text(&call.source_expr, "source", call, module, early) else { return };
    if let Some(expr) = &call.version_expr {
        let Some(version) = required_text(expr, "version", call, module, early) else { return };
        call.version = Some(version);
    }
    match check_source(&source, call) {
        Ok(()) => call.source = source,
        Err(diag) => early.diags.push(diag),
    }
}

fn required_text(
    expr: &Expr,
    word: &str,
    call: &ModuleCall,
    module: &EarlyModule,
    early: &mut Early<'_>,
) -> Option<String> {
    let purpose = format!("the {word} of module {:?}", &*call.name);
    let text = module.text(expr, &purpose, early)?;
    if text.is_none() {
        let detail = format!("{purpose} is null, but must be a string.");
        early.diags.push(Diagnostic::error("Unsuitable value type", detail).at(expr.span));
    }
    text
}

/// The directories on the way to the module that a call leads to.
fn follow(caller: &Found, call: &ModuleCall, modules: &dyn ModuleSources) -> Result<Vec<String>, Diagnostic> {
    let path = caller.path.child(&call.name);
    let dir = &caller.dirs[caller.dirs.len() - 1];
    let found = modules.locate(&ModuleRequest { path: &path, dir, call })?;
    let within = caller.dirs.contains(&found);
    if within || path.0.len() > MAX_DEPTH {
        return Err(err!(
            call.source_expr.span,
            "Module calls itself",
            "{path} is the module in {found:?} again, from which this call was reached: it would never end."
        ));
    }
    Ok(caller.dirs.iter().cloned().chain([found]).collect())
}
