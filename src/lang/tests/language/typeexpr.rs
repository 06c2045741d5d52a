//! Type constraints: what they accept, what they fill in, what is wrong with them.

use lang::display::render;
use lang::parse::parse_expr;
use lang::typeexpr::{TypeConstraint, parse};
use model::FileId;

use crate::world::World;

fn constraint(text: &str) -> Result<TypeConstraint, String> {
    let expr = parse_expr(FileId(0), text).unwrap();
    parse(&expr).map_err(|diags| {
        let details: Vec<&str> = diags.iter().map(|d| &*d.detail).collect();
        details.join(" | ")
    })
}

#[test]
fn types_are_read() {
    for (text, want) in [
        ("any", "any"),
        ("list", "list(any)"),
        ("map", "map(any)"),
        ("set(number)", "set(number)"),
        ("tuple([string, bool])", "tuple([string, bool])"),
        ("object({a = string, b = optional(list(any))})", "object({a=string, b=optional(list(any))})"),
        ("map(object({}))", "map(object({}))"),
    ] {
        assert_eq!(constraint(text).unwrap().ty.to_string(), want, "{text}");
    }
}

#[test]
fn wrong_types_are_explained() {
    for (text, want) in [
        ("strng", "\"strng\" is not a type. Did you mean \"string\"?"),
        ("set", "set takes one argument, the type of the elements: set(string)."),
        ("list()", "list takes one argument, the type of the elements: list(string)."),
        ("string(1)", "string is a type by itself and takes no argument."),
        ("optional(string)", "optional(...) has a meaning for attributes of object types alone."),
        ("vector(string)", "There is no type \"vector\"."),
        ("object({\"a\" = string})", "The name of an attribute is written without quotes or computation."),
        (
            "object([string])",
            "The argument of object gives a type to each attribute: object({ name = string }).",
        ),
        ("object({a = optional()})", "optional takes the type of the attribute: optional(string)."),
        (
            "object({a = optional(number, \"x\")})",
            "The default does not suit the type of the attribute: a number is required.",
        ),
        ("object({a = optional(string, var.x)})", "Variables may not be used here."),
        ("object({a = optional(string, upper(\"x\"))})", "Functions may not be called here."),
        ("[string]", "A type is one of bool, number, string and any, or made of others, as in list(string)."),
        (
            "tuple([strng, nmber])",
            "\"strng\" is not a type. Did you mean \"string\"? | \"nmber\" is not a type. \
             Did you mean \"number\"?",
        ),
        ("\"foo\"", "A type is written without quotes."),
    ] {
        assert_eq!(constraint(text).unwrap_err(), want, "{text}");
    }
}

#[test]
fn defaults_are_filled_in_at_any_depth() {
    let port = "object({name = string, port = optional(number, 80)})";
    for (ty, value, want) in [
        (port, "{name = \"a\"}", "{ \"name\" = \"a\" \"port\" = 80 }"),
        (port, "{name = \"a\", port = null}", "{ \"name\" = \"a\" \"port\" = 80 }"),
        (port, "{name = \"a\", port = \"1\", more = true}", "{ \"name\" = \"a\" \"port\" = 1 }"),
        (&format!("list({port})"), "[{name = 1}]", "tolist([ { \"name\" = \"1\" \"port\" = 80 }, ])"),
        (
            &format!("map({port})"),
            "{x = {name = 1}}",
            "tomap({ \"x\" = { \"name\" = \"1\" \"port\" = 80 } })",
        ),
        (&format!("tuple([{port}])"), "[{name = 1}]", "[ { \"name\" = \"1\" \"port\" = 80 }, ]"),
        (
            "object({a = optional(object({b = optional(bool, true), c = optional(string)}), {})})",
            "{}",
            "{ \"a\" = { \"b\" = true \"c\" = tostring(null) } }",
        ),
        ("set(object({a = optional(number, 1)}))", "[{}, {a = 1}]", "toset([ { \"a\" = 1 }, ])"),
        ("object({a = optional(string, \"x\")})", "null", "null /* object */"),
        ("any", "[1, \"a\"]", "[ 1, \"a\", ]"),
        ("list(any)", "[1, \"a\"]", "tolist([ \"1\", \"a\", ])"),
    ] {
        let (value, _) = World::of(Vec::new()).eval(value);
        let filled = constraint(ty).unwrap().apply(&value).unwrap();
        let shown = render(&filled).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(shown, want, "{ty}");
    }
}

#[test]
fn what_does_not_convert_is_an_error() {
    for (ty, value, want) in [
        ("number", "\"a\"", "a number is required"),
        ("object({y = string})", "{}", "attribute \"y\" is required"),
        ("map(string)", "[]", "map of string required"),
    ] {
        let (value, _) = World::of(Vec::new()).eval(value);
        assert_eq!(constraint(ty).unwrap().apply(&value).unwrap_err().message, want, "{ty}");
    }
}
