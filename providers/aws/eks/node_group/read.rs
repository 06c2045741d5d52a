//! What EKS tells of a node group.

use aws_sdk_eks::types::{Nodegroup, NodegroupResources, Taint};
use provider::fields;
use provider::sheet::{Fields, Given};

use crate::{Client, names, tags};

/// All attributes.
pub(super) fn fields(client: &Client, known: Given<'_>, mut group: Nodegroup) -> Fields {
    let labels = group.tags.take().unwrap_or_default().into_iter().collect();
    let (name, cluster) = (group.nodegroup_name.unwrap_or_default(), group.cluster_name.unwrap_or_default());
    let template = group.launch_template.map(|template| {
        fields! { id: template.id, name: template.name, version: template.version }
    });
    let access = group.remote_access.map(|access| {
        let groups = access.source_security_groups.unwrap_or_default();
        fields! { ec2_ssh_key: access.ec2_ssh_key.unwrap_or_default(), source_security_group_ids: groups }
    });
    let scaling = group.scaling_config.map(|scaling| {
        let (least, most) = (scaling.min_size, scaling.max_size);
        fields! { desired_size: scaling.desired_size, max_size: most, min_size: least }
    });
    let update = group.update_config.map(|update| {
        let number = |number: Option<i32>| number.unwrap_or(0);
        fields! {
            max_unavailable: number(update.max_unavailable),
            max_unavailable_percentage: number(update.max_unavailable_percentage),
        }
    });
    let repair = group.node_repair_config.map(|repair| fields! { enabled: repair.enabled.unwrap_or(false) });
    let told = fields! {
        ami_type: group.ami_type.as_ref().map(|ty| ty.as_str()),
        arn: group.nodegroup_arn,
        capacity_type: group.capacity_type.as_ref().map(|ty| ty.as_str()),
        cluster_name: &cluster,
        disk_size: group.disk_size.unwrap_or(0),
        id: format!("{cluster}:{name}"),
        instance_types: group.instance_types.unwrap_or_default(),
        labels: group.labels.unwrap_or_default(),
        launch_template: template.into_iter().collect::<Vec<_>>(),
        node_group_name: &name,
        node_group_name_prefix:
            known.string("node_group_name_prefix").or_else(|| names::prefix_of(&name).map(str::to_owned)).unwrap_or_default(),
        node_repair_config: repair.into_iter().collect::<Vec<_>>(),
        node_role_arn: group.node_role,
        release_version: group.release_version,
        remote_access: access.into_iter().collect::<Vec<_>>(),
        resources: group.resources.map(resources).into_iter().collect::<Vec<_>>(),
        scaling_config: scaling.into_iter().collect::<Vec<_>>(),
        status: group.status.as_ref().map(|status| status.as_str()),
        subnet_ids: group.subnets.unwrap_or_default(),
        taint: group.taints.unwrap_or_default().into_iter().map(taint).collect::<Vec<_>>(),
        update_config: update.into_iter().collect::<Vec<_>>(),
        version: group.version,
    };
    told.and(tags::seen(client, known, labels))
}

fn taint(taint: Taint) -> Fields {
    let effect = taint.effect.as_ref().map(|effect| effect.as_str());
    fields! { effect: effect, key: taint.key, value: taint.value.unwrap_or_default() }
}

fn resources(resources: NodegroupResources) -> Fields {
    let groups = resources.auto_scaling_groups.unwrap_or_default().into_iter();
    fields! {
        autoscaling_groups: groups.map(|group| fields! { name: group.name }).collect::<Vec<_>>(),
        remote_access_security_group_id: resources.remote_access_security_group.unwrap_or_default(),
    }
}
