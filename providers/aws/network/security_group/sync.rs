//! Brings the rules of a group from what they are to what is wanted.

use std::collections::BTreeSet;

use aws_sdk_ec2::types::{IpPermission, SecurityGroup, SecurityGroupRule};
use provider::ProviderError;
use provider::sheet::{At, Given, KindError};
use provider_aws::{Client, OrAbsent, Trouble};

use super::rules::{Atom, Peer, Way, atoms_of, permission, seen};
use crate::ec2::{self, Ec2};

/// Codes of requests whose effect is there already, or gone already.
const DONE: [&str; 2] = ["InvalidPermission.Duplicate", "InvalidPermission.NotFound"];

/// Gives a new group its rules. It begins with one that lets everything out, which stays only where it is wanted.
pub(super) async fn begin(at: &At<'_, Client>, id: &str, wanted: Given<'_>) -> Result<(), KindError> {
    let Some(group) = ec2::one::<SecurityGroup>(at.client, id).await? else { return Ok(()) };
    let owner = group.owner_id.clone().unwrap_or_default();
    for way in [Way::In, Way::Out] {
        let there = seen(way.of(&group), id, &owner);
        apply(at, id, way, there, atoms_of(&wanted.blocks(way.name()), id)).await?;
    }
    Ok(())
}

/// Adds what is new before it takes away what is gone, so that no traffic that is always allowed is ever cut; where a group
/// can't hold both, the other way round.
pub(super) async fn apply(
    at: &At<'_, Client>,
    id: &str,
    way: Way,
    before: BTreeSet<Atom>,
    wanted: BTreeSet<Atom>,
) -> Result<(), KindError> {
    let bare = |atoms: &BTreeSet<Atom>| atoms.iter().map(Atom::bare).collect::<BTreeSet<_>>();
    let (old, new) = (bare(&before), bare(&wanted));
    let gone: Vec<Atom> = old.difference(&new).cloned().collect();
    let added: Vec<Atom> = wanted.iter().filter(|atom| !old.contains(&atom.bare())).cloned().collect();
    let reworded: Vec<Atom> =
        wanted.iter().filter(|atom| old.contains(&atom.bare()) && !before.contains(*atom)).cloned().collect();
    match authorize(at, id, way, &added).await {
        Err(trouble) if trouble.is(&["RulesPerSecurityGroupLimitExceeded"]) => {
            revoke(at, id, way, &gone).await?;
            authorize(at, id, way, &added).await?;
        }
        result => {
            result?;
            revoke(at, id, way, &gone).await?;
        }
    }
    reword(at, id, way, &reworded).await?;
    Ok(())
}

fn permissions(atoms: &[Atom], own: &str) -> Option<Vec<IpPermission>> {
    Some(atoms.iter().map(|atom| permission(atom, own)).collect())
}

async fn authorize(at: &At<'_, Client>, id: &str, way: Way, atoms: &[Atom]) -> Result<(), Trouble> {
    if !atoms.is_empty() {
        add(at, id, way, atoms).await.or_absent_for(&DONE[..1])?;
    }
    Ok(())
}

/// Adds rules; gives what they have become. Rules that are there already are an error.
pub(crate) async fn add(
    at: &At<'_, Client>,
    id: &str,
    way: Way,
    atoms: &[Atom],
) -> Result<Vec<SecurityGroupRule>, Trouble> {
    let what = format!("add rules ({}) to the security group {id}", way.name());
    let all = permissions(atoms, id);
    let made = match way {
        Way::In => {
            let add = |ec2: Ec2| {
                ec2.authorize_security_group_ingress().group_id(id).set_ip_permissions(all.clone()).send()
            };
            at.client.put(&what, add).await?.security_group_rules
        }
        Way::Out => {
            let add = |ec2: Ec2| {
                ec2.authorize_security_group_egress().group_id(id).set_ip_permissions(all.clone()).send()
            };
            at.client.put(&what, add).await?.security_group_rules
        }
    };
    Ok(made.unwrap_or_default())
}

/// Removes rules; those that are gone already are no error.
pub(crate) async fn revoke(at: &At<'_, Client>, id: &str, way: Way, atoms: &[Atom]) -> Result<(), Trouble> {
    if atoms.is_empty() {
        return Ok(());
    }
    let what = format!("remove rules ({}) from the security group {id}", way.name());
    let all = permissions(atoms, id);
    match way {
        Way::In => {
            let remove = |ec2: Ec2| {
                ec2.revoke_security_group_ingress().group_id(id).set_ip_permissions(all.clone()).send()
            };
            at.client.put(&what, remove).await.or_absent_for(&DONE[1..])?;
        }
        Way::Out => {
            let remove = |ec2: Ec2| {
                ec2.revoke_security_group_egress().group_id(id).set_ip_permissions(all.clone()).send()
            };
            at.client.put(&what, remove).await.or_absent_for(&DONE[1..])?;
        }
    }
    Ok(())
}

/// Describes rules anew.
pub(crate) async fn reword(at: &At<'_, Client>, id: &str, way: Way, atoms: &[Atom]) -> Result<(), Trouble> {
    if atoms.is_empty() {
        return Ok(());
    }
    let what = format!("describe rules ({}) of the security group {id}", way.name());
    let all = permissions(atoms, id);
    match way {
        Way::In => {
            let describe = |ec2: Ec2| {
                let request = ec2.update_security_group_rule_descriptions_ingress().group_id(id);
                request.set_ip_permissions(all.clone()).send()
            };
            at.client.put(&what, describe).await.map(drop)
        }
        Way::Out => {
            let describe = |ec2: Ec2| {
                let request = ec2.update_security_group_rule_descriptions_egress().group_id(id);
                request.set_ip_permissions(all.clone()).send()
            };
            at.client.put(&what, describe).await.map(drop)
        }
    }
}

/// Removes all rules of a group, and those of others that name it.
pub(crate) async fn revoke_all(at: &At<'_, Client>, id: &str) -> Result<(), KindError> {
    let own = ec2::one::<SecurityGroup>(at.client, id).await?;
    let is_about = |atom: &Atom| match &atom.peer {
        Peer::Group(group) => group == id || group.ends_with(&format!("/{id}")),
        _ => false,
    };
    for way in [Way::In, Way::Out] {
        if let Some(group) = &own {
            let owner = group.owner_id.as_deref().unwrap_or_default();
            let all: Vec<Atom> = seen(way.of(group), id, owner).iter().map(Atom::bare).collect();
            revoke(at, id, way, &all).await?;
        }
        for group in naming(at, id, way).await? {
            let (other, owner) = (
                group.group_id.as_deref().unwrap_or_default(),
                group.owner_id.as_deref().unwrap_or_default(),
            );
            let atoms = seen(way.of(&group), other, owner);
            let about: Vec<Atom> = atoms.iter().filter(|atom| is_about(atom)).map(Atom::bare).collect();
            revoke(at, other, way, &about).await?;
        }
    }
    Ok(())
}

/// The other groups with rules that name a group.
async fn naming(at: &At<'_, Client>, id: &str, way: Way) -> Result<Vec<SecurityGroup>, Trouble> {
    let name = match way {
        Way::In => "ip-permission.group-id",
        Way::Out => "egress.ip-permission.group-id",
    };
    let groups = ec2::all::<SecurityGroup>(at.client, vec![ec2::only(name, id)]).await?;
    Ok(groups.into_iter().filter(|group| group.group_id.as_deref() != Some(id)).collect())
}

/// Why a group can't be deleted, with the groups whose rules name it.
pub(super) async fn named_by(at: &At<'_, Client>, id: &str, error: ProviderError) -> ProviderError {
    let mut groups = BTreeSet::new();
    for way in [Way::In, Way::Out] {
        let naming = naming(at, id, way).await.unwrap_or_default();
        groups.extend(naming.into_iter().filter_map(|group| group.group_id));
    }
    if groups.is_empty() {
        return error;
    }
    let groups: Vec<String> = groups.into_iter().collect();
    let detail = format!(
        "{} Rules of {} name it: remove those, or set `revoke_rules_on_delete`.",
        error.detail,
        groups.join(", ")
    );
    ProviderError { detail, ..error }
}
