//! The value of an argument that must be known before anything is planned: literals, variables, the environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use lang::ast::{Expr, StepKind, Traversal};
use lang::functions::{Nowhere, Surroundings};
use lang::{Resolved, Scope};
use model::diagnostic::did_you_mean;
use model::{Diagnostics, FileId, Str, Value, err};

/// What variables are, from weak to strong: their defaults, the environment's values, what the user gave.
#[derive(Default)]
pub struct Constants {
    /// Expressions of defaults and of the environment's values; nothing for a variable that has neither.
    pub defined: BTreeMap<Str, Option<Arc<Expr>>>,
    /// Values from the command line, variable files and the process's environment.
    pub given: BTreeMap<Str, Value>,
}

impl Constants {
    /// The text that an expression gives; nothing after an error, which is reported.
    pub fn text(&self, expr: &Expr, name: &str, diags: &mut Diagnostics) -> Option<Str> {
        let (value, found) = lang::eval(expr, self);
        let failed = found.has_errors();
        diags.extend(found);
        if failed {
            return None;
        }
        if let Some(text) = value.as_str() {
            return Some(text.clone());
        }
        if !matches!(expr.kind, lang::ast::ExprKind::Invalid) {
            diags.push(err!(
                expr.span,
                "Unsuitable value",
                "The argument {name:?} must be a string that is known before anything is planned: a literal, a variable \
                 or something of the environment."
            ));
        }
        None
    }

    fn variable(&self, name: &Str, reference: &Traversal) -> Result<Value, Diagnostics> {
        if let Some(value) = self.given.get(name) {
            return Ok(value.clone());
        }
        match self.defined.get(name) {
            Some(Some(expr)) => {
                let (value, found) = lang::eval(expr, self);
                found.into_result(value)
            }
            Some(None) => Err(err!(
                reference.span,
                "Variable without a value",
                "The value of var.{name} decides how the stack is built, so it must be set: by a default, by the \
                 environment's values, or with -var."
            )
            .into()),
            None => Err(err!(
                reference.span,
                "Reference to undeclared input variable",
                "No variable is named {name:?}.{}",
                did_you_mean(name, self.defined.keys().map(|k| &**k))
            )
            .into()),
        }
    }
}

impl Scope for Constants {
    fn resolve(&self, reference: &Traversal) -> Result<Resolved, Diagnostics> {
        match (&*reference.root.name, reference.steps.first().map(|s| &s.kind)) {
            ("var", Some(StepKind::Attr(name) | StepKind::IndexString(name))) => {
                Ok(Resolved { value: self.variable(name, reference)?, consumed: 1 })
            }
            _ => Err(err!(
                reference.span,
                "Value not known in advance",
                "This argument decides how the stack is built, so only literals, variables (var.NAME) and the \
                 environment (environment.name, environment.size) may be used here."
            )
            .into()),
        }
    }

    fn surroundings(&self) -> &dyn Surroundings {
        &Nowhere
    }

    fn add_source(&self, _name: &str, _text: &str) -> FileId {
        FileId(0)
    }
}
