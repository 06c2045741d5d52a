//! `try` and `can`: whether expressions have a value.

use model::{Diagnostics, Type, Value};

use super::Env;
use super::arguments::Argument;
use crate::functions::CallError;

impl Env<'_> {
    /// The first value without an error. One that is not wholly known might still fail once it is, so nothing is
    /// certain then.
    pub(super) fn try_call(self, args: &[Argument]) -> Result<Value, CallError> {
        let mut failures = Diagnostics::new();
        for arg in args {
            let mut diags = Diagnostics::new();
            let value = arg.value(self, &mut diags);
            if !diags.has_errors() {
                return Ok(if value.is_wholly_known() { value } else { Value::dynamic() });
            }
            failures.extend(diags);
        }
        let message = match args {
            [] => "at least one argument is required".to_owned(),
            _ => self.no_success(&failures),
        };
        Err(CallError { argument: None, message })
    }

    /// Lists why none of the expressions has a value.
    fn no_success(self, failures: &Diagnostics) -> String {
        let list: String = failures
            .iter()
            .map(|d| {
                let place = d.subject.and_then(|s| self.scope.place(s));
                let place = place.map_or_else(String::new, |p| format!(" (at {p})"));
                format!("- {}{place}\n  {}\n", d.summary, d.detail)
            })
            .collect();
        format!(
            "none of the expressions has a value:\n{list}\nThe last one could be a constant, which always has \
             one"
        )
    }

    /// Whether an expression has a value; unknown as long as it is not wholly known.
    pub(super) fn can_call(self, args: &[Argument]) -> Value {
        let mut diags = Diagnostics::new();
        let value = args.first().map_or_else(Value::null, |arg| arg.value(self, &mut diags));
        match diags.has_errors() {
            true => Value::bool(false),
            false if value.is_wholly_known() => Value::bool(true),
            false => Value::unknown(Type::Bool),
        }
    }
}
