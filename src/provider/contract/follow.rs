//! Whether a planned object follows the configuration.

use model::{Attribute, Block, Kind, Nesting, Path, Str, Value, ops};

use super::{Breach, keep};

/// The first place where a planned object is not what is configured.
pub(super) fn departure(
    block: &Block,
    prior: Option<&Value>,
    config: &Value,
    planned: &Value,
    at: Path,
) -> Option<Breach> {
    let attributes = block.attributes.iter().find_map(|(name, attribute)| {
        let prior = prior.and_then(|p| p.get(name));
        of_attribute(attribute, prior, config.get(name)?, planned.get(name)?, at.clone().attr(name.clone()))
    });
    let mut blocks = block.blocks.iter();
    attributes.or_else(|| {
        blocks.find_map(|(name, nested)| {
            if nested.computed && is_left_out(config.get(name)?) {
                return None;
            }
            let prior = prior.and_then(|p| p.get(name));
            let element = Elements { nesting: nested.nesting, block: &nested.block, word: "blocks" };
            element.departure(prior, config.get(name)?, planned.get(name)?, at.clone().attr(name.clone()))
        })
    })
}

/// Whether the configuration has no block of a type.
pub(crate) fn is_left_out(blocks: &Value) -> bool {
    blocks.is_null() || blocks.as_items().is_some_and(<[Value]>::is_empty)
}

/// Whether a value says as little as null: no text, no elements, no, or zero. Programs that know no null store such values,
/// and they may stay.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::Bool(is) => !is,
        Kind::Number(number) => number.to_u64() == Some(0),
        Kind::String(text) => text.is_empty(),
        Kind::List(items) | Kind::Set(items) | Kind::Tuple(items) => items.items().is_empty(),
        Kind::Map(map) => map.entries().is_empty(),
        _ => false,
    }
}

fn of_attribute(
    attribute: &Attribute,
    prior: Option<&Value>,
    given: &Value,
    planned: &Value,
    at: Path,
) -> Option<Breach> {
    let unless = |fine: bool, what: &str| (!fine).then(|| Breach::new(at.clone(), what));
    if attribute.write_only {
        return unless(planned.is_null(), "is planned, although it is write-only and never kept");
    }
    if given.is_null() {
        let fine = attribute.is_computed()
            || attribute.defaulted
            || planned.is_null()
            || is_nothing(planned) && stays(prior, planned);
        return unless(fine, "is planned, although it is not configured and not the provider's to give");
    }
    if stays(prior, planned) {
        return None;
    }
    match attribute.nested.as_deref() {
        Some((nesting, block)) => {
            let elements = Elements { nesting: *nesting, block, word: "elements" };
            elements.departure(prior, given, planned, at)
        }
        None => of_value(given, planned, at),
    }
}

/// Whether the value of the object before stays, because the provider takes the configured one for the same.
fn stays(prior: Option<&Value>, planned: &Value) -> bool {
    prior.is_some_and(|prior| !prior.is_null() && ops::raw_equals(prior, planned))
}

fn of_value(given: &Value, planned: &Value, at: Path) -> Option<Breach> {
    if !given.is_known() {
        let what = "is planned as known, although the configuration is not known yet";
        return planned.is_known().then(|| Breach::new(at, what));
    }
    let found = keep::difference(given, planned, at)?;
    Some(Breach { what: "is planned otherwise than it is configured".into(), ..found })
}

/// Objects in a structure: nested blocks, or the elements of a structural attribute.
struct Elements<'b> {
    nesting: Nesting,
    block: &'b Block,
    word: &'static str,
}

impl Elements<'_> {
    fn departure(&self, prior: Option<&Value>, given: &Value, planned: &Value, at: Path) -> Option<Breach> {
        if !given.is_known() {
            return None;
        }
        if given.is_null() || planned.is_null() {
            let same = given.is_null() == planned.is_null();
            return (!same).then(|| Breach::new(at, "is planned otherwise than it is configured"));
        }
        if !planned.is_known() {
            return Some(Breach::new(at, "is planned as unknown, although it is configured"));
        }
        match self.nesting {
            Nesting::Single | Nesting::Group => departure(self.block, prior, given, planned, at),
            Nesting::List => self.in_order(prior, given, planned, at),
            Nesting::Map => self.by_key(prior, given, planned, at),
            Nesting::Set => self.in_any_order(prior, given, planned, at),
        }
    }

    fn in_order(&self, prior: Option<&Value>, given: &Value, planned: &Value, at: Path) -> Option<Breach> {
        let old = prior.and_then(Value::as_items).unwrap_or_default();
        let (given, planned) = (given.as_items()?, planned.as_items()?);
        if given.len() != planned.len() {
            return Some(self.counted(given.len(), planned.len(), at));
        }
        let mut pairs = given.iter().zip(planned).enumerate();
        pairs.find_map(|(i, (g, p))| {
            departure(self.block, old.get(i), g, p, at.clone().index(Value::number(i)))
        })
    }

    fn by_key(&self, prior: Option<&Value>, given: &Value, planned: &Value, at: Path) -> Option<Breach> {
        let below = |key: &Str| at.clone().index(Value::normalized(key.clone()));
        let mut entries = planned.as_entries()?.iter();
        if let Some((key, _)) = entries.find(|(key, _)| given.get(key).is_none()) {
            return Some(Breach::new(below(key), "is planned and not configured"));
        }
        given.as_entries()?.iter().find_map(|(key, g)| match planned.get(key) {
            Some(p) => departure(self.block, prior.and_then(|o| o.get(key)), g, p, below(key)),
            None => Some(Breach::new(below(key), "is configured and not planned")),
        })
    }

    /// Each planned element is one that is configured, filled in, or one that was there before.
    fn in_any_order(
        &self,
        prior: Option<&Value>,
        given: &Value,
        planned: &Value,
        at: Path,
    ) -> Option<Breach> {
        let old = prior.and_then(Value::as_items).unwrap_or_default();
        let (Kind::Set(given), Kind::Set(planned)) = (given.kind(), planned.kind()) else { return None };
        if given == planned {
            return None;
        }
        let (given, planned) = (given.items(), planned.items());
        let known = given.iter().all(Value::is_wholly_known);
        if given.len() != planned.len() && known {
            return Some(self.counted(given.len(), planned.len(), at));
        }
        let follows =
            |p: &Value| given.iter().any(|g| departure(self.block, None, g, p, Path::root()).is_none());
        let stray = planned.iter().find(|p| !follows(p) && !old.contains(p));
        stray.map(|_| Breach::new(at, "has an element that is not configured"))
    }

    fn counted(&self, given: usize, planned: usize, at: Path) -> Breach {
        let word = self.word;
        Breach::new(at, format!("is planned with {planned} {word}, where the configuration has {given}"))
    }
}
