//! Function calls.

use model::convert::convert;
use model::diagnostic::similar_name;
use model::{Diagnostic, Diagnostics, Value, err};

use super::arguments::{Argument, wrong_count};
use super::{Env, failed_since};
use crate::ast::{Call, Expr, ExprKind};
use crate::functions::{self, CallError, Function};

impl<'a> Env<'a> {
    /// `name(args...)`. Whatever is not on the way to the arguments stands in functions of its own: calls within calls
    /// should not cost more stack than they must.
    pub(super) fn call(self, call: &Call, whole: &Expr, diags: &mut Diagnostics) -> Value {
        let site = match self.site(call, whole, diags) {
            Some(site) => site,
            None => return Value::dynamic(),
        };
        let args = match self.arguments(&site, diags) {
            Some(args) if self.has_right_count(&site, &args, diags) => args,
            _ => return Value::dynamic(),
        };
        let result = match &*site.function.name {
            "try" => self.try_call(&args),
            "can" => Ok(self.can_call(&args)),
            "type" => Ok(self.type_call(&args, diags)),
            "templatefile" => self.template_file(&args, diags),
            "templatestring" => self.template_string(&args, diags),
            _plain => self.plain_call(&site, &args, diags),
        };
        result.unwrap_or_else(|error| {
            self.report_failure(&site, &args, error, diags);
            Value::dynamic()
        })
    }

    /// Finds what is called; an unknown function is reported.
    fn site<'e>(self, call: &'e Call, whole: &'e Expr, diags: &mut Diagnostics) -> Option<Site<'e>>
    where
        'a: 'e,
    {
        match self.function(&call.name.name) {
            Ok(function) => Some(Site { call, whole, function }),
            Err(unknown) => {
                self.report(unknown.at(call.name.span).within(whole.span), whole, diags);
                None
            }
        }
    }

    fn has_right_count(self, site: &Site, args: &[Argument], diags: &mut Diagnostics) -> bool {
        match wrong_count(site.function, site.call, args) {
            None => true,
            Some(wrong) => {
                self.report(site.wrong(wrong), site.whole, diags);
                false
            }
        }
    }

    fn function(self, name: &str) -> Result<&'a Function, Diagnostic> {
        if let Some(function) = functions::lookup(name).filter(|f| self.may_call(f)) {
            return Ok(function);
        }
        let Some((namespace, rest)) = name.split_once("::") else { return Err(self.unknown(name)) };
        if namespace != "provider" {
            return Err(Diagnostic::error(
                "Unknown provider function",
                format!(
                    "There is no namespace {namespace:?} of functions. Those of providers begin with \"provider::\"."
                ),
            ));
        }
        let (provider, function) = rest.split_once("::").unwrap_or((rest, ""));
        self.scope.provider_function(provider, function).ok_or_else(|| {
            let function = function.rsplit("::").next().unwrap_or(function);
            Diagnostic::error(
                "Unknown provider function",
                format!(
                    "There is no function {name:?}. Is {provider:?} listed in required_providers of this module, and \
                     does that provider have a function {function:?}?"
                ),
            )
        })
    }

    /// `type` exists only on the console, the time of a plan only where there is one, and functions of providers only
    /// where the provider is required.
    fn may_call(self, function: &Function) -> bool {
        match &*function.name {
            "type" => self.scope.is_console(),
            "plantimestamp" => !self.scope.is_console(),
            name => !name.starts_with("provider::"),
        }
    }

    fn unknown(self, name: &str) -> Diagnostic {
        let names = functions::all().iter().filter(|f| !f.hidden && self.may_call(f)).map(|f| &*f.name);
        let hint = similar_name(name, names).map_or_else(String::new, |n| format!(" Did you mean {n:?}?"));
        Diagnostic::error("Call to unknown function", format!("There is no function named {name:?}.{hint}"))
    }

    /// Evaluates and converts all arguments, then calls.
    fn plain_call(self, site: &Site, args: &[Argument], diags: &mut Diagnostics) -> Result<Value, CallError> {
        let before = diags.0.len();
        let mut values = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            let value = arg.value(self, diags);
            values.extend(self.converted_argument(site, args, i, value, diags));
        }
        if failed_since(diags, before) {
            return Ok(Value::dynamic());
        }
        functions::call(site.function, &values, self.scope.surroundings())
    }

    /// The argument as the parameter wants it; a mismatch is reported.
    fn converted_argument(
        self,
        site: &Site,
        args: &[Argument],
        position: usize,
        value: Value,
        diags: &mut Diagnostics,
    ) -> Option<Value> {
        let param = site.function.params.get(position).or(site.function.variadic.as_ref())?;
        match convert(&value, &param.ty) {
            Ok(value) => Some(value),
            Err(e) => {
                let error = CallError { argument: Some(position), message: e.full() };
                self.report_failure(site, args, error, diags);
                None
            }
        }
    }

    /// Makes a diagnostic of a failed call: about the argument to blame, or the call as a whole.
    fn report_failure(self, site: &Site, args: &[Argument], error: CallError, diags: &mut Diagnostics) {
        let params = (&site.function.params, site.function.variadic.as_ref());
        let blamed = error.argument.and_then(|i| Some((params.0.get(i).or(params.1)?, args.get(i))));
        let message = error.message;
        let Some((param, arg)) = blamed else {
            let name = &site.call.name.name;
            let failed = err!(
                site.call.name.span.to(site.call.open),
                "Error in function call",
                "The function {name:?} failed: {message}."
            );
            return self.report(site.wrong(failed), site.whole, diags);
        };
        let about = arg.map_or(site.whole, |a| a.expr);
        let place = arg.map_or(site.whole.span, Argument::place);
        let invalid = err!(
            place,
            "Invalid function argument",
            "The argument for {:?} does not suit: {message}.",
            param.name
        );
        self.report(site.wrong(invalid), about, diags);
    }
}

/// A call and what it calls.
pub(super) struct Site<'e> {
    pub(super) call: &'e Call,
    pub(super) whole: &'e Expr,
    function: &'e Function,
}

impl Site<'_> {
    /// Adds what is common to all that can be wrong with a call.
    pub(super) fn wrong(&self, diagnostic: Diagnostic) -> Diagnostic {
        debug_assert!(matches!(self.whole.kind, ExprKind::Call(_)));
        let function = Some(self.function.as_called(&self.call.name.name));
        Diagnostic { function, ..diagnostic.within(self.whole.span) }
    }
}
