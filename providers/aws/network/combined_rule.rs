//! `aws_security_group_rule`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_ec2::types::SecurityGroup;
use model::Path;
use provider::sheet::{At, Draft, Fields, Given, Kind, KindError, Made};
use provider::{CreateClass, ProviderError, fields};
use provider_aws::Client;

use crate::digest::crc32;
use crate::ec2;
use crate::security_group::rules::{Atom, Peer, Way, atoms, faults, protocol, seen};
use crate::security_group::sync;
use crate::security_group_rule::taken;

/// The resource type.
pub(crate) struct CombinedRule;

/// With whom traffic may be.
const PEERS: [&str; 5] =
    ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self", "source_security_group_id"];

#[async_trait]
impl Kind for CombinedRule {
    type Client = Client;
    const NAME: &'static str = "aws_security_group_rule";
    const VERSION: u64 = 2;
    const CLASS: CreateClass = CreateClass::Name;
    const SHEET: &'static str = "\
A rule of a security group, for one way and any number of other ends. `aws_vpc_security_group_ingress_rule` and
`aws_vpc_security_group_egress_rule` are for one other end, and carry tags.

cidr_blocks optional fixed list(string) | The ranges of IPv4 addresses at the other end.
description optional string | What it is for.
from_port required fixed number | The first port, or the type of ICMP.
id optional computed string | An identifier made of all that it says.
ipv6_cidr_blocks optional fixed list(string) | The ranges of IPv6 addresses at the other end.
prefix_list_ids optional fixed list(string) | The lists of ranges at the other end.
protocol required fixed string | The protocol: `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
security_group_id required fixed string | The security group.
security_group_rule_id computed string | Its identifier, where it has only one other end.
self optional fixed default=false bool | Whether the other end is the group itself.
source_security_group_id optional computed fixed string | The security group at the other end.
to_port required fixed number | The last port, or the code of ICMP.
type required fixed string | `ingress` or `egress`.
timeouts block single | Has no effect: nothing about a rule is waited for.
  create optional string | As `5m`.
";

    fn check(&self, config: Given<'_>) -> Vec<ProviderError> {
        let mut found = faults(config);
        let mut wrong = |name: &str, detail: &str| {
            found.push(ProviderError::invalid("Invalid rule", detail).at(Path::of_attr(name)));
        };
        if !["", "ingress", "egress"].contains(&config.str("type")) {
            wrong("type", "`type` is to be `ingress` or `egress`.");
        }
        let says = |name: &&&str| config.is_unknown(name) || config.is(name) || says_anything(config, name);
        if PEERS.iter().filter(says).count() == 0 {
            wrong("cidr_blocks", &format!("A rule needs another end: {}.", PEERS.join(", ")));
        }
        if config.is("self") && says_anything(config, "source_security_group_id") {
            wrong("self", "`self` and `source_security_group_id` exclude each other.");
        }
        found
    }

    fn plan(&self, _: &At<'_, Client>, draft: &mut Draft<'_>) -> Result<(), KindError> {
        // What is written otherwise and means the same is no other rule.
        if let Some(prior) = draft.prior
            && protocol(prior.str("protocol")) == protocol(draft.planned().str("protocol"))
            && let Some(value) = prior.value("protocol")
        {
            draft.set("protocol", value.clone());
        }
        Ok(())
    }

    async fn create(&self, at: &At<'_, Client>, wanted: Given<'_>) -> Result<Made, KindError> {
        let (group, all) = (wanted.str("security_group_id"), atoms_of(wanted));
        let mut made =
            sync::add(at, group, way(wanted), &all).await.map_err(|trouble| taken(group, trouble))?;
        let rule = made.pop().filter(|_| all.len() == 1).and_then(|rule| rule.security_group_rule_id);
        Ok(fields! { id: id_of(wanted, &all), security_group_rule_id: rule.unwrap_or_default() })
    }

    async fn read(&self, at: &At<'_, Client>, known: Given<'_>) -> Result<Option<Fields>, KindError> {
        let group = known.str("security_group_id");
        let Some(found) = ec2::one::<SecurityGroup>(at.client, group).await? else { return Ok(None) };
        let there = seen(way(known).of(&found), group, found.owner_id.as_deref().unwrap_or_default());
        let (wanted, bare) = (atoms_of(known), there.iter().map(Atom::bare).collect::<BTreeSet<_>>());
        if wanted.is_empty() || !wanted.iter().all(|atom| bare.contains(&atom.bare())) {
            return Ok(None);
        }
        let about = there.iter().find(|atom| atom.bare() == wanted[0].bare()).map(|atom| atom.about.clone());
        Ok(Some(fields! { description: about.unwrap_or_default(), id: id_of(known, &wanted) }))
    }

    async fn update(
        &self,
        at: &At<'_, Client>,
        prior: Given<'_>,
        wanted: Given<'_>,
    ) -> Result<(), KindError> {
        if prior.differs(wanted, "description") {
            let group = wanted.str("security_group_id");
            sync::reword(at, group, way(wanted), &atoms_of(wanted)).await?;
        }
        Ok(())
    }

    async fn delete(&self, at: &At<'_, Client>, prior: Given<'_>) -> Result<(), KindError> {
        let group = prior.str("security_group_id");
        let all: Vec<Atom> = atoms_of(prior).iter().map(Atom::bare).collect();
        if ec2::one::<SecurityGroup>(at.client, group).await?.is_some() {
            sync::revoke(at, group, way(prior), &all).await?;
        }
        Ok(())
    }

    async fn import(&self, _: &At<'_, Client>, id: &str) -> Result<Fields, KindError> {
        imported(id).ok_or_else(|| {
            let detail = format!(
                "{id:?} is not GROUP_TYPE_PROTOCOL_FROM_TO_OTHER-END, as sg-1_ingress_tcp_443_443_10.0.0.0/16."
            );
            ProviderError::invalid("Invalid import identifier", detail)
        })
    }
}

fn says_anything(rule: Given<'_>, name: &str) -> bool {
    rule.text(name).is_some() || !rule.texts(name).is_empty()
}

fn way(rule: Given<'_>) -> Way {
    if rule.str("type") == "egress" { Way::Out } else { Way::In }
}

fn atoms_of(rule: Given<'_>) -> Vec<Atom> {
    atoms(rule, rule.str("security_group_id"))
}

/// The identifier that `hashicorp/aws` gives such a rule: a sum of all that it says but its description.
fn id_of(rule: Given<'_>, all: &[Atom]) -> String {
    let mut text = format!("{}-", rule.str("security_group_id"));
    for port in ["from_port", "to_port"] {
        if let Some(port) = rule.int(port).filter(|port| *port > 0) {
            text.push_str(&format!("{port}-"));
        }
    }
    text.push_str(&format!("{}-{}-", protocol(rule.str("protocol")), rule.str("type")));
    for kind in 0..4 {
        let mut ends: Vec<String> = all.iter().filter_map(|atom| end(&atom.peer, kind, rule)).collect();
        ends.sort();
        text.extend(ends);
    }
    format!("sgrule-{}", crc32(text.as_bytes()))
}

/// Another end as it stands in an identifier, if it is of a kind: ranges of both versions, lists, groups.
fn end(peer: &Peer, kind: u8, rule: Given<'_>) -> Option<String> {
    match (peer, kind) {
        (Peer::V4(text), 0) | (Peer::V6(text), 1) | (Peer::Prefixes(text), 2) => Some(format!("{text}-")),
        (Peer::Group(group), 3) => Some(format!("{}--", group.rsplit('/').next().unwrap_or_default())),
        (Peer::Own, 3) => Some(format!("{}--", rule.str("security_group_id"))),
        _ => None,
    }
}

/// What an import identifier says.
fn imported(id: &str) -> Option<Fields> {
    let parts: Vec<&str> = id.split('_').collect();
    let [group, way, protocol, from, to, ends @ ..] = &*parts else { return None };
    let (from, to) = (from.parse::<i64>().ok()?, to.parse::<i64>().ok()?);
    if !["ingress", "egress"].contains(way) || ends.is_empty() || !group.starts_with("sg-") {
        return None;
    }
    let (mut fours, mut sixes, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    let mut fields = fields! {
        from_port: from, protocol: *protocol, security_group_id: *group, to_port: to, type: *way, self: false,
    };
    for end in ends {
        match *end {
            "self" => fields.set("self", true),
            end if end.starts_with("pl-") => lists.push(end),
            end if end.starts_with("sg-") || end.contains("/sg-") => {
                fields.set("source_security_group_id", end);
            }
            end if end.contains(':') => sixes.push(end),
            end if end.contains('/') => fours.push(end),
            _ => return None,
        }
    }
    Some(fields.and(fields! { cidr_blocks: fours, ipv6_cidr_blocks: sixes, prefix_list_ids: lists, id: id }))
}

#[cfg(test)]
mod tests {
    use provider::sheet::IntoValue;

    use super::*;

    #[test]
    fn an_import_identifier_says_all_of_a_rule() {
        let found = imported("sg-1_ingress_tcp_80_443_10.0.0.0/16_::/0_pl-1").expect("it can be read");
        let value = found.into_value();
        let rule = Given::new(&value);
        assert_eq!((rule.int("from_port"), rule.int("to_port")), (Some(80), Some(443)));
        assert_eq!(atoms_of(rule).len(), 3);
        assert!(imported("sg-1_ingress_tcp_80_443").is_none());
        assert!(imported("sg-1_sideways_tcp_80_443_self").is_none());
    }

    #[test]
    fn a_rule_has_another_end() {
        let count = |fields: Fields| CombinedRule.check(Given::new(&fields.into_value())).len();
        let rule = || fields! { type: "ingress", protocol: "tcp", from_port: 1, to_port: 2 };
        assert_eq!(count(rule().with("self", true)), 0);
        assert_eq!(count(rule()), 1);
        assert_eq!(count(rule().with("self", true).with("source_security_group_id", "sg-2")), 1);
        assert_eq!(count(rule().with("self", true).with("type", "both")), 1);
    }
}
