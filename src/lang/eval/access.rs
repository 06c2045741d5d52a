//! References, attributes and indexes: reaching into values.

use model::convert::convert;
use model::value::normalize;
use model::{Diagnostics, Kind, Mapping, Number, Span, Str, Type, Value, diagnostic::did_you_mean};

use super::Env;
use crate::ast::{Expr, ExprKind, Step, StepKind, Traversal};

/// Why a value cannot be reached into.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The summary of the diagnostic.
    pub summary: &'static str,
    /// Its detail, in full sentences.
    pub detail: String,
}

impl Fault {
    fn new(summary: &'static str, detail: impl Into<String>) -> Fault {
        Fault { summary, detail: detail.into() }
    }

    /// A key that leads nowhere.
    fn no_element(why: &str) -> Fault {
        Fault::new("Invalid index", format!("There is no element under this key{why}"))
    }

    /// The diagnostic at a place.
    pub fn at(self, span: Span) -> model::Diagnostic {
        model::Diagnostic::error(self.summary, self.detail).at(span)
    }
}

impl Env<'_> {
    /// A name and the steps from it.
    pub(super) fn reference(self, traversal: &Traversal, expr: &Expr, diags: &mut Diagnostics) -> Value {
        match self.resolve(traversal) {
            Err(more) => {
                diags.extend(more);
                Value::dynamic()
            }
            Ok((value, rest)) => walk(value, rest).unwrap_or_else(|(fault, span)| {
                self.report(fault.at(span), expr, diags);
                Value::dynamic()
            }),
        }
    }

    /// What the scope makes of a reference, and the steps left to take.
    pub(super) fn resolve(self, traversal: &Traversal) -> Result<(Value, &[Step]), Diagnostics> {
        if let Some(value) = self.variable(&traversal.root.name) {
            return Ok((value.clone(), &traversal.steps));
        }
        let resolved = self.scope.resolve(traversal)?;
        Ok((resolved.value, traversal.steps.get(resolved.consumed..).unwrap_or_default()))
    }

    /// A chain of attributes and indexes, which nests as deep on the left as it is long, and so is taken in a loop.
    pub(super) fn access(self, expr: &Expr, diags: &mut Diagnostics) -> Value {
        let mut chain = Vec::new();
        let mut at = expr;
        let mut value = loop {
            let (object, direct) = match &at.kind {
                ExprKind::GetAttr(object, _) => (object, None),
                ExprKind::Index { object, key, brackets } => {
                    (object, self.index_directly(object, key, *brackets, diags))
                }
                _ => break self.expr(at, diags),
            };
            if let Some(value) = direct {
                break value;
            }
            chain.push(at);
            at = object;
        };
        while let Some(link) = chain.pop() {
            value = self.take(value, link, diags);
        }
        value
    }

    /// Takes one link of a chain.
    fn take(self, object: Value, link: &Expr, diags: &mut Diagnostics) -> Value {
        let (taken, place) = match &link.kind {
            ExprKind::GetAttr(of, name) => (attribute(&object, &name.name), of.span.at_end().to(name.span)),
            ExprKind::Index { key, brackets, .. } => (index(&object, &self.expr(key, diags)), *brackets),
            _ => return object,
        };
        taken.unwrap_or_else(|fault| {
            self.report(fault.at(place), link, diags);
            Value::dynamic()
        })
    }

    /// `reference[key]` where the scope can find the one instance without building all of them.
    fn index_directly(
        self,
        object: &Expr,
        key: &Expr,
        brackets: Span,
        diags: &mut Diagnostics,
    ) -> Option<Value> {
        let ExprKind::Reference(traversal) = &object.kind else { return None };
        if self.variable(&traversal.root.name).is_some() {
            return None;
        }
        let mut key_diags = Diagnostics::new();
        let (key, marks) = self.expr(key, &mut key_diags).unmark();
        let is_key = matches!(key.kind(), Kind::Number(_) | Kind::String(_) | Kind::Null(_));
        if key_diags.has_errors() || !is_key {
            return None;
        }
        let found = self.scope.resolve_indexed(traversal, &key, brackets)?;
        diags.extend(key_diags);
        let by_number = matches!(key.kind(), Kind::Number(_));
        match diags.absorb(found) {
            Some(value) if by_number => Some(value.with_marks(marks)),
            Some(value) => Some(value),
            None => Some(Value::dynamic()),
        }
    }
}

/// Takes the steps of a traversal from a value; where one does not suit, why, and where it stands.
pub fn walk(value: Value, steps: &[Step]) -> Result<Value, (Fault, Span)> {
    steps.iter().try_fold(value, |at, step| {
        let next = match &step.kind {
            StepKind::Attr(name) => attribute(&at, name),
            StepKind::IndexNumber(n) => index(&at, &Value::number(n.clone())),
            StepKind::IndexString(s) => index(&at, &Value::normalized(s.clone())),
        };
        next.map_err(|fault| (fault, step.span))
    })
}

/// Finds a name, which a file may have written in another normal form.
fn lookup<'v>(mapping: &'v Mapping, name: &str) -> Option<&'v Value> {
    match mapping.get(name) {
        None if !name.is_ascii() => mapping.get(&normalize(name)),
        found => found,
    }
}

/// `object.name`: the attribute of an object or the element of a map, with the marks of what holds it.
pub fn attribute(object: &Value, name: &Str) -> Result<Value, Fault> {
    let marks = object.marks();
    match object.kind() {
        Kind::Null(_) => Err(Fault::new(
            "Attempt to get attribute from null value",
            "The value is null, and null has no attributes.",
        )),
        Kind::Object(attributes) => match lookup(attributes, name) {
            Some(value) => Ok(value.clone().with_marks(marks)),
            None => Err(no_attribute(name, attributes.entries().iter().map(|(k, _)| &**k))),
        },
        Kind::Map(elements) => match lookup(elements, name) {
            Some(value) => Ok(value.clone().with_marks(marks)),
            None => Err(Fault::new(
                "Missing map element",
                format!("The map has no element under the key {name:?}."),
            )),
        },
        Kind::Unknown(unknown) => match &unknown.ty {
            Type::Dynamic => Ok(Value::dynamic().with_marks(marks)),
            Type::Map(element) => Ok(Value::unknown((**element).clone()).with_marks(marks)),
            Type::Object(o) => match o.attributes.get(&normalize(name)) {
                Some(ty) => Ok(Value::unknown(ty.clone()).with_marks(marks)),
                None => Err(no_attribute(name, o.attributes.keys().map(|k| &**k))),
            },
            other => Err(without_attributes(other, name)),
        },
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => {
            Err(without_attributes(&object.ty(), name))
        }
        Kind::List(_) | Kind::Set(_) | Kind::Tuple(_) => Err(without_attributes(&object.ty(), name)),
    }
}

fn no_attribute<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Fault {
    let hint = did_you_mean(name, candidates);
    Fault::new("Unsupported attribute", format!("The object has no attribute {name:?}.{hint}"))
}

/// Explains that a type has no attributes at all.
fn without_attributes(ty: &Type, name: &str) -> Fault {
    let object = |element: &Type| match element {
        Type::Object(o) => Some(o.attributes.contains_key(name)),
        _ => None,
    };
    let detail = match ty {
        Type::List(element) if object(element).is_some() => {
            let name = if object(element) == Some(true) { name } else { "NAME" };
            format!(
                "A list has no attributes, only its elements have. Take the attribute of one, as in [0].{name}, or of all, as \
                 in [*].{name}."
            )
        }
        Type::Set(element) if object(element).is_some() => {
            "A set has no attributes, only its elements have. Take the attribute of all with a for expression.".into()
        }
        primitive if primitive.is_primitive() => {
            format!("Only objects have attributes; this is a {}.", primitive.friendly_name())
        }
        _ => "The value has no attributes.".into(),
    };
    Fault::new("Unsupported attribute", detail)
}

/// `collection[key]`, with the marks of the collection and, except for objects, those of the key.
pub fn index(collection: &Value, key: &Value) -> Result<Value, Fault> {
    if collection.is_null() {
        let detail = "The value is null, and null has no elements.";
        return Err(Fault::new("Attempt to index null value", detail));
    }
    if key.is_null() {
        return Err(Fault::new("Invalid index", "The key in the brackets is null."));
    }
    if matches!(key.kind(), Kind::Unknown(u) if u.ty == Type::Dynamic) {
        return Ok(Value::dynamic().with_marks(collection.marks()));
    }
    match collection.kind() {
        Kind::List(s) | Kind::Tuple(s) => index_items(s.items(), collection, key),
        Kind::Map(m) => index_map(Some(m), collection, key),
        Kind::Object(m) => index_object(collection, key, |name| {
            m.get(name).map(|v| v.clone().with_marks(collection.marks()))
        }),
        Kind::Unknown(u) => index_unknown(&u.ty, collection, key),
        Kind::Set(_) => Err(no_index_into_set()),
        Kind::Null(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::TypeLiteral(_) => {
            Err(Fault::new("Invalid index", "The value has no elements, so it cannot be indexed."))
        }
    }
}

fn no_index_into_set() -> Fault {
    Fault::new(
        "Invalid index",
        "A set has no positions and no keys, so nothing can be picked out of it by an index. Go through it with a \
         for expression, or make a list of it with tolist.",
    )
}

/// The index of what is not known but for its type.
fn index_unknown(ty: &Type, collection: &Value, key: &Value) -> Result<Value, Fault> {
    let unknown = |ty: &Type| Value::unknown(ty.clone()).with_marks(collection.marks());
    match ty {
        Type::Dynamic => Ok(unknown(&Type::Dynamic)),
        Type::List(element) => position(key).map(|_| unknown(element)),
        Type::Tuple(types) => {
            let Some(number) = position(key)? else { return Ok(unknown(&Type::Dynamic)) };
            let found = whole(&number).and_then(|i| types.get(i));
            let found = found.map(|ty| unknown(ty).with_marks(key.marks()));
            found.ok_or_else(|| outside(&number, types.len(), !(collection.marks() | key.marks()).is_empty()))
        }
        Type::Map(_) => index_map(None, collection, key),
        // Whether there is such an attribute is looked up when the object is known.
        Type::Object(_) => key_as(key, &Type::String).map(|_| unknown(&Type::Dynamic)),
        Type::Set(_) => Err(no_index_into_set()),
        Type::Bool | Type::Number | Type::String | Type::TypeLiteral => {
            Err(Fault::new("Invalid index", "The value has no elements, so it cannot be indexed."))
        }
    }
}

/// The key as the collection wants it; nothing while it is unknown.
fn key_as(key: &Value, ty: &Type) -> Result<Option<Value>, Fault> {
    let key = convert(key, ty).map_err(|e| Fault::no_element(&format!(": {}.", e.full())))?;
    Ok(key.is_known().then_some(key))
}

/// The key as a number; nothing while it is unknown.
fn position(key: &Value) -> Result<Option<Number>, Fault> {
    Ok(key_as(key, &Type::Number)?.and_then(|key| key.as_number().cloned()))
}

fn whole(number: &Number) -> Option<usize> {
    number.to_usize().filter(|_| number.is_integer())
}

/// The type of the elements of a list or map; nobody knows that of a tuple's.
fn element_type(collection: &Value) -> Type {
    match collection.kind() {
        Kind::Tuple(_) => Type::Dynamic,
        _ => collection.ty().element().cloned().unwrap_or(Type::Dynamic),
    }
}

fn index_items(items: &[Value], collection: &Value, key: &Value) -> Result<Value, Fault> {
    let Some(number) = position(key)? else {
        return Ok(Value::unknown(element_type(collection)).with_marks(collection.marks()));
    };
    let marks = collection.marks() | key.marks();
    match whole(&number).and_then(|i| items.get(i)) {
        Some(value) => Ok(value.clone().with_marks(marks)),
        None => Err(outside(&number, items.len(), !marks.is_empty())),
    }
}

/// Explains why a number is no position in a sequence.
fn outside(number: &Number, length: usize, is_marked: bool) -> Fault {
    Fault::no_element(if !number.is_integer() {
        ": a position is a whole number."
    } else if number.is_negative() {
        ": positions are counted from 0; the last element has the position length(...) - 1."
    } else if is_marked {
        "."
    } else if length == 0 {
        ": the collection is empty."
    } else {
        return Fault::no_element(&format!(
            ": the last of {length} elements has the position {}.",
            length - 1
        ));
    })
}

/// The element of a map; of one that is unknown any key may be there.
fn index_map(map: Option<&Mapping>, collection: &Value, key: &Value) -> Result<Value, Fault> {
    let known = key_as(key, &Type::String)?;
    let (Some(name), Some(map)) = (known.as_ref().and_then(Value::as_str), map) else {
        return Ok(Value::unknown(element_type(collection)).with_marks(collection.marks()));
    };
    match map.get(name) {
        Some(value) => Ok(value.clone().with_marks(collection.marks() | key.marks())),
        None => Err(Fault::no_element(&other_keys(
            name,
            map.entries().iter().map(|(k, _)| &**k),
            collection,
            key,
        ))),
    }
}

/// The key that may have been meant, or all keys where they are few; nothing where the key or the collection is secret.
fn other_keys<'k>(
    given: &str,
    keys: impl Iterator<Item = &'k str> + Clone,
    collection: &Value,
    key: &Value,
) -> String {
    const FEW: usize = 8;
    if !(collection.marks() | key.marks()).is_empty() {
        return ".".into();
    }
    let similar = did_you_mean(given, keys.clone());
    let count = keys.clone().take(FEW + 1).count();
    match (similar.is_empty(), count) {
        (false, _) => format!(".{similar}"),
        (true, 0) => ": the collection is empty.".into(),
        (true, 1..=FEW) => {
            let all: Vec<String> = keys.map(|k| format!("{k:?}")).collect();
            format!(". There is only {}.", all.join(", "))
        }
        (true, _) => ".".into(),
    }
}

fn index_object(
    collection: &Value,
    key: &Value,
    attribute: impl Fn(&str) -> Option<Value>,
) -> Result<Value, Fault> {
    let known = key_as(key, &Type::String)?;
    let Some(name) = known.as_ref().and_then(Value::as_str) else {
        return Ok(Value::dynamic().with_marks(collection.marks()));
    };
    attribute(name).ok_or_else(|| {
        Fault::no_element(match key.kind() {
            Kind::Number(_) => ". The attributes of an object have names, not positions.",
            _ => ".",
        })
    })
}
