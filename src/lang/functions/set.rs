//! Functions on sets.

use std::collections::BTreeSet;

use model::convert::convert;
use model::ops::raw_equals;
use model::unify::unify;
use model::{Kind, Marks, Refinement, Type, Value};

use super::arguments::items;
use super::define::{Outcome, blame, define_typed, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let set = |name, description| Param::of(Type::set(Type::Dynamic), name, description);
    let others = || set("other_sets", "More sets.");
    let entry = |name, description, code| {
        define_typed(name, description, common_type, code)
            .never_null()
            .documented_as(Type::set(Type::Dynamic))
    };
    vec![
        entry("setintersection", "Gives the elements that all sets have.", intersection)
            .takes(set("first_set", "A set."))
            .takes_any_number(others())
            .shows(&[("setintersection([\"a\", \"b\"], [\"b\", \"c\"])", "toset([\"b\"])")]),
        entry("setsubtract", "Gives the elements of one set that another lacks.", subtract)
            .takes(set("a", "The set to take from."))
            .takes(set("b", "The elements to leave out."))
            .shows(&[("setsubtract([\"a\", \"b\"], [\"b\"])", "toset([\"a\"])")]),
        entry("setunion", "Gives the elements that any set has.", union)
            .takes(set("first_set", "A set."))
            .takes_any_number(others())
            .shows(&[("setunion([\"a\"], [\"b\", \"a\"])", "toset([\"a\", \"b\"])")]),
        define_typed(
            "setproduct",
            "Gives all combinations of elements, one from each set.",
            product_type,
            product,
        )
        .takes_any_number(Param::any("sets", "The sets or lists.").marked_too().unknown_too())
        .never_null()
        .shows(&[("setproduct([\"a\"], [1, 2])", "tolist([[\"a\", 1], [\"a\", 2]])")]),
    ]
}

fn common_type(args: &[Value]) -> Result<Type, CallError> {
    // Empty sets of no type in particular suit every other.
    let says_nothing = |arg: &Value, element: &Type| {
        *element == Type::Dynamic && arg.as_items().is_some_and(<[Value]>::is_empty)
    };
    let elements: Vec<Type> =
        args.iter().filter_map(|arg| arg.ty().element().filter(|e| !says_nothing(arg, e)).cloned()).collect();
    if elements.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    let common = unify(&elements).map(Type::set);
    common.map_or_else(|| fail("the elements of the sets have no type in common"), Ok)
}

/// The common element type, and the elements of each set where all are known.
type Alike = (Type, Option<Vec<Vec<Value>>>);

fn alike(args: &[Value]) -> Result<Alike, CallError> {
    let ty = common_type(args)?;
    let element = ty.element().cloned().unwrap_or(Type::Dynamic);
    let mut sets = Vec::new();
    for (i, arg) in args.iter().enumerate() {
        let set = convert(arg, &ty).or_else(|e| blame(i, e.message))?;
        if !set.is_wholly_known() {
            return Ok((element, None));
        }
        sets.push(set.as_items().unwrap_or_default().to_vec());
    }
    Ok((element, Some(sets)))
}

fn combine(args: &[Value], keep: fn(Vec<Value>, &[Value]) -> Vec<Value>) -> Outcome {
    let (element, sets) = alike(args)?;
    let Some(sets) = sets else { return Ok(Value::unknown_not_null(Type::set(element))) };
    let mut sets = sets.into_iter();
    let first = sets.next().unwrap_or_default();
    Ok(Value::set(element, sets.fold(first, |kept, set| keep(kept, &set))))
}

/// The elements that a set has, or those that it lacks.
fn divide(elements: Vec<Value>, set: &[Value], wanted: bool) -> Vec<Value> {
    let texts: Option<BTreeSet<&str>> = set.iter().map(|v| v.as_str().map(|s| &**s)).collect();
    let has = |value: &Value| match (&texts, value.as_str()) {
        (Some(texts), Some(text)) => texts.contains(&**text),
        _ => set.iter().any(|v| raw_equals(v, value)),
    };
    elements.into_iter().filter(|v| has(v) == wanted).collect()
}

fn intersection(args: &[Value], _: &dyn Surroundings) -> Outcome {
    combine(args, |kept, set| divide(kept, set, true))
}

fn subtract(args: &[Value], _: &dyn Surroundings) -> Outcome {
    combine(args, |kept, set| divide(kept, set, false))
}

/// Unlike the others, this says something also where elements are unknown.
fn union(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let ty = common_type(args)?;
    let mut elements = Vec::new();
    for (i, arg) in args.iter().enumerate() {
        let alike = convert(arg, &ty).or_else(|e| blame(i, e.message))?;
        elements.extend(alike.as_items().unwrap_or_default().iter().cloned());
    }
    Ok(Value::set(ty.element().cloned().unwrap_or(Type::Dynamic), elements))
}

/// The element type of each factor, and whether all of them are ordered.
fn factors(args: &[Value]) -> Result<(Vec<Type>, bool), CallError> {
    if args.len() < 2 {
        return fail("it takes two arguments or more");
    }
    let mut ordered = true;
    let mut elements = Vec::new();
    for (i, arg) in args.iter().enumerate() {
        elements.push(match arg.ty() {
            Type::List(element) => (*element).clone(),
            Type::Set(element) => {
                ordered = false;
                (*element).clone()
            }
            Type::Tuple(types) => match unify(&types) {
                Some(element) => element,
                None => return blame(i, "the elements have no type in common"),
            },
            _ => return blame(i, "a set or a list is required"),
        });
    }
    Ok((elements, ordered))
}

fn product_type(args: &[Value]) -> Result<Type, CallError> {
    let (elements, ordered) = factors(args)?;
    let combination = Type::tuple(elements);
    Ok(if ordered { Type::list(combination) } else { Type::set(combination) })
}

/// How many combinations there may be: some where no factor may be empty, and at most as the factors allow.
fn product_length(args: &[Value]) -> Refinement {
    let least = |arg: &Value| match arg.kind() {
        Kind::Unknown(u) => u.refinement.min_length.unwrap_or(0),
        _ => arg.as_items().map_or(0, <[Value]>::len),
    };
    let most = |arg: &Value| match arg.kind() {
        Kind::Unknown(u) => u.refinement.max_length,
        _ => arg.as_items().map(<[Value]>::len),
    };
    let max = args.iter().map(most).try_fold(1usize, |product, n| product.checked_mul(n?));
    Refinement::of_length(usize::from(args.iter().all(|arg| least(arg) > 0)), max)
}

fn product(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (types, ordered) = factors(args)?;
    let marks = args.iter().fold(Marks::NONE, |m, arg| m | arg.marks());
    let is_endless = |arg: &Value| match arg.kind() {
        Kind::Unknown(u) => !matches!(u.ty, Type::Tuple(_)) && u.refinement.max_length.is_none(),
        _ => false,
    };
    let is_empty = args.iter().any(|arg| arg.as_items().is_some_and(<[Value]>::is_empty));
    // Elements of a set that are not known yet may turn out to be the same.
    let is_open =
        |arg: &Value| matches!(arg.kind(), Kind::Set(set) if set.items().len() > 1) && !arg.is_wholly_known();
    if args.iter().any(is_open) {
        return Ok(Value::unknown_not_null(product_type(args)?).with_marks(marks));
    }
    if is_empty && args.iter().all(|arg| !is_endless(arg)) {
        let combination = Type::tuple(types);
        let none =
            if ordered { Value::list(combination, Vec::new()) } else { Value::set(combination, Vec::new()) };
        return Ok(none.with_marks(marks));
    }
    if args.iter().any(is_endless) || !is_empty && args.iter().any(|arg| !arg.is_known()) {
        return Ok(Value::refined(product_type(args)?, product_length(args)).with_marks(marks));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for (i, ty) in types.iter().enumerate() {
        let elements: Vec<Value> = items(args, i)
            .iter()
            .map(|v| {
                convert(v, ty)
                    .or_else(|e| fail(format!("an element of set {} does not suit: {}", i + 1, e.message)))
            })
            .collect::<Result<_, _>>()?;
        rows = rows
            .iter()
            .flat_map(|row| elements.iter().map(move |v| row.iter().chain([v]).cloned().collect()))
            .collect();
    }
    let combination = Type::tuple(types);
    let rows = rows.into_iter().map(Value::tuple).collect();
    let product = if ordered { Value::list(combination, rows) } else { Value::set(combination, rows) };
    Ok(product.with_marks(marks))
}
