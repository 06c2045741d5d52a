"""What the methods of Kubernetes Engine do with what the test server holds. An answer lacks what is false, zero or empty."""

import copy

from compute import HOST, ZONES, path_of
from services import NOW, Refusal, etag, handler

MASTER, OLDER = "1.33.2-gke.1111000", "1.32.6-gke.1013000"
FIRST = "default-pool"
SELF = "https://container.googleapis.com/v1/"


def lean(value):
    if isinstance(value, dict):
        return {name: lean(inner) for name, inner in value.items() if inner not in (False, 0, "", [], None) or inner == {}}
    if isinstance(value, list):
        return [lean(inner) for inner in value]
    return value


def place_of(name):
    return "/".join(name.split("/")[:4])


def cluster_of(name):
    return "/".join(name.split("/")[:6])


def running(world, cluster):
    return next((name for name, found in world.container.items() if found["cluster"] == cluster and not found["done"]), None)


def operation(world, target, verb, effect, looks=3):
    """Begins an operation. A cluster takes one at a time."""
    cluster = cluster_of(target)
    busy = running(world, cluster)
    if busy:
        # Work goes on whether anybody looks or not.
        step(world.container[busy])
        raise Refusal(400, f"Cluster is running incompatible operation {busy.split('/')[-1]}.", "FAILED_PRECONDITION")
    name = f"{place_of(target)}/operations/operation-{world.next()}"
    world.container[name] = {"cluster": cluster, "target": target, "verb": verb, "effect": effect, "looks": looks, "done": False}
    return told(name, world.container[name])


def told(name, found):
    answer = {"name": name.split("/")[-1], "operationType": found["verb"], "status": "DONE" if found["done"] else "RUNNING", "startTime": NOW}
    answer |= {"selfLink": SELF + name, "targetLink": SELF + found["target"], "location": name.split("/")[3]}
    return answer if found["done"] else answer | {"progress": {"name": "progress", "status": "RUNNING", "stages": [{"name": "CLUSTER_CONFIGURING", "status": "RUNNING"}]}}


def step(found):
    found["looks"] -= 1
    if found["looks"] <= 0 and not found["done"]:
        found["done"] = True
        found["effect"]()


@handler("container.projects.locations.operations.get")
def look(world, params, query, body, _):
    if params["name"] not in world.container:
        raise Refusal(404, f"Not found: {params['name']}")
    step(world.container[params["name"]])
    return told(params["name"], world.container[params["name"]])


@handler("container.projects.locations.operations.list")
def list_operations(world, params, query, body, _):
    prefix = params["parent"] + "/operations/"
    return {"operations": [told(name, found) for name, found in world.container.items() if name.startswith(prefix)]}


# Clusters


def region_of(location):
    return location[:-2] if location[-2] == "-" else location


def networks(world, name, cluster):
    project, region = name.split("/")[1], region_of(name.split("/")[3])
    network, subnetwork = cluster.get("network", f"projects/{project}/global/networks/default"), cluster.get("subnetwork")
    if not network.endswith("/default") and path_of(network) not in world.things:
        raise Refusal(400, f"Network {network!r} does not exist", "INVALID_ARGUMENT")
    policy = cluster.setdefault("ipAllocationPolicy", {})
    ranges = {}
    if subnetwork:
        if path_of(subnetwork) not in world.things:
            raise Refusal(400, f"Subnetwork {subnetwork!r} does not exist", "INVALID_ARGUMENT")
        ranges = {one["rangeName"]: one["ipCidrRange"] for one in world.things[path_of(subnetwork)].get("secondaryIpRanges", [])}
    for kind in ("cluster", "services"):
        chosen = policy.get(f"{kind}SecondaryRangeName")
        if chosen and chosen not in ranges:
            raise Refusal(400, f"Secondary range {chosen!r} does not exist in the subnetwork", "INVALID_ARGUMENT")
        size = policy.get(f"{kind}Ipv4CidrBlock", "/14" if kind == "cluster" else "/20")
        policy[f"{kind}Ipv4CidrBlock"] = ranges[chosen] if chosen else size if size[0] != "/" else ("10.96.0.0" if kind == "cluster" else "10.112.0.0") + size
        policy.setdefault(f"{kind}SecondaryRangeName", f"gke-{name.split('/')[-1]}-{kind}-1234abcd")
        policy[f"{kind}Ipv4Cidr"] = policy[f"{kind}Ipv4CidrBlock"]
    policy.setdefault("podCidrOverprovisionConfig", {})
    told = {"network": path_of(network), "subnetwork": path_of(subnetwork) if subnetwork else f"projects/{project}/regions/{region}/subnetworks/default"}
    settings = cluster.setdefault("networkConfig", {})
    settings |= told
    settings.setdefault("datapathProvider", "ADVANCED_DATAPATH" if cluster.get("autopilot", {}).get("enabled") else "LEGACY_DATAPATH")
    settings.setdefault("defaultSnatStatus", {})
    settings.setdefault("serviceExternalIpsConfig", {})
    cluster |= {"network": network.split("/")[-1], "subnetwork": told["subnetwork"].split("/")[-1], "clusterIpv4Cidr": policy["clusterIpv4CidrBlock"], "servicesIpv4Cidr": policy["servicesIpv4CidrBlock"]}


def defaults(cluster):
    addons = cluster.setdefault("addonsConfig", {})
    for name in ("httpLoadBalancing", "horizontalPodAutoscaling", "kubernetesDashboard", "networkPolicyConfig", "dnsCacheConfig"):
        addons.setdefault(name, {"disabled": True} if name in ("kubernetesDashboard", "networkPolicyConfig") else {})
    addons.setdefault("gcePersistentDiskCsiDriverConfig", {"enabled": True})
    cluster.setdefault("releaseChannel", {"channel": "REGULAR"})
    cluster.setdefault("loggingConfig", {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}})
    cluster.setdefault("monitoringConfig", {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS"]}, "managedPrometheusConfig": {"enabled": True}})
    cluster.setdefault("loggingService", "logging.googleapis.com/kubernetes")
    cluster.setdefault("monitoringService", "monitoring.googleapis.com/kubernetes")
    cluster.setdefault("databaseEncryption", {"state": "DECRYPTED"})
    cluster.setdefault("securityPostureConfig", {"mode": "BASIC", "vulnerabilityMode": "VULNERABILITY_MODE_UNSPECIFIED"})
    cluster.setdefault("defaultMaxPodsConstraint", {"maxPodsPerNode": "110"})
    cluster.setdefault("networkPolicy", {})
    cluster.setdefault("legacyAbac", {})
    cluster.setdefault("binaryAuthorization", {})
    cluster.setdefault("masterAuthorizedNetworksConfig", {"gcpPublicCidrsAccessEnabled": True})
    cluster.setdefault("nodePoolDefaults", {"nodeConfigDefaults": {"loggingConfig": {"variantConfig": {"variant": "DEFAULT"}}}})
    cluster.setdefault("secretManagerConfig", {})


@handler("container.projects.locations.clusters.create")
def make_cluster(world, params, query, body, _):
    cluster = copy.deepcopy(body.get("cluster", {}))
    name = f"{params['parent']}/clusters/{cluster.get('name', '')}"
    if not cluster.get("name"):
        raise Refusal(400, "Cluster.name is required", "INVALID_ARGUMENT")
    if name in world.things:
        raise Refusal(409, f"Already exists: {name}.")
    is_autopilot = cluster.get("autopilot", {}).get("enabled", False)
    pools, count = cluster.pop("nodePools", None), cluster.pop("initialNodeCount", 0)
    if not is_autopilot and not pools and not count:
        raise Refusal(400, "Cluster.initial_node_count must be greater than zero.", "INVALID_ARGUMENT")
    if pools and (count or "nodeConfig" in cluster):
        raise Refusal(400, "node pools and the first pool's settings exclude each other", "INVALID_ARGUMENT")
    networks(world, name, cluster)
    defaults(cluster)
    location = name.split("/")[3]
    version = cluster.pop("initialClusterVersion", MASTER)
    cluster |= {"initialClusterVersion": version, "currentMasterVersion": version, "currentNodeVersion": version, "location": location}
    cluster |= {"selfLink": SELF + name, "id": f"{world.next():064x}", "status": "PROVISIONING", "createTime": NOW, "labelFingerprint": f"{world.next():08x}", "etag": etag(world)}
    cluster.setdefault("locations", [location] if location[-2] == "-" else [zone for zone in ZONES if zone.startswith(location)])
    cluster.setdefault("masterAuth", {})["clusterCaCertificate"] = "Q0VSVA=="
    if "maintenancePolicy" in cluster:
        mark_policy(world, cluster["maintenancePolicy"])
    private = cluster.setdefault("privateClusterConfig", {})
    cluster["nodePools"] = []
    first = [{"name": FIRST, "initialNodeCount": count, "config": cluster.pop("nodeConfig", {})}] if not is_autopilot and not pools else []
    world.things[name] = cluster

    def effect():
        cluster["status"], cluster["endpoint"] = "RUNNING", "34.77.99.1"
        private.update({"privateEndpoint": "10.0.0.2", "publicEndpoint": "34.77.99.1"})
        for pool in pools or first:
            add_pool(world, name, pool)

    operation(world, name, "CREATE_CLUSTER", effect, looks=4)
    return told(*list(world.container.items())[-1])


def shown(world, name):
    cluster = world.get(name)
    told = copy.deepcopy(cluster)
    if told["nodePools"]:
        told |= {"nodeConfig": told["nodePools"][0]["config"], "initialNodeCount": told["nodePools"][0]["initialNodeCount"]}
    told["currentNodeCount"] = sum(pool["initialNodeCount"] for pool in told["nodePools"])
    return lean(told)


@handler("container.projects.locations.clusters.get")
def get_cluster(world, params, query, body, _):
    busy = running(world, params["name"])
    if busy:
        step(world.container[busy])
    return shown(world, params["name"])


@handler("container.projects.locations.clusters.list")
def list_clusters(world, params, query, body, _):
    project, _, location = params["parent"].removeprefix("projects/").partition("/locations/")
    names = [name for name in world.things if name.startswith(f"projects/{project}/locations/") and name.count("/") == 5 and "/clusters/" in name]
    return {"clusters": [shown(world, name) for name in names if location in ("-", name.split("/")[3])]}


@handler("container.projects.locations.clusters.delete")
def delete_cluster(world, params, query, body, _):
    cluster = world.get(params["name"])

    def effect():
        world.things.pop(params["name"], None)

    answer = operation(world, params["name"], "DELETE_CLUSTER", effect)
    cluster["status"] = "STOPPING"
    return answer


# What an update's field changes.
FIELDS = {
    "desiredClusterAutoscaling": "autoscaling",
    "desiredK8sBetaApis": "enableK8sBetaApis",
    "desiredLocations": "locations",
    "desiredMasterVersion": "currentMasterVersion",
    "gkeAutoUpgradeConfig": "gkeAutoUpgradeConfig",
    "userManagedKeysConfig": "userManagedKeysConfig",
}
IN_NETWORK = {"DnsConfig", "DefaultSnatStatus", "GatewayApiConfig", "ServiceExternalIpsConfig", "NetworkPerformanceConfig", "InTransitEncryptionConfig", "PrivateIpv6GoogleAccess", "DatapathProvider"}
IN_NETWORK |= {"EnableMultiNetworking", "EnableFqdnNetworkPolicy", "EnableCiliumClusterwideNetworkPolicy", "DisableL4LbFirewallReconciliation"}


def changed(cluster, field, value):
    kind = field.removeprefix("desired")
    plain = kind[0].lower() + kind[1:]
    if field == "desiredIntraNodeVisibilityConfig":
        cluster["networkConfig"]["enableIntraNodeVisibility"] = value.get("enabled", False)
    elif field == "desiredL4ilbSubsettingConfig":
        cluster["networkConfig"]["enableL4ilbSubsetting"] = value.get("enabled", False)
    elif field == "desiredControlPlaneEndpointsConfig":
        told = value.get("ipEndpointsConfig", {})
        if "enablePublicEndpoint" in told:
            cluster["privateClusterConfig"]["enablePrivateEndpoint"] = not told["enablePublicEndpoint"]
        if "globalAccess" in told:
            cluster["privateClusterConfig"]["masterGlobalAccessConfig"] = {"enabled": told["globalAccess"]}
        if "dnsEndpointConfig" in value:
            cluster.setdefault("controlPlaneEndpointsConfig", {})["dnsEndpointConfig"] = value["dnsEndpointConfig"]
    elif field in ("additionalPodRangesConfig", "removedAdditionalPodRangesConfig"):
        ranges = cluster["ipAllocationPolicy"].setdefault("additionalPodRangesConfig", {}).setdefault("podRangeNames", [])
        for name in value["podRangeNames"]:
            (ranges.append if field == "additionalPodRangesConfig" else ranges.remove)(name)
        if not ranges:
            del cluster["ipAllocationPolicy"]["additionalPodRangesConfig"]
    elif field == "desiredStackType":
        cluster["ipAllocationPolicy"]["stackType"] = value
    elif field == "desiredAddonsConfig":
        cluster["addonsConfig"] |= value
    elif field.startswith("desiredNodePoolAutoConfig"):
        part = field.removeprefix("desiredNodePoolAutoConfig")
        name = {"KubeletConfig": "nodeKubeletConfig"}.get(part, part[0].lower() + part[1:])
        cluster.setdefault("nodePoolAutoConfig", {})[name] = value
    elif field in ("desiredNodePoolLoggingConfig", "desiredGcfsConfig", "desiredContainerdConfig", "desiredNodeKubeletConfig"):
        name = "loggingConfig" if "Logging" in field else plain
        cluster["nodePoolDefaults"].setdefault("nodeConfigDefaults", {})[name] = value
    elif kind in IN_NETWORK:
        cluster["networkConfig"][plain] = value
    elif field == "desiredEnterpriseConfig":
        cluster["enterpriseConfig"] = {"desiredTier": value["desiredTier"], "clusterTier": value["desiredTier"]}
    elif field == "desiredAutopilotWorkloadPolicyConfig":
        cluster["autopilot"]["workloadPolicyConfig"] = value
    else:
        cluster[FIELDS.get(field, plain)] = value


@handler("container.projects.locations.clusters.update")
def change_cluster(world, params, query, body, _):
    cluster, update = world.get(params["name"]), body.get("update", {})
    fields = set(update) - {"etag", "desiredNodePoolId"}
    if len(fields) != 1:
        raise Refusal(400, f"exactly one update must be given, not {sorted(fields)}", "INVALID_ARGUMENT")
    field = fields.pop()
    if field == "desiredMasterVersion" and update[field] not in (MASTER, OLDER):
        raise Refusal(400, f"the version {update[field]!r} is not supported", "INVALID_ARGUMENT")

    def effect():
        if field == "desiredNodeVersion":
            pool_of(cluster, update["desiredNodePoolId"])["version"] = update[field]
            cluster["currentNodeVersion"] = update[field]
        else:
            changed(cluster, field, copy.deepcopy(update[field]))
        cluster["etag"] = etag(world)

    return operation(world, params["name"], "UPDATE_CLUSTER", effect)


def mark_policy(world, policy):
    policy["resourceVersion"] = f"{world.next():08x}"
    daily = policy.get("window", {}).get("dailyMaintenanceWindow")
    if daily:
        daily["duration"] = "PT4H0M0S"


@handler("container.projects.locations.clusters.setMaintenancePolicy")
def set_policy(world, params, query, body, _):
    cluster, policy = world.get(params["name"]), copy.deepcopy(body["maintenancePolicy"])
    if policy.get("resourceVersion", "") != cluster.get("maintenancePolicy", {}).get("resourceVersion", ""):
        raise Refusal(400, "the maintenance policy has changed meanwhile", "FAILED_PRECONDITION")
    mark_policy(world, policy)
    return operation(world, params["name"], "UPDATE_CLUSTER", lambda: cluster.update(maintenancePolicy=policy))


@handler("container.projects.locations.clusters.setLegacyAbac")
def set_abac(world, params, query, body, _):
    cluster = world.get(params["name"])
    return operation(world, params["name"], "UPDATE_CLUSTER", lambda: cluster.update(legacyAbac={"enabled": body.get("enabled", False)}))


@handler("container.projects.locations.clusters.setNetworkPolicy")
def set_network_policy(world, params, query, body, _):
    cluster = world.get(params["name"])
    if body["networkPolicy"].get("enabled") and cluster["addonsConfig"]["networkPolicyConfig"].get("disabled"):
        raise Refusal(400, "Network policy addon must be enabled before", "INVALID_ARGUMENT")
    return operation(world, params["name"], "SET_NETWORK_POLICY", lambda: cluster.update(networkPolicy=body["networkPolicy"]))


@handler("container.projects.locations.clusters.setResourceLabels")
def set_labels(world, params, query, body, _):
    cluster = world.get(params["name"])
    if body.get("labelFingerprint") != cluster["labelFingerprint"]:
        raise Refusal(412, "Labels could not be set due to fingerprint mismatch.")

    def effect():
        cluster.update(resourceLabels=body.get("resourceLabels", {}), labelFingerprint=f"{world.next():08x}")

    return operation(world, params["name"], "UPDATE_CLUSTER", effect)


# Pools


def pool_of(cluster, name):
    found = next((pool for pool in cluster["nodePools"] if pool["name"] == name), None)
    if not found:
        raise Refusal(404, f"Not found: node pool {name}")
    return found


def add_pool(world, cluster_name, told):
    cluster, pool = world.things[cluster_name], copy.deepcopy(told)
    config = pool.setdefault("config", {})
    for name, value in {"machineType": "e2-medium", "diskSizeGb": 100, "diskType": "pd-balanced", "imageType": "COS_CONTAINERD", "serviceAccount": "default"}.items():
        config.setdefault(name, value)
    config.setdefault("shieldedInstanceConfig", {"enableIntegrityMonitoring": True})
    config.setdefault("metadata", {"disable-legacy-endpoints": "true"})
    config.setdefault("windowsNodeConfig", {})
    config.setdefault("effectiveCgroupMode", "EFFECTIVE_CGROUP_MODE_V2")
    config.setdefault("kubeletConfig", {"maxParallelImagePulls": 2, "insecureKubeletReadonlyPortEnabled": True})
    if config.get("accelerators"):
        config.setdefault("taints", []).append({"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"})
    pool.setdefault("management", {"autoUpgrade": True, "autoRepair": True})
    pool.setdefault("upgradeSettings", {"maxSurge": 1, "strategy": "SURGE"}).setdefault("strategy", "SURGE")
    pool.setdefault("version", cluster["currentMasterVersion"])
    pool.setdefault("locations", cluster["locations"])
    pool.setdefault("maxPodsConstraint", {"maxPodsPerNode": "110"})
    pool.setdefault("initialNodeCount", 0)
    network = pool.setdefault("networkConfig", {})
    network.setdefault("podRange", cluster["ipAllocationPolicy"]["clusterSecondaryRangeName"])
    network.setdefault("podIpv4CidrBlock", cluster["ipAllocationPolicy"]["clusterIpv4CidrBlock"])
    if pool.get("autoscaling", {}).get("enabled"):
        pool["autoscaling"].setdefault("locationPolicy", "BALANCED")
    project = cluster_name.split("/")[1]
    urls = [HOST + f"projects/{project}/zones/{zone}/instanceGroupManagers/gke-{pool['name']}-grp" for zone in pool["locations"]]
    pool |= {"selfLink": f"{SELF}{cluster_name}/nodePools/{pool['name']}", "status": "RUNNING", "instanceGroupUrls": urls, "podIpv4CidrSize": 24, "etag": etag(world)}
    cluster["nodePools"].append(pool)


@handler("container.projects.locations.clusters.nodePools.create")
def make_pool(world, params, query, body, _):
    cluster, pool = world.get(params["parent"]), body.get("nodePool", {})
    if cluster.get("autopilot", {}).get("enabled"):
        raise Refusal(400, "an autopilot cluster has no pools of one's own", "INVALID_ARGUMENT")
    if not pool.get("name"):
        raise Refusal(400, "NodePool.name is required", "INVALID_ARGUMENT")
    if any(other["name"] == pool["name"] for other in cluster["nodePools"]):
        raise Refusal(409, f"Already exists: {params['parent']}/nodePools/{pool['name']}.")
    target = f"{params['parent']}/nodePools/{pool['name']}"
    return operation(world, target, "CREATE_NODE_POOL", lambda: add_pool(world, params["parent"], pool))


@handler("container.projects.locations.clusters.nodePools.get")
def get_pool(world, params, query, body, _):
    return lean(copy.deepcopy(pool_of(world.get(cluster_of(params["name"])), params["name"].split("/")[-1])))


@handler("container.projects.locations.clusters.nodePools.list")
def list_pools(world, params, query, body, _):
    return {"nodePools": [lean(copy.deepcopy(pool)) for pool in world.get(params["parent"])["nodePools"]]}


@handler("container.projects.locations.clusters.nodePools.delete")
def delete_pool(world, params, query, body, _):
    cluster = world.get(cluster_of(params["name"]))
    pool = pool_of(cluster, params["name"].split("/")[-1])
    return operation(world, params["name"], "DELETE_NODE_POOL", lambda: cluster["nodePools"].remove(pool))


def on_pool(verb, change, kind="UPDATE_CLUSTER"):
    @handler(f"container.projects.locations.clusters.nodePools.{verb}")
    def act(world, params, query, body, _):
        pool = pool_of(world.get(cluster_of(params["name"])), params["name"].split("/")[-1])
        return operation(world, params["name"], kind, lambda: change(pool, copy.deepcopy(body)))


def scale(pool, body):
    pool["autoscaling"] = body["autoscaling"]
    if body["autoscaling"].get("enabled"):
        body["autoscaling"].setdefault("locationPolicy", "BALANCED")


on_pool("setAutoscaling", scale)
on_pool("setSize", lambda pool, body: pool.update(initialNodeCount=body.get("nodeCount", 0)), "SET_NODE_POOL_SIZE")
on_pool("setManagement", lambda pool, body: pool.update(management=body["management"]), "SET_NODE_POOL_MANAGEMENT")

# Fields that are wrapped in an update, and the name of what is in them.
WRAPPED = {"labels": "labels", "resourceLabels": "labels", "tags": "tags", "taints": "taints"}


@handler("container.projects.locations.clusters.nodePools.update")
def change_pool(world, params, query, body, _):
    cluster = world.get(cluster_of(params["name"]))
    pool = pool_of(cluster, params["name"].split("/")[-1])
    types = {"diskSizeGb", "diskType", "machineType", "storagePools"}
    if not body or len(body) > 1 and not set(body) <= types:
        raise Refusal(400, f"one kind of change at a time, not {sorted(body)}", "INVALID_ARGUMENT")

    def effect():
        for field, value in copy.deepcopy(body).items():
            if field == "nodeVersion":
                pool["version"] = value
            elif field in ("locations", "upgradeSettings", "nodeDrainConfig"):
                pool[field] = value
            elif field == "nodeNetworkConfig":
                pool["networkConfig"] |= value
            elif field == "diskSizeGb":
                pool["config"][field] = int(value)
            else:
                pool["config"][field] = value.get(WRAPPED[field], {}) if field in WRAPPED else value

    return operation(world, params["name"], "UPDATE_CLUSTER", effect)


@handler("container.projects.locations.getServerConfig")
def server_config(world, params, query, body, _):
    channel = lambda name: {"channel": name, "defaultVersion": OLDER, "validVersions": [MASTER, OLDER], "upgradeTargetVersion": MASTER}
    told = {"defaultClusterVersion": MASTER, "validMasterVersions": [MASTER, OLDER], "validNodeVersions": [MASTER, OLDER, "1.31.1-gke.100"]}
    return told | {"defaultImageType": "COS_CONTAINERD", "validImageTypes": ["COS_CONTAINERD"], "channels": [channel("RAPID"), channel("REGULAR"), channel("STABLE")]}
