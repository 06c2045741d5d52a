//! A scope for tests: named values, a directory of files, a fixed clock.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};

use lang::ast::{StepKind, Traversal};
use lang::functions::{FileError, FileSystem, Surroundings};
use lang::parse::{parse_body, parse_expr};
use lang::{Resolved, Scope, eval};
use model::{Diagnostic, Diagnostics, FileId, Marks, SourceMap, Span, Value};

/// What names stand for and where files are.
pub struct World {
    names: Vec<(&'static str, Value)>,
    dir: PathBuf,
    is_console: bool,
    texts: RefCell<SourceMap>,
    /// How many "random" bytes were drawn.
    drawn: Cell<u8>,
}

impl World {
    /// Named values, no files.
    pub fn of(names: Vec<(&'static str, Value)>) -> World {
        World {
            names,
            dir: PathBuf::from("/nowhere"),
            is_console: false,
            texts: RefCell::default(),
            drawn: Cell::default(),
        }
    }

    /// The console in a directory.
    pub fn console(dir: &Path) -> World {
        let path = Value::object([
            ("cwd", Value::string(dir.to_string_lossy())),
            ("module", Value::string(".")),
            ("root", Value::string(".")),
        ]);
        let applying = Value::bool(false).with_marks(Marks::EPHEMERAL);
        let terraform = Value::object([("workspace", Value::string("default")), ("applying", applying)]);
        let names = vec![("path", path), ("terraform", terraform)];
        World { names, dir: dir.into(), is_console: true, texts: RefCell::default(), drawn: Cell::default() }
    }

    /// Parses and evaluates an expression.
    pub fn eval(&self, text: &str) -> (Value, Diagnostics) {
        match parse_expr(self.add_source("<console-input>", text), text) {
            Ok(expr) => eval(&expr, self),
            Err(diags) => (Value::dynamic(), diags),
        }
    }

    /// Parses a configuration that defines the local value `x`, and evaluates that.
    pub fn eval_local(&self, text: &str) -> (Value, Diagnostics) {
        let text = format!("locals {{\n  x = {text}\n}}\n");
        let (body, diags) = parse_body(self.add_source("main.tf", &text), &text);
        let local = body.blocks.first().and_then(|b| b.body.attribute("x"));
        match local {
            Some(local) if !diags.has_errors() => eval(&local.expr, self),
            _ => (Value::dynamic(), diags),
        }
    }
}

impl World {
    fn check_one(&self, reference: &Traversal) -> Diagnostics {
        let Ok(resolved) = self.resolve(reference) else { return undeclared(reference) };
        match reference.steps.first().map(|s| &s.kind) {
            Some(StepKind::Attr(name)) if self.is_console && resolved.value.get(name).is_none() => {
                undeclared(reference)
            }
            None if self.is_console => undeclared(reference),
            _ => Diagnostics::new(),
        }
    }
}

impl Scope for World {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        match self.names.iter().find(|(name, _)| *name == &*reference.root.name) {
            Some((_, value)) => Ok(Resolved { value: value.clone(), consumed: 0 }),
            None => Err(undeclared(reference)),
        }
    }

    fn check(&self, references: &[&Traversal]) -> Diagnostics {
        Diagnostics(references.iter().flat_map(|reference| self.check_one(reference)).collect())
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self
    }

    fn add_source(&self, name: &str, text: &str) -> FileId {
        self.texts.borrow_mut().add(name, text)
    }

    fn place(&self, span: Span) -> Option<String> {
        Some(eval::render_place(&self.texts.borrow(), span))
    }

    fn is_console(&self) -> bool {
        self.is_console
    }
}

/// Stands for the many ways in which the real scopes explain that a name means nothing.
fn undeclared(reference: &Traversal) -> Diagnostics {
    Diagnostic::error("Undeclared", reference.root.name.to_string()).at(reference.span).into()
}

impl Surroundings for World {
    fn files(&self) -> &dyn FileSystem {
        self
    }
    fn base_dir(&self) -> &str {
        "."
    }
    fn now_ns(&self) -> i128 {
        1_700_000_000_000_000_000
    }
    fn plan_timestamp(&self) -> Option<String> {
        None
    }
    fn defers_impure(&self) -> bool {
        false
    }
    fn random(&self, buffer: &mut [u8]) {
        buffer.iter_mut().for_each(|b| *b = self.drawn.replace(self.drawn.get().wrapping_add(1)));
    }
}

impl FileSystem for World {
    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        let path = self.dir.join(path);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(bytes),
            Err(_) if path.is_dir() => Err(FileError::IsDirectory),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(FileError::NotFound),
            Err(e) => Err(FileError::Other(e.to_string())),
        }
    }
    fn exists(&self, path: &str) -> Result<bool, FileError> {
        match std::fs::metadata(self.dir.join(path)) {
            Ok(m) if m.is_dir() => Err(FileError::IsDirectory),
            Ok(_) => Ok(true),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(FileError::Other(e.to_string())),
        }
    }
    fn walk(&self, dir: &str) -> Result<Vec<String>, FileError> {
        let mut found = Vec::new();
        walk_into(&self.dir.join(dir), "", &mut found);
        Ok(found)
    }
    fn current_dir(&self) -> PathBuf {
        self.dir.clone()
    }
    fn home_dir(&self) -> Option<PathBuf> {
        Some(PathBuf::from("/home/corpus"))
    }
}

fn walk_into(dir: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match std::fs::metadata(entry.path()) {
            Ok(m) if m.is_dir() => walk_into(&entry.path(), &format!("{name}/"), found),
            Ok(m) if m.is_file() => found.push(name),
            _ => {}
        }
    }
}
