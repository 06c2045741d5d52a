//! Functions on lists, tuples and sets, and on values of any collection type.

use model::convert::convert;
use model::ops::{self, equals};
use model::unify::unify;
use model::{Kind, Refinement, Type, Value};

use super::arguments::{NOT_WHOLE, items, number};
use super::characters::characters;
use super::define::{Outcome, blame, define, define_typed, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = questions();
    all.extend(choices());
    all.extend(searches());
    all
}

fn list(description: &'static str) -> Param {
    Param::any("list", description)
}

fn questions() -> Vec<Function> {
    let bools = || Param::of(Type::list(Type::Bool), "list", "The bools.");
    vec![
        define_typed("length", "Counts elements, or the characters of a text.", length_type, length)
            .takes(Param::any("value", "The collection or text.").dynamic_too().unknown_too().marked_too())
            .never_null()
            .documented_as(Type::Number)
            .shows(&[("length([\"a\", \"b\"])", "2"), ("length(\"hello\")", "5")]),
        define("alltrue", "Says whether all elements are true.", Type::Bool, alltrue)
            .takes(bools())
            .shows(&[("alltrue([true, false])", "false")]),
        define("anytrue", "Says whether some element is true.", Type::Bool, anytrue)
            .takes(bools())
            .shows(&[("anytrue([true, false])", "true")]),
        define("contains", "Says whether a list, tuple or set has an element.", Type::Bool, contains)
            .takes(list("The elements."))
            .takes(Param::any("value", "The element to look for."))
            .documented_as(Type::Dynamic)
            .shows(&[("contains([\"a\", \"b\"], \"a\")", "true")]),
    ]
}

fn choices() -> Vec<Function> {
    let vals = |description| Param::any("vals", description).nullable().unknown_too().dynamic_too();
    vec![
        define_typed(
            "coalesce",
            "Gives the first argument that is neither null nor an empty text.",
            coalesce_type,
            coalesce,
        )
        .takes_any_number(vals("The values to choose from."))
        .never_null()
        .shows(&[("coalesce(\"\", \"b\")", "\"b\"")]),
        define_typed(
            "coalescelist",
            "Gives the first list that is not empty.",
            coalescelist_type,
            coalescelist,
        )
        .takes_any_number(vals("The lists to choose from."))
        .never_null()
        .shows(&[("coalescelist([], [\"a\"])", "[\"a\"]")]),
        define_typed(
            "element",
            "Gives the element at an index, starting over at the end.",
            element_type,
            element,
        )
        .takes(list("The list.").marked_too())
        .takes(Param::number("index", "The index, counted from 0."))
        .shows(&[("element([\"a\", \"b\", \"c\"], 3)", "\"a\"")]),
        define_typed("one", "Gives the only element, or null where there is none.", one_type, one)
            .takes(list("A list, set or tuple of at most one element."))
            .shows(&[("one([\"a\"])", "\"a\""), ("one([])", "null")]),
    ]
}

fn searches() -> Vec<Function> {
    let lists = |name, description| Param::of(Type::list(Type::Dynamic), name, description);
    vec![
        define("index", "Gives the index of an element.", Type::Number, index)
            .takes(list("The list."))
            .takes(Param::any("value", "The element to look for."))
            .documented_as(Type::Dynamic)
            .shows(&[("index([\"a\", \"b\"], \"b\")", "1")]),
        define_typed("matchkeys", "Picks those values whose keys are wanted.", matchkeys_type, matchkeys)
            .takes(lists("values", "The values to pick from."))
            .takes(lists("keys", "The key of each value."))
            .takes(lists("searchset", "The keys wanted."))
            .never_null()
            .documented_as(Type::list(Type::Dynamic))
            .shows(&[("matchkeys([\"i-1\", \"i-2\"], [\"a\", \"b\"], [\"b\"])", "tolist([\"i-2\"])")]),
    ]
}

fn length_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::Bool | Type::Number | Type::TypeLiteral => {
            fail("a string, a collection, a tuple or an object is needed")
        }
        _countable => Ok(Type::Number),
    }
}

fn length(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let count = match args[0].kind() {
        Kind::String(text) => Value::number(characters(text).count()),
        Kind::Unknown(unknown) if unknown.ty == Type::String => {
            let lower = Some((0.into(), true));
            Value::refined(Type::Number, Refinement { lower, ..Refinement::not_null() })
        }
        _ => return ops::length(&args[0]).or_else(|e| fail(e.to_string())),
    };
    Ok(count.with_marks(args[0].marks()))
}

/// The first element that is not true decides; one that is unknown leaves the result open.
fn alltrue(args: &[Value], _: &dyn Surroundings) -> Outcome {
    match items(args, 0).iter().find(|v| v.as_bool() != Some(true)) {
        Some(unknown) if !unknown.is_known() => Ok(Value::unknown_not_null(Type::Bool)),
        Some(_false_or_null) => Ok(Value::bool(false)),
        None => Ok(Value::bool(true)),
    }
}

fn anytrue(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if items(args, 0).iter().any(|v| v.as_bool() == Some(true)) {
        return Ok(Value::bool(true));
    }
    let known = args[0].is_wholly_known();
    Ok(if known { Value::bool(false) } else { Value::unknown_not_null(Type::Bool) })
}

fn contains(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let Some(elements) = args[0].as_items() else { return fail("argument must be list, tuple, or set") };
    match search(elements, &args[1]) {
        Search::At(_) | Search::Later => Ok(Value::bool(true)),
        Search::Nowhere => Ok(Value::bool(false)),
        Search::Uncertain => Ok(Value::unknown_not_null(Type::Bool)),
    }
}

enum Search {
    At(usize),
    /// It is there, but an element before it may be equal too.
    Later,
    Nowhere,
    Uncertain,
}

/// Finds the first element that equals a value.
fn search(elements: &[Value], value: &Value) -> Search {
    let mut uncertain = false;
    for (i, element) in elements.iter().enumerate() {
        match equals(element, value).as_bool() {
            Some(true) => return if uncertain { Search::Later } else { Search::At(i) },
            Some(false) => {}
            None => uncertain = true,
        }
    }
    if uncertain { Search::Uncertain } else { Search::Nowhere }
}

fn coalesce_type(args: &[Value]) -> Result<Type, CallError> {
    let types: Vec<Type> = args.iter().map(Value::ty).collect();
    let common = if types.is_empty() { None } else { unify(&types) };
    common.map_or_else(|| fail("all arguments must have the same type"), Ok)
}

fn coalesce(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let ty = coalesce_type(args)?;
    for arg in args {
        // As in the oracle, what cannot become of the common type counts for nothing.
        let Ok(arg) = convert(arg, &ty) else { continue };
        if !arg.is_known() {
            return Ok(Value::unknown_not_null(ty));
        }
        let is_empty_text = ty == Type::String && arg.as_str().is_some_and(|s| s.is_empty());
        if !arg.is_null() && !is_empty_text {
            return Ok(arg);
        }
    }
    fail("no non-null, non-empty-string arguments")
}

fn coalescelist_type(args: &[Value]) -> Result<Type, CallError> {
    if args.is_empty() {
        return fail("at least one argument is required");
    }
    let mut types = Vec::new();
    for arg in args {
        if !arg.is_known() {
            return Ok(Type::Dynamic);
        }
        match arg.ty() {
            ty @ (Type::List(_) | Type::Tuple(_)) => types.push(ty),
            _ => return fail("each argument must be a list or a tuple"),
        }
    }
    let same = types.windows(2).all(|pair| pair[0] == pair[1]);
    Ok(if same { types.swap_remove(0) } else { Type::Dynamic })
}

fn coalescelist(args: &[Value], _: &dyn Surroundings) -> Outcome {
    for arg in args {
        if !arg.is_known() {
            return Ok(Value::unknown_not_null(coalescelist_type(args)?));
        }
        if arg.as_items().is_some_and(|items| !items.is_empty()) {
            return Ok(arg.clone());
        }
    }
    fail("no non-null arguments")
}

fn element_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::List(element) => Ok((*element).clone()),
        Type::Tuple(types) if args[1].is_known() => {
            Ok(types[element_index(args, types.len(), true)?].clone())
        }
        Type::Tuple(_) => Ok(Type::Dynamic),
        other => fail(format!("cannot read elements from {}", other.friendly_name())),
    }
}

fn element_index(args: &[Value], count: usize, is_tuple: bool) -> Result<usize, CallError> {
    let Some(index) = number(args, 1).to_i64() else { return fail(format!("invalid index: {NOT_WHOLE}")) };
    let Some(count) = i64::try_from(count).ok().filter(|n| *n > 0) else {
        return fail("an empty list has no element to give");
    };
    if is_tuple && index % count < 0 {
        return fail("a tuple's elements cannot be counted from its end; use tolist(...) first");
    }
    Ok(usize::try_from(index.rem_euclid(count)).unwrap_or_default())
}

fn element(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let elements = items(args, 0);
    let index = element_index(args, elements.len(), matches!(args[0].ty(), Type::Tuple(_)))?;
    Ok(elements[index].clone().with_marks(args[0].marks()))
}

const NOT_ONE: &str = "a list, set or tuple of at most one element is needed";

fn one_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::List(element) | Type::Set(element) => Ok((*element).clone()),
        Type::Tuple(types) if types.len() < 2 => Ok(types.first().cloned().unwrap_or(Type::Dynamic)),
        _ => blame(0, NOT_ONE),
    }
}

fn one(args: &[Value], _: &dyn Surroundings) -> Outcome {
    match items(args, 0) {
        [] => Ok(Value::null_of(one_type(args)?)),
        [only] => Ok(only.clone()),
        [_, ..] if matches!(args[0].ty(), Type::Set(_)) && !args[0].is_wholly_known() => {
            Ok(Value::unknown(one_type(args)?))
        }
        [_, ..] => blame(0, NOT_ONE),
    }
}

fn index(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if !matches!(args[0].ty(), Type::List(_) | Type::Tuple(_)) {
        return fail("argument must be a list or tuple");
    }
    if items(args, 0).is_empty() {
        return fail("cannot search an empty list");
    }
    match search(items(args, 0), &args[1]) {
        Search::At(i) => Ok(Value::number(i)),
        Search::Nowhere => fail("item not found"),
        Search::Later | Search::Uncertain => Ok(Value::unknown_not_null(Type::Number)),
    }
}

fn matchkeys_type(args: &[Value]) -> Result<Type, CallError> {
    match unify(&[args[1].ty(), args[2].ty()]) {
        Some(_) => Ok(args[0].ty()),
        None => fail("the keys and those that are searched for must have one type"),
    }
}

fn matchkeys(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let ty = args[0].ty();
    let common = unify(&[args[1].ty(), args[2].ty()]).unwrap_or(Type::Dynamic);
    let alike = [1, 2].map(|at| convert(&args[at], &common).or_else(|e| blame(at, e.message)));
    let [keys, wanted] = alike;
    let (keys, wanted) = (keys?, wanted?);
    let (values, keys, wanted) =
        (items(args, 0), keys.as_items().unwrap_or_default(), wanted.as_items().unwrap_or_default());
    if values.len() != keys.len() {
        return fail("there must be as many keys as values");
    }
    let element = ty.element().cloned().unwrap_or(Type::Dynamic);
    if wanted.is_empty() {
        return Ok(Value::list(element, Vec::new()));
    }
    if !values.iter().chain(keys).all(Value::is_wholly_known) {
        return Ok(Value::unknown_not_null(ty));
    }
    let mut picked = Vec::new();
    for (value, key) in values.iter().zip(keys) {
        match search(wanted, key) {
            Search::At(_) | Search::Later => picked.push(value.clone()),
            Search::Nowhere => {}
            Search::Uncertain => return Ok(Value::unknown_not_null(ty)),
        }
    }
    Ok(Value::list(element, picked))
}
