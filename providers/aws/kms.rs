//! KMS: keys.

mod alias;
mod key;
mod key_source;

use aws_sdk_kms::Client as Kms;
use provider::Catalog;

/// Adds the types of KMS.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog.kind(alias::Alias).kind(key::Key).source(key_source::KeySource)
}

/// The identifier of a key, where a text is its ARN.
fn key_id(text: &str) -> &str {
    text.rsplit_once(":key/").map_or(text, |(_, id)| id)
}
