//! What happens around a function's code: conversion of arguments, nulls, unknowns and marks.

use model::convert::{ConvertError, convert, mismatch};
use model::{Kind, Marks, Type, Value};

use super::define::{blame, fail};
use super::{CallError, Function, Param, Returns, Surroundings};

/// Calls a function as the language does: counts and converts the arguments, handles null, unknown and marked ones as
/// the parameters say, and puts the marks on the result. Errors name the argument by its position. Where an argument
/// is sensitive, what messages quote of it is hidden.
pub fn call(function: &Function, args: &[Value], around: &dyn Surroundings) -> Result<Value, CallError> {
    check_count(function, args.len())?;
    let result = prepare(function, args).and_then(|prepared| run(function, prepared, around));
    result.map_err(|e| CallError { message: redact(e.message, args), ..e })
}

/// Arguments as the code wants them.
struct Prepared {
    args: Vec<Value>,
    /// The marks taken off, which the result gets.
    marks: Marks,
    /// The marks left on for the code; an unknown result in its place gets them too.
    passed_marks: Marks,
    has_unknown: bool,
    has_dynamic: bool,
}

impl Function {
    /// The parameter that takes the argument at a position.
    fn param(&self, position: usize) -> Option<&Param> {
        self.params.get(position).or(self.variadic.as_ref())
    }
}

fn check_count(function: &Function, given: usize) -> Result<(), CallError> {
    let wanted = function.params.len();
    let open_ended = function.variadic.is_some();
    if given < wanted {
        let at_least = if open_ended { "at least " } else { "" };
        return fail(format!(
            "it takes {at_least}{wanted} argument(s), and {:?} is not given",
            function.params[given].name
        ));
    }
    if given > wanted && !open_ended {
        return fail(format!("expects only {wanted} argument(s)"));
    }
    Ok(())
}

fn prepare(function: &Function, args: &[Value]) -> Result<Prepared, CallError> {
    let mut prepared = Prepared {
        args: Vec::with_capacity(args.len()),
        marks: Marks::NONE,
        passed_marks: Marks::NONE,
        has_unknown: false,
        has_dynamic: false,
    };
    let converted: Vec<Value> = args
        .iter()
        .enumerate()
        .map(|(i, arg)| match function.param(i) {
            Some(param) => convert(arg, &param.ty).or_else(|e| blame(i, explain(arg, &param.ty, e))),
            None => Ok(arg.clone()),
        })
        .collect::<Result<_, _>>()?;
    for (i, (mut value, param)) in
        converted.into_iter().enumerate().filter_map(|(i, v)| Some((i, (v, function.param(i)?))))
    {
        if !param.allow_marked {
            prepared.marks |= value.deep_marks();
            value = value.unmarked_deep();
        }
        prepared.passed_marks |= value.marks();
        // Behind an argument of no known type nothing is looked at any more.
        if value.is_null() && !param.allow_null && !prepared.has_dynamic {
            return blame(i, "argument must not be null");
        }
        if !value.is_known() {
            prepared.has_unknown |= !param.allow_unknown;
        }
        prepared.has_dynamic |= !param.allow_dynamic && value.ty() == Type::Dynamic;
        prepared.args.push(value);
    }
    Ok(prepared)
}

/// Words a failed conversion: where already the types do not fit, with the way to the part that does not.
fn explain(arg: &Value, to: &Type, error: ConvertError) -> String {
    match convert(&Value::unknown(arg.ty()), to) {
        Ok(_) => error.message,
        Err(_) => mismatch(&arg.ty(), to),
    }
}

fn run(function: &Function, prepared: Prepared, around: &dyn Surroundings) -> Result<Value, CallError> {
    let ty = match &function.returns {
        _ if prepared.has_dynamic => {
            return Ok(Value::dynamic().with_marks(prepared.marks | prepared.passed_marks));
        }
        Returns::Fixed(ty) => ty.clone(),
        Returns::From(find) => find(&prepared.args)?,
    };
    if prepared.has_unknown {
        let unknown = if function.may_be_null { Value::unknown(ty) } else { Value::unknown_not_null(ty) };
        return Ok(unknown.with_marks(prepared.marks | prepared.passed_marks));
    }
    Ok((function.code)(&prepared.args, around)?.with_marks(prepared.marks))
}

/// Hides in a message whatever it shows of sensitive arguments: quoted pieces of them, and whole ones as words.
fn redact(message: String, args: &[Value]) -> String {
    if !args.iter().any(|a| a.deep_marks().is_sensitive()) {
        return message;
    }
    let mut secrets = Vec::new();
    args.iter().for_each(|a| collect_secrets(a, false, &mut secrets));
    let quoted = redact_quoted(&message, &secrets);
    secrets.iter().filter(|s| s.chars().count() > 2).fold(quoted, |m, s| redact_word(&m, s))
}

const HIDDEN: &str = "(sensitive value)";

fn collect_secrets(value: &Value, inside: bool, out: &mut Vec<String>) {
    let secret = inside || value.marks().is_sensitive();
    match value.kind() {
        Kind::String(s) if secret => out.push(s.to_string()),
        Kind::Number(n) if secret => out.push(n.to_string()),
        _ => {}
    }
    let children = value.as_items().unwrap_or_default().iter();
    children.for_each(|v| collect_secrets(v, secret, out));
    for (key, v) in value.as_entries().unwrap_or_default() {
        if secret {
            out.push(key.to_string());
        }
        collect_secrets(v, secret, out);
    }
}

fn redact_quoted(message: &str, secrets: &[String]) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('"') {
        let Some((inner, tail)) = after.split_once('"') else { break };
        out.push_str(before);
        let shows = !inner.is_empty()
            && secrets.iter().any(|s| s.contains(inner) || (!s.is_empty() && inner.contains(&**s)));
        match shows {
            true => out.push_str(HIDDEN),
            false => out.extend(["\"", inner, "\""]),
        }
        rest = tail;
    }
    out + rest
}

fn redact_word(message: &str, secret: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric();
    let mut out = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(secret) {
        let (before, after) = (&rest[..at], &rest[at + secret.len()..]);
        out.push_str(before);
        let inside_word = before.ends_with(is_word) || after.starts_with(is_word);
        out.push_str(if inside_word { secret } else { HIDDEN });
        rest = after;
    }
    out + rest
}
