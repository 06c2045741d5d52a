//! Conversions between types, and functions on what is known and marked.

use model::convert::convert;
use model::{Kind, Marks, Type, Value};

use super::define::{Outcome, Plain, blame, define, define_typed, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = conversions();
    all.extend(marks());
    all.extend(special_forms());
    all
}

fn conversions() -> Vec<Function> {
    let entry = |name, description, find, code, example: &'static [_]| {
        define_typed(name, description, find, code)
            .takes(Param::any("v", "The value to convert.").nullable().marked_too().dynamic_too())
            .shows(example)
    };
    vec![
        entry(
            "tobool",
            "Converts a value to a bool.",
            |args| target(args, Type::Bool),
            |args, _| to(args, Type::Bool),
            &[("tobool(\"true\")", "true")],
        )
        .documented_as(Type::Bool),
        entry(
            "tonumber",
            "Converts a value to a number.",
            |args| target(args, Type::Number),
            |args, _| to(args, Type::Number),
            &[("tonumber(\"12\")", "12")],
        )
        .documented_as(Type::Number),
        entry(
            "tostring",
            "Converts a value to a string.",
            |args| target(args, Type::String),
            |args, _| to(args, Type::String),
            &[("tostring(true)", "\"true\"")],
        )
        .documented_as(Type::String),
        entry(
            "tolist",
            "Converts a set or tuple to a list.",
            |args| target(args, any_list()),
            |args, _| to(args, any_list()),
            &[("tolist([\"a\", 1])", "split(\",\", \"a,1\")")],
        )
        .documented_as(any_list()),
        entry(
            "toset",
            "Converts a list or tuple to a set, leaving out repetitions.",
            |args| target(args, any_set()),
            |args, _| to(args, any_set()),
            &[("toset([\"b\", \"a\", \"b\"])", "toset([\"a\", \"b\"])")],
        )
        .documented_as(any_set()),
        entry(
            "tomap",
            "Converts an object to a map.",
            |args| target(args, any_map()),
            |args, _| to(args, any_map()),
            &[("tomap({a = 1})", "tomap({a = 1})")],
        )
        .documented_as(any_map()),
    ]
}

fn any_list() -> Type {
    Type::list(Type::Dynamic)
}

fn any_set() -> Type {
    Type::set(Type::Dynamic)
}

fn any_map() -> Type {
    Type::map(Type::Dynamic)
}

/// The type that an unknown value is converted to, of whose elements nothing is promised; errors as the conversion
/// itself would fail.
fn target(args: &[Value], to: Type) -> Result<Type, CallError> {
    match convert(&Value::unknown(args[0].ty()), &to) {
        Ok(_) => Ok(to),
        Err(_) => refuse(&args[0], &to),
    }
}

fn to(args: &[Value], ty: Type) -> Outcome {
    convert(&args[0], &ty).or_else(|_| refuse(&args[0], &ty))
}

/// Words why a value cannot be converted, without showing a sensitive one.
fn refuse<T>(value: &Value, to: &Type) -> Result<T, CallError> {
    let got = value.ty();
    let want = to.friendly_constraint();
    let shown = match value.kind() {
        Kind::String(_) if value.marks().is_sensitive() => format!("this sensitive {}", got.friendly_name()),
        Kind::String(text) if to.is_primitive() => {
            let why = match to {
                Type::Bool => "; the text is neither \"true\" nor \"false\"",
                Type::Number => "; the text is no decimal number",
                _ => "",
            };
            return blame(0, format!("cannot convert {text:?} to {want}{why}"));
        }
        _ => got.friendly_name(),
    };
    blame(0, format!("cannot convert {shown} to {want}"))
}

fn marks() -> Vec<Function> {
    let value = || {
        let param = Param::any("value", "The value.");
        param.nullable().unknown_too().dynamic_too().marked_too()
    };
    vec![
        define_typed("sensitive", "Marks a value as one that must not be shown.", same_type, sensitive)
            .takes(value())
            .shows(&[("issensitive(sensitive(1))", "true")]),
        define_typed(
            "nonsensitive",
            "Takes the mark of not being shown off a value.",
            same_type,
            nonsensitive,
        )
        .takes(value())
        .shows(&[("nonsensitive(sensitive(1))", "1")]),
        define("issensitive", "Says whether a value must not be shown.", Type::Bool, issensitive)
            .takes(value())
            .shows(&[("issensitive(1)", "false")]),
        define_typed(
            "ephemeralasnull",
            "Puts null in place of whatever in a value must not be stored.",
            same_type,
            ephemeralasnull,
        )
        .takes(value())
        .shows(&[("ephemeralasnull(1)", "1")]),
    ]
}

fn same_type(args: &[Value]) -> Result<Type, CallError> {
    Ok(args[0].ty())
}

fn sensitive(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(args[0].clone().sensitive())
}

fn nonsensitive(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (value, marks) = args[0].clone().unmark();
    Ok(value.with_marks(marks.without(Marks::SENSITIVE)))
}

fn issensitive(args: &[Value], _: &dyn Surroundings) -> Outcome {
    match (args[0].marks().is_sensitive(), args[0].is_known()) {
        (true, _) => Ok(Value::bool(true)),
        // What is still unknown may turn out sensitive.
        (false, false) => Ok(Value::unknown(Type::Bool)),
        (false, true) => Ok(Value::bool(false)),
    }
}

fn ephemeralasnull(args: &[Value], _: &dyn Surroundings) -> Outcome {
    Ok(without_ephemeral(&args[0]))
}

/// What is unknown stays so: its type may still become more precise than a null of today would be.
fn without_ephemeral(value: &Value) -> Value {
    if value.marks().is_ephemeral() {
        let (plain, marks) = value.clone().unmark();
        let rest = if plain.is_known() { Value::null_of(plain.ty()) } else { plain };
        return rest.with_marks(marks.without(Marks::EPHEMERAL));
    }
    if value.deep_marks().is_ephemeral() { value.map_children(without_ephemeral) } else { value.clone() }
}

/// Functions that take expressions instead of values: the evaluator carries them out, the table only documents them.
fn special_forms() -> Vec<Function> {
    let expression =
        |name| Param::any(name, "The expression to try.").unknown_too().dynamic_too().marked_too();
    let vars = || Param::any("vars", "The template's variables: a map or object.").dynamic_too();
    vec![
        define("can", "Says whether an expression has a value.", Type::Bool, special)
            .takes(expression("expression"))
            .shows(&[("can(tonumber(\"a\"))", "false")]),
        define("try", "Gives the value of the first expression that has one.", Type::Dynamic, special)
            .takes_any_number(expression("expressions"))
            .shows(&[("try(tonumber(\"a\"), 1)", "1")]),
        define("type", "Shows the type of a value; only for the console.", Type::TypeLiteral, special)
            .takes(expression("value"))
            .hidden(),
        define("templatefile", "Fills in the template that is in a file.", Type::Dynamic, special)
            .takes(Param::string("path", "The file."))
            .takes(vars())
            .shows(&[("templatefile(\"hello.tftpl\", {name = \"you\"})", "\"Hello, you!\"")]),
        define("templatestring", "Fills in a template that an expression refers to.", Type::String, special)
            .takes(Param::string("template", "A reference to the template."))
            .takes(vars())
            .shows(&[("templatestring(local.greeting, {name = \"you\"})", "\"Hello, you!\"")]),
        gone("list", |_, _| {
            fail("list(...) is gone since version 0.12 of the language; write tolist([...])")
        }),
        gone("map", |_, _| fail("map(...) is gone since version 0.12 of the language; write tomap({{...}})")),
    ]
}

fn special(_: &[Value], _: &dyn Surroundings) -> Outcome {
    fail("it can be called from an expression only")
}

/// A function of old that only says what to write instead.
fn gone(name: &'static str, code: Plain) -> Function {
    let anything = Param::any("vals", "Anything.").nullable().unknown_too().dynamic_too();
    define(name, "Is no longer there.", Type::Dynamic, code).takes_any_number(anything).hidden()
}
