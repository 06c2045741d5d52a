//! Expressions that must be constant: no names, no functions.

use model::{Diagnostic, Diagnostics, FileId, Span, Value, err};

use super::Env;
use crate::ast::{Expr, Traversal};
use crate::functions::{Nowhere, Surroundings};
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

/// The scope in which nothing has a name.
struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        Err(no_variables(reference).into())
    }

    fn surroundings(&self) -> &dyn Surroundings {
        &Nowhere
    }

    fn add_source(&self, _name: &str, _text: &str) -> FileId {
        FileId(0)
    }
}
