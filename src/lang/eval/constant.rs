//! Expressions that must be constant: no names, no functions.

use std::path::PathBuf;

use model::{Diagnostic, Diagnostics, FileId, Span, Value, err};

use super::Env;
use crate::ast::{Expr, Traversal};
use crate::functions::{FileError, FileSystem, Surroundings};
use crate::json::literal;
use crate::references::{calls, references};
use crate::{Resolved, Scope};

/// Evaluates an expression that may use neither names nor functions, such as the default of a variable.
/// The strings of JSON are plain text then.
pub fn eval_constant(expr: &Expr) -> (Value, Diagnostics) {
    let expr = &*literal(expr);
    let mut diags = Diagnostics::new();
    diags.extend(references(expr).into_iter().map(no_variables));
    diags.extend(calls(expr).into_iter().map(no_functions));
    if diags.has_errors() {
        return (Value::dynamic(), diags);
    }
    let value = Env { scope: &Nothing, names: None, in_template_file: false }.expr(expr, &mut diags);
    (value, diags)
}

fn no_variables(reference: &Traversal) -> Diagnostic {
    err!(reference.root.span, "Variables not allowed", "Variables may not be used here.")
}

fn no_functions(call: Span) -> Diagnostic {
    err!(call, "Function calls not allowed", "Functions may not be called here.")
}

/// The scope in which nothing has a name, and surroundings without anything in them.
struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        Err(no_variables(reference).into())
    }

    fn surroundings(&self) -> &dyn Surroundings {
        self
    }

    fn add_source(&self, _name: &str, _text: &str) -> FileId {
        FileId(0)
    }
}

impl Surroundings for Nothing {
    fn files(&self) -> &dyn FileSystem {
        self
    }

    fn base_dir(&self) -> &str {
        "."
    }

    fn now_ns(&self) -> i128 {
        0
    }

    fn plan_timestamp(&self) -> Option<String> {
        None
    }

    fn defers_impure(&self) -> bool {
        true
    }

    fn random(&self, _buffer: &mut [u8]) {}
}

impl FileSystem for Nothing {
    fn read(&self, _path: &str) -> Result<Vec<u8>, FileError> {
        Err(FileError::NotFound)
    }

    fn exists(&self, _path: &str) -> Result<bool, FileError> {
        Ok(false)
    }

    fn walk(&self, _dir: &str) -> Result<Vec<String>, FileError> {
        Ok(Vec::new())
    }

    fn current_dir(&self) -> PathBuf {
        PathBuf::new()
    }

    fn home_dir(&self) -> Option<PathBuf> {
        None
    }
}
