"""What the methods of Compute do with what the test server holds."""

import copy
import ipaddress

from services import NOW, Refusal, etag, handler, merged

HOST = "https://www.googleapis.com/compute/v1/"
COLLECTIONS = {"networks": "network", "subnetworks": "subnetwork", "routers": "router", "firewalls": "firewall", "addresses": "address", "routes": "route"}
ZONES = ["europe-west1-b", "europe-west1-c", "europe-west1-d", "us-central1-a"]


def path_of(link):
    return link[link.index("projects/") :] if "projects/" in link else link


def scope_of(params):
    return f"projects/{params['project']}/" + (f"regions/{params['region']}" if "region" in params else "global")


def name_in(params, collection):
    return f"{scope_of(params)}/{collection}/{params[COLLECTIONS[collection]]}"


def in_use(name, user):
    return Refusal(400, f"The {name.split('/')[-2][:-1]} resource '{name}' is already being used by '{user}'", "INVALID_ARGUMENT", "resourceInUseByAnotherResource")


def advance(world, found):
    """An operation goes on whenever somebody looks at it, or at what it works on, also when nobody follows it any more."""
    found["looks"] -= 1
    if found["looks"] > 0 or found["done"]:
        return
    found["done"] = True
    try:
        found["effect"]()
    except Refusal as refusal:
        code = "RESOURCE_IN_USE_BY_ANOTHER_RESOURCE" if "being used" in refusal.message else "RESOURCE_ALREADY_EXISTS"
        found["error"] = {"code": code, "message": refusal.message}


def pending(world, target):
    mine = [found for found in world.compute.values() if found["target"] == target and not found["done"]]
    for found in mine:
        advance(world, found)
    return any(not found["done"] for found in mine)


def operation(world, params, query, verb, target, effect, looks=2):
    """An operation that has its effect when it was looked at so often. A request that comes twice is one."""
    request = query.get("requestId")
    for name, found in world.compute.items():
        if request and found["request"] == request:
            return told(name, found)
    name = f"{scope_of(params)}/operations/operation-{world.next()}"
    world.compute[name] = {"looks": looks, "effect": effect, "target": target, "verb": verb, "done": False, "error": None, "request": request}
    return told(name, world.compute[name])


def told(name, found):
    answer = {"kind": "compute#operation", "id": "77", "name": name.split("/")[-1], "operationType": found["verb"], "insertTime": NOW}
    answer |= {"targetLink": HOST + found["target"], "selfLink": HOST + name, "status": "DONE" if found["done"] else "RUNNING", "progress": 100 if found["done"] else 50}
    if "/regions/" in name:
        answer["region"] = HOST + name.split("/operations/")[0]
    if found["error"]:
        answer |= {"error": {"errors": [found["error"]]}, "httpErrorStatusCode": 400}
    return answer


def look(world, params, query, body, _):
    name = f"{scope_of(params)}/operations/{params['operation']}"
    if name not in world.compute:
        raise Refusal(404, f"The resource '{name}' was not found")
    found = world.compute[name]
    advance(world, found)
    return told(name, found)


def list_operations(world, params, query, body, _):
    prefix = scope_of(params) + "/operations/"
    return {"kind": "compute#operationList", "id": "list", "items": [told(name, found) for name, found in world.compute.items() if name.startswith(prefix)]}


for place in ("globalOperations", "regionOperations"):
    handler(f"compute.{place}.get")(look)
    handler(f"compute.{place}.list")(list_operations)


def linked(world, thing, field, collection):
    """Holds a link to what there is, and writes it as the API does."""
    if field not in thing:
        return
    path = path_of(thing[field])
    if path.count("/") < 3 or f"/{collection}/" not in path:
        raise Refusal(400, f"Invalid value for field 'resource.{field}': '{thing[field]}'. The URL is malformed.")
    if path not in world.things:
        raise Refusal(404, f"The resource '{path}' was not found")
    if pending(world, path):
        raise Refusal(400, f"The resource '{path}' is not ready", "INVALID_ARGUMENT", "resourceNotReady")
    thing[field] = HOST + path


def user_of(world, path):
    """What uses an object."""
    link = HOST + path
    for name, thing in world.things.items():
        if name != path and (thing.get("network") == link and "/routes/" not in name or thing.get("subnetwork") == link):
            return name
        if path in thing.get("networkConfig", {}).values():
            return name
        for nat in thing.get("nats", []) if "/routers/" in name else []:
            if link in nat.get("natIps", []) + [one["name"] for one in nat.get("subnetworks", [])]:
                return name
    return None


def insert(collection, prepare):
    @handler(f"compute.{collection}.insert")
    def make(world, params, query, body, _):
        if not body.get("name"):
            raise Refusal(400, "Required field 'resource.name' not specified")
        name = f"{scope_of(params)}/{collection}/{body['name']}"
        replayed = query.get("requestId") in [found["request"] for found in world.compute.values()] and "requestId" in query
        if not replayed and (pending(world, name) or name in world.things):
            raise Refusal(409, f"The resource '{name}' already exists")
        thing = copy.deepcopy(body)
        thing.pop("params", None)
        if "requestId" not in query or not replayed:
            prepare(world, params, thing)
        thing |= {"kind": f"compute#{COLLECTIONS[collection]}", "id": str(9000000000000000000 + world.next()), "creationTimestamp": "2026-01-02T03:04:05.678-08:00", "selfLink": HOST + name}
        if "region" in params:
            thing["region"] = HOST + scope_of(params)

        def effect():
            world.make(name, thing)
            after(world, collection, name)

        return operation(world, params, query, "insert", name, effect)


def after(world, collection, name):
    if collection == "networks":
        project, short = name.split("/")[1], name.split("/")[-1]
        route = f"projects/{project}/global/routes/default-route-{world.next()}"
        told = {"kind": "compute#route", "id": "5", "name": route.split("/")[-1], "network": HOST + name, "destRange": "0.0.0.0/0", "nextHopGateway": HOST + f"projects/{project}/global/gateways/default-internet-gateway"}
        world.things[route] = told | {"priority": 1000, "selfLink": HOST + route, "description": f"Default route of {short}"}


def reads(collection):
    @handler(f"compute.{collection}.get")
    def get(world, params, query, body, _):
        found = world.get(name_in(params, collection))
        if collection == "networks":
            mine = [thing["selfLink"] for name, thing in world.things.items() if "/subnetworks/" in name and thing["network"] == found["selfLink"]]
            return found | ({"subnetworks": mine} if mine else {})
        if collection == "addresses":
            user = user_of(world, name_in(params, collection))
            return found | {"status": "IN_USE" if user else "RESERVED"} | ({"users": [HOST + user]} if user else {})
        return found

    @handler(f"compute.{collection}.list")
    def list_all(world, params, query, body, _):
        prefix = f"{scope_of(params)}/{collection}/"
        items = [thing for name, thing in world.things.items() if name.startswith(prefix)]
        return {"kind": f"compute#{COLLECTIONS[collection]}List", "id": prefix, "items": items}

    @handler(f"compute.{collection}.delete")
    def delete(world, params, query, body, _):
        name = name_in(params, collection)
        world.get(name)
        user = user_of(world, name)
        if user:
            raise in_use(name, user)

        def effect():
            user = user_of(world, name)
            if user:
                raise in_use(name, user)
            link = HOST + name
            for route in [held for held, thing in world.things.items() if "/routes/" in held and thing["network"] == link]:
                del world.things[route]
            world.things.pop(name, None)

        return operation(world, params, query, "delete", name, effect)


for each in COLLECTIONS:
    reads(each)


def changing(world, params, query, collection, effect, verb="patch"):
    name = name_in(params, collection)
    thing = world.get(name)
    if pending(world, name):
        raise Refusal(400, f"The resource '{name}' is not ready", "INVALID_ARGUMENT", "resourceNotReady")
    return operation(world, params, query, verb, name, lambda: effect(thing))


def network(world, params, thing):
    thing.setdefault("routingConfig", {}).setdefault("routingMode", "REGIONAL")
    routing = thing["routingConfig"]
    routing.setdefault("bgpBestPathSelectionMode", "LEGACY")
    thing.setdefault("mtu", 1460)
    thing.setdefault("networkFirewallPolicyEnforcementOrder", "AFTER_CLASSIC_FIREWALL")
    if thing.get("enableUlaInternalIpv6"):
        thing.setdefault("internalIpv6Range", "fd20:1:2:0:0:0:0:0/48")


@handler("compute.networks.patch")
def change_network(world, params, query, body, _):
    def effect(thing):
        merged(thing, body)
        if thing.get("enableUlaInternalIpv6"):
            thing.setdefault("internalIpv6Range", "fd20:1:2:0:0:0:0:0/48")

    return changing(world, params, query, "networks", effect)


def ranges(thing):
    return [thing["ipCidrRange"]] + [one["ipCidrRange"] for one in thing.get("secondaryIpRanges", [])]


def check_ranges(world, thing, own=None):
    mine = [ipaddress.ip_network(text) for text in ranges(thing)]
    others = [ipaddress.ip_network(text) for name, other in world.things.items() if "/subnetworks/" in name and name != own and other["network"] == thing["network"] for text in ranges(other)]
    for number, one in enumerate(mine):
        for other in mine[number + 1 :] + others:
            if one.overlaps(other):
                raise Refusal(400, f"Invalid IPCidrRange: {one} conflicts with existing subnetwork")


def subnetwork(world, params, thing):
    if "network" not in thing:
        raise Refusal(400, "Required field 'resource.network' not specified")
    linked(world, thing, "network", "networks")
    check_ranges(world, thing)
    thing.setdefault("privateIpGoogleAccess", False)
    thing.setdefault("privateIpv6GoogleAccess", "DISABLE_GOOGLE_ACCESS")
    thing.setdefault("purpose", "PRIVATE")
    thing.setdefault("stackType", "IPV4_ONLY")
    if thing["stackType"] != "IPV4_ONLY" and "ipv6AccessType" not in thing:
        raise Refusal(400, "ipv6AccessType is needed")
    thing["gatewayAddress"] = str(ipaddress.ip_network(thing["ipCidrRange"])[1])
    thing.setdefault("allowSubnetCidrRoutesOverlap", False)
    thing["fingerprint"] = etag(world)


SEPARATE = [{"logConfig"}, {"secondaryIpRanges"}, {"stackType", "ipv6AccessType"}, {"privateIpv6GoogleAccess"}, {"role"}, {"allowSubnetCidrRoutesOverlap"}]


@handler("compute.subnetworks.patch")
def change_subnetwork(world, params, query, body, _):
    thing = world.get(name_in(params, "subnetworks"))
    if not body.get("fingerprint"):
        raise Refusal(400, "Required field 'resource.fingerprint' not specified")
    if body["fingerprint"] != thing["fingerprint"]:
        raise Refusal(412, "Invalid fingerprint.", None, "conditionNotMet")
    fields = {field for field in body if field != "fingerprint"}
    if not any(fields <= group for group in SEPARATE):
        raise Refusal(400, f"these are not changed together: {sorted(fields)}")
    check_ranges(world, thing | body, name_in(params, "subnetworks"))

    def effect(thing):
        merged(thing, {field: body[field] for field in fields})
        thing["fingerprint"] = etag(world)

    return changing(world, params, query, "subnetworks", effect)


@handler("compute.subnetworks.expandIpCidrRange")
def expand(world, params, query, body, _):
    thing = world.get(name_in(params, "subnetworks"))
    before, now = ipaddress.ip_network(thing["ipCidrRange"]), ipaddress.ip_network(body["ipCidrRange"])
    if before == now or not before.subnet_of(now):
        raise Refusal(400, "the range does not grow")

    def effect(thing):
        thing |= {"ipCidrRange": body["ipCidrRange"], "fingerprint": etag(world), "gatewayAddress": str(now[1])}

    return changing(world, params, query, "subnetworks", effect, "expandIpCidrRange")


@handler("compute.subnetworks.setPrivateIpGoogleAccess")
def access(world, params, query, body, _):
    def effect(thing):
        thing |= {"privateIpGoogleAccess": body.get("privateIpGoogleAccess", False), "fingerprint": etag(world)}

    return changing(world, params, query, "subnetworks", effect, "setPrivateIpGoogleAccess")


def router(world, params, thing):
    linked(world, thing, "network", "networks")
    for nat in thing.get("nats", []):
        prepare_nat(world, params, nat)
    if "bgp" in thing:
        prepare_bgp(thing["bgp"])


def prepare_bgp(bgp):
    bgp.setdefault("advertiseMode", "DEFAULT")
    bgp.setdefault("keepaliveInterval", 20)


def prepare_nat(world, params, nat):
    for field in ("natIps", "drainNatIps"):
        nat[field] = [HOST + path_of(link) for link in nat.get(field, [])]
        for link in nat[field]:
            if path_of(link) not in world.things:
                raise Refusal(404, f"The resource '{path_of(link)}' was not found")
        if not nat[field]:
            del nat[field]
    for one in nat.get("subnetworks", []):
        linked(world, one, "name", "subnetworks")
    if nat.get("sourceSubnetworkIpRangesToNat") != "LIST_OF_SUBNETWORKS" and nat.get("subnetworks"):
        raise Refusal(400, "subnetworks are listed although all are meant")
    nat.setdefault("type", "PUBLIC")
    nat.setdefault("endpointTypes", ["ENDPOINT_TYPE_VM"])
    nat.setdefault("enableEndpointIndependentMapping", False)
    nat.setdefault("enableDynamicPortAllocation", False)
    nat.setdefault("autoNetworkTier", "PREMIUM")
    nat.setdefault("icmpIdleTimeoutSec", 30)
    nat.setdefault("udpIdleTimeoutSec", 30)
    nat.setdefault("tcpEstablishedIdleTimeoutSec", 1200)
    nat.setdefault("tcpTimeWaitTimeoutSec", 120)
    nat.setdefault("tcpTransitoryIdleTimeoutSec", 30)


@handler("compute.routers.patch")
def change_router(world, params, query, body, _):
    body = copy.deepcopy(body)
    for nat in body.get("nats", []):
        prepare_nat(world, params, nat)
    if len({nat["name"] for nat in body.get("nats", [])}) < len(body.get("nats", [])):
        raise Refusal(400, "two NATs of one name")

    def effect(thing):
        merged(thing, body)
        if "bgp" in thing:
            prepare_bgp(thing["bgp"])
        if not thing.get("nats"):
            thing.pop("nats", None)

    return changing(world, params, query, "routers", effect)


def firewall(world, params, thing):
    linked(world, thing, "network", "networks")
    if ("allowed" in thing) == ("denied" in thing):
        raise Refusal(400, "either allowed or denied")
    thing.setdefault("direction", "INGRESS")
    thing.setdefault("priority", 1000)
    thing.setdefault("disabled", False)
    thing.setdefault("logConfig", {"enable": False})
    complete(thing)


def complete(thing):
    for rule in thing.get("allowed", []) + thing.get("denied", []):
        rule["IPProtocol"] = rule["IPProtocol"].lower()
    for field in ("sourceRanges", "sourceTags", "sourceServiceAccounts", "destinationRanges", "targetTags", "targetServiceAccounts", "allowed", "denied"):
        if not thing.get(field, True):
            del thing[field]
    if thing["direction"] == "INGRESS" and not any(field in thing for field in ("sourceRanges", "sourceTags", "sourceServiceAccounts")):
        thing["sourceRanges"] = ["0.0.0.0/0"]
    if thing["direction"] == "EGRESS" and "destinationRanges" not in thing:
        thing["destinationRanges"] = ["0.0.0.0/0"]
    if thing["logConfig"].get("enable"):
        thing["logConfig"].setdefault("metadata", "INCLUDE_ALL_METADATA")
    else:
        thing["logConfig"] = {"enable": False}


@handler("compute.firewalls.patch")
def change_firewall(world, params, query, body, _):
    def effect(thing):
        merged(thing, copy.deepcopy(body))
        complete(thing)

    return changing(world, params, query, "firewalls", effect)


def address(world, params, thing):
    if "labels" in thing:
        raise Refusal(400, "labels are set by setLabels")
    linked(world, thing, "subnetwork", "subnetworks")
    linked(world, thing, "network", "networks")
    thing.setdefault("addressType", "EXTERNAL")
    if thing["addressType"] == "INTERNAL":
        if "networkTier" in thing:
            raise Refusal(400, "an internal address has no tier of its own")
        thing.setdefault("purpose", "GCE_ENDPOINT")
        if "subnetwork" in thing:
            thing.setdefault("address", str(ipaddress.ip_network(world.things[path_of(thing["subnetwork"])]["ipCidrRange"])[10]))
    thing.setdefault("networkTier", "PREMIUM")
    thing.setdefault("address", f"34.77.0.{world.next() % 250 + 1}")
    thing.setdefault("ipVersion", "IPV4")
    thing |= {"status": "RESERVED", "labelFingerprint": etag(world)}


@handler("compute.addresses.setLabels")
def label_address(world, params, query, body, _):
    params = params | {"address": params["resource"]}
    if body.get("labelFingerprint") != world.get(name_in(params, "addresses"))["labelFingerprint"]:
        raise Refusal(412, "Labels fingerprint either invalid or resource labels have changed", None, "conditionNotMet")

    def effect(thing):
        thing |= {"labels": body.get("labels", {}), "labelFingerprint": etag(world)}

    return changing(world, params, query, "addresses", effect, "setLabels")


for name, prepare in [("networks", network), ("subnetworks", subnetwork), ("routers", router), ("firewalls", firewall), ("addresses", address)]:
    insert(name, prepare)


@handler("compute.zones.list")
def list_zones(world, params, query, body, _):
    project = params["project"]
    items = [{"kind": "compute#zone", "id": "1", "name": zone, "status": "UP", "region": HOST + f"projects/{project}/regions/{zone[:-2]}", "selfLink": HOST + f"projects/{project}/zones/{zone}"} for zone in ZONES]
    begin = int(query.get("pageToken", 0))
    answer = {"kind": "compute#zoneList", "id": "zones", "items": items[begin : begin + 2]}
    return answer | ({"nextPageToken": str(begin + 2)} if begin + 2 < len(items) else {})
