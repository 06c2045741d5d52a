//! What is planned of every type that has a sheet.

use model::{Block, Kind, NestedBlock, Path, Str, Type, Value, ops};

use super::Given;
use super::parse::{Sheet, Traits};
use super::shape::is_same;
use crate::contract::{is_left_out, is_nothing};
use crate::{PlanRequest, PlannedChange, with_attributes};

/// A change while it is being planned.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The object as it is now; nothing for a create.
    pub prior: Option<Given<'a>>,
    /// The configuration as written.
    pub config: Given<'a>,
    planned: Value,
    fixed: Vec<Path>,
}

impl<'a> Draft<'a> {
    /// Begins with what is planned by default: constants where the configuration leaves something out, and what means the
    /// same as before as it was.
    pub(super) fn begin(sheet: &Sheet, request: PlanRequest<'a>) -> Draft<'a> {
        let block = &sheet.schema.block;
        let filled = with_defaults(sheet, &mut Vec::new(), block, request.config, request.proposed);
        let planned = match request.prior {
            Some(prior) => kept(sheet, &mut Vec::new(), block, prior, &filled),
            None => filled,
        };
        let prior = request.prior.map(Given::new);
        Draft { prior, config: Given::new(request.config), planned, fixed: Vec::new() }
    }

    /// The object as it is planned so far.
    pub fn planned(&self) -> Given<'_> {
        Given::new(&self.planned)
    }

    /// Plans another value for an attribute.
    pub fn set(&mut self, name: &str, value: Value) {
        self.planned = with_attributes(&self.planned, [(name, value)]);
    }

    /// Plans that an attribute is known only afterwards, unless the configuration gives it.
    pub fn forget(&mut self, name: &str) {
        if self.config.value(name).is_none()
            && !self.config.is_unknown(name)
            && let Some(value) = self.planned.get(name)
        {
            let unknown = Value::unknown(value.ty());
            self.set(name, unknown);
        }
    }

    /// Whether an attribute changes; in a create, none does.
    pub fn changes(&self, name: &str) -> bool {
        self.prior.is_some_and(|prior| prior.differs(self.planned(), name))
    }

    /// Demands another object because of an attribute.
    pub fn replace(&mut self, name: &str) {
        self.fixed.push(Path::of_attr(name));
    }

    /// The change: what is volatile is not known if anything changes, and what is fixed and changes demands another object.
    pub(super) fn finish(mut self, sheet: &Sheet) -> PlannedChange {
        let Some(prior) = self.prior.map(Given::whole) else { return PlannedChange::in_place(self.planned) };
        if !ops::raw_equals(prior, &self.planned) {
            let volatile = sheet.traits.iter().filter(|(at, traits)| traits.volatile && at.len() == 1);
            volatile.for_each(|(at, _)| self.forget(&at[0]));
        }
        let fixed = sheet.traits.iter().filter(|(_, traits)| traits.fixed);
        let mut requires_replace: Vec<Path> =
            fixed.flat_map(|(at, _)| changed_at(at, prior, &self.planned, Path::root())).collect();
        requires_replace.append(&mut self.fixed);
        PlannedChange { planned: self.planned, requires_replace }
    }
}

/// Where the values under some names differ, through the elements of lists; a set differs as a whole.
fn changed_at(names: &[Str], prior: &Value, planned: &Value, at: Path) -> Vec<Path> {
    let Some((name, rest)) = names.split_first() else {
        return if ops::raw_equals(prior, planned) { Vec::new() } else { vec![at] };
    };
    match (prior.kind(), planned.kind()) {
        (Kind::List(old), Kind::List(new)) if old.items().len() == new.items().len() => {
            let pairs = old.items().iter().zip(new.items()).enumerate();
            let below = |i: usize| at.clone().index(Value::number(i));
            pairs.flat_map(|(i, (old, new))| changed_at(names, old, new, below(i))).collect()
        }
        (Kind::Object(_), Kind::Object(_)) => match (prior.get(name), planned.get(name)) {
            (Some(old), Some(new)) => changed_at(rest, old, new, at.attr(name.clone())),
            _ => Vec::new(),
        },
        _ if ops::raw_equals(prior, planned) => Vec::new(),
        _ => vec![at],
    }
}

fn traits_at<'s>(sheet: &'s Sheet, at: &mut Vec<Str>, name: &Str) -> Option<&'s Traits> {
    at.push(name.clone());
    let traits = sheet.traits.get(at);
    at.pop();
    traits
}

/// A configuration with constants where it leaves attributes out.
pub(super) fn defaulted(sheet: &Sheet, config: &Value) -> Value {
    with_defaults(sheet, &mut Vec::new(), &sheet.schema.block, config, config)
}

/// The planned object with constants where the configuration leaves attributes out.
fn with_defaults(sheet: &Sheet, at: &mut Vec<Str>, block: &Block, config: &Value, planned: &Value) -> Value {
    let Some(entries) = planned.as_entries() else { return planned.clone() };
    let entries = entries.iter().map(|(name, value)| {
        let given = config.get(name);
        let default = traits_at(sheet, at, name).and_then(|traits| traits.default.as_ref());
        let value = match (default, block.blocks.get(name), given) {
            (Some(default), _, Some(given)) if given.is_null() => default.clone(),
            (_, Some(nested), Some(given)) if !is_left_out(given) => {
                at.push(name.clone());
                let value = blocks_with_defaults(sheet, at, nested, given, value);
                at.pop();
                value
            }
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    Value::object(entries.collect::<Vec<_>>())
}

fn blocks_with_defaults(
    sheet: &Sheet,
    at: &mut Vec<Str>,
    nested: &NestedBlock,
    config: &Value,
    planned: &Value,
) -> Value {
    if planned.as_entries().is_some() {
        return with_defaults(sheet, at, &nested.block, config, planned);
    }
    // Blocks of a set are planned as they are configured, with nothing but computed parts added.
    let given = config.as_items().unwrap_or_default();
    let mut next = 0;
    planned.map_children(|item| {
        let like = match planned.kind() {
            Kind::Set(_) => None,
            _ => given.get(next),
        };
        next += 1;
        with_defaults(sheet, at, &nested.block, like.unwrap_or(item), item)
    })
}

/// The planned object with what means the same as before as it was before.
fn kept(sheet: &Sheet, at: &mut Vec<Str>, block: &Block, prior: &Value, planned: &Value) -> Value {
    let Some(entries) = planned.as_entries() else { return planned.clone() };
    let entries = entries.iter().map(|(name, value)| {
        at.push(name.clone());
        let value = match (prior.get(name), block.blocks.get(name)) {
            (Some(before), None) if stays(sheet, at, before, value) => before.clone(),
            (Some(before), Some(nested)) => kept_blocks(sheet, at, nested, before, value),
            _ => value.clone(),
        };
        at.pop();
        (name.clone(), value)
    });
    Value::object(entries.collect::<Vec<_>>())
}

/// Texts and objects that mean the same stay, and what says nothing where nothing is configured.
fn stays(sheet: &Sheet, at: &[Str], before: &Value, planned: &Value) -> bool {
    if planned.is_null() && is_nothing(before) {
        return true;
    }
    let holds_objects = before.ty().element().is_some_and(|element| matches!(element, Type::Object(_)));
    let has_meaning = holds_objects || sheet.traits.get(at).is_some_and(Traits::has_meaning);
    has_meaning && !before.is_null() && !planned.is_null() && is_same(sheet, at, before, planned)
}

fn kept_blocks(
    sheet: &Sheet,
    at: &mut Vec<Str>,
    nested: &NestedBlock,
    prior: &Value,
    planned: &Value,
) -> Value {
    match (prior.kind(), planned.kind()) {
        (Kind::List(old), Kind::List(_)) => {
            let mut old = old.items().iter();
            planned.map_children(|item| match old.next() {
                Some(before) => kept(sheet, at, &nested.block, before, item),
                None => item.clone(),
            })
        }
        (Kind::Object(_), Kind::Object(_)) => kept(sheet, at, &nested.block, prior, planned),
        (Kind::Set(old), Kind::Set(_)) => planned.map_children(|item| {
            let same = |old: &&Value| item.is_wholly_known() && is_same(sheet, at, old, item);
            old.items().iter().find(same).unwrap_or(item).clone()
        }),
        _ => planned.clone(),
    }
}
