"""What each method of the APIs does with what the test server holds."""

import base64
import copy
import itertools

HANDLERS = {}
NOW = "2026-01-02T03:04:05.678Z"
NUMBER = "123456789012"


class Refusal(Exception):
    def __init__(self, status, message, code=None, reason=None):
        super().__init__(message)
        self.status, self.message, self.code, self.reason = status, message, code, reason


class World:
    """All that there is. Numbers and etags come from one counter."""

    def __init__(self):
        self.count = itertools.count(1)
        self.things, self.policies, self.contents, self.operations, self.enabled = {}, {}, {}, {}, {}
        self.compute, self.container = {}, {}
        self.earlier, self.uploads, self.head = {}, {}, {}

    def next(self):
        return next(self.count)

    def held(self):
        names = [name for name, thing in self.things.items() if not thing.get("deleted") and thing.get("state") != "DESTROYED"]
        members = [
            f"{name} {binding['role']} {member}"
            for name, policy in self.policies.items()
            for binding in policy.get("bindings", [])
            for member in binding["members"]
            if name in self.things or name.startswith("projects/") and name.count("/") == 1
        ]
        return sorted(names + members)

    def get(self, name):
        if name not in self.things or self.things[name].get("state") == "GONE":
            raise Refusal(404, f"{name} not found")
        return self.things[name]

    def make(self, name, thing):
        if name in self.things:
            raise Refusal(409, f"{name} already exists")
        self.things[name] = thing
        return thing

    def remove(self, name):
        self.get(name)
        for held in [held for held in self.things if held == name or held.startswith(name + "/")]:
            del self.things[held]
            self.policies.pop(held, None)


def handler(method):
    def add(function):
        HANDLERS[method] = function
        return function

    return add


def etag(world):
    return base64.b64encode(b"etag%d" % world.next()).decode()


def expect(query, name, is_so, status=412):
    if name in query and not is_so(query[name]):
        raise Refusal(status, f"at least one of the pre-conditions you specified did not hold ({name})")


def merged(thing, patch):
    """A merge as RFC 7396 has it."""
    for name, value in patch.items():
        if value is None:
            thing.pop(name, None)
        elif isinstance(value, dict) and isinstance(thing.get(name), dict):
            merged(thing[name], value)
        else:
            thing[name] = value
    return thing


def masked(thing, body, mask):
    for name in mask.split(","):
        name = name if "_" not in name else "".join(part.capitalize() if i else part for i, part in enumerate(name.split("_")))
        if name in body:
            thing[name] = body[name]
        else:
            thing.pop(name, None)
    return thing


# Policies


def policy_of(world, name):
    return copy.deepcopy(world.policies.setdefault(name, {"version": 1, "etag": etag(world)}))


def set_policy(world, name, policy):
    now = policy_of(world, name)
    if policy.get("etag") not in (None, now["etag"]):
        raise Refusal(409, "there were concurrent policy changes", "ABORTED")
    if any("condition" in binding for binding in policy.get("bindings", [])) and policy.get("version") != 3:
        raise Refusal(400, "conditions need the version 3")
    for binding in policy.get("bindings", []):
        if not binding.get("members"):
            raise Refusal(400, "a binding without members")
    world.policies[name] = {**policy, "etag": etag(world)}
    return copy.deepcopy(world.policies[name])


def policies(prefix, exists):
    @handler(f"{prefix}.getIamPolicy")
    def read(world, params, query, body, _):
        exists(world, params["resource"])
        return policy_of(world, params["resource"])

    @handler(f"{prefix}.setIamPolicy")
    def write(world, params, query, body, _):
        exists(world, params["resource"])
        return set_policy(world, params["resource"], body["policy"])


policies("iam.projects.serviceAccounts", lambda world, name: world.get(account_name(world, name)))
policies("cloudresourcemanager.projects", lambda world, name: None)
policies("artifactregistry.projects.locations.repositories", lambda world, name: world.get(name))
policies("secretmanager.projects.secrets", lambda world, name: world.get(name))


# Storage


def bucket_name(params):
    return f"b/{params['bucket']}"


@handler("storage.buckets.insert")
def make_bucket(world, params, query, body, _):
    for needed in ("name",):
        if needed not in body:
            raise Refusal(400, f"{needed} is required")
    name, settings = body["name"], copy.deepcopy(body)
    if query.get("enableObjectRetention") == "true":
        settings["objectRetention"] = {"mode": "Enabled"}
    iam = settings.setdefault("iamConfiguration", {})
    iam.setdefault("publicAccessPrevention", "inherited")
    iam.setdefault("uniformBucketLevelAccess", {"enabled": False})
    settings.setdefault("softDeletePolicy", {"retentionDurationSeconds": "604800"})["effectiveTime"] = NOW
    settings.setdefault("storageClass", "STANDARD")
    settings |= {"kind": "storage#bucket", "id": name, "metageneration": "1", "projectNumber": NUMBER, "timeCreated": NOW, "updated": NOW}
    settings |= {"location": settings.get("location", "US").upper(), "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}", "etag": etag(world)}
    settings["locationType"] = "multi-region" if settings["location"] in ("US", "EU", "ASIA") else "region"
    settings.setdefault("rpo", "DEFAULT")
    return world.make(f"b/{name}", settings)


@handler("storage.buckets.get")
def get_bucket(world, params, query, body, _):
    return world.get(bucket_name(params))


@handler("storage.buckets.patch")
def change_bucket(world, params, query, body, _):
    bucket = world.get(bucket_name(params))
    expect(query, "ifMetagenerationMatch", lambda wanted: wanted == bucket["metageneration"])
    if bucket.get("retentionPolicy", {}).get("isLocked") and body.get("retentionPolicy", {}) is None:
        raise Refusal(403, "the retention policy is locked")
    merged(bucket, copy.deepcopy(body))
    bucket["metageneration"], bucket["etag"] = str(int(bucket["metageneration"]) + 1), etag(world)
    return bucket


@handler("storage.buckets.lockRetentionPolicy")
def lock_bucket(world, params, query, body, _):
    bucket = world.get(bucket_name(params))
    expect(query, "ifMetagenerationMatch", lambda wanted: wanted == bucket["metageneration"])
    bucket["retentionPolicy"]["isLocked"] = True
    return bucket


@handler("storage.buckets.delete")
def delete_bucket(world, params, query, body, _):
    name = bucket_name(params)
    world.get(name)
    if any(held.startswith(name + "/o/") for held in [*world.things, *(held for held, kept in world.earlier.items() if kept)]):
        raise Refusal(409, "the bucket you tried to delete is not empty")
    world.remove(name)


@handler("storage.buckets.getIamPolicy")
def bucket_policy(world, params, query, body, _):
    world.get(bucket_name(params))
    return {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{params['bucket']}"} | policy_of(world, bucket_name(params))


@handler("storage.buckets.setIamPolicy")
def set_bucket_policy(world, params, query, body, _):
    world.get(bucket_name(params))
    return set_policy(world, bucket_name(params), body)


# IAM


def account_name(world, name):
    email = name.split("/")[3]
    return next((held for held in world.things if held.endswith("/serviceAccounts/" + email)), name)


@handler("iam.projects.serviceAccounts.create")
def make_account(world, params, query, body, _):
    project = params["name"].split("/")[1]
    email = f"{body['accountId']}@{project}.iam.gserviceaccount.com"
    name = f"projects/{project}/serviceAccounts/{email}"
    number = str(100000000000000000000 + world.next())
    told = {"name": name, "projectId": project, "email": email, "uniqueId": number, "oauth2ClientId": number, "etag": etag(world)}
    return world.make(name, body.get("serviceAccount", {}) | told)


@handler("iam.projects.serviceAccounts.get")
def get_account(world, params, query, body, _):
    return world.get(account_name(world, params["name"]))


@handler("iam.projects.serviceAccounts.patch")
def change_account(world, params, query, body, _):
    return masked(world.get(account_name(world, params["name"])), body["serviceAccount"], body["updateMask"])


@handler("iam.projects.serviceAccounts.delete")
def delete_account(world, params, query, body, _):
    world.remove(account_name(world, params["name"]))
    return {}


@handler("iam.projects.serviceAccounts.enable")
def enable_account(world, params, query, body, _):
    world.get(account_name(world, params["name"])).pop("disabled", None)
    return {}


@handler("iam.projects.serviceAccounts.disable")
def disable_account(world, params, query, body, _):
    world.get(account_name(world, params["name"]))["disabled"] = True
    return {}


@handler("iam.projects.serviceAccounts.keys.create")
def make_key(world, params, query, body, _):
    account = account_name(world, params["name"])
    world.get(account)
    name = f"{account}/keys/{world.next():040x}"
    told = {"name": name, "keyAlgorithm": body.get("keyAlgorithm", "KEY_ALG_RSA_2048"), "validAfterTime": "2026-01-02T03:04:05Z"}
    told |= {"validBeforeTime": "9999-12-31T23:59:59Z", "keyOrigin": "GOOGLE_PROVIDED", "keyType": "USER_MANAGED"}
    world.things[name] = told
    return told | {"privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE", "privateKeyData": base64.b64encode(b'{"type":"service_account"}').decode()}


@handler("iam.projects.serviceAccounts.keys.get")
def get_key(world, params, query, body, _):
    return world.get(params["name"]) | {"publicKeyData": base64.b64encode(b"public").decode()}


@handler("iam.projects.serviceAccounts.keys.list")
def list_keys(world, params, query, body, _):
    prefix = account_name(world, params["name"]) + "/keys/"
    return {"keys": [thing for name, thing in world.things.items() if name.startswith(prefix)]}


@handler("iam.projects.serviceAccounts.keys.delete")
def delete_key(world, params, query, body, _):
    world.remove(params["name"])
    return {}


@handler("iam.projects.roles.create")
def make_role(world, params, query, body, _):
    name = f"{params['parent']}/roles/{body['roleId']}"
    return world.make(name, body["role"] | {"name": name, "etag": etag(world)})


@handler("iam.projects.roles.get")
def get_role(world, params, query, body, _):
    return world.get(params["name"])


@handler("iam.projects.roles.patch")
def change_role(world, params, query, body, _):
    return masked(world.get(params["name"]), body, query["updateMask"])


@handler("iam.projects.roles.delete")
def delete_role(world, params, query, body, _):
    world.get(params["name"])["deleted"] = True
    return world.get(params["name"])


@handler("iam.projects.roles.undelete")
def undelete_role(world, params, query, body, _):
    world.get(params["name"]).pop("deleted", None)
    return world.get(params["name"])


# Projects and their APIs


@handler("cloudresourcemanager.projects.get")
def get_project(world, params, query, body, _):
    project = params["name"].split("/")[1]
    told = {"name": f"projects/{NUMBER}", "projectId": project, "displayName": "A project", "state": "ACTIVE", "parent": "folders/42"}
    return told | {"labels": {"team": "ml"}, "createTime": NOW, "etag": etag(world)}


def operation(world, prefix, effect=None, response=None, looks=2):
    """An operation that is done when it was looked at so often; its effect comes then."""
    name = f"{prefix}operations/{world.next()}"
    world.operations[name] = [looks, effect, response or {}]
    return {"name": name, "done": False}


def looked(world, params, query, body, _):
    name = params["name"]
    if name not in world.operations:
        raise Refusal(404, f"{name} not found")
    found = world.operations[name]
    found[0] -= 1
    if found[0] > 0:
        return {"name": name, "done": False}
    if found[1]:
        found[1]()
        found[1] = None
    return {"name": name, "done": True, "response": found[2]}


HANDLERS["serviceusage.operations.get"] = looked
HANDLERS["artifactregistry.projects.locations.operations.get"] = looked


@handler("serviceusage.services.get")
def get_service(world, params, query, body, _):
    is_enabled = params["name"] in world.enabled
    return {"name": params["name"], "parent": params["name"].split("/services")[0], "state": "ENABLED" if is_enabled else "DISABLED"}


@handler("serviceusage.services.enable")
def enable_service(world, params, query, body, _):
    return operation(world, "", lambda: world.enabled.setdefault(params["name"], True))


@handler("serviceusage.services.disable")
def disable_service(world, params, query, body, _):
    return operation(world, "", lambda: world.enabled.pop(params["name"], None))


@handler("serviceusage.services.generateServiceIdentity")
def make_identity(world, params, query, body, _):
    if params["parent"] not in world.enabled:
        raise Refusal(400, "the service is not enabled", "FAILED_PRECONDITION")
    name = params["parent"].rsplit("/", 1)[1].split(".")[0]
    email = f"service-{NUMBER}@gcp-sa-{name}.iam.gserviceaccount.com"
    return operation(world, "", response={"@type": "type.googleapis.com/google.api.serviceusage.v1beta1.ServiceIdentity", "email": email, "uniqueId": "1"})


# Artifact Registry


@handler("artifactregistry.projects.locations.repositories.create")
def make_repository(world, params, query, body, _):
    name = f"{params['parent']}/repositories/{query['repositoryId']}"
    if name in world.things:
        raise Refusal(409, "the repository already exists")
    told = {"name": name, "createTime": NOW, "updateTime": NOW, "mode": body.get("mode", "STANDARD_REPOSITORY")}
    told["vulnerabilityScanningConfig"] = {"enablementState": "SCANNING_DISABLED", "enablementStateReason": "API"} | body.get("vulnerabilityScanningConfig", {})
    return operation(world, f"{params['parent']}/", lambda: world.make(name, body | told))


@handler("artifactregistry.projects.locations.repositories.get")
def get_repository(world, params, query, body, _):
    return world.get(params["name"])


@handler("artifactregistry.projects.locations.repositories.patch")
def change_repository(world, params, query, body, _):
    return masked(world.get(params["name"]), body, query["updateMask"])


@handler("artifactregistry.projects.locations.repositories.delete")
def delete_repository(world, params, query, body, _):
    world.get(params["name"])
    return operation(world, params["name"].split("repositories/")[0], lambda: world.remove(params["name"]))


# Secret Manager


@handler("secretmanager.projects.secrets.create")
def make_secret(world, params, query, body, _):
    if "replication" not in body:
        raise Refusal(400, "replication is required")
    project = params["parent"].split("/")[1]
    told = {"name": f"projects/{NUMBER}/secrets/{query['secretId']}", "createTime": NOW, "etag": etag(world)}
    body.pop("ttl", None)
    return world.make(f"projects/{project}/secrets/{query['secretId']}", body | told)


@handler("secretmanager.projects.secrets.get")
def get_secret(world, params, query, body, _):
    return world.get(params["name"])


@handler("secretmanager.projects.secrets.patch")
def change_secret(world, params, query, body, _):
    return masked(world.get(params["name"]), body, query["updateMask"])


@handler("secretmanager.projects.secrets.delete")
def delete_secret(world, params, query, body, _):
    world.remove(params["name"])
    return {}


def secret_of(world, name):
    """A secret by its name with the project's name or number."""
    short = name.split("/")[3]
    return next((held for held in world.things if held.endswith("/secrets/" + short)), name)


def version_of(world, name):
    secret, number = secret_of(world, name), name.rsplit("/", 1)[1]
    if number == "latest":
        numbers = [int(held.rsplit("/", 1)[1]) for held in world.things if held.startswith(f"{secret}/versions/")]
        number = str(max(numbers, default=0))
    return f"{secret}/versions/{number}"


@handler("secretmanager.projects.secrets.addVersion")
def add_version(world, params, query, body, _):
    secret = secret_of(world, params["parent"])
    world.get(secret)
    number = 1 + sum(held.startswith(f"{secret}/versions/") for held in world.things)
    name = f"{secret}/versions/{number}"
    world.contents[name] = body["payload"]["data"]
    shown = f"projects/{NUMBER}/secrets/{secret.split('/')[3]}/versions/{number}"
    return world.make(name, {"name": shown, "createTime": NOW, "state": "ENABLED", "etag": etag(world)})


@handler("secretmanager.projects.secrets.versions.get")
def get_version(world, params, query, body, _):
    return world.get(version_of(world, params["name"]))


@handler("secretmanager.projects.secrets.versions.access")
def access_version(world, params, query, body, _):
    name = version_of(world, params["name"])
    version = world.get(name)
    if version["state"] != "ENABLED":
        raise Refusal(400, "the version is not enabled", "FAILED_PRECONDITION")
    return {"name": version["name"], "payload": {"data": world.contents[name]}}


@handler("secretmanager.projects.secrets.versions.list")
def list_versions(world, params, query, body, _):
    prefix = secret_of(world, params["parent"]) + "/versions/"
    found = [thing for name, thing in world.things.items() if name.startswith(prefix)]
    return {"versions": found, "totalSize": len(found)}


def switched(verb, state):
    @handler(f"secretmanager.projects.secrets.versions.{verb}")
    def switch(world, params, query, body, _):
        version = world.get(version_of(world, params["name"]))
        if version["state"] == "DESTROYED":
            raise Refusal(400, "the version was destroyed", "FAILED_PRECONDITION")
        version["state"] = state
        return version


for verb, state in [("enable", "ENABLED"), ("disable", "DISABLED"), ("destroy", "DESTROYED")]:
    switched(verb, state)
