//! Balancers of the first generation.

use std::ops::Deref;

use aws_sdk_elasticloadbalancing::types::{LoadBalancerDescription, TagDescription};
use aws_types::SdkConfig;
use provider::Leftover;
use provider_aws::tags::Tags;
use provider_aws::{Client, OrAbsent, Service, Trouble};

use super::{is_clusters, leftover, service};

/// Of so many balancers at a time the API tells the tags.
const AT_ONCE: usize = 20;

/// The API of balancers of the first generation.
#[derive(Clone)]
struct Elb(aws_sdk_elasticloadbalancing::Client);

impl Service for Elb {
    const NAMES: &'static [&'static str] = &["elb", "elasticloadbalancing"];

    fn connect(config: &SdkConfig, _client: &Client) -> Self {
        Elb(aws_sdk_elasticloadbalancing::Client::new(config))
    }
}

impl Deref for Elb {
    type Target = aws_sdk_elasticloadbalancing::Client;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Balancers of a cluster.
pub(super) async fn find(client: &Client, cluster: &str) -> Result<Vec<Leftover>, Trouble> {
    let (mut all, mut marker): (Vec<LoadBalancerDescription>, Option<String>) = (Vec::new(), None);
    loop {
        let ask = |elb: Elb| elb.describe_load_balancers().set_marker(marker.clone()).send();
        let page = client.ask("look for balancers of the first generation", ask).await?;
        all.extend(page.load_balancer_descriptions.unwrap_or_default());
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    let names: Vec<String> = all.into_iter().filter_map(|one| one.load_balancer_name).collect();
    let mut found = Vec::new();
    for some in names.chunks(AT_ONCE) {
        let ask = |elb: Elb| elb.describe_tags().set_load_balancer_names(Some(some.to_vec())).send();
        let answer =
            client.ask("read the tags of balancers of the first generation", ask).await.or_absent()?;
        let descriptions = answer.and_then(|answer| answer.tag_descriptions).unwrap_or_default();
        found.extend(descriptions.into_iter().filter_map(|description| of(description, cluster)));
    }
    Ok(found)
}

/// A balancer, if it is the cluster's.
fn of(description: TagDescription, cluster: &str) -> Option<Leftover> {
    let name = description.load_balancer_name?;
    let tags = description.tags.unwrap_or_default().into_iter();
    let tags: Tags = tags.map(|tag| (tag.key, tag.value.unwrap_or_default())).collect();
    let what = format!("load balancer {name}{}", service(&tags));
    is_clusters(&tags, cluster).then(|| leftover("classic", &name, what))
}

/// Removes a balancer.
pub(super) async fn remove(client: &Client, name: &str) -> Result<(), Trouble> {
    let delete = |elb: Elb| elb.delete_load_balancer().load_balancer_name(name).send();
    client.put(&format!("delete the load balancer {name}"), delete).await.or_absent().map(drop)
}
