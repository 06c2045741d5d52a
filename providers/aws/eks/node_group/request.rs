//! What EKS is asked for.

use aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupFluentBuilder;
use aws_sdk_eks::types::{
    AmiTypes, CapacityTypes, LaunchTemplateSpecification, NodeRepairConfig, NodegroupScalingConfig,
    NodegroupUpdateConfig, RemoteAccessConfig, Taint, TaintEffect,
};
use model::Path;
use provider::ProviderError;
use provider::sheet::Given;

/// A create, without name, tags and token.
pub(super) fn create(
    request: CreateNodegroupFluentBuilder,
    wanted: Given<'_>,
) -> CreateNodegroupFluentBuilder {
    let labels = wanted.map("labels");
    let types = wanted.some_texts("instance_types");
    request
        .cluster_name(wanted.str("cluster_name"))
        .node_role(wanted.str("node_role_arn"))
        .set_ami_type(wanted.text("ami_type").map(AmiTypes::from))
        .set_capacity_type(wanted.text("capacity_type").map(CapacityTypes::from))
        .set_disk_size(wanted.int32("disk_size"))
        .set_instance_types(types)
        .set_labels((!labels.is_empty()).then(|| labels.into_iter().collect()))
        .set_launch_template(launch_template(wanted))
        .set_node_repair_config(repair(wanted))
        .set_release_version(wanted.string("release_version"))
        .set_remote_access(wanted.block("remote_access").map(remote_access))
        .set_scaling_config(scaling(wanted))
        .set_subnets(wanted.some_texts("subnet_ids"))
        .set_taints(Some(taints(wanted)).filter(|taints| !taints.is_empty()))
        .set_update_config(update(wanted))
        .set_version(wanted.string("version"))
}

/// The template; an identifier goes before a name, of which EKS takes only one.
pub(super) fn launch_template(wanted: Given<'_>) -> Option<LaunchTemplateSpecification> {
    let block = wanted.block("launch_template")?;
    let id = block.string("id");
    let name = block.string("name").filter(|_| id.is_none());
    let template = LaunchTemplateSpecification::builder().set_id(id).set_name(name);
    Some(template.set_version(block.string("version")).build())
}

pub(super) fn repair(wanted: Given<'_>) -> Option<NodeRepairConfig> {
    let on = wanted.block("node_repair_config")?.flag("enabled");
    Some(NodeRepairConfig::builder().set_enabled(on).build())
}

fn remote_access(block: Given<'_>) -> RemoteAccessConfig {
    RemoteAccessConfig::builder()
        .set_ec2_ssh_key(block.string("ec2_ssh_key"))
        .set_source_security_groups(block.some_texts("source_security_group_ids"))
        .build()
}

pub(super) fn scaling(wanted: Given<'_>) -> Option<NodegroupScalingConfig> {
    let block = wanted.block("scaling_config")?;
    let scaling = NodegroupScalingConfig::builder()
        .set_desired_size(block.int32("desired_size"))
        .set_max_size(block.int32("max_size"))
        .set_min_size(block.int32("min_size"));
    Some(scaling.build())
}

pub(super) fn taints(wanted: Given<'_>) -> Vec<Taint> {
    let one = |block: Given<'_>| {
        Taint::builder()
            .set_key(block.string("key"))
            .set_value(block.string("value"))
            .effect(TaintEffect::from(block.str("effect")))
            .build()
    };
    wanted.blocks("taint").into_iter().map(one).collect()
}

/// How nodes are replaced: by number or by percentage; zero is not said.
pub(super) fn update(wanted: Given<'_>) -> Option<NodegroupUpdateConfig> {
    let block = wanted.block("update_config")?;
    let number = |name: &str| block.int32(name).filter(|number| *number > 0);
    let config = NodegroupUpdateConfig::builder()
        .set_max_unavailable(number("max_unavailable"))
        .set_max_unavailable_percentage(number("max_unavailable_percentage"));
    Some(config.build())
}

/// What is wrong with a configuration.
pub(super) fn faults(config: Given<'_>) -> Vec<ProviderError> {
    let wrong = |name: &str, detail: String| {
        ProviderError::invalid("Invalid node group", detail).at(Path::of_attr(name))
    };
    let mut faults = Vec::new();
    let both =
        |one: &str, other: &str, block: Given<'_>| block.value(one).is_some() && block.value(other).is_some();
    if both("node_group_name", "node_group_name_prefix", config) {
        let detail = "`node_group_name` and `node_group_name_prefix` exclude each other.".to_owned();
        faults.push(wrong("node_group_name", detail));
    }
    if let Some(block) = config.block("scaling_config") {
        let size = |name: &str| block.int(name);
        if let (Some(least), Some(now), Some(most)) =
            (size("min_size"), size("desired_size"), size("max_size"))
            && !(least <= now && now <= most && most >= 1)
        {
            let detail =
                format!("{least} to {most} nodes, {now} of them at the moment, does not fit together.");
            faults.push(wrong("scaling_config", detail));
        }
    }
    if let Some(block) = config.block("update_config")
        && both("max_unavailable", "max_unavailable_percentage", block)
    {
        let detail = "`max_unavailable` and `max_unavailable_percentage` exclude each other.".to_owned();
        faults.push(wrong("update_config", detail));
    }
    if config.block("launch_template").is_some() && config.block("remote_access").is_some() {
        let detail =
            "With `launch_template`, the template says how people reach the nodes, not `remote_access`.";
        faults.push(wrong("remote_access", detail.to_owned()));
    }
    let effects = ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"];
    for taint in config.blocks("taint") {
        if let Some(effect) = taint.text("effect").filter(|effect| !effects.contains(effect)) {
            faults
                .push(wrong("taint", format!("There is no effect {effect:?}, only {}.", effects.join(", "))));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use provider::fields;
    use provider::sheet::{Fields, IntoValue};

    use super::*;

    fn sized(least: i64, now: i64, most: i64) -> usize {
        let scaling = fields! { min_size: least, desired_size: now, max_size: most };
        let config: Fields = fields! { scaling_config: vec![scaling] };
        faults(Given::new(&config.into_value())).len()
    }

    #[test]
    fn sizes_fit_together() {
        assert_eq!(sized(0, 0, 1), 0);
        assert_eq!(sized(1, 2, 3), 0);
        assert_eq!(sized(2, 1, 3), 1);
        assert_eq!(sized(0, 0, 0), 1);
    }
}
