//! IAM: roles, users, policies, and what ties them together.

mod access_key;
mod attachment;
mod instance_profile;
mod openid_connect_provider;
mod policy;
mod policy_document;
mod policy_source;
mod role;
mod role_policy;
mod role_source;
mod service_linked_role;
mod user;
mod user_policy;

use aws_sdk_iam::Client as Iam;
use aws_sdk_iam::types::Tag;
use provider::{Catalog, ProviderError};

use crate::checks::NameForm;
use crate::tags::Tags;

/// Adds the types of IAM.
pub(crate) fn add(catalog: Catalog) -> Catalog {
    catalog
        .kind(access_key::AccessKey)
        .kind(attachment::Attachment)
        .kind(instance_profile::InstanceProfile)
        .kind(openid_connect_provider::OpenIdConnectProvider)
        .kind(policy::Policy)
        .kind(role::Role)
        .kind(role_policy::RolePolicy)
        .kind(service_linked_role::ServiceLinkedRole)
        .kind(user::User)
        .kind(user_policy::UserPolicy)
        .source(policy_document::PolicyDocument)
        .source(policy_source::PolicySource)
        .source(role_source::RoleSource)
}

/// The name of a role or user.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const SHORT_NAME: NameForm = NameForm { attribute: "name", longest: 64, signs: "+=,.@-_" };

/// The name of anything else.
const LONG_NAME: NameForm = NameForm { longest: 128, ..SHORT_NAME };

/// Tags as IAM takes them; nothing where there are none.
fn tag_list(tags: &Tags) -> Option<Vec<Tag>> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build().ok();
    let tags: Vec<Tag> = tags.iter().filter_map(tag).collect();
    Some(tags).filter(|tags| !tags.is_empty())
}

/// Tags as IAM tells them.
fn tags_of(tags: &[Tag]) -> Tags {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

/// The two parts of an import identifier.
fn two_parts<'i>(id: &'i str, between: char, form: &str) -> Result<(&'i str, &'i str), ProviderError> {
    let parts = id.split_once(between).filter(|(one, other)| !one.is_empty() && !other.is_empty());
    parts.ok_or_else(|| {
        let detail = format!("The identifier is to have the form {form}, and is {id:?}.");
        ProviderError::invalid("Invalid import identifier", detail)
    })
}
