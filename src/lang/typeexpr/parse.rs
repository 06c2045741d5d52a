//! Reading type constraints.

use std::collections::{BTreeMap, BTreeSet};

use model::convert::convert;
use model::diagnostic::did_you_mean;
use model::{Diagnostic, Diagnostics, Span, Str, Type, Value, err};

use super::{Defaults, TypeConstraint};
use crate::ast::{Call, Expr, ExprKind, ObjectItem};
use crate::eval::eval_constant;
use crate::json::native;

const SUMMARY: &str = "Invalid type specification";

/// Reads the constraint of a variable.
pub(super) fn constraint(expr: &Expr) -> Result<TypeConstraint, Diagnostics> {
    if matches!(expr.kind, ExprKind::Json(_)) {
        return native_constraint(expr);
    }
    if let Some(wrong) = quoted(expr) {
        return Err(wrong.into());
    }
    match expr.as_keyword() {
        Some("list") => return Ok(TypeConstraint { ty: Type::list(Type::Dynamic), defaults: None }),
        Some("map") => return Ok(TypeConstraint { ty: Type::map(Type::Dynamic), defaults: None }),
        _ => {}
    }
    let mut diags = Diagnostics::new();
    let (ty, defaults) = read(expr, &mut diags);
    diags.into_result(TypeConstraint { ty, defaults: defaults.or_none() })
}

/// Reads the constraint that a string of a JSON file holds.
fn native_constraint(expr: &Expr) -> Result<TypeConstraint, Diagnostics> {
    match native(expr) {
        Ok(native) if !matches!(native.kind, ExprKind::Json(_)) => constraint(&native),
        _ => Err(no_type(expr.span).into()),
    }
}

fn no_type(span: Span) -> Diagnostic {
    err!(
        span,
        SUMMARY,
        "A type is one of bool, number, string and any, or made of others, as in list(string)."
    )
}

/// The form of old that wrote types in quotes.
fn quoted(expr: &Expr) -> Option<Diagnostic> {
    let text = match &expr.kind {
        ExprKind::String(text) => &**text,
        ExprKind::Template(template) if !template.is_wrapped => "",
        _ => return None,
    };
    let instead = match text {
        "string" => "",
        "list" => " and write list(string), if its elements are strings",
        "map" => " and write map(string), if its elements are strings",
        _ => {
            return Some(err!(
                expr.span,
                "Invalid legacy variable type hint",
                "A type is written without quotes."
            ));
        }
    };
    Some(err!(
        expr.span,
        "Invalid quoted type constraints",
        "Types in quotes are a form of old. Remove the quotes around {text:?}{instead}."
    ))
}

/// Reads a type; where it is wrong, [`Type::Dynamic`] takes its place.
fn read(expr: &Expr, diags: &mut Diagnostics) -> (Type, Defaults) {
    if let Some(name) = keyword(expr) {
        return (read_keyword(name, expr.span, diags), Defaults::default());
    }
    let ExprKind::Call(call) = &expr.kind else {
        diags.push(no_type(expr.span));
        return (Type::Dynamic, Defaults::default());
    };
    match (&*call.name.name, &call.args[..]) {
        ("list", [element]) => collection(Type::list, element, diags),
        ("set", [element]) => collection(Type::set, element, diags),
        ("map", [element]) => collection(Type::map, element, diags),
        ("tuple", [elements]) => tuple(elements, expr.span, diags),
        ("object", [attributes]) => object(attributes, expr.span, diags),
        _ => {
            diags.push(bad_call(call, expr.span));
            (Type::Dynamic, Defaults::default())
        }
    }
}

/// A bare name, `null`, `true` and `false` included.
fn keyword(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Null => Some("null"),
        ExprKind::Bool(true) => Some("true"),
        ExprKind::Bool(false) => Some("false"),
        _ => expr.as_keyword(),
    }
}

/// The words that types are made of.
const KEYWORDS: [&str; 10] =
    ["string", "number", "bool", "any", "list", "set", "map", "object", "tuple", "optional"];

fn read_keyword(name: &str, span: Span, diags: &mut Diagnostics) -> Type {
    let detail = match name {
        "bool" => return Type::Bool,
        "number" => return Type::Number,
        "string" => return Type::String,
        "any" => return Type::Dynamic,
        "list" | "set" | "map" | "object" | "tuple" => needs_one(name),
        _ => format!("{name:?} is not a type.{}", did_you_mean(name, KEYWORDS)),
    };
    diags.push(err!(span, SUMMARY, "{detail}"));
    Type::Dynamic
}

/// What a type constructor wants.
fn needs_one(constructor: &str) -> String {
    match constructor {
        "object" => {
            "object takes one argument, the types of the attributes by name: object({{ name = string }})."
                .into()
        }
        "tuple" => {
            "tuple takes one argument, the types of the elements in order: tuple([string, number]).".into()
        }
        _ => format!("{constructor} takes one argument, the type of the elements: {constructor}(string)."),
    }
}

/// A call that is no type.
fn bad_call(call: &Call, whole: Span) -> Diagnostic {
    let arguments = call.open.to(call.close);
    let extra = || match &call.args[..] {
        [_, second, ..] => second.span.to(call.args.last().map_or(second.span, |a| a.span)),
        _ => arguments,
    };
    match &*call.name.name {
        name @ ("bool" | "string" | "number") => {
            err!(arguments, SUMMARY, "{name} is a type by itself and takes no argument.")
        }
        name @ "any" => {
            err!(arguments, SUMMARY, "{name} stands for all types and takes no argument.")
        }
        name @ ("list" | "set" | "map" | "object" | "tuple") => {
            err!(extra(), SUMMARY, "{}", needs_one(name)).within(whole)
        }
        name @ "optional" => {
            err!(call.name.span, SUMMARY, "{name}(...) has a meaning for attributes of object types alone.")
                .within(whole)
        }
        name => err!(whole, SUMMARY, "There is no type {name:?}."),
    }
}

fn collection(kind: fn(Type) -> Type, element: &Expr, diags: &mut Diagnostics) -> (Type, Defaults) {
    let (ty, inner) = read(element, diags);
    let children = inner.or_none().map(|d| (Str::from(""), d)).into_iter().collect();
    (kind(ty), Defaults { values: BTreeMap::new(), children })
}

fn tuple(elements: &Expr, whole: Span, diags: &mut Diagnostics) -> (Type, Defaults) {
    let ExprKind::Tuple(elements) = &elements.kind else {
        let wrong = err!(
            elements.span,
            SUMMARY,
            "The argument of tuple is a list of types: tuple([string, number])."
        );
        diags.push(wrong.within(whole));
        return (Type::Dynamic, Defaults::default());
    };
    let mut defaults = Defaults::default();
    let types: Vec<Type> = elements
        .iter()
        .enumerate()
        .map(|(i, element)| {
            let (ty, inner) = read(element, diags);
            defaults.children.extend(inner.or_none().map(|d| (i.to_string().into(), d)));
            ty
        })
        .collect();
    (Type::tuple(types), defaults)
}

fn object(attributes: &Expr, whole: Span, diags: &mut Diagnostics) -> (Type, Defaults) {
    let ExprKind::Object(items) = &attributes.kind else {
        let wrong = err!(
            attributes.span,
            SUMMARY,
            "The argument of object gives a type to each attribute: object({{ name = string }})."
        );
        diags.push(wrong.within(whole));
        return (Type::Dynamic, Defaults::default());
    };
    let mut types: BTreeMap<Str, Type> = BTreeMap::new();
    let mut optional = BTreeSet::new();
    let mut defaults = Defaults::default();
    for item in items {
        let Some(name) = attribute_name(item) else {
            let wrong = err!(
                item.key.span,
                SUMMARY,
                "The name of an attribute is written without quotes or \
                 computation."
            );
            diags.push(wrong.within(whole));
            continue;
        };
        let Some(attribute) = attribute(&item.value, diags) else { continue };
        if attribute.is_optional {
            optional.insert(name.clone());
        }
        defaults.values.extend(attribute.default.map(|v| (name.clone(), v)));
        defaults.children.extend(attribute.inner.map(|d| (name.clone(), d)));
        types.insert(name, attribute.ty);
    }
    (Type::object_with_optional(types, optional), defaults)
}

/// Only a bare name is one; quotes make an expression of it.
fn attribute_name(item: &ObjectItem) -> Option<Str> {
    match &item.key.kind {
        ExprKind::String(name) if item.bare_key => Some(name.clone()),
        _ => keyword(&item.key).map(Str::from),
    }
}

/// The type of an attribute.
struct Attribute {
    ty: Type,
    is_optional: bool,
    default: Option<Value>,
    inner: Option<Defaults>,
}

/// Reads `type`, `optional(type)` or `optional(type, default)`.
fn attribute(expr: &Expr, diags: &mut Diagnostics) -> Option<Attribute> {
    let modifier = match &expr.kind {
        ExprKind::Call(call) if &*call.name.name == "optional" => Some(call),
        _ => None,
    };
    let Some(call) = modifier else {
        let (ty, inner) = read(expr, diags);
        return Some(Attribute { ty, is_optional: false, default: None, inner: inner.or_none() });
    };
    let wrong_arguments =
        |detail: &str| err!(call.open.to(call.close), SUMMARY, "{detail}").within(expr.span);
    let (ty_expr, default_expr) = match &call.args[..] {
        [] => {
            let detail = "optional takes the type of the attribute: optional(string).";
            diags.push(wrong_arguments(detail));
            return None;
        }
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        [ty, ..] => {
            diags.push(wrong_arguments(
                "optional takes the type of the attribute and perhaps a default, nothing more.",
            ));
            (ty, None)
        }
    };
    let (ty, inner) = read(ty_expr, diags);
    let default = default_expr.and_then(|expr| default_value(expr, &ty, diags));
    Some(Attribute { ty, is_optional: true, default, inner: inner.or_none() })
}

fn default_value(expr: &Expr, ty: &Type, diags: &mut Diagnostics) -> Option<Value> {
    let (value, more) = eval_constant(expr);
    let has_failed = more.has_errors();
    diags.extend(more);
    if has_failed {
        return None;
    }
    match convert(&value, ty) {
        Ok(value) => Some(value),
        Err(e) => {
            diags.push(err!(
                expr.span,
                "Invalid default value for optional attribute",
                "The default does not suit the type of the attribute: {}.",
                e.full()
            ));
            None
        }
    }
}
