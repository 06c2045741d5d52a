//! `aws_vpc_security_group_ingress_rule` and `aws_vpc_security_group_egress_rule`.

use std::marker::PhantomData;

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, ResourceType, SecurityGroupRule as Item,
    SecurityGroupRuleRequest, SecurityGroupRuleUpdate, UserIdGroupPair,
};
use model::Path;
use provider::cidr::Cidr;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, KindPage, Made};
use provider::{CreateClass, ErrorKind, ListRequest, Lists, ProviderError, fields};
use provider_aws::{Client, OrAbsent, Trouble, tags};

use crate::ec2::{self, Described, Ec2};
use crate::security_group::rules::{Way, protocol};

/// Which way the rules of a type are for.
pub(crate) trait Direction: Send + Sync + 'static {
    /// The way.
    const WAY: Way;
    /// The type's name.
    const NAME: &'static str;
}

/// Into the interfaces.
pub(crate) struct Ingress;

/// Out of them.
pub(crate) struct Egress;

impl Direction for Ingress {
    const WAY: Way = Way::In;
    const NAME: &'static str = "aws_vpc_security_group_ingress_rule";
}

impl Direction for Egress {
    const WAY: Way = Way::Out;
    const NAME: &'static str = "aws_vpc_security_group_egress_rule";
}

/// The resource type for one way.
pub(crate) struct Rule<D>(PhantomData<D>);

impl<D> Rule<D> {
    /// The type.
    pub(crate) fn new() -> Rule<D> {
        Rule(PhantomData)
    }
}

/// With whom traffic may be; exactly one of them is given.
const PEERS: [&str; 4] = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

#[async_trait]
impl<D: Direction> Kind for Rule<D> {
    type Client = Client;
    const NAME: &'static str = D::NAME;
    const CLASS: CreateClass = CreateClass::Tag;
    const LISTS: Lists = Lists::Whole;
    const SHEET: &'static str = "\
A rule of a security group, for one way and one other end.

arn computed string | Its ARN.
cidr_ipv4 optional string | The range of IPv4 addresses at the other end.
cidr_ipv6 optional string | The range of IPv6 addresses at the other end.
description optional string | What it is for.
from_port optional number | The first port, or the type of ICMP.
id computed string | Its identifier.
ip_protocol required string | The protocol: `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
prefix_list_id optional string | The list of ranges at the other end.
referenced_security_group_id optional string | The security group at the other end.
security_group_id required fixed string | The security group.
security_group_rule_id computed string | Its identifier.
tags optional map(string) | Its tags.
tags_all computed map(string) | Its tags with the provider's `default_tags`.
to_port optional number | The last port, or the code of ICMP.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        faults(config)
    }

    fn plan(&self, at: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        tags::plan(at, draft);
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let tags = ec2::tagged(at, wanted, ResourceType::SecurityGroupRule);
        let group = wanted.str("security_group_id");
        let what = format!("add a rule ({}) to the security group {group}", D::WAY.name());
        let rule = permission(wanted);
        let made = match D::WAY {
            Way::In => {
                let add = |ec2: Ec2| {
                    let request = ec2.authorize_security_group_ingress().group_id(group);
                    request.ip_permissions(rule.clone()).set_tag_specifications(tags.clone()).send()
                };
                at.client.send(&what, add).await.map(|made| made.security_group_rules)
            }
            Way::Out => {
                let add = |ec2: Ec2| {
                    let request = ec2.authorize_security_group_egress().group_id(group);
                    request.ip_permissions(rule.clone()).set_tag_specifications(tags.clone()).send()
                };
                at.client.send(&what, add).await.map(|made| made.security_group_rules)
            }
        };
        let made = made.map_err(|trouble| taken(group, trouble))?.unwrap_or_default().pop();
        let id = made.and_then(|rule| rule.security_group_rule_id).ok_or_else(|| ec2::nameless("rule"))?;
        Ok(fields! { id: id })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::one::<Item>(at.client, known.id()).await?;
        let account = at.client.account().await?;
        Ok(item.filter(|item| is_of::<D>(item)).map(|item| read(at.client, account, known, item)))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        let (id, group) = (prior.id(), wanted.str("security_group_id"));
        let others = ["description", "from_port", "ip_protocol", "to_port"];
        if prior.differs_in(wanted, &PEERS) || prior.differs_in(wanted, &others) {
            let update = SecurityGroupRuleUpdate::builder()
                .security_group_rule_id(id)
                .security_group_rule(request(wanted))
                .build();
            let modify = |ec2: Ec2| {
                let request = ec2.modify_security_group_rules().group_id(group);
                request.security_group_rules(update.clone()).send()
            };
            at.client.put(&format!("change the rule {id} of the security group {group}"), modify).await?;
        }
        ec2::retag(at, prior, wanted, id).await
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let (id, group) = (prior.id(), prior.str("security_group_id"));
        let what = format!("remove the rule {id} from the security group {group}");
        match D::WAY {
            Way::In => {
                let remove = |ec2: Ec2| {
                    ec2.revoke_security_group_ingress().group_id(group).security_group_rule_ids(id).send()
                };
                at.client.put(&what, remove).await.or_absent().map(drop)?;
            }
            Way::Out => {
                let remove = |ec2: Ec2| {
                    ec2.revoke_security_group_egress().group_id(group).security_group_rule_ids(id).send()
                };
                at.client.put(&what, remove).await.or_absent().map(drop)?;
            }
        }
        Ok(())
    }

    async fn find(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Option<Fields>, KindError> {
        let item = ec2::marked::<Item>(at).await?;
        Ok(item.filter(|item| is_of::<D>(item)).map(|item| ec2::found(&item, wanted, at.client)))
    }

    async fn list(&self, at: &At<'_, Client>, request: ListRequest<'_>) -> Result<KindPage, KindError> {
        let (nothing, account) = (model::Value::null(), at.client.account().await?);
        let page = ec2::page_of::<Item>(at, request, is_of::<D>, |item| {
            read(at.client, account, Given::new(&nothing), item)
        });
        page.await
    }

    fn as_read(&self, prior: Given<'_>, listed: Fields) -> Fields {
        let listed = tags::as_read(prior, listed);
        let seen = listed.get("ip_protocol").and_then(|value| value.as_str()).map(ToString::to_string);
        let kept = seen.map(|seen| as_written(prior, &seen));
        kept.map_or(listed.clone(), |kept| listed.with("ip_protocol", kept))
    }
}

fn is_of<D: Direction>(item: &Item) -> bool {
    item.is_egress.unwrap_or(false) == (D::WAY == Way::Out)
}

/// A protocol as it is known, where it is the same one.
fn as_written(known: Given<'_>, seen: &str) -> String {
    let written = known.text("ip_protocol").filter(|text| protocol(text) == protocol(seen));
    written.unwrap_or(seen).to_owned()
}

fn read(client: &Client, account: &str, known: Given<'_>, rule: Item) -> Fields {
    let tags = tags::seen(client, known, rule.labels());
    let is_all = rule.ip_protocol.as_deref() == Some("-1");
    let port = |port: Option<i32>| port.filter(|_| !is_all);
    let (partition, region) = (client.partition(), client.region());
    let (id, owner) =
        (rule.id().to_owned(), rule.group_owner_id.clone().unwrap_or_else(|| account.to_owned()));
    let other = rule.referenced_group_info.and_then(|group| {
        let id = group.group_id?;
        Some(match group.user_id.filter(|user| !user.is_empty() && *user != owner) {
            Some(user) => format!("{user}/{id}"),
            None => id,
        })
    });
    let told = fields! {
        arn: format!("arn:{partition}:ec2:{region}:{owner}:security-group-rule/{id}"),
        cidr_ipv4: rule.cidr_ipv4,
        cidr_ipv6: rule.cidr_ipv6,
        description: rule.description,
        from_port: port(rule.from_port),
        id: &id,
        ip_protocol: as_written(known, rule.ip_protocol.as_deref().unwrap_or_default()),
        prefix_list_id: rule.prefix_list_id,
        referenced_security_group_id: other,
        security_group_id: rule.group_id,
        security_group_rule_id: &id,
        to_port: port(rule.to_port),
    };
    told.and(tags)
}

/// A rule as it is added.
fn permission(rule: Given<'_>) -> IpPermission {
    let about = rule.string("description");
    let mut request = IpPermission::builder()
        .ip_protocol(protocol(rule.str("ip_protocol")))
        .set_from_port(rule.int32("from_port"))
        .set_to_port(rule.int32("to_port"));
    if let Some(range) = rule.text("cidr_ipv4") {
        request = request.ip_ranges(IpRange::builder().cidr_ip(range).set_description(about.clone()).build());
    }
    if let Some(range) = rule.text("cidr_ipv6") {
        request =
            request.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(range).set_description(about.clone()).build());
    }
    if let Some(list) = rule.text("prefix_list_id") {
        let list = PrefixListId::builder().prefix_list_id(list).set_description(about.clone()).build();
        request = request.prefix_list_ids(list);
    }
    if let Some(group) = rule.text("referenced_security_group_id") {
        let (user, id) =
            group.split_once('/').map_or((None, group), |(user, id)| (Some(user.to_owned()), id));
        let pair = UserIdGroupPair::builder().group_id(id).set_user_id(user).set_description(about).build();
        request = request.user_id_group_pairs(pair);
    }
    request.build()
}

/// A rule as it is changed.
fn request(rule: Given<'_>) -> SecurityGroupRuleRequest {
    let group = rule.text("referenced_security_group_id");
    let group = group.map(|group| group.split_once('/').map_or(group, |(_, id)| id).to_owned());
    let is_all = protocol(rule.str("ip_protocol")) == "-1";
    let port = |name: &str| rule.int32(name).or(is_all.then_some(-1));
    SecurityGroupRuleRequest::builder()
        .ip_protocol(protocol(rule.str("ip_protocol")))
        .set_from_port(port("from_port"))
        .set_to_port(port("to_port"))
        .set_cidr_ipv4(rule.string("cidr_ipv4"))
        .set_cidr_ipv6(rule.string("cidr_ipv6"))
        .set_prefix_list_id(rule.string("prefix_list_id"))
        .set_referenced_group_id(group)
        .set_description(rule.string("description"))
        .build()
}

fn faults(config: Given<'_>) -> Vec<ProviderError> {
    let mut faults = Vec::new();
    let mut wrong = |name: &str, detail: String| {
        faults.push(ProviderError::invalid("Invalid rule", detail).at(Path::of_attr(name)));
    };
    let said = PEERS.iter().filter(|peer| config.text(peer).is_some() || config.is_unknown(peer)).count();
    if said != 1 {
        wrong("cidr_ipv4", format!("A rule has exactly one other end: {}.", PEERS.join(", ")));
    }
    for (name, is_v6) in [("cidr_ipv4", false), ("cidr_ipv6", true)] {
        match config.text(name).map(|text| (text, Cidr::parse(text))) {
            Some((text, Err(why))) => wrong(name, format!("{text:?} can't be the value of {name:?}: {why}.")),
            Some((text, Ok(range))) if range.is_v6() != is_v6 => {
                wrong(name, format!("{text:?} can't be the value of {name:?}: it is of another version."));
            }
            _ => {}
        }
    }
    let is_all = config.text("ip_protocol").is_some_and(|text| protocol(text) == "-1");
    for name in ["from_port", "to_port"] {
        if is_all && config.value(name).is_some() {
            wrong(name, format!("A rule for all protocols has no {name:?}."));
        }
    }
    faults
}

/// Why a rule can't be added.
pub(crate) fn taken(group: &str, trouble: Trouble) -> ProviderError {
    if !trouble.is(&["InvalidPermission.Duplicate"]) {
        return trouble.into();
    }
    let detail = format!(
        "The security group {group} has such a rule already, which is not this resource's. Remove it from the group's own \
         configuration, or import it by its identifier, which begins with `sgr-`."
    );
    ProviderError::new(ErrorKind::Conflict, "Rule is there already", detail)
}

#[cfg(test)]
mod tests {
    use provider::sheet::IntoValue;

    use super::*;

    #[test]
    fn a_rule_has_one_other_end() {
        let count = |fields: Fields| faults(Given::new(&fields.into_value())).len();
        assert_eq!(count(fields! { ip_protocol: "tcp", cidr_ipv4: "10.0.0.0/8" }), 0);
        assert_eq!(count(fields! { ip_protocol: "tcp" }), 1);
        assert_eq!(count(fields! { ip_protocol: "tcp", cidr_ipv4: "10.0.0.0/8", prefix_list_id: "pl-1" }), 1);
        assert_eq!(count(fields! { ip_protocol: "tcp", cidr_ipv4: "::/0" }), 1);
        assert_eq!(
            count(fields! { ip_protocol: "all", cidr_ipv4: "10.0.0.0/8", from_port: 1, to_port: 2 }),
            2
        );
    }

    #[test]
    fn protocols_stay_as_they_are_written() {
        let known = fields! { ip_protocol: "6" }.into_value();
        assert_eq!(as_written(Given::new(&known), "tcp"), "6");
        assert_eq!(as_written(Given::new(&known), "udp"), "udp");
    }
}
