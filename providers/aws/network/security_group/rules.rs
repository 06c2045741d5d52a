//! Rules of a security group, taken apart into the smallest ones: a rule in a configuration may stand for many of these, and
//! the API puts them together in its own way.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroup, UserIdGroupPair};
use model::{Path, Value};
use provider::cidr::Cidr;
use provider::sheet::{Fields, Given, IntoValue};
use provider::{ProviderError, fields};

/// Which way traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the interfaces.
    In,
    /// From them.
    Out,
}

impl Way {
    /// The attribute with the rules.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::In => "ingress",
            Way::Out => "egress",
        }
    }

    /// The rules of a group.
    pub(crate) fn of(self, group: &SecurityGroup) -> &[IpPermission] {
        let rules = match self {
            Way::In => &group.ip_permissions,
            Way::Out => &group.ip_permissions_egress,
        };
        rules.as_deref().unwrap_or_default()
    }
}

/// With whom traffic is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    /// A range of IPv4 addresses.
    V4(String),
    /// A range of IPv6 addresses.
    V6(String),
    /// A list of ranges.
    Prefixes(String),
    /// A security group, after its account and `/` where that is another one.
    Group(String),
    /// The group itself.
    Own,
}

/// The smallest rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Atom {
    pub(crate) protocol: String,
    pub(crate) from: i32,
    pub(crate) to: i32,
    pub(crate) peer: Peer,
    pub(crate) about: String,
}

impl Atom {
    /// The rule without its description, by which it is known.
    pub(crate) fn bare(&self) -> Atom {
        Atom { about: String::new(), ..self.clone() }
    }
}

/// A protocol by its usual name: `6` is `tcp`.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
pub(crate) fn protocol(text: &str) -> String {
    match &*text.to_lowercase() {
        "-1" | "all" => "-1",
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        other => return other.to_owned(),
    }
    .to_owned()
}

/// The smallest rules that rules of a configuration stand for.
pub(crate) fn atoms_of(rules: &[Given<'_>], own: &str) -> BTreeSet<Atom> {
    rules.iter().flat_map(|rule| atoms(*rule, own)).collect()
}

/// The smallest rules that one rule stands for.
pub(crate) fn atoms(rule: Given<'_>, own: &str) -> Vec<Atom> {
    let protocol = protocol(rule.str("protocol"));
    let is_all = protocol == "-1";
    let port = |name: &str| if is_all { 0 } else { rule.int32(name).unwrap_or(0) };
    let peers =
        |name: &str, kind: fn(String) -> Peer| rule.texts(name).into_iter().map(kind).collect::<Vec<_>>();
    // What is a rule of its own has at most one group.
    let groups = rule.texts("security_groups").into_iter().chain(rule.string("source_security_group_id"));
    let groups = groups.map(|group| if group == own { Peer::Own } else { Peer::Group(group) });
    let mut all = peers("cidr_blocks", Peer::V4);
    all.extend(peers("ipv6_cidr_blocks", Peer::V6));
    all.extend(peers("prefix_list_ids", Peer::Prefixes));
    all.extend(groups);
    all.extend(rule.is("self").then_some(Peer::Own));
    let atom = |peer| Atom {
        protocol: protocol.clone(),
        from: port("from_port"),
        to: port("to_port"),
        peer,
        about: rule.str("description").to_owned(),
    };
    all.into_iter().map(atom).collect()
}

/// The smallest rules that the API tells of.
pub(crate) fn seen(permissions: &[IpPermission], own: &str, owner: &str) -> BTreeSet<Atom> {
    permissions.iter().flat_map(|permission| seen_in(permission, own, owner)).collect()
}

fn seen_in(permission: &IpPermission, own: &str, owner: &str) -> Vec<Atom> {
    let protocol = protocol(permission.ip_protocol.as_deref().unwrap_or("-1"));
    let is_all = protocol == "-1";
    let port = |port: Option<i32>| if is_all { 0 } else { port.unwrap_or(0) };
    let atom = |peer: Peer, about: &Option<String>| Atom {
        protocol: protocol.clone(),
        from: port(permission.from_port),
        to: port(permission.to_port),
        peer,
        about: about.clone().unwrap_or_default(),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let fours = permission.ip_ranges.iter().flatten();
    let sixes = permission.ipv6_ranges.iter().flatten();
    let lists = permission.prefix_list_ids.iter().flatten();
    let groups = permission.user_id_group_pairs.iter().flatten();
    let fours = fours.map(|range| atom(Peer::V4(text(&range.cidr_ip)), &range.description));
    let sixes = sixes.map(|range| atom(Peer::V6(text(&range.cidr_ipv6)), &range.description));
    let lists = lists.map(|list| atom(Peer::Prefixes(text(&list.prefix_list_id)), &list.description));
    let groups = groups.map(|pair| atom(group(pair, own, owner), &pair.description));
    fours.chain(sixes).chain(lists).chain(groups).collect()
}

fn group(pair: &UserIdGroupPair, own: &str, owner: &str) -> Peer {
    let id = pair.group_id.as_deref().or(pair.group_name.as_deref()).unwrap_or_default();
    match pair.user_id.as_deref().filter(|user| !user.is_empty() && *user != owner) {
        _ if id == own => Peer::Own,
        Some(user) => Peer::Group(format!("{user}/{id}")),
        None => Peer::Group(id.to_owned()),
    }
}

/// A rule as the API takes it.
pub(crate) fn permission(atom: &Atom, own: &str) -> IpPermission {
    let about = Some(atom.about.clone()).filter(|about| !about.is_empty());
    let request = IpPermission::builder().ip_protocol(&atom.protocol);
    let request = match atom.protocol.as_str() {
        "-1" => request,
        _ => request.from_port(atom.from).to_port(atom.to),
    };
    let pair = |group: &str| {
        let (user, id) =
            group.split_once('/').map_or((None, group), |(user, id)| (Some(user.to_owned()), id));
        UserIdGroupPair::builder().group_id(id).set_user_id(user).set_description(about.clone()).build()
    };
    match &atom.peer {
        Peer::V4(range) => {
            request.ip_ranges(IpRange::builder().cidr_ip(range).set_description(about).build())
        }
        Peer::V6(range) => {
            request.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(range).set_description(about).build())
        }
        Peer::Prefixes(list) => request
            .prefix_list_ids(PrefixListId::builder().prefix_list_id(list).set_description(about).build()),
        Peer::Group(group) => request.user_id_group_pairs(pair(group)),
        Peer::Own => request.user_id_group_pairs(pair(own)),
    }
    .build()
}

/// What was seen in the form of the rules that are known; what is none of them, put together by protocol, ports and description.
pub(crate) fn shaped(known: &[Given<'_>], own: &str, mut seen: BTreeSet<Atom>) -> Vec<Value> {
    let mut rules = Vec::new();
    let all = seen.clone();
    for rule in known {
        let atoms = atoms(*rule, own);
        if !atoms.is_empty() && atoms.iter().all(|atom| all.contains(atom)) {
            seen.retain(|atom| !atoms.contains(atom));
            rules.push(rule.whole().clone());
        }
    }
    while let Some(first) = seen.first().cloned() {
        let is_alike = |atom: &Atom| {
            Atom { peer: Peer::Own, ..atom.clone() } == Atom { peer: Peer::Own, ..first.clone() }
        };
        let (alike, rest): (Vec<Atom>, Vec<Atom>) = seen.into_iter().partition(is_alike);
        rules.push(together(&first, &alike).into_value());
        seen = rest.into_iter().collect();
    }
    rules
}

/// A rule that stands for all that differ only in whom traffic is with.
fn together(first: &Atom, alike: &[Atom]) -> Fields {
    let peers = |of: fn(&Peer) -> Option<&String>| -> Vec<String> {
        alike.iter().filter_map(|atom| of(&atom.peer)).cloned().collect()
    };
    fields! {
        cidr_blocks: peers(|peer| if let Peer::V4(range) = peer { Some(range) } else { None }),
        description: &first.about,
        from_port: first.from,
        ipv6_cidr_blocks: peers(|peer| if let Peer::V6(range) = peer { Some(range) } else { None }),
        prefix_list_ids: peers(|peer| if let Peer::Prefixes(list) = peer { Some(list) } else { None }),
        protocol: &first.protocol,
        security_groups: peers(|peer| if let Peer::Group(group) = peer { Some(group) } else { None }),
        self: alike.iter().any(|atom| atom.peer == Peer::Own),
        to_port: first.to,
    }
}

/// Rules that were listed, in the form of the recorded ones.
pub(crate) fn as_read(prior: Given<'_>, listed: Fields) -> Fields {
    let own = prior.id();
    [Way::In, Way::Out].into_iter().fold(listed, |listed, way| {
        let rules = listed.get(way.name()).and_then(Value::as_items).unwrap_or_default();
        let rules: Vec<Given<'_>> = rules.iter().map(Given::new).collect();
        let rules = shaped(&prior.blocks(way.name()), own, atoms_of(&rules, own));
        listed.with(way.name(), rules)
    })
}

/// What is wrong with a rule.
pub(crate) fn faults(rule: Given<'_>) -> Vec<ProviderError> {
    let wrong =
        |name: &str, detail: String| ProviderError::invalid("Invalid rule", detail).at(Path::of_attr(name));
    let mut faults = Vec::new();
    for (name, is_v6) in [("cidr_blocks", false), ("ipv6_cidr_blocks", true)] {
        for text in rule.texts(name) {
            match Cidr::parse(&text) {
                Ok(range) if range.is_v6() == is_v6 => {}
                Ok(_) => faults
                    .push(wrong(name, format!("{text:?} is not for {name:?}: it is of another version."))),
                Err(why) => faults.push(wrong(name, format!("{text:?} can't be in {name:?}: {why}."))),
            }
        }
    }
    for name in ["protocol", "from_port", "to_port"] {
        if rule.value(name).is_none() && !rule.is_unknown(name) {
            faults.push(wrong(name, format!("A rule needs {name:?}.")));
        }
    }
    let (from, to) = (rule.int("from_port").unwrap_or(0), rule.int("to_port").unwrap_or(0));
    if protocol(rule.str("protocol")) == "-1" && rule.text("protocol").is_some() && (from, to) != (0, 0) {
        let detail = format!("A rule for all protocols has the ports 0 to 0, not {from} to {to}.");
        faults.push(wrong("from_port", detail));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(port: i64, ranges: &[&str], about: &str) -> Value {
        let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
        let fields = fields! {
            cidr_blocks: ranges, description: about, from_port: port, protocol: "TCP", self: false, to_port: port,
        };
        fields.into_value()
    }

    fn told(rules: &[Value]) -> BTreeSet<Atom> {
        let given: Vec<Given<'_>> = rules.iter().map(Given::new).collect();
        let permissions: Vec<IpPermission> =
            atoms_of(&given, "sg-1").iter().map(|atom| permission(atom, "sg-1")).collect();
        seen(&permissions, "sg-1", "123456789012")
    }

    #[test]
    fn what_is_told_keeps_the_form_of_what_is_known() {
        let rules = [rule(80, &["10.0.0.0/8", "11.0.0.0/8"], "web"), rule(443, &["10.0.0.0/8"], "")];
        let known: Vec<Given<'_>> = rules.iter().map(Given::new).collect();
        assert_eq!(shaped(&known, "sg-1", told(&rules)), rules);
    }

    #[test]
    fn what_is_not_known_is_put_together() {
        let seen = told(&[
            rule(80, &["10.0.0.0/8"], ""),
            rule(80, &["11.0.0.0/8"], ""),
            rule(81, &["11.0.0.0/8"], ""),
        ]);
        let rules = shaped(&[], "sg-1", seen);
        let ranges: Vec<usize> =
            rules.iter().map(|rule| Given::new(rule).texts("cidr_blocks").len()).collect();
        assert_eq!(ranges, [2, 1]);
    }

    #[test]
    fn a_rule_of_which_a_part_is_gone_is_another_one() {
        let known = rule(80, &["10.0.0.0/8", "11.0.0.0/8"], "");
        let rules = shaped(&[Given::new(&known)], "sg-1", told(&[rule(80, &["10.0.0.0/8"], "")]));
        assert_eq!(Given::new(&rules[0]).texts("cidr_blocks"), ["10.0.0.0/8"]);
    }

    #[test]
    fn the_group_itself_is_known_by_its_identifier() {
        let value =
            fields! { security_groups: vec!["sg-1", "sg-2"], protocol: "-1", from_port: 0, to_port: 0 };
        let value = value.into_value();
        let atoms = atoms_of(&[Given::new(&value)], "sg-1");
        assert!(atoms.iter().any(|atom| atom.peer == Peer::Own));
        let permissions: Vec<IpPermission> = atoms.iter().map(|atom| permission(atom, "sg-1")).collect();
        assert_eq!(seen(&permissions, "sg-1", ""), atoms);
        assert!(permissions.iter().all(|permission| permission.from_port.is_none()));
    }

    #[test]
    fn rules_are_checked() {
        assert!(faults(Given::new(&rule(80, &["10.0.0.0/8"], ""))).is_empty());
        assert_eq!(faults(Given::new(&rule(80, &["10.0.0.1/8", "::/0"], ""))).len(), 2);
        let all = fields! { protocol: "-1", from_port: 0, to_port: 65_535 }.into_value();
        assert_eq!(faults(Given::new(&all)).len(), 1);
    }
}
