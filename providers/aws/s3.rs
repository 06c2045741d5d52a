//! S3: buckets, their settings, and objects.

mod bucket;
mod cors;
mod data;
mod encryption;
mod lifecycle;
mod naming;
mod object;
mod ownership_controls;
mod policy;
mod public_access_block;
mod versioning;

pub(crate) use aws_sdk_s3::Client as S3;
use naming::{hosted_zone, name_fault};
use provider::sheet::{Fields, Given};
use provider::{Catalog, fields};

/// Adds the types of S3.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog
        .source(data::Bucket)
        .source(data::Object)
        .kind(bucket::Bucket)
        .kind(cors::Cors)
        .kind(encryption::Encryption)
        .kind(lifecycle::Lifecycle)
        .kind(object::Object)
        .kind(ownership_controls::Ownership)
        .kind(policy::Policy)
        .kind(public_access_block::PublicAccessBlock)
        .kind(versioning::Versioning)
}

/// The identifier of a bucket's setting: the bucket's name, and after a comma the owner that is expected.
fn id_with_owner(wanted: Given<'_>) -> String {
    match wanted.text("expected_bucket_owner") {
        Some(owner) => format!("{},{owner}", wanted.str("bucket")),
        None => wanted.str("bucket").to_owned(),
    }
}

/// The bucket of a setting, and the owner that is expected.
fn bucket_of(known: Given<'_>) -> (String, Option<String>) {
    (known.str("bucket").to_owned(), known.string("expected_bucket_owner"))
}

/// What the identifier of a bucket's setting says.
fn from_id(id: &str) -> Fields {
    match id.split_once(',') {
        Some((bucket, owner)) => fields! { id: id, bucket: bucket, expected_bucket_owner: owner },
        None => fields! { id: id, bucket: id },
    }
}
