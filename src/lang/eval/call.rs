//! Function calls.

use model::convert::convert;
use model::diagnostic::similar_name;
use model::{Diagnostic, Diagnostics, Value, err};

use super::arguments::{Argument, start, wrong_count};
use super::{Env, failed_since};
use crate::ast::{Call, Expr, ExprKind};
use crate::functions::{self, CallError, Function};

impl Env<'_> {
    /// `name(args...)`
    pub(super) fn call(self, call: &Call, whole: &Expr, diags: &mut Diagnostics) -> Value {
        let function = match self.function(&call.name.name) {
            Ok(function) => function,
            Err(unknown) => {
                self.report(unknown.at(call.name.span).within(whole.span), whole, diags);
                return Value::dynamic();
            }
        };
        let Some(args) = self.arguments(call, whole, diags) else { return Value::dynamic() };
        let site = Site { call, whole, function };
        if let Some(wrong) = wrong_count(function, call, &args) {
            self.report(site.wrong(wrong), whole, diags);
            return Value::dynamic();
        }
        let before = diags.0.len();
        let result = match function.name {
            "try" => self.try_call(&args),
            "can" => Ok(self.can_call(&args)),
            "type" => Ok(self.type_call(&args, diags)),
            "templatefile" => self.template_file(&args, diags),
            "templatestring" => self.template_string(&args, diags),
            _plain => self.plain_call(&site, &args, diags),
        };
        match result {
            Ok(value) => value,
            Err(_) if failed_since(diags, before) => Value::dynamic(),
            Err(error) => {
                self.report_failure(&site, &args, error, diags);
                Value::dynamic()
            }
        }
    }

    fn function(self, name: &str) -> Result<&'static Function, Diagnostic> {
        if let Some(function) = functions::lookup(name).filter(|f| self.may_call(f)) {
            return Ok(function);
        }
        let Some((namespace, rest)) = name.split_once("::") else { return Err(self.unknown(name)) };
        if namespace != "provider" {
            return Err(Diagnostic::error(
                "Unknown provider function",
                format!(
                    "The function namespace {namespace:?} is not valid. Provider function calls must use the \
                     \"provider::\" namespace prefix."
                ),
            ));
        }
        let (provider, function) = rest.split_once("::").unwrap_or((rest, ""));
        self.scope.provider_function(provider, function).ok_or_else(|| {
            let function = function.rsplit("::").next().unwrap_or(function);
            Diagnostic::error(
                "Unknown provider function",
                format!(
                    "There is no function named {name:?}. Ensure that provider name {provider:?} is declared in this \
                     module's required_providers block, and that this provider offers a function named {function:?}."
                ),
            )
        })
    }

    /// `type` exists only on the console, the time of a plan only where there is one, and functions of providers only
    /// where the provider is required.
    fn may_call(self, function: &Function) -> bool {
        match function.name {
            "type" => self.scope.is_console(),
            "plantimestamp" => !self.scope.is_console(),
            name => !name.starts_with("provider::"),
        }
    }

    fn unknown(self, name: &str) -> Diagnostic {
        let names = functions::all().iter().filter(|f| !f.hidden && self.may_call(f)).map(|f| f.name);
        let hint = similar_name(name, names).map_or_else(String::new, |n| format!(" Did you mean {n:?}?"));
        Diagnostic::error("Call to unknown function", format!("There is no function named {name:?}.{hint}"))
    }

    /// Evaluates and converts all arguments, then calls.
    fn plain_call(self, site: &Site, args: &[Argument], diags: &mut Diagnostics) -> Result<Value, CallError> {
        let before = diags.0.len();
        let mut values = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            let value = arg.value(self, diags);
            let Some(param) = site.function.params.get(i).or(site.function.variadic.as_ref()) else {
                continue;
            };
            match convert(&value, &param.ty) {
                Ok(value) => values.push(value),
                Err(e) => {
                    let error = CallError { argument: Some(i), message: e.full() };
                    self.report_failure(site, args, error, diags);
                }
            }
        }
        if failed_since(diags, before) {
            return Ok(Value::dynamic());
        }
        functions::call(site.function, &values, self.scope.surroundings())
    }

    /// Makes a diagnostic of a failed call: about the argument to blame, or the call as a whole.
    fn report_failure(self, site: &Site, args: &[Argument], error: CallError, diags: &mut Diagnostics) {
        let params = (&site.function.params, site.function.variadic.as_ref());
        let blamed = error.argument.and_then(|i| Some((params.0.get(i).or(params.1)?, args.get(i))));
        let message = error.message;
        let Some((param, arg)) = blamed else {
            let name = &site.call.name.name;
            let failed = err!(
                start(site.whole),
                "Error in function call",
                "Call to function {name:?} failed: {message}."
            );
            return self.report(site.wrong(failed), site.whole, diags);
        };
        let about = arg.map_or(site.whole, |a| a.expr);
        let place = arg.map_or(site.whole.span, |a| start(a.expr));
        let invalid = err!(
            place,
            "Invalid function argument",
            "Invalid value for {:?} parameter: {message}.",
            param.name
        );
        self.report(site.wrong(invalid), about, diags);
    }
}

/// A call and what it calls.
struct Site<'e> {
    call: &'e Call,
    whole: &'e Expr,
    function: &'static Function,
}

impl Site<'_> {
    /// Adds what is common to all that can be wrong with a call.
    fn wrong(&self, diagnostic: Diagnostic) -> Diagnostic {
        debug_assert!(matches!(self.whole.kind, ExprKind::Call(_)));
        let function = Some(self.call.name.name.to_string());
        Diagnostic { function, ..diagnostic.within(self.whole.span) }
    }
}
