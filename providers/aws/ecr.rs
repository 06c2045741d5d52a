//! ECR: registries of images.

mod authorization_token;
mod lifecycle_policy;
mod repository;
mod repository_policy;

use aws_sdk_ecr::Client as Ecr;
use provider::Catalog;

/// Adds the types of ECR.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog
        .kind(lifecycle_policy::LifecyclePolicy)
        .kind(repository::Repository)
        .kind(repository_policy::RepositoryPolicy)
        .source(authorization_token::AuthorizationToken)
}
