//! What holds of any text whatever: nothing panics or hangs, places lie within the text, and what is printed reads back
//! as what was printed.

use lang::display::render;
use lang::fmt::format;
use lang::json;
use lang::parse::{parse_body, parse_expr, parse_template};
use lang::{Scope as _, eval, eval_template, typeexpr};
use model::{Diagnostics, FileId, Span, Value};

use super::print::Printer;
use crate::world::World;

/// A file is read; read without an error, its printed form reads back as itself.
pub fn parses(text: &str) {
    let (body, diags) = parse_body(FileId(0), text);
    lie_within(&diags, text);
    if diags.has_errors() {
        return;
    }
    let printed = Printer { text, loosely: false }.body(&body);
    let (again, diags) = parse_body(FileId(0), &printed);
    assert!(diags.is_empty(), "{printed}\ndoes not read back: {diags:?}");
    assert_eq!(Printer { text: &printed, loosely: false }.body(&again), printed);
}

/// The canonical style changes no meaning, is reached in one step, and leaves a text with an error as it is.
pub fn formats(text: &str) {
    // `1 .a` becomes `1.a`, and `1. 2` becomes `1.2`, which are other things, as Terraform's formatter has it.
    let is_loose_dot = |(at, _): (usize, &str)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let is_loose = before.ends_with(char::is_whitespace) || after.starts_with(char::is_whitespace);
        is_loose && before.trim_end().ends_with(|c: char| c.is_ascii_digit())
    };
    if text.match_indices('.').any(is_loose_dot) {
        return;
    }
    let formatted = format(text);
    let (body, diags) = parse_body(FileId(0), text);
    if diags.has_errors() {
        return assert_eq!(formatted, text);
    }
    let (again, diags) = parse_body(FileId(0), &formatted);
    assert!(!diags.has_errors(), "{formatted}\ndoes not read back: {diags:?}");
    let printed = |text: &str, body: &_| Printer { text, loosely: true }.body(body);
    assert_eq!(printed(&formatted, &again), printed(text, &body));
    assert_eq!(format(&formatted), formatted);
}

/// An expression has a value or an error, the same each time; and so has its printed form.
pub fn evaluates(text: &str) {
    if takes_its_time(text) {
        return;
    }
    let world = world(text);
    let expr = match parse_expr(FileId(0), text) {
        Ok(expr) => expr,
        Err(diags) => return lie_within(&diags, text),
    };
    let _constraint_or_errors = typeexpr::parse(&expr);
    let (value, diags) = eval(&expr, &world);
    lie_within(&diags, text);
    let _readable = (render(&value), format!("{diags:?}"));
    let printed = Printer { text, loosely: false }.expr(&expr);
    let again = parse_expr(FileId(0), &printed);
    assert!(again.is_ok(), "{printed}\ndoes not read back: {again:?}");
    let (same, errors) =
        again.map(|again| eval(&again, &self::world(&printed))).unwrap_or_else(|d| (Value::dynamic(), d));
    assert_eq!(summaries(&errors), summaries(&diags), "{printed}");
    assert_eq!(same, value, "{printed}");
}

/// A template gives a text or an error.
pub fn renders(text: &str) {
    if takes_its_time(text) {
        return;
    }
    match parse_template(FileId(0), text) {
        Ok(template) => {
            let whole = Span::new(FileId(0), 0, text.len());
            lie_within(&eval_template(&template, whole, &world(text)).1, text);
        }
        Err(diags) => lie_within(&diags, text),
    }
}

/// A JSON file is read, its arguments have values or errors.
pub fn reads_json(text: &str) {
    let (node, mut diags) = json::parse(FileId(0), text);
    let (body, more) = json::file_body(&node, &json::Shape::OPEN);
    diags.extend(more);
    lie_within(&diags, text);
    if takes_its_time(text) {
        return;
    }
    for attribute in &body.attributes {
        lie_within(&eval(&attribute.expr, &world(text)).1, text);
    }
}

/// Every place that is reported can be shown.
fn lie_within(diags: &Diagnostics, text: &str) {
    for diagnostic in diags.iter() {
        for span in [diagnostic.subject, diagnostic.context].into_iter().flatten() {
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(
                span.file != FileId(0) || text.get(start..end).is_some(),
                "{diagnostic:?} is outside of {text:?}"
            );
        }
    }
}

/// Whether a number may be as long as a book once it is written out, or a hash is to take as long as one asks for.
fn takes_its_time(text: &str) -> bool {
    text.contains("bcrypt") || has_huge_exponent(text)
}

fn has_huge_exponent(text: &str) -> bool {
    let mut parts = text.split(['e', 'E', 'p', 'P']).skip(1);
    parts.any(|part| part.trim_start_matches(['+', '-']).bytes().take_while(u8::is_ascii_digit).count() > 4)
}

fn summaries(diags: &Diagnostics) -> Vec<&str> {
    diags.iter().map(|d| &*d.summary).collect()
}

/// Known, unknown and secret values under short names, for a text.
fn world(text: &str) -> World {
    let list = Value::tuple(vec![Value::number(1), Value::string("a"), Value::null()]);
    let object = Value::object([("a", Value::string("x")), ("b", list.clone())]);
    let world = World::of(vec![
        ("n", Value::number(3)),
        ("s", Value::string("héllo")),
        ("l", list),
        ("o", object),
        ("u", Value::dynamic()),
        ("t", Value::unknown(model::Type::String)),
        ("z", Value::string("zero").with_marks(model::Marks::SENSITIVE)),
        ("m", Value::map(model::Type::Number, [("k", Value::number(1))])),
        ("e", Value::set(model::Type::String, vec![Value::string("p"), Value::unknown(model::Type::String)])),
    ]);
    world.add_source("text", text);
    world
}
