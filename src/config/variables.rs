//! The root module's variables: what was given, converted and checked.

use std::collections::BTreeMap;

use model::{Diagnostic, Diagnostics, Kind, Span, Str, Value, err};

use crate::evaluate::{convert_variable, default_value};
use crate::module::{Module, Variable};

/// A value given for a root variable.
#[derive(Clone, Debug)]
pub struct RootValue {
    /// The value as given, not yet converted.
    pub value: Value,
    /// Where it was given, where that is a file; the environment and the command line have no span.
    pub span: Option<Span>,
    /// How messages call its origin: `the environment variable TF_VAR_region`.
    pub origin: String,
}

/// Converts what was given and fills in defaults. What is missing or unsuitable is reported.
pub fn check_root_variables(
    module: &Module,
    given: &BTreeMap<Str, RootValue>,
) -> (BTreeMap<Str, Value>, Diagnostics) {
    let mut diags = Diagnostics::new();
    let mut values = BTreeMap::new();
    for (name, variable) in &module.variables {
        let value = match given.get(name) {
            Some(root) => given_value(variable, root, &mut diags),
            None if variable.default.is_some() => default_value(variable),
            None => {
                diags.push(err!(
                    variable.span,
                    "No value for required variable",
                    "The variable {name:?} has no value and no default. Give it with -var '{name}=...', in a .tfvars \
                     file, or in the environment as TF_VAR_{name}."
                ));
                Value::unknown(variable.constraint.ty.without_optional())
            }
        };
        values.insert(name.clone(), value);
    }
    (values, diags)
}

/// A given value as its variable takes it; what is unsuitable is reported.
pub fn given_value(variable: &Variable, root: &RootValue, diags: &mut Diagnostics) -> Value {
    match convert_variable(variable, &root.value) {
        Ok(value) => value,
        Err(why) => {
            let shown = match (variable.sensitive, root.value.kind()) {
                (false, Kind::String(s)) => format!(" It is {s:?}."),
                _ => String::new(),
            };
            let summary = if why.starts_with("required variable") {
                "Required variable not set"
            } else {
                "Invalid value for input variable"
            };
            let detail = format!(
                "The value of var.{} from {} does not suit: {why}.{shown}",
                variable.name, root.origin
            );
            diags.push(match root.span {
                Some(span) => err!(span, summary, "{detail}"),
                None => Diagnostic::error(summary, detail).at(variable.span),
            });
            Value::unknown(variable.constraint.ty.without_optional())
        }
    }
}
