//! EKS: clusters, what runs in them by itself, and who may use them.

mod access_entry;
mod access_policy;
mod addon;
mod cluster;
mod data;
mod follow;
mod node_group;
mod pod_identity;

pub use cluster::Behind;

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_eks::Client as Eks;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use follow::{Updated, followed};
use provider::Catalog;
use provider::sheet::{At, Given, KindError};

use crate::{Client, Trouble, tags};

/// Adds the types of EKS. What services in a cluster left behind is found by somebody who knows networks.
pub(crate) fn add(catalog: Catalog, behind: Arc<dyn Behind>) -> Catalog {
    catalog
        .kind(cluster::Cluster::new(behind))
        .kind(node_group::NodeGroup)
        .kind(addon::Addon)
        .kind(access_entry::AccessEntry)
        .kind(access_policy::AccessPolicyAssociation)
        .kind(pod_identity::PodIdentityAssociation)
        .source(data::Cluster)
        .source(data::ClusterAuth)
}

/// The token by which a request that is sent twice is one.
fn token(at: &At<'_, Client>) -> Option<String> {
    at.call.attempt.map(|attempt| attempt.token.clone()).filter(|token| !token.is_empty())
}

/// The tags of a new object.
fn tagged(at: &At<'_, Client>, wanted: Given<'_>) -> Option<HashMap<String, String>> {
    let tags: HashMap<_, _> = tags::wanted(at, wanted).into_iter().collect();
    Some(tags).filter(|tags| !tags.is_empty())
}

/// Brings the tags of an object to what is wanted.
async fn retag(at: &At<'_, Client>, arn: &str, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (set, gone) = tags::changes(prior, wanted);
    let what = format!("tag {arn}");
    if !gone.is_empty() {
        let untag = |eks: Eks| eks.untag_resource().resource_arn(arn).set_tag_keys(Some(gone.clone())).send();
        at.client.put(&what, untag).await?;
    }
    if !set.is_empty() {
        let set: HashMap<_, _> = set.into_iter().collect();
        let tag = |eks: Eks| eks.tag_resource().resource_arn(arn).set_tags(Some(set.clone())).send();
        at.client.put(&what, tag).await?;
    }
    Ok(())
}

/// A moment as it is recorded.
fn moment(moment: Option<DateTime>) -> Option<String> {
    let seconds = DateTime::from_secs(moment?.secs());
    seconds.fmt(Format::DateTime).ok()
}

/// The parts of an identifier `CLUSTER:NAME`.
fn parts<'i>(id: &'i str, form: &str) -> Result<(&'i str, &'i str), KindError> {
    id.split_once(':').filter(|(cluster, name)| !cluster.is_empty() && !name.is_empty()).ok_or_else(|| {
        let detail = format!("{id:?} is not {form}.");
        provider::ProviderError::invalid("Invalid import identifier", detail)
    })
}

/// Whether a create was refused because a role is not known everywhere yet.
fn is_too_early(trouble: &Trouble) -> bool {
    let signs = [
        "does not exist",
        "could not be assumed",
        "Error in role params",
        "not authorized to perform: sts:AssumeRole",
    ];
    trouble.is(&["InvalidParameterException"])
        && trouble.message.to_lowercase().contains("role")
        && signs.iter().any(|sign| trouble.message.contains(sign))
}
