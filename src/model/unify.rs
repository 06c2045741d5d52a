//! The one type that several types can all be converted to.
// Interface; the values helper replaces the bodies.

use crate::Type;

/// The most specific type that all can be converted to, or nothing. Of no types: [`Type::Dynamic`].
pub fn unify(types: &[Type]) -> Option<Type> {
    types.first().cloned()
}
