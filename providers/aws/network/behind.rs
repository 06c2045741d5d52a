//! What services in a cluster left behind in its network: balancers of both generations, their target groups, their security
//! groups, and network interfaces that no machine has any more.
//!
//! Controllers in a cluster tag what they make: `kubernetes.io/cluster/NAME` is `owned`, or `elbv2.k8s.aws/cluster` is NAME. Of
//! security groups and interfaces only those count that are named as controllers name them, because people put the tags on their
//! own, too.
//! <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/>

mod balancers;
mod classic;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, NetworkInterface, SecurityGroup};
use provider::sheet::{At, Given, KindError};
use provider::{Leftover, Owner, Ownership};
use provider_aws::tags::Tags;
use provider_aws::{Behind, Client, OrAbsent, Trouble};

use crate::blockers::{self, Doomed};
use crate::ec2::{self, Described, Ec2};
use crate::security_group::revoke_all;

/// Finds and removes it.
pub(crate) struct LeftBehind;

#[async_trait]
impl Behind for LeftBehind {
    async fn find(&self, client: &Client, cluster: &str, vpc: &str) -> Result<Vec<Leftover>, Trouble> {
        // In the order in which they can be removed.
        let mut found = balancers::find(client, cluster).await?;
        found.extend(classic::find(client, cluster).await?);
        found.extend(balancers::target_groups(client, cluster).await?);
        found.extend(interfaces(client, cluster, vpc).await?);
        found.extend(groups(client, cluster, vpc).await?);
        Ok(found)
    }

    async fn remove(&self, at: &At<'_, Client>, leftover: &Leftover) -> Result<(), KindError> {
        let (kind, id) = leftover.id.split_once(' ').unwrap_or_default();
        match kind {
            "balancer" => balancers::remove(at.client, id).await?,
            "target-group" => balancers::remove_target_group(at, id).await?,
            "classic" => classic::remove(at.client, id).await?,
            "interface" => {
                let delete = |ec2: Ec2| ec2.delete_network_interface().network_interface_id(id).send();
                let what = format!("delete the network interface {id}");
                at.client.put(&what, delete).await.or_absent()?;
            }
            _ => remove_group(at, id).await?,
        }
        Ok(())
    }
}

/// Removes a security group, once the interfaces of the balancer that it was for have gone.
async fn remove_group(at: &At<'_, Client>, id: &str) -> Result<(), KindError> {
    revoke_all(at, id).await?;
    let (what, nothing) = (format!("the security group {id}"), model::Value::null());
    let doomed = Doomed { prior: Given::new(&nothing), what: &what, inside: ec2::only("group-id", id) };
    let delete = || async {
        let delete = |ec2: Ec2| ec2.delete_security_group().group_id(id).send();
        at.client.put(&format!("delete {what}"), delete).await.or_absent()
    };
    blockers::remove(at, doomed, delete).await
}

/// Whether something was made by a controller in a cluster; what carries marks of ours is somebody's resource.
fn is_clusters(tags: &Tags, cluster: &str) -> bool {
    let is = |key: &str, value: &str| tags.get(key).is_some_and(|tag| tag == value);
    let is_tagged =
        is(&format!("kubernetes.io/cluster/{cluster}"), "owned") || is("elbv2.k8s.aws/cluster", cluster);
    is_tagged && !tags.keys().any(|key| Ownership::is_mark(key))
}

/// For which service in the cluster something was made, as far as its tags tell.
fn service(tags: &Tags) -> String {
    let keys = ["kubernetes.io/service-name", "service.k8s.aws/stack", "ingress.k8s.aws/stack"];
    keys.iter().find_map(|key| tags.get(*key)).map(|name| format!(" of {name}")).unwrap_or_default()
}

fn leftover(kind: &str, id: &str, what: String) -> Leftover {
    Leftover { id: format!("{kind} {id}"), what, owner: Owner::Object }
}

/// What chooses what lies in a network; everything where it is not known which.
fn within(vpc: &str) -> Option<Filter> {
    Some(vpc).filter(|vpc| !vpc.is_empty()).map(|vpc| ec2::only("vpc-id", vpc))
}

/// What chooses what is tagged as a cluster's.
fn tagged(cluster: &str, vpc: &str) -> [Vec<Filter>; 2] {
    let in_vpc = |filter: Filter| within(vpc).into_iter().chain([filter]).collect();
    [
        in_vpc(ec2::only(&format!("tag:kubernetes.io/cluster/{cluster}"), "owned")),
        in_vpc(ec2::only("tag:elbv2.k8s.aws/cluster", cluster)),
    ]
}

async fn groups(client: &Client, cluster: &str, vpc: &str) -> Result<Vec<Leftover>, Trouble> {
    let mut found = Vec::new();
    for filters in tagged(cluster, vpc) {
        found.extend(ec2::all::<SecurityGroup>(client, filters).await?);
    }
    found.dedup_by(|one, other| one.group_id == other.group_id);
    let is_controllers = |group: &SecurityGroup| {
        let name = group.group_name.as_deref().unwrap_or_default();
        name.starts_with("k8s-") && is_clusters(&group.labels(), cluster)
    };
    let say = |group: SecurityGroup| {
        let name = group.group_name.as_deref().unwrap_or_default();
        let what = format!("security group {} ({name}) of the cluster {cluster}", group.id());
        leftover("security-group", group.id(), what)
    };
    Ok(found.into_iter().filter(is_controllers).map(say).collect())
}

/// Interfaces that a network plugin made for machines which are gone.
async fn interfaces(client: &Client, cluster: &str, vpc: &str) -> Result<Vec<Leftover>, Trouble> {
    let tag = ec2::only("tag:cluster.k8s.amazonaws.com/name", cluster);
    let plugins = within(vpc).into_iter().chain([ec2::only("status", "available"), tag]).collect();
    let found = ec2::all::<NetworkInterface>(client, plugins).await?;
    let is_plugins = |interface: &NetworkInterface| {
        let labels = interface.labels();
        labels.contains_key("node.k8s.amazonaws.com/instance_id")
            && !labels.keys().any(|key| Ownership::is_mark(key))
    };
    let say = |interface: NetworkInterface| {
        leftover(
            "interface",
            interface.id(),
            format!("{} of the cluster {cluster}", blockers::named(&interface)),
        )
    };
    Ok(found.into_iter().filter(is_plugins).map(say).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_a_controller_made_is_known_by_its_tags() {
        assert!(is_clusters(&tags(&[("kubernetes.io/cluster/a", "owned")]), "a"));
        assert!(is_clusters(&tags(&[("elbv2.k8s.aws/cluster", "a")]), "a"));
        assert!(!is_clusters(&tags(&[("kubernetes.io/cluster/a", "shared")]), "a"));
        assert!(!is_clusters(&tags(&[("kubernetes.io/cluster/b", "owned")]), "a"));
        assert!(!is_clusters(&tags(&[]), "a"));
    }

    #[test]
    fn what_carries_marks_is_a_resource_and_no_leftover() {
        let marked = tags(&[("kubernetes.io/cluster/a", "owned"), ("stackwright-lineage", "l")]);
        assert!(!is_clusters(&marked, "a"));
    }

    #[test]
    fn leftovers_are_told_with_their_service() {
        assert_eq!(service(&tags(&[("kubernetes.io/service-name", "default/web")])), " of default/web");
        assert_eq!(service(&tags(&[])), "");
    }
}
