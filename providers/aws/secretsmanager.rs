//! Secrets Manager.

mod secret;
mod secret_policy;
mod secret_version;
mod version_source;

use aws_sdk_secretsmanager::Client as Secrets;
use provider::Catalog;

/// Adds the types of Secrets Manager.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog
        .kind(secret::Secret)
        .kind(secret_policy::SecretPolicy)
        .kind(secret_version::SecretVersion)
        .source(version_source::VersionSource)
        .opened(version_source::OpenedVersion)
}

/// The codes by which the API says of a secret that it is as good as gone.
const GOING: &[&str] = &["InvalidRequestException"];
