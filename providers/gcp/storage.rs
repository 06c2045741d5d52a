//! Cloud Storage: buckets, objects, and who may use them.

pub(crate) mod bucket;
pub(crate) mod contents;

mod object;
mod policy;

use provider::Catalog;

/// Adds the types of Cloud Storage.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    crate::iam::policies(catalog.kind(bucket::Bucket).kind(object::Object), || policy::OfBucket)
}
