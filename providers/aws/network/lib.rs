//! Networks of AWS: what EC2's crate is needed for, in a crate of its own because that one takes long to build.

use provider::Catalog;

/// The types of this crate.
pub fn catalog() -> Catalog {
    Catalog::default()
}
