//! Which attribute is changed by which field of an update.

/// An attribute and the field that changes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// The attribute, or the block.
    pub(super) attribute: &'static str,
    /// The field of the update.
    pub(super) field: &'static str,
    /// Where in the field the value is, if it is not the field.
    pub(super) within: Option<&'static str>,
    /// Whether a block has to be said to be in force.
    pub(super) is_enabled: bool,
    /// What the field is, as JSON, where nothing is wanted; empty where it stays as it is.
    pub(super) nothing: &'static str,
}

impl Row {
    const fn plain(attribute: &'static str, field: &'static str, nothing: &'static str) -> Row {
        Row { attribute, field, within: None, is_enabled: false, nothing }
    }

    const fn switched(attribute: &'static str, field: &'static str, nothing: &'static str) -> Row {
        Row { attribute, field, within: None, is_enabled: true, nothing }
    }

    const fn within(
        attribute: &'static str,
        field: &'static str,
        inner: &'static str,
        nothing: &'static str,
    ) -> Row {
        Row { attribute, field, within: Some(inner), is_enabled: false, nothing }
    }
}

/// The attributes of a cluster.
pub(super) const ROWS: &[Row] = &[
    Row::plain("addons_config", "desiredAddonsConfig", ""),
    Row::plain("anonymous_authentication_config", "desiredAnonymousAuthenticationConfig", ""),
    Row::switched("authenticator_groups_config", "desiredAuthenticatorGroupsConfig", "{\"enabled\":false}"),
    Row::plain("binary_authorization", "desiredBinaryAuthorization", "{\"evaluationMode\":\"DISABLED\"}"),
    Row::plain("cluster_autoscaling", "desiredClusterAutoscaling", ""),
    Row::plain("control_plane_endpoints_config", "desiredControlPlaneEndpointsConfig", ""),
    Row::plain("cost_management_config", "desiredCostManagementConfig", ""),
    Row::plain("database_encryption", "desiredDatabaseEncryption", "{\"state\":\"DECRYPTED\"}"),
    Row::plain("default_snat_status", "desiredDefaultSnatStatus", ""),
    Row::plain("disable_l4_lb_firewall_reconciliation", "desiredDisableL4LbFirewallReconciliation", ""),
    Row::plain("dns_config", "desiredDnsConfig", "{\"clusterDns\":\"PROVIDER_UNSPECIFIED\"}"),
    Row::plain("enable_cilium_clusterwide_network_policy", "desiredEnableCiliumClusterwideNetworkPolicy", ""),
    Row::plain("enable_fqdn_network_policy", "desiredEnableFqdnNetworkPolicy", ""),
    Row::within("enable_intranode_visibility", "desiredIntraNodeVisibilityConfig", "enabled", ""),
    Row::plain("enable_k8s_beta_apis", "desiredK8sBetaApis", ""),
    Row::within("enable_l4_ilb_subsetting", "desiredL4ilbSubsettingConfig", "enabled", ""),
    Row::plain("enable_multi_networking", "desiredEnableMultiNetworking", ""),
    Row::within("enable_shielded_nodes", "desiredShieldedNodes", "enabled", ""),
    Row::plain("enterprise_config", "desiredEnterpriseConfig", ""),
    Row::plain("fleet", "desiredFleet", "{\"project\":\"\"}"),
    Row::plain("gateway_api_config", "desiredGatewayApiConfig", ""),
    Row::plain("gke_auto_upgrade_config", "gkeAutoUpgradeConfig", ""),
    Row::plain("identity_service_config", "desiredIdentityServiceConfig", ""),
    Row::plain(
        "in_transit_encryption_config",
        "desiredInTransitEncryptionConfig",
        "\"IN_TRANSIT_ENCRYPTION_DISABLED\"",
    ),
    Row::plain("logging_config", "desiredLoggingConfig", ""),
    Row::plain("logging_service", "desiredLoggingService", ""),
    Row::switched(
        "master_authorized_networks_config",
        "desiredMasterAuthorizedNetworksConfig",
        "{\"enabled\":false}",
    ),
    Row::plain("mesh_certificates", "desiredMeshCertificates", ""),
    Row::plain("monitoring_config", "desiredMonitoringConfig", ""),
    Row::plain("monitoring_service", "desiredMonitoringService", ""),
    Row::plain(
        "network_performance_config",
        "desiredNetworkPerformanceConfig",
        "{\"totalEgressBandwidthTier\":\"TIER_UNSPECIFIED\"}",
    ),
    Row::plain("notification_config", "desiredNotificationConfig", ""),
    Row::plain("pod_autoscaling", "desiredPodAutoscaling", ""),
    Row::plain("private_ipv6_google_access", "desiredPrivateIpv6GoogleAccess", ""),
    Row::plain("rbac_binding_config", "desiredRbacBindingConfig", ""),
    Row::plain("release_channel", "desiredReleaseChannel", ""),
    Row::plain("resource_usage_export_config", "desiredResourceUsageExportConfig", "{}"),
    Row::plain("secret_manager_config", "desiredSecretManagerConfig", "{\"enabled\":false}"),
    Row::plain("security_posture_config", "desiredSecurityPostureConfig", ""),
    Row::plain("service_external_ips_config", "desiredServiceExternalIpsConfig", ""),
    Row::plain("user_managed_keys_config", "userManagedKeysConfig", ""),
    Row::plain("vertical_pod_autoscaling", "desiredVerticalPodAutoscaling", ""),
    Row::plain("workload_identity_config", "desiredWorkloadIdentityConfig", "{}"),
    Row::within(
        "allow_net_admin",
        "desiredAutopilotWorkloadPolicyConfig",
        "allowNetAdmin",
        "{\"allowNetAdmin\":false}",
    ),
];

/// The parts of `node_pool_auto_config`.
pub(super) const AUTO: &[Row] = &[
    Row::plain("network_tags", "desiredNodePoolAutoConfigNetworkTags", "{}"),
    Row::plain("node_kubelet_config", "desiredNodePoolAutoConfigKubeletConfig", ""),
    Row::plain("linux_node_config", "desiredNodePoolAutoConfigLinuxNodeConfig", ""),
    Row::within("resource_manager_tags", "desiredNodePoolAutoConfigResourceManagerTags", "tags", "{}"),
];

/// The parts of `node_config_defaults`.
pub(super) const DEFAULTS: &[Row] = &[
    Row::within("logging_variant", "desiredNodePoolLoggingConfig", "variantConfig.variant", ""),
    Row::plain("gcfs_config", "desiredGcfsConfig", "{\"enabled\":false}"),
    Row::plain("containerd_config", "desiredContainerdConfig", ""),
    Row::within(
        "insecure_kubelet_readonly_port_enabled",
        "desiredNodeKubeletConfig",
        "insecureKubeletReadonlyPortEnabled",
        "",
    ),
];
