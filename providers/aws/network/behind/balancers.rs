//! Balancers of the second generation, and their target groups.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer, TargetGroup};
use aws_types::SdkConfig;
use provider::Leftover;
use provider::sheet::{At, KindError};
use provider_aws::tags::Tags;
use provider_aws::{Client, OrAbsent, Service, Trouble, Waiting, wait};

use super::{is_clusters, leftover, service};

/// Of so many things at a time the API tells the tags.
const AT_ONCE: usize = 20;

/// The API of balancers of the second generation.
#[derive(Clone)]
struct Elb(aws_sdk_elasticloadbalancingv2::Client);

impl Service for Elb {
    const NAMES: &'static [&'static str] = &["elbv2", "elasticloadbalancingv2"];

    fn connect(config: &SdkConfig, _client: &Client) -> Self {
        Elb(aws_sdk_elasticloadbalancingv2::Client::new(config))
    }
}

impl Deref for Elb {
    type Target = aws_sdk_elasticloadbalancingv2::Client;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Balancers of a cluster.
pub(super) async fn find(client: &Client, cluster: &str) -> Result<Vec<Leftover>, Trouble> {
    let (mut all, mut marker): (Vec<LoadBalancer>, Option<String>) = (Vec::new(), None);
    loop {
        let ask = |elb: Elb| elb.describe_load_balancers().set_marker(marker.clone()).send();
        let page = client.ask("look for balancers", ask).await?;
        all.extend(page.load_balancers.unwrap_or_default());
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    let named = all.into_iter().filter_map(|one| Some((one.load_balancer_arn?, one.load_balancer_name?)));
    let say = |name: &str, tags: &Tags| format!("load balancer {name}{}", service(tags));
    tagged(client, cluster, "balancer", named.collect(), say).await
}

/// Target groups of a cluster.
pub(super) async fn target_groups(client: &Client, cluster: &str) -> Result<Vec<Leftover>, Trouble> {
    let (mut all, mut marker): (Vec<TargetGroup>, Option<String>) = (Vec::new(), None);
    loop {
        let ask = |elb: Elb| elb.describe_target_groups().set_marker(marker.clone()).send();
        let page = client.ask("look for target groups", ask).await?;
        all.extend(page.target_groups.unwrap_or_default());
        marker = page.next_marker.filter(|marker| !marker.is_empty());
        if marker.is_none() {
            break;
        }
    }
    let named = all.into_iter().filter_map(|one| Some((one.target_group_arn?, one.target_group_name?)));
    let say = |name: &str, tags: &Tags| format!("target group {name}{}", service(tags));
    tagged(client, cluster, "target-group", named.collect(), say).await
}

/// Those that carry the cluster's tag.
async fn tagged(
    client: &Client,
    cluster: &str,
    kind: &str,
    named: Vec<(String, String)>,
    say: impl Fn(&str, &Tags) -> String,
) -> Result<Vec<Leftover>, Trouble> {
    let mut found = Vec::new();
    for some in named.chunks(AT_ONCE) {
        let arns: Vec<String> = some.iter().map(|(arn, _)| arn.clone()).collect();
        let ask = |elb: Elb| elb.describe_tags().set_resource_arns(Some(arns.clone())).send();
        // One of them may go between the two questions.
        let answer = client.ask("read the tags of balancers", ask).await.or_absent()?;
        let descriptions = answer.and_then(|answer| answer.tag_descriptions).unwrap_or_default();
        let tags: BTreeMap<String, Tags> = descriptions
            .into_iter()
            .filter_map(|one| {
                let tags = one.tags.unwrap_or_default().into_iter();
                Some((
                    one.resource_arn?,
                    tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect(),
                ))
            })
            .collect();
        let of = |arn: &String| tags.get(arn).filter(|tags| is_clusters(tags, cluster));
        let ours = some.iter().filter_map(|(arn, name)| Some((arn, name, of(arn)?)));
        found.extend(ours.map(|(arn, name, tags)| leftover(kind, arn, say(name, tags))));
    }
    Ok(found)
}

/// Removes a balancer, protected or not: the cluster that it was for goes.
pub(super) async fn remove(client: &Client, arn: &str) -> Result<(), Trouble> {
    let delete = |elb: Elb| elb.delete_load_balancer().load_balancer_arn(arn).send();
    let what = format!("delete the load balancer {arn}");
    client.put(&what, delete).await.or_absent().map(drop)
}

/// Removes a target group, once no balancer that is going names it any more.
pub(super) async fn remove_target_group(at: &At<'_, Client>, arn: &str) -> Result<(), KindError> {
    let what = format!("the target group {arn} to be free");
    let (every, limit) = (Duration::from_secs(5), Duration::from_secs(5 * 60));
    let look = || async {
        let delete = |elb: Elb| elb.delete_target_group().target_group_arn(arn).send();
        match at.client.put(&format!("delete the target group {arn}"), delete).await.or_absent() {
            Ok(_) => Ok(Ok(())),
            Err(trouble) if trouble.is(&["ResourceInUse"]) => Ok(Err(trouble.message)),
            Err(trouble) => Err(trouble),
        }
    };
    wait(at, Waiting { what: &what, every, limit }, look).await
}
