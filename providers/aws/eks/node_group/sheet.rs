//! The sheet of a node group.

/// What a block may hold.
pub(super) const SHEET: &str = "\
A group of nodes of a cluster that EKS makes and replaces.

ami_type optional computed fixed string | The machine image: `AL2023_x86_64_STANDARD`, `BOTTLEROCKET_x86_64`, and others.
arn computed string | Its ARN.
capacity_type optional computed fixed string | How machines are paid: `ON_DEMAND`, `SPOT`, `CAPACITY_BLOCK`.
cluster_name required fixed string | The cluster.
disk_size optional computed fixed number | The size of each node's disk, in GiB.
force_update_version optional bool | Whether nodes are replaced though their pods can't be moved away.
id optional computed string | The names of cluster and group: `CLUSTER:GROUP`.
instance_types optional computed fixed list(string) | The kinds of machines.
labels optional map(string) | Labels of the nodes.
node_group_name optional computed fixed string | Its name, made up where it is left out.
node_group_name_prefix optional computed fixed string | How a made-up name begins.
node_role_arn required fixed string | The role of the nodes.
release_version optional computed string | The version of the machine image.
resources computed list(object(autoscaling_groups:list(object(name:string)),remote_access_security_group_id:string)) | What it is made of.
status computed string | Whether it can be used.
subnet_ids required fixed set(string) | The subnets of the nodes.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
version optional computed string | The version of Kubernetes.
launch_template block list 0..1 | The template of its machines.
  id optional computed fixed string | The template, by its identifier.
  name optional computed fixed string | The template, by its name.
  version required string | The version of the template.
node_repair_config block computed list 0..1 | Nodes that are broken.
  enabled optional bool | Whether they are repaired.
remote_access block list 0..1 fixed | How people reach the nodes.
  ec2_ssh_key optional fixed string | The key pair.
  source_security_group_ids optional fixed set(string) | From where; without it, from everywhere.
scaling_config block list 1..1 | How many nodes there are.
  desired_size required number | At the moment.
  max_size required number | At most.
  min_size required number | At least.
taint block set 0..50 | Taints of the nodes.
  effect required string | What it does: `NO_SCHEDULE`, `NO_EXECUTE`, `PREFER_NO_SCHEDULE`.
  key required string | Its key.
  value optional string | Its value.
timeouts block single | How long operations may take.
  create optional string | As `60m`.
  delete optional string | As `60m`.
  update optional string | As `60m`.
update_config block computed list 0..1 | How nodes are replaced.
  max_unavailable optional number | How many at a time.
  max_unavailable_percentage optional number | How many of a hundred at a time.
";
