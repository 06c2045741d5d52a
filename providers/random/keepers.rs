//! `keepers`: values whose change makes a new random value.

use model::{Attribute, Block, Type};

/// The argument's name.
pub(crate) const NAME: &str = "keepers";

/// Adds the argument to a type.
pub(crate) fn with_keepers(block: Block) -> Block {
    let what = "Any values by name; when one of them changes, a new value is made.";
    block.attr(NAME, Attribute::optional(Type::map(Type::String), what))
}
