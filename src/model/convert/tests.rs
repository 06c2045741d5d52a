use std::collections::BTreeSet;

use super::*;
use crate::{Number, Refinement, Str};

fn n(text: &str) -> Value {
    Value::number(Number::parse(text).unwrap())
}

fn s(text: &str) -> Value {
    Value::string(text)
}

fn tuple<const N: usize>(items: [Value; N]) -> Value {
    Value::tuple(items.to_vec())
}

fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::object(attributes)
}

/// Values are compared by debug text and type, for text shows what is unknown.
fn check(value: Value, to: Type, shown: &str, ty: &str) {
    let result = convert(&value, &to).unwrap_or_else(|e| panic!("{value:?} to {to}: {e}"));
    assert_eq!(
        (format!("{result:?}"), result.ty().to_string()),
        (shown.into(), ty.into()),
        "{value:?} to {to}"
    );
}

#[test]
fn values_convert() {
    use Type::{Bool, Dynamic, Number, String};
    let optional = |name: &str, ty: Type| {
        Type::object_with_optional([(name, ty), ("k", String)], BTreeSet::from([Str::from(name)]))
    };
    for (value, to, shown, ty) in [
        (n("5"), String, "\"5\"", "string"),
        (n("1e21"), String, "\"1000000000000000000000\"", "string"),
        (Value::bool(true), String, "\"true\"", "string"),
        (s("-5.50"), Number, "-5.5", "number"),
        (s("1"), Bool, "true", "bool"),
        (Value::null(), String, "null(string)", "string"),
        (Value::null_of(Type::list(Number)), Type::list(String), "null(list(string))", "list(string)"),
        (tuple([s("a"), n("1")]), Type::list(Dynamic), "list[\"a\", \"1\"]", "list(string)"),
        (
            tuple([tuple([]), tuple([n("1")])]),
            Type::list(Dynamic),
            "list[list[], list[1]]",
            "list(list(number))",
        ),
        (tuple([Value::null()]), Type::list(Dynamic), "list[null(any)]", "list(any)"),
        (tuple([Value::null(), n("1")]), Type::list(Dynamic), "list[null(number), 1]", "list(number)"),
        (tuple([]), Type::list(Dynamic), "list[]", "list(any)"),
        (tuple([]), Type::list(String), "list[]", "list(string)"),
        (tuple([n("2"), n("1"), n("2")]), Type::set(String), "set[\"1\", \"2\"]", "set(string)"),
        (Value::set(Number, vec![n("2"), n("1")]), Type::list(Dynamic), "list[1, 2]", "list(number)"),
        (
            object([("a", n("1")), ("b", s("x"))]),
            Type::map(Dynamic),
            "{\"a\": \"1\", \"b\": \"x\"}",
            "map(string)",
        ),
        (
            object([("a", n("1")), ("b", s("x"))]),
            Type::object([("a", String)]),
            "{\"a\": \"1\"}",
            "object({a=string})",
        ),
        (
            object([("k", s("v"))]),
            optional("o", Type::list(Number)),
            "{\"k\": \"v\", \"o\": null(list(number))}",
            "object({k=string, o=list(number)})",
        ),
        (
            Value::map(String, [("k", s("v"))]),
            optional("o", Type::list(Number)),
            "{\"k\": \"v\", \"o\": null(list(number))}",
            "object({k=string, o=list(number)})",
        ),
        (object([("a", n("1"))]), Type::object([("a", Dynamic)]), "{\"a\": 1}", "object({a=number})"),
        (Value::dynamic(), Type::list(String), "unknown(list(string))", "list(string)"),
        (Value::dynamic(), Dynamic, "unknown(any)", "any"),
        (Value::unknown(Number), String, "unknown(string)", "string"),
        (
            Value::unknown(Type::tuple([Number, String])),
            Type::list(Dynamic),
            "unknown(list(string))",
            "list(string)",
        ),
        (
            Value::unknown_not_null(Type::tuple([Number, Number])),
            Type::list(Dynamic),
            "list[unknown(number), unknown(number)]",
            "list(number)",
        ),
        (tuple([n("1").sensitive(), n("2")]), Type::list(String), "list[(sensitive), \"2\"]", "list(string)"),
    ] {
        check(value, to, shown, ty);
    }
}

#[test]
fn marks_stay_where_they_are_but_rise_to_sets() {
    let inner = tuple([n("1").sensitive(), n("2")]);
    let list = convert(&inner, &Type::list(Type::String)).unwrap();
    assert!(list.marks().is_empty() && list.as_items().unwrap()[0].marks().is_sensitive());
    assert!(convert(&inner, &Type::set(Type::String)).unwrap().marks().is_sensitive());
    assert!(convert(&s("1").sensitive(), &Type::Number).unwrap().marks().is_sensitive());
}

#[test]
fn certainties_about_unknowns_carry_over() {
    let list = Value::refined(Type::list(Type::Number), Refinement::of_length(2, Some(3)));
    let set = convert(&list, &Type::set(Type::String)).unwrap();
    assert_eq!(set, Value::refined(Type::set(Type::String), Refinement::of_length(1, Some(3))));
    let not_null = convert(&Value::unknown_not_null(Type::Number), &Type::String).unwrap();
    assert!(not_null.is_certainly_not_null());
}

#[test]
fn failures_name_the_part() {
    use Type::{Bool, Dynamic, Number, String};
    let nested = || Type::object([("a", Type::list(Type::object([("b", Number)])))]);
    for (value, to, message) in [
        (tuple([s("1"), s("a")]), Type::list(Number), "[1]: a number is required"),
        (tuple([n("1"), tuple([])]), Type::list(Number), "element 1: number required"),
        (object([("a", s("x"))]), Type::map(Number), "[\"a\"]: a number is required"),
        (object([("a", tuple([]))]), Type::map(Number), "element \"a\": number required"),
        (object([("a", s("x"))]), Type::object([("a", Number)]), ".a: a number is required"),
        (object([]), Type::object([("a", Number)]), "attribute \"a\" is required"),
        (object([]), Type::object([("a", Number), ("b", Bool)]), "attributes \"a\" and \"b\" are required"),
        (
            object([]),
            Type::object([("a", Number), ("b", Bool), ("c", Bool)]),
            "attributes \"a\", \"b\", and \"c\" are required",
        ),
        (object([("a", tuple([object([("b", s("x"))])]))]), nested(), ".a[0].b: a number is required"),
        (
            object([("a", tuple([object([("b", tuple([]))])]))]),
            nested(),
            "attribute \"a\": element 0: attribute \"b\": number required",
        ),
        (tuple([n("1")]), Type::tuple([Number, String]), "tuple required"),
        (s("TRUE"), Bool, "a bool is required; to convert from string, use lowercase \"true\""),
        (s("yes"), Bool, "a bool is required"),
        (tuple([]), String, "string required"),
        (tuple([n("1"), tuple([])]), Type::list(Dynamic), "all list elements must have the same type"),
        (n("1"), Type::list(Dynamic), "list of any single type required"),
        (
            object([("a", n("1")), ("b", tuple([]))]),
            Type::map(Dynamic),
            "all map elements must have the same type",
        ),
        (tuple([]), Type::map(String), "map of string required"),
        (
            tuple([object([("a", n("1"))]), object([("a", tuple([]))])]),
            Type::list(Type::object([("a", Dynamic)])),
            "[1]: cannot find a common base type for all elements",
        ),
        (
            Value::map(String, [("a", s("x"))]),
            Type::object([("b", String)]),
            "map has no element for required attribute \"b\"",
        ),
        (Value::list(Number, vec![]), Type::list(Bool), "incorrect list element type: bool required"),
    ] {
        let error = convert(&value, &to).unwrap_err();
        assert_eq!(error.full(), message, "{value:?} to {to}");
    }
}
