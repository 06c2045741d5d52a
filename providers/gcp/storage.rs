//! Cloud Storage: buckets, objects, and who may use them.

pub(crate) mod bucket;
pub(crate) mod contents;
mod member;
mod object;

use provider::Catalog;

/// Adds the types of Cloud Storage.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.kind(bucket::Bucket).kind(object::Object).kind(crate::iam::Member(member::OfBucket))
}
