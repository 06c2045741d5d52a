//! `keepers`: values whose change makes a new random value.

use model::{Attribute, Block, Path, Str, Type, Value};

/// The argument's name.
pub(crate) const NAME: &str = "keepers";

/// Adds the argument to a type.
pub(crate) fn with_keepers(block: Block) -> Block {
    let what = "Any values by name; when one of them changes, a new value is made.";
    block.attr(NAME, Attribute::optional(Type::map(Type::String), what))
}

/// Says whether the keepers demand a new value. An entry that is null counts as one that is not there, and an empty map as
/// none.
pub(crate) fn demands(prior: &Value, planned: &Value) -> Option<Path> {
    let (before, after) = (prior.get(NAME)?, planned.get(NAME)?);
    if after.is_known() && entries(before).eq(entries(after)) { None } else { Some(Path::of_attr(NAME)) }
}

fn entries(keepers: &Value) -> impl Iterator<Item = &(Str, Value)> {
    keepers.as_entries().unwrap_or_default().iter().filter(|(_, value)| !value.is_null())
}
