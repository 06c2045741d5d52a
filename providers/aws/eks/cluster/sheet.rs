//! The sheet of a cluster.

/// What a block may hold.
pub(super) const SHEET: &str = "\
A cluster of Kubernetes whose control plane AWS runs.

arn computed string | Its ARN.
bootstrap_self_managed_addons optional fixed default=true bool | Whether it begins with the usual add-ons, which nobody manages afterwards.
certificate_authority computed list(object(data:string)) | The authority that its certificates are signed by, in base64.
cluster_id computed string | Its identifier; of clusters on outposts.
created_at computed string | When it was made.
enabled_cluster_log_types optional set(string) | What the control plane logs: `api`, `audit`, `authenticator`, `controllerManager`, `scheduler`.
endpoint computed string | Where its API is reached.
force_update_version optional bool | Whether its version changes though checks advise against it.
id optional computed string | Its name.
identity computed list(object(oidc:list(object(issuer:string)))) | The issuer of its service accounts' tokens.
name required fixed string | Its name.
platform_version computed string | The version of what AWS runs it on.
role_arn required fixed string | The role that it acts under.
status computed string | Whether it can be used.
tags optional map(string) | Its tags.
tags_all optional computed map(string) | Its tags with the provider's `default_tags`.
version optional computed string | The version of Kubernetes, as `1.33`. A later one is reached minor by minor.
access_config block computed list 0..1 | Who may use it.
  authentication_mode optional computed string | Where that is written: `API`, `API_AND_CONFIG_MAP`, or `CONFIG_MAP`.
  bootstrap_cluster_creator_admin_permissions optional fixed default=false bool | Whether who makes it may do everything in it. Without this block, who makes it may.
compute_config block list 0..1 | Nodes that EKS makes and removes by itself.
  enabled optional bool | Whether it does.
  node_pools optional set(string) | The pools that it begins with: `general-purpose`, `system`.
  node_role_arn optional string | The role of these nodes.
encryption_config block list 0..1 | How secrets are encrypted.
  resources required set(string) | What is encrypted: `secrets`.
  provider block list 1..1 | With what.
    key_arn required string | The key.
kubernetes_network_config block computed list 0..1 | The addresses within it.
  ip_family optional computed fixed string | `ipv4`, or `ipv6`.
  service_ipv4_cidr optional computed fixed string | The range of services.
  service_ipv6_cidr computed string | The range of services of IPv6.
  elastic_load_balancing block computed list 0..1 | Balancers that EKS makes and removes by itself.
    enabled optional bool | Whether it does.
outpost_config block list 0..1 fixed | The outposts that it lies on.
  control_plane_instance_type required fixed string | The machines of the control plane.
  outpost_arns required fixed set(string) | The outposts.
  control_plane_placement block list 0..1 fixed | Where on them.
    group_name required fixed string | The group.
remote_network_config block list 0..1 | The networks of nodes on one's own premises.
  remote_node_networks block list 1..1 | Those of nodes.
    cidrs optional set(string) | Their ranges.
  remote_pod_networks block list 0..1 | Those of pods.
    cidrs optional set(string) | Their ranges.
storage_config block list 0..1 | Volumes that EKS makes and removes by itself.
  block_storage block list 0..1 | Those of blocks.
    enabled optional bool | Whether it does.
timeouts block single | How long operations may take.
  create optional string | As `30m`.
  delete optional string | As `15m`.
  update optional string | As `60m`.
upgrade_policy block computed list 0..1 | What happens when the support of a version ends.
  support_type optional computed string | `STANDARD`: it is upgraded. `EXTENDED`: its support costs more.
vpc_config block list 1..1 | Its network.
  cluster_security_group_id computed string | The security group that EKS made for it.
  endpoint_private_access optional default=false bool | Whether its API is reached from within the VPC.
  endpoint_public_access optional default=true bool | Whether its API is reached over the internet.
  public_access_cidrs optional computed set(string) | From where over the internet.
  security_group_ids optional set(string) | Further security groups of the control plane.
  subnet_ids required set(string) | The subnets of the control plane, of two zones at least.
  vpc_id computed string | The VPC.
zonal_shift_config block list 0..1 | Leaving a zone that has trouble.
  enabled optional bool | Whether it does.
";
