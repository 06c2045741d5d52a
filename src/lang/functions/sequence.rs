//! Functions that make lists of lists.

use std::collections::BTreeSet;

use model::convert::convert;
use model::ops::{equals, length};
use model::unify::unify;
use model::{Kind, Marks, Nullness, Refinement, Type, Value};

use super::arguments::{NOT_WHOLE, items, number, strings};
use super::define::{Outcome, blame, define, define_typed, fail};
use super::{CallError, Function, Param, Surroundings};

/// The family's members.
pub(super) fn members() -> Vec<Function> {
    let mut all = orders();
    all.extend(joins());
    all
}

fn orders() -> Vec<Function> {
    let texts = |description| Param::of(Type::list(Type::String), "list", description);
    let any = |description| Param::of(Type::list(Type::Dynamic), "list", description);
    vec![
        define("sort", "Sorts texts by their characters' code points.", Type::list(Type::String), sort)
            .takes(texts("The texts.").unknown_too())
            .shows(&[("sort([\"b\", \"a\"])", "tolist([\"a\", \"b\"])")]),
        define("compact", "Leaves out null and empty texts.", Type::list(Type::String), compact)
            .takes(texts("The texts."))
            .shows(&[("compact([\"a\", \"\", null, \"b\"])", "tolist([\"a\", \"b\"])")]),
        define_typed("distinct", "Leaves out repetitions.", |args| Ok(args[0].ty()), distinct)
            .takes(any("The list."))
            .never_null()
            .documented_as(Type::list(Type::Dynamic))
            .shows(&[("distinct([\"a\", \"b\", \"a\"])", "tolist([\"a\", \"b\"])")]),
        define_typed(
            "chunklist",
            "Cuts a list into lists of a size.",
            |args| Ok(Type::list(args[0].ty())),
            chunklist,
        )
        .takes(any("The list.").marked_too())
        .takes(Param::number("size", "How many elements each list has; 0 for all."))
        .never_null()
        .documented_as(Type::list(Type::list(Type::Dynamic)))
        .shows(&[("chunklist([1, 2, 3], 2)", "tolist([tolist([1, 2]), tolist([3])])")]),
        define_typed("reverse", "Turns the order of a list around.", reverse_type, reverse)
            .takes(Param::any("list", "The list.").marked_too())
            .never_null()
            .shows(&[("reverse([1, 2, 3])", "[3, 2, 1]")]),
        define_typed("slice", "Takes a part out of a list.", slice_type, slice)
            .takes(Param::any("list", "The list.").marked_too())
            .takes(Param::number("start_index", "The index of the first element to take."))
            .takes(Param::number("end_index", "The index of the first element not to take."))
            .never_null()
            .shows(&[("slice([\"a\", \"b\", \"c\"], 1, 3)", "[\"b\", \"c\"]")]),
    ]
}

fn joins() -> Vec<Function> {
    vec![
        define_typed("concat", "Puts lists one after the other.", concat_type, concat)
            .takes_any_number(Param::any("seqs", "The lists.").marked_too())
            .never_null()
            .shows(&[("concat([\"a\"], [\"b\", 1])", "[\"a\", \"b\", 1]")]),
        define_typed("flatten", "Replaces lists within a list by their elements.", flatten_type, flatten)
            .takes(Param::any("list", "The list.").marked_too())
            .never_null()
            .shows(&[("flatten([[\"a\"], [[], \"b\"]])", "[\"a\", \"b\"]")]),
    ]
}

fn sort(args: &[Value], _: &dyn Surroundings) -> Outcome {
    // Which element comes where may be open, how many there are is not.
    if let Kind::Unknown(list) = args[0].kind() {
        let bounds = Refinement { nullness: Nullness::NotNull, ..list.refinement.clone() };
        return Ok(Value::refined(list.ty.clone(), bounds));
    }
    if !args[0].is_wholly_known() {
        let unknown = items(args, 0).iter().map(|_| Value::unknown(Type::String));
        return Ok(Value::list(Type::String, unknown.collect()));
    }
    let mut texts = Vec::new();
    for (i, element) in items(args, 0).iter().enumerate() {
        match element.as_str() {
            Some(text) => texts.push(&**text),
            None => return fail(format!("element {i} is null, and null has no place in an order")),
        }
    }
    texts.sort_unstable();
    Ok(Value::list(Type::String, strings(texts)))
}

fn compact(args: &[Value], _: &dyn Surroundings) -> Outcome {
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::list(Type::String)));
    }
    let is_text = |v: &&Value| v.as_str().is_some_and(|s| !s.is_empty());
    Ok(Value::list(Type::String, items(args, 0).iter().filter(is_text).cloned().collect()))
}

fn element_type(list: &Type) -> Type {
    list.element().cloned().unwrap_or(Type::Dynamic)
}

fn distinct(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let ty = args[0].ty();
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(ty));
    }
    if ty == Type::list(Type::String) {
        let mut seen = BTreeSet::new();
        let fresh = items(args, 0).iter().filter(|v| seen.insert(v.as_str())).cloned().collect();
        return Ok(Value::list(Type::String, fresh));
    }
    let mut kept: Vec<Value> = Vec::new();
    for element in items(args, 0) {
        if !kept.iter().any(|k| equals(k, element).as_bool() == Some(true)) {
            kept.push(element.clone());
        }
    }
    Ok(Value::list(element_type(&ty), kept))
}

fn chunklist(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let (list_type, marks) = (args[0].ty(), args[0].marks());
    let elements = items(args, 0);
    let Some(size) = number(args, 1).to_i64() else { return fail(format!("invalid size: {NOT_WHOLE}")) };
    let Ok(size) = usize::try_from(size) else { return fail("the size must not be negative") };
    let element = element_type(&list_type);
    let size = if size == 0 { elements.len().max(1) } else { size };
    let chunks = elements.chunks(size).map(|chunk| Value::list(element.clone(), chunk.to_vec()));
    Ok(Value::list(list_type, chunks.collect()).with_marks(marks))
}

fn reverse_type(args: &[Value]) -> Result<Type, CallError> {
    match args[0].ty() {
        Type::Tuple(types) => Ok(Type::tuple(types.iter().rev().cloned())),
        Type::List(element) | Type::Set(element) => Ok(Type::List(element)),
        other => blame(0, format!("a list or a tuple is needed, not {}", other.friendly_name())),
    }
}

fn reverse(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let reversed = items(args, 0).iter().rev().cloned().collect();
    Ok(sequence_of(&reverse_type(args)?, reversed).with_marks(args[0].marks()))
}

/// A list or tuple, as the type says.
fn sequence_of(ty: &Type, elements: Vec<Value>) -> Value {
    match ty {
        Type::List(element) => Value::list((**element).clone(), elements),
        _tuple => Value::tuple(elements),
    }
}

/// The bounds are checked as far as they are known, so that a wrong one is found before the list is.
fn slice_type(args: &[Value]) -> Result<Type, CallError> {
    let ty = args[0].ty();
    let length = match &ty {
        Type::Tuple(types) => Some(types.len()),
        Type::List(_) => args[0].as_items().map(<[Value]>::len),
        Type::Set(_) => {
            return blame(0, "a set has no positions; take tolist(...) of it if any order will do");
        }
        _ => return blame(0, "must be a list or tuple value"),
    };
    let bounds = slice_bounds(args, length)?;
    match (ty, bounds) {
        (Type::Tuple(types), Some((start, end))) => Ok(Type::tuple(types[start..end].iter().cloned())),
        (Type::Tuple(_), None) => Ok(Type::Dynamic),
        (list, _) => Ok(list),
    }
}

/// Both bounds, where both are known.
fn slice_bounds(args: &[Value], length: Option<usize>) -> Result<Option<(usize, usize)>, CallError> {
    let start = slice_bound(args, 1, "start", length)?;
    let end = slice_bound(args, 2, "end", length)?;
    let (Some(start), Some(end)) = (start, end) else { return Ok(None) };
    match start <= end {
        true => Ok(Some((start, end))),
        false => blame(1, "the first index lies behind the second"),
    }
}

fn slice_bound(
    args: &[Value],
    at: usize,
    word: &str,
    length: Option<usize>,
) -> Result<Option<usize>, CallError> {
    if !args[at].is_known() {
        return Ok(None);
    }
    let Some(n) = number(args, at).to_i64() else {
        return blame(at, format!("invalid {word} index: {NOT_WHOLE}"));
    };
    match usize::try_from(n) {
        Err(_) => blame(at, format!("the {word} index is negative")),
        Ok(n) if length.is_some_and(|length| n > length) => {
            blame(at, format!("the {word} index lies behind the end of the list"))
        }
        Ok(n) => Ok(Some(n)),
    }
}

fn slice(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let elements = items(args, 0);
    let Some((start, end)) = slice_bounds(args, Some(elements.len()))? else { return Ok(Value::dynamic()) };
    Ok(sequence_of(&args[0].ty(), elements[start..end].to_vec()).with_marks(args[0].marks()))
}

fn concat_type(args: &[Value]) -> Result<Type, CallError> {
    if args.is_empty() {
        return fail("at least one argument is required");
    }
    let types: Vec<Type> = args.iter().map(Value::ty).collect();
    if types.iter().all(|t| matches!(t, Type::List(_)))
        && let Some(common) = unify(&types)
    {
        return Ok(common);
    }
    let mut elements = Vec::new();
    for (i, (arg, ty)) in args.iter().zip(types).enumerate() {
        match ty {
            Type::Tuple(types) => elements.extend(types.iter().cloned()),
            Type::List(element) => match arg.as_items() {
                Some(items) => elements.extend(items.iter().map(|_| (*element).clone())),
                None => return Ok(Type::Dynamic),
            },
            other => {
                let got = other.friendly_name();
                return blame(i, format!("each argument must be a list or a tuple, not {got}"));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let ty = concat_type(args)?;
    let mut marks = Marks::NONE;
    let mut elements = Vec::new();
    for arg in args {
        marks |= arg.marks();
        let same = match &ty {
            Type::List(_) => convert(arg, &ty).or_else(|e| fail(e.message))?,
            _tuple => arg.clone(),
        };
        elements.extend(same.as_items().unwrap_or_default().iter().cloned());
    }
    Ok(sequence_of(&ty, elements).with_marks(marks))
}

fn flatten_type(args: &[Value]) -> Result<Type, CallError> {
    let ty = args[0].ty();
    if !args[0].is_known() {
        return Ok(Type::Dynamic);
    }
    // As long as not all is known it passes for a list, and its values for the elements.
    if !is_sequence(&ty) && args[0].is_wholly_known() {
        return fail("a list, set or tuple is needed");
    }
    let mut flat = Flat::default();
    flat.take(&args[0]);
    if flat.uncertain {
        return Ok(Type::Dynamic);
    }
    Ok(Type::tuple(flat.elements.iter().map(Value::ty)))
}

fn is_sequence(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
}

/// What flattening gathers.
#[derive(Default)]
struct Flat {
    elements: Vec<Value>,
    marks: Marks,
    /// Whether some part is not known to be an element or a list of them.
    uncertain: bool,
}

impl Flat {
    fn take(&mut self, value: &Value) {
        self.marks |= value.marks();
        // Of a set how many elements there are may be open while they are.
        self.uncertain |= !length(value).is_ok_and(|n| n.is_known());
        let entries = value.as_entries().into_iter().flatten().map(|(_, v)| v);
        for element in value.as_items().into_iter().flatten().chain(entries) {
            let ty = element.ty();
            match (element.is_known(), element.is_null()) {
                (false, _) if is_sequence(&ty) || ty == Type::Dynamic => self.uncertain = true,
                (true, false) if is_sequence(&ty) => self.take(element),
                _single => self.elements.push(element.clone()),
            }
        }
    }
}

fn flatten(args: &[Value], _: &dyn Surroundings) -> Outcome {
    let mut flat = Flat::default();
    flat.take(&args[0]);
    let value = if flat.uncertain { Value::dynamic() } else { Value::tuple(flat.elements) };
    Ok(value.with_marks(flat.marks))
}
