//! How a fickle type behaves: what it plans, what it gives, and what it demands a new object for. The provider follows
//! these rules, and whoever checks the engine computes by them what is to be expected.

use std::collections::BTreeMap;

use model::Nesting;

use crate::kind::{Attr, Form, Gift, Kind, Nest, Shape, Who, nothing};
use crate::val::{Ty, Val};

/// What a type plans.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The object after the change.
    pub object: Val,
    /// The attributes and blocks whose change needs a new object.
    pub replace: Vec<String>,
}

/// The configuration merged with the object that exists.
pub fn propose(shape: &Shape, prior: Option<&Val>, config: &Val) -> Val {
    let Val::Map(given) = config else { return config.clone() };
    let prior = prior.filter(|p| matches!(p, Val::Map(_)));
    let attrs = shape.attrs.iter().map(|a| {
        let before = prior.map(|p| p.get(&a.name));
        (a.name.clone(), propose_attr(a, before, given.get(&a.name).unwrap_or(&Val::Null)))
    });
    let blocks = shape.blocks.iter().map(|b| {
        let before = prior.map(|p| p.get(&b.name));
        (
            b.name.clone(),
            propose_nested(b.nesting, &b.shape, before, given.get(&b.name).unwrap_or(&Val::Null)),
        )
    });
    Val::Map(attrs.chain(blocks).collect())
}

/// The value with each of its elements changed.
fn elements_of(nesting: Nesting, value: &Val, change: &dyn Fn(&Val) -> Val) -> Val {
    match (nesting, value) {
        (Nesting::Single | Nesting::Group, value) => change(value),
        (_, Val::List(items)) => Val::List(items.iter().map(change).collect()),
        (_, Val::Set(items)) => Val::set(items.iter().map(change)),
        (Nesting::Map, Val::Map(entries)) => {
            Val::Map(entries.iter().map(|(k, v)| (k.clone(), change(v))).collect())
        }
        (_, value) => value.clone(),
    }
}

fn propose_attr(attr: &Attr, prior: Option<&Val>, given: &Val) -> Val {
    if attr.write_only {
        return Val::Null;
    }
    if *given == Val::Null && attr.gift().is_some() {
        return prior.cloned().unwrap_or(Val::Unknown);
    }
    match &attr.form {
        Form::Plain(_) => given.clone(),
        Form::Nested(nesting, shape) => propose_nested(*nesting, shape, prior, given),
    }
}

fn propose_nested(nesting: Nesting, shape: &Shape, prior: Option<&Val>, given: &Val) -> Val {
    match (nesting, given) {
        (Nesting::Single | Nesting::Group, _) => propose(shape, prior, given),
        (Nesting::List, Val::List(items)) => {
            let old = prior.map(Val::items).unwrap_or_default();
            let each = items.iter().enumerate();
            Val::List(each.map(|(i, item)| propose(shape, old.get(i).copied(), item)).collect())
        }
        (Nesting::Map, Val::Map(entries)) => {
            let old = |key: &str| prior.and_then(|p| p.entries().get(key));
            Val::Map(entries.iter().map(|(k, v)| (k.clone(), propose(shape, old(k), v))).collect())
        }
        _ => given.clone(),
    }
}

/// An object as if somebody had configured it whole.
pub fn configurable(shape: &Shape, object: &Val) -> Val {
    let Val::Map(has) = object else { return object.clone() };
    let part = |name: &String| has.get(name).cloned().unwrap_or(Val::Null);
    let attrs = shape.attrs.iter().map(|a| {
        let value = match &a.form {
            _ if !a.is_configurable() => Val::Null,
            Form::Plain(_) => part(&a.name),
            Form::Nested(nesting, inner) => {
                elements_of(*nesting, &part(&a.name), &|v| configurable(inner, v))
            }
        };
        (a.name.clone(), value)
    });
    let blocks = shape.blocks.iter().map(|b| {
        let of = |v: &Val| configurable(&b.shape, v);
        (b.name.clone(), elements_of(b.nesting, &part(&b.name), &of))
    });
    Val::Map(attrs.chain(blocks).collect())
}

/// What the type plans for an object, from the configuration as it is known.
pub fn plan(kind: &Kind, prior: Option<&Val>, config: &Val) -> Planned {
    let shape = &kind.shape;
    let mut object = propose(shape, prior, config);
    for attr in &shape.attrs {
        if let (Some(Gift::Default(value)), Val::Null) = (attr.gift(), config.get(&attr.name)) {
            object = object.with(&attr.name, value.clone());
        }
    }
    object = mirrored(shape, object);
    let Some(prior) = prior else { return Planned { object, replace: Vec::new() } };
    if object != *prior {
        let fresh = shape.attrs.iter().filter(|a| a.gift() == Some(&Gift::EachTime));
        object = fresh.fold(object, |object, a| object.with(&a.name, Val::Unknown));
    }
    let attrs = shape.attrs.iter().filter(|a| a.force).map(|a| &a.name);
    let forcing = attrs.chain(shape.blocks.iter().filter(|b| b.force).map(|b| &b.name));
    let differs = |name: &&String| object.get(name) != prior.get(name);
    let replace = forcing.filter(differs).cloned().collect();
    Planned { object, replace }
}

/// The object with what mirrors other parts of it.
fn mirrored(shape: &Shape, object: Val) -> Val {
    shape.attrs.iter().fold(object, |object, attr| match attr.gift() {
        Some(Gift::Mirror(of)) => object.with(&attr.name, mirror(object.get(of))),
        _ => object,
    })
}

/// What becomes of a planned object.
pub fn made(shape: &Shape, planned: &Val, source: &mut dyn Source) -> Val {
    mirrored(shape, complete(shape, planned, source))
}

fn mirror(of: &Val) -> Val {
    match of {
        Val::Unknown => Val::Unknown,
        Val::Str(text) => Val::text(format!("mirror of {text}")),
        _ => Val::text("mirror of nothing"),
    }
}

/// Draws what the provider gives.
pub trait Source {
    /// A number that was never given before.
    fn fresh(&mut self) -> u64;
}

/// The object with a value in place of everything unknown.
fn complete(shape: &Shape, planned: &Val, source: &mut dyn Source) -> Val {
    let Val::Map(entries) = planned else { return planned.clone() };
    let part = |name: &String, value: &Val, source: &mut dyn Source| {
        if let Some(attr) = shape.attr(name) {
            return complete_attr(attr, value, source);
        }
        match shape.blocks.iter().find(|b| b.name == *name) {
            Some(nest) => complete_nested(nest, value, source),
            None => value.clone(),
        }
    };
    Val::Map(entries.iter().map(|(name, value)| (name.clone(), part(name, value, source))).collect())
}

fn complete_attr(attr: &Attr, planned: &Val, source: &mut dyn Source) -> Val {
    match (&attr.form, planned) {
        (Form::Plain(ty), Val::Unknown) => gift(ty, attr, source),
        (Form::Plain(_), known) => known.clone(),
        (Form::Nested(nesting, shape), Val::Unknown) => {
            let element = given_element(shape, source);
            match nesting {
                Nesting::Single | Nesting::Group => element,
                Nesting::List => Val::List(vec![element]),
                Nesting::Set => Val::set([element]),
                Nesting::Map => Val::map([("given", element)]),
            }
        }
        (Form::Nested(nesting, shape), known) => complete_elements(*nesting, shape, known, source),
    }
}

fn given_element(shape: &Shape, source: &mut dyn Source) -> Val {
    let unknown = shape.attrs.iter().map(|a| (a.name.clone(), Val::Unknown)).collect();
    complete(shape, &Val::Map(unknown), source)
}

fn complete_nested(nest: &Nest, planned: &Val, source: &mut dyn Source) -> Val {
    match planned {
        // The number of blocks is never the provider's to say.
        Val::Unknown => nest.none(),
        known => complete_elements(nest.nesting, &nest.shape, known, source),
    }
}

fn complete_elements(nesting: Nesting, shape: &Shape, planned: &Val, source: &mut dyn Source) -> Val {
    match (nesting, planned) {
        (Nesting::Single | Nesting::Group, value) => complete(shape, value, source),
        (Nesting::List, Val::List(items)) => {
            Val::List(items.iter().map(|v| complete(shape, v, source)).collect())
        }
        (Nesting::Map, Val::Map(entries)) => {
            Val::Map(entries.iter().map(|(k, v)| (k.clone(), complete(shape, v, source))).collect())
        }
        (_, value) => value.clone(),
    }
}

/// A value that nobody configured. What is secret can be told by its text.
fn gift(ty: &Ty, attr: &Attr, source: &mut dyn Source) -> Val {
    let n = source.fresh();
    let text = |n: u64| match (attr.sensitive, attr.name == "id") {
        (true, _) => secret(n),
        (false, true) => Val::text(format!("o-{n}")),
        (false, false) => Val::text(format!("given {n}")),
    };
    match ty {
        Ty::Bool => Val::Bool(n.is_multiple_of(2)),
        Ty::Num => Val::Num(if attr.sensitive { 0 } else { n as i64 }),
        Ty::Str => text(n),
        Ty::List(_) => Val::List((0..n % 3).map(|i| text(n * 10 + i)).collect()),
        Ty::Set(_) => Val::set((0..n % 3).map(|i| text(n * 10 + i))),
        Ty::Map(_) => {
            Val::Map((0..n % 3).map(|i| (format!("k{i}"), text(n * 10 + i))).collect::<BTreeMap<_, _>>())
        }
        Ty::Object(members) => {
            Val::Map(members.iter().map(|(k, t)| (k.clone(), gift(t, attr, source))).collect())
        }
    }
}

/// A text that must be shown nowhere.
pub fn secret(n: u64) -> Val {
    Val::text(format!("s3cr3t-{n}-s3cr3t"))
}

/// Where an object does not hold what its configuration says; nothing where it does. What is left to the provider may be
/// anything.
pub fn disagrees(shape: &Shape, config: &Val, object: &Val) -> Option<String> {
    let (Val::Map(given), Val::Map(has)) = (config, object) else {
        return (config != object).then(|| format!(": {config:?} was asked for, there is {object:?}"));
    };
    let null = Val::Null;
    let part = |map: &BTreeMap<String, Val>, name: &str| map.get(name).unwrap_or(&null).clone();
    let attrs = shape.attrs.iter().find_map(|a| {
        let at = attr_disagrees(a, &part(given, &a.name), &part(has, &a.name))?;
        Some(format!(".{}{at}", a.name))
    });
    let mut blocks = shape.blocks.iter();
    attrs.or_else(|| {
        blocks.find_map(|b| {
            let at = nested_disagrees(b.nesting, &b.shape, &part(given, &b.name), &part(has, &b.name))?;
            Some(format!(".{}{at}", b.name))
        })
    })
}

fn attr_disagrees(attr: &Attr, given: &Val, has: &Val) -> Option<String> {
    let differ = |want: &Val| (want != has).then(|| format!(": {want:?} was asked for, there is {has:?}"));
    if attr.write_only {
        return differ(&Val::Null);
    }
    match (given, &attr.who, &attr.form) {
        (_, Who::Computed(_), _) | (Val::Null, Who::Either(_), _) => None,
        (_, _, Form::Plain(_)) => differ(given),
        (_, _, Form::Nested(nesting, shape)) => nested_disagrees(*nesting, shape, given, has),
    }
}

fn nested_disagrees(nesting: Nesting, shape: &Shape, given: &Val, has: &Val) -> Option<String> {
    let lengths = || Some(format!(": {given:?} was asked for, there is {has:?}"));
    match (nesting, given, has) {
        (Nesting::List, Val::List(want), Val::List(have)) if want.len() == have.len() => {
            let mut pairs = want.iter().zip(have).enumerate();
            pairs.find_map(|(i, (w, h))| disagrees(shape, w, h).map(|at| format!("[{i}]{at}")))
        }
        (Nesting::Map, Val::Map(want), Val::Map(have)) => {
            if !want.keys().eq(have.keys()) {
                return lengths();
            }
            let mut pairs = want.iter().zip(have.values());
            pairs.find_map(|((k, w), h)| disagrees(shape, w, h).map(|at| format!("[{k}]{at}")))
        }
        (Nesting::Set, Val::Set(_), Val::Set(_)) => (given != has).then(lengths).flatten(),
        (Nesting::Single | Nesting::Group, _, _) => disagrees(shape, given, has),
        _ => (given != has).then(lengths).flatten(),
    }
}

/// An object of which nothing is configured; for blocks that are left out.
pub fn empty(kind: &Kind) -> Val {
    nothing(&kind.shape)
}
