//! Changes of a node group.

use aws_sdk_eks::types::{Taint, UpdateLabelsPayload, UpdateTaintsPayload};
use provider::sheet::{At, Given, KindError};

use super::request;
use crate::Client;
use crate::eks::{Eks, Updated, followed, parts};

/// Makes every change: first the version of the nodes, then the rest, which new nodes get at once.
pub(super) async fn apply(at: &At<'_, Client>, prior: Given<'_>, wanted: Given<'_>) -> Result<(), KindError> {
    let (cluster, name) = parts(prior.id(), "CLUSTER:NODE-GROUP")?;
    let what = format!("the node group {name} of the cluster {cluster}");
    let updated = Updated { what: &what, cluster, node_group: Some(name), addon: None };
    let differs = |name: &str| prior.differs(wanted, name);
    let says = |name: &str| wanted.string(name).filter(|_| differs(name));
    if ["version", "release_version", "launch_template"].iter().any(|name| differs(name)) {
        let template = request::launch_template(wanted).filter(|_| differs("launch_template"));
        let update = |eks: Eks| {
            eks.update_nodegroup_version()
                .cluster_name(cluster)
                .nodegroup_name(name)
                .set_force(wanted.flag("force_update_version"))
                .set_launch_template(template.clone())
                .set_release_version(says("release_version"))
                .set_version(says("version"))
                .send()
        };
        let update = at.client.send(&format!("replace the nodes of {what}"), update).await?.update;
        followed(at, updated, update, wanted).await?;
    }
    if ["labels", "node_repair_config", "scaling_config", "taint", "update_config"]
        .iter()
        .any(|name| differs(name))
    {
        let update = |eks: Eks| {
            eks.update_nodegroup_config()
                .cluster_name(cluster)
                .nodegroup_name(name)
                .set_labels(differs("labels").then(|| labels(prior, wanted)))
                .set_node_repair_config(request::repair(wanted).filter(|_| differs("node_repair_config")))
                .set_scaling_config(request::scaling(wanted).filter(|_| differs("scaling_config")))
                .set_taints(
                    differs("taint").then(|| taints(&request::taints(prior), &request::taints(wanted))),
                )
                .set_update_config(request::update(wanted).filter(|_| differs("update_config")))
                .send()
        };
        let update = at.client.send(&format!("change {what}"), update).await?.update;
        followed(at, updated, update, wanted).await?;
    }
    Ok(())
}

fn labels(prior: Given<'_>, wanted: Given<'_>) -> UpdateLabelsPayload {
    let (before, after) = (prior.map("labels"), wanted.map("labels"));
    let gone = before.keys().filter(|key| !after.contains_key(*key)).cloned().collect();
    let set = after.into_iter().filter(|(key, value)| before.get(key) != Some(value)).collect();
    UpdateLabelsPayload::builder().set_add_or_update_labels(Some(set)).set_remove_labels(Some(gone)).build()
}

/// A taint is known by key and effect; another value of it is set over the old one.
fn taints(before: &[Taint], after: &[Taint]) -> UpdateTaintsPayload {
    let is_same = |one: &Taint, other: &Taint| one.key == other.key && one.effect == other.effect;
    let gone = before.iter().filter(|old| !after.iter().any(|new| is_same(old, new))).cloned().collect();
    let set = after.iter().filter(|new| !before.contains(new)).cloned().collect();
    UpdateTaintsPayload::builder().set_add_or_update_taints(Some(set)).set_remove_taints(Some(gone)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taints_are_known_by_key_and_effect() {
        let taint = |key: &str, value: &str| {
            Taint::builder().key(key).value(value).effect("NO_SCHEDULE".into()).build()
        };
        let change = taints(&[taint("a", "1"), taint("b", "1")], &[taint("a", "2"), taint("c", "1")]);
        assert_eq!(change.remove_taints(), [taint("b", "1")]);
        assert_eq!(change.add_or_update_taints(), [taint("a", "2"), taint("c", "1")]);
    }
}
