//! Directories to configuration: which files count, and which modules they lead to.

use std::collections::VecDeque;

use lang::ast::Body;
use model::{Diagnostic, Diagnostics, FileId, ModulePath, SourceMap, Span, err};

use crate::decode::decode_file;
use crate::files::{Files, ModuleSources};
use crate::json;
use crate::module::{Config, Module};
use crate::overrides::{self, is_override};

/// How many calls may nest; more is taken for a module that calls itself.
const MAX_DEPTH: usize = 64;

/// A configuration with the texts that its spans point into.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The configuration; what could not be read is missing from it.
    pub config: Config,
    /// Every text that was read.
    pub sources: SourceMap,
}

/// Reads the configuration of a directory and of all modules that it calls.
pub fn load(dir: &str, files: &dyn Files, modules: &dyn ModuleSources) -> (Loaded, Diagnostics) {
    let mut sources = SourceMap::new();
    let mut diags = Diagnostics::new();
    let bodies = parse_directory(dir, files, &mut sources, &mut diags);
    let config = build(bodies, dir, files, modules, &mut sources, &mut diags);
    (Loaded { config, sources }, diags)
}

/// Reads and parses the configuration files of one directory, in the order of their names, and merges the override
/// files into what the others say.
pub fn parse_directory(
    dir: &str,
    files: &dyn Files,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
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
    let mut parse = |name: &str, diags: &mut Diagnostics| parse_file(&join(dir, name), files, sources, diags);
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
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let at = e.utf8_error().valid_up_to();
            let file = sources.add(path, String::from_utf8_lossy(e.as_bytes()));
            diags.push(err!(
                Span::new(file, at, at + 1),
                "Invalid character encoding",
                "All configuration files must be UTF-8; byte {at} of this one is not."
            ));
            return None;
        }
    };
    let file: FileId = sources.add(path, text);
    let text = sources.file(file).text.clone();
    let (body, found) = match json::is_json(path) {
        true => json::parse_body(file, &text),
        false => lang::parse::parse_body(file, &text),
    };
    diags.extend(found);
    Some(body)
}

/// Gives parsed root bodies their meaning and loads all modules that they lead to.
pub fn build(
    root: Vec<Body>,
    dir: &str,
    files: &dyn Files,
    modules: &dyn ModuleSources,
    sources: &mut SourceMap,
    diags: &mut Diagnostics,
) -> Config {
    let mut config = Config::default();
    let mut queue = VecDeque::from([(ModulePath::root(), dir.to_owned(), Some(root))]);
    while let Some((path, dir, bodies)) = queue.pop_front() {
        let bodies = bodies.unwrap_or_else(|| parse_directory(&dir, files, sources, diags));
        let mut module = Module::empty(path.clone(), &dir);
        for body in &bodies {
            decode_file(body, &mut module, diags);
        }
        for call in module.calls.values() {
            if path.0.len() >= MAX_DEPTH {
                diags.push(err!(
                    call.span,
                    "Module nesting too deep",
                    "Modules are nested more than {MAX_DEPTH} deep here; a module probably calls itself."
                ));
                continue;
            }
            match modules.locate(&dir, &call.source, None) {
                Ok(found) => queue.push_back((path.child(&call.name), found, None)),
                Err(why) => diags.push(err!(call.span, "Module not installed", "{why}")),
            }
        }
        config.modules.insert(path, module);
    }
    config
}
