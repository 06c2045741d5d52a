//! Functions on maps and objects.

use std::collections::BTreeMap;

use model::convert::convert;
use model::{Kind, Marks, Str, Type, Value};

use super::arguments::{items, strings};
use super::define::{Outcome, blame, define, define_typed, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = parts();
    all.extend(building());
    all
}

fn parts() -> Vec<Function> {
    vec![
        define_typed("keys", "Lists the keys of a map, sorted.", keys_type, keys)
            .takes(Param::any("inputMap", "The map or object.").unknown_too().marked_too())
            .never_null()
            .shows(&[("keys({b = 1, a = 2})", "[\"a\", \"b\"]")]),
        define_typed("values", "Lists the values of a map, sorted by their keys.", values_type, values)
            .takes(Param::any("mapping", "The map or object.").marked_too())
            .never_null()
            .shows(&[("values({b = 1, a = 2})", "[2, 1]")]),
        define_typed("lookup", "Gives the value of a key, or a default.", lookup_type, lookup)
            .takes(Param::any("inputMap", "The map or object.").marked_too())
            .takes(Param::string("key", "The key.").marked_too())
            .takes_any_number(
                Param::any("default", "What to give where the key is not there.")
                    .nullable()
                    .unknown_too()
                    .dynamic_too()
                    .marked_too(),
            )
            .shows(&[("lookup({a = 1}, \"b\", 2)", "2")]),
    ]
}

fn building() -> Vec<Function> {
    let lists = Type::map(Type::list(Type::String));
    vec![
        define_typed("merge", "Puts maps together; of equal keys the last wins.", merge_type, merge)
            .takes_any_number(
                Param::any("maps", "The maps or objects.").nullable().dynamic_too().marked_too(),
            )
            .never_null()
            .shows(&[("merge({a = 1}, {a = 2, b = 3})", "{a = 2, b = 3}")]),
        define_typed("zipmap", "Makes a map of keys and values.", zipmap_type, zipmap)
            .takes(Param::of(Type::list(Type::String), "keys", "The keys.").marked_too())
            .takes(Param::any("values", "The value of each key.").marked_too())
            .never_null()
            .shows(&[("zipmap([\"a\", \"b\"], [1, 2])", "{a = 1, b = 2}")]),
        define("transpose", "Swaps the keys and values of a map of lists.", lists.clone(), transpose)
            .takes(Param::of(lists, "values", "The map."))
            .shows(&[(
                "transpose({a = [\"1\", \"2\"], b = [\"2\"]})",
                "tomap({\"1\" = tolist([\"a\"]), \"2\" = tolist([\"a\", \"b\"])})",
            )]),
    ]
}

fn keys_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::Map(_) => Ok(Type::list(Type::String)),
        Type::Object(o) => Ok(Type::tuple(o.attributes.keys().map(|_| Type::String))),
        _ => blame(0, "must have map or object type"),
    }
}

fn keys(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let keys = match (args[0].ty(), args[0].as_entries()) {
        (Type::Object(o), _) => Value::tuple(strings(o.attributes.keys())),
        (_, Some(entries)) => Value::list(Type::String, strings(entries.iter().map(|(k, _)| k))),
        (_, None) => Value::unknown_not_null(Type::list(Type::String)),
    };
    Ok(keys.with_marks(args[0].marks()))
}

fn values_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::Map(element) => Ok(Type::List(element)),
        Type::Object(o) => Ok(Type::tuple(o.attributes.values().cloned())),
        _ => fail("a map or an object is needed"),
    }
}

fn values(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let values = args[0].as_entries().unwrap_or_default().iter().map(|(_, v)| v.clone()).collect();
    let listed = match args[0].ty() {
        Type::Map(element) => Value::list((*element).clone(), values),
        _object => Value::tuple(values),
    };
    Ok(listed.with_marks(args[0].marks()))
}

fn lookup_type(args: &[Value]) -> Result<Type, CallError> {
    if args.len() > 3 {
        return fail(format!("it takes two or three arguments, not {}", args.len()));
    }
    match args[0].ty() {
        Type::Object(object) => {
            let Some(key) = args[1].as_str() else { return Ok(Type::Dynamic) };
            let found = object.attributes.get(key).cloned().or_else(|| Some(args.get(2)?.ty()));
            found.map_or_else(|| blame(0, format!("the object has no attribute {key:?}")), Ok)
        }
        Type::Map(element) => {
            if args.get(2).is_some_and(|default| convert(default, &element).is_err()) {
                return blame(2, "the default must have the type of the map's elements");
            }
            Ok((*element).clone())
        }
        _ => blame(0, "a map or an object comes first"),
    }
}

fn lookup(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let marks = args[0].marks() | args[1].marks();
    let key = super::arguments::text(args, 1);
    if let Some(found) = args[0].get(key) {
        return Ok(found.clone().with_marks(marks));
    }
    match args.get(2) {
        Some(default) => {
            let converted = convert(default, &lookup_type(args)?).or_else(|e| blame(2, e.message))?;
            Ok(converted.with_marks(marks))
        }
        None => fail(format!("there is no key {key:?}, and no default is given")),
    }
}

fn merge_type(args: &[Value]) -> Result<Type, CallError> {
    let mut attributes: BTreeMap<Str, Type> = BTreeMap::new();
    let mut all_known = true;
    for arg in args {
        match (arg.ty(), arg.as_entries()) {
            (Type::Dynamic, _) => return Ok(Type::Dynamic),
            (Type::Object(_) | Type::Map(_), _) if arg.is_null() => {}
            (Type::Object(object), _) => {
                attributes.extend(object.attributes.iter().map(|(k, t)| (k.clone(), t.clone())));
            }
            (Type::Map(element), Some(entries)) => {
                attributes.extend(entries.iter().map(|(k, _)| (k.clone(), (*element).clone())));
            }
            (Type::Map(_), None) => all_known = false,
            (other, _) => return not_a_map(&other),
        }
    }
    let first = args.first().map(Value::ty);
    match first {
        Some(first) if args.iter().all(|arg| arg.ty() == first) => Ok(first),
        _mixed if all_known => Ok(Type::object(attributes)),
        _mixed => Ok(Type::Dynamic),
    }
}

fn not_a_map<T>(ty: &Type) -> Result<T, CallError> {
    fail(format!("each argument must be a map or an object, not {:?}", ty.friendly_name()))
}

fn merge(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let ty = merge_type(args)?;
    // Behind an untyped null, the types of the others were not looked at, and what is empty has nothing to add.
    let is_map = |arg: &Value| {
        let is_empty = arg.as_items().is_some_and(<[Value]>::is_empty);
        arg.is_null() || is_empty || matches!(arg.ty(), Type::Map(_) | Type::Object(_))
    };
    if let Some(wrong) = args.iter().find(|arg| !is_map(arg)) {
        return not_a_map(&wrong.ty());
    }
    let marks = args.iter().fold(Marks::NONE, |m, arg| m | arg.marks());
    let entries = args.iter().flat_map(|arg| arg.as_entries().unwrap_or_default().iter().cloned());
    let merged = match ty {
        Type::Map(element) => Value::map((*element).clone(), entries),
        _object => Value::object(entries),
    };
    Ok(merged.with_marks(marks))
}

fn zipmap_type(args: &[Value]) -> Result<Type, CallError> {
    match args[1].ty() {
        Type::List(element) => Ok(Type::Map(element)),
        Type::Tuple(types) => {
            if !args[0].is_wholly_known() {
                return Ok(Type::Dynamic);
            }
            Ok(Type::object(zip_keys(items(args, 0), types.len())?.into_iter().zip(types.iter().cloned())))
        }
        _ => fail("the values must be a list or a tuple"),
    }
}

/// The keys as text, as many as there are values.
fn zip_keys(keys: &[Value], values: usize) -> Result<Vec<Str>, CallError> {
    if keys.len() != values {
        return fail(format!("there are {} keys, but {values} values", keys.len()));
    }
    let key = |(i, key): (usize, &Value)| match key.as_str() {
        Some(text) => Ok(text.clone()),
        None => fail(format!("key {i} is null")),
    };
    keys.iter().enumerate().map(key).collect()
}

fn zipmap(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let ty = zipmap_type(args)?;
    let marks = args[0].deep_marks() | args[1].marks();
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(ty).with_marks(marks));
    }
    let values = items(args, 1);
    let entries = zip_keys(items(args, 0), values.len())?.into_iter().zip(values.iter().cloned());
    let zipped = match ty {
        Type::Map(element) => Value::map((*element).clone(), entries),
        _object => Value::object(entries),
    };
    Ok(zipped.with_marks(marks))
}

fn transpose(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let list = Type::list(Type::String);
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::map(list)));
    }
    let mut swapped: BTreeMap<Str, Vec<Value>> = BTreeMap::new();
    for (key, texts) in args[0].as_entries().unwrap_or_default() {
        if texts.is_null() {
            return fail("none of the lists may be null");
        }
        for text in texts.as_items().unwrap_or_default() {
            match text.kind() {
                Kind::String(text) => {
                    swapped.entry(text.clone()).or_default().push(Value::normalized(key.clone()));
                }
                _null => return fail("none of the strings may be null"),
            }
        }
    }
    let entries = swapped.into_iter().map(|(key, keys)| (key, Value::list(Type::String, keys)));
    Ok(Value::map(list, entries))
}
