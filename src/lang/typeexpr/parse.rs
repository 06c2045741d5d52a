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
        "A type specification is either a primitive type keyword (bool, number, string) or a complex type constructor \
         call, like list(string)."
    )
}

/// The form of old that wrote types in quotes.
fn quoted(expr: &Expr) -> Option<Diagnostic> {
    let text = match &expr.kind {
        ExprKind::String(text) => &**text,
        ExprKind::Template(_) => "",
        _ => return None,
    };
    let instead = match text {
        "string" => "",
        "list" => " and write list(string) instead to explicitly indicate that the list elements are strings",
        "map" => " and write map(string) instead to explicitly indicate that the map elements are strings",
        _ => {
            return Some(err!(
                expr.span,
                "Invalid legacy variable type hint",
                "To provide a full type expression, remove the surrounding quotes and give the type expression \
                 directly."
            ));
        }
    };
    Some(err!(
        expr.span,
        "Invalid quoted type constraints",
        "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is now deprecated \
         and will be removed in a future version of Terraform. Remove the quotes around {text:?}{instead}."
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
        "object" => "The object type constructor requires one argument specifying the attribute types and values as a \
                     map."
            .into(),
        "tuple" => {
            "The tuple type constructor requires one argument specifying the element types as a list.".into()
        }
        _ => format!("The {constructor} type constructor requires one argument specifying the element type."),
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
            err!(arguments, SUMMARY, "Primitive type keyword {name:?} does not expect arguments.")
        }
        name @ "any" => {
            err!(arguments, SUMMARY, "Type constraint keyword {name:?} does not expect arguments.")
        }
        name @ ("list" | "set" | "map" | "object" | "tuple") => {
            err!(extra(), SUMMARY, "{}", needs_one(name)).within(whole)
        }
        name @ "optional" => err!(
            call.name.span,
            SUMMARY,
            "Keyword {name:?} is valid only as a modifier for object type attributes."
        )
        .within(whole),
        name => err!(whole, SUMMARY, "Keyword {name:?} is not a valid type constructor."),
    }
}

fn collection(kind: fn(Type) -> Type, element: &Expr, diags: &mut Diagnostics) -> (Type, Defaults) {
    let (ty, inner) = read(element, diags);
    let children = inner.or_none().map(|d| (Str::from(""), d)).into_iter().collect();
    (kind(ty), Defaults { values: BTreeMap::new(), children })
}

fn tuple(elements: &Expr, whole: Span, diags: &mut Diagnostics) -> (Type, Defaults) {
    let ExprKind::Tuple(elements) = &elements.kind else {
        let wrong = err!(elements.span, SUMMARY, "Tuple type constructor requires a list of element types.");
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
            "Object type constructor requires a map whose keys are attribute names and whose values are the \
             corresponding attribute types."
        );
        diags.push(wrong.within(whole));
        return (Type::Dynamic, Defaults::default());
    };
    let mut types: BTreeMap<Str, Type> = BTreeMap::new();
    let mut optional = BTreeSet::new();
    let mut defaults = Defaults::default();
    for item in items {
        let Some(name) = attribute_name(item) else {
            let wrong = err!(item.key.span, SUMMARY, "Object constructor map keys must be attribute names.");
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
            let detail = "Optional attribute modifier requires the attribute type as its argument.";
            diags.push(wrong_arguments(detail));
            return None;
        }
        [ty] => (ty, None),
        [ty, default] => (ty, Some(default)),
        [ty, ..] => {
            diags.push(wrong_arguments(
                "Optional attribute modifier expects at most two arguments: the attribute type, and an optional \
                 default value.",
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
                "This default value is not compatible with the attribute's type constraint: {}.",
                e.full()
            ));
            None
        }
    }
}
