"""What the methods for identity pools do with what the test server holds. What is deleted stays for thirty days."""

import copy

from services import NUMBER, HANDLERS, Refusal, handler, looked, masked, operation

PREFIX = "iam.projects.locations.workloadIdentityPools"


def numbered(name):
    parts = name.split("/")
    return "/".join([parts[0], NUMBER, *parts[2:]])


def served(prefix, collection, parameter):
    @handler(f"{prefix}.create")
    def make(world, params, query, body, _):
        name = f"{params['parent']}/{collection}/{query[parameter]}"
        if collection == "providers":
            alive(world, params["parent"])
            if sum(kind in body for kind in ("aws", "oidc", "saml", "x509")) != 1:
                raise Refusal(400, "exactly one kind of provider", "INVALID_ARGUMENT")
        if name in world.things:
            raise Refusal(409, f"Requested entity already exists: {name}")
        thing = copy.deepcopy(body) | {"name": numbered(name), "state": "ACTIVE"}
        return operation(world, name + "/", lambda: world.make(name, thing))

    @handler(f"{prefix}.patch")
    def change(world, params, query, body, _):
        thing = alive(world, params["name"])
        return operation(world, params["name"] + "/", lambda: masked(thing, copy.deepcopy(body), query["updateMask"]))

    @handler(f"{prefix}.delete")
    def delete(world, params, query, body, _):
        thing = alive(world, params["name"])
        return operation(world, params["name"] + "/", lambda: thing.update(state="DELETED", deleted=True))

    @handler(f"{prefix}.undelete")
    def undelete(world, params, query, body, _):
        thing = world.get(params["name"])
        if thing["state"] != "DELETED":
            raise Refusal(400, "it was not deleted", "FAILED_PRECONDITION")

        def effect():
            thing["state"] = "ACTIVE"
            thing.pop("deleted", None)

        return operation(world, params["name"] + "/", effect)

    HANDLERS[f"{prefix}.operations.get"] = looked


def alive(world, name):
    thing = world.get(name)
    if thing["state"] == "DELETED":
        raise Refusal(400, f"{name} is deleted", "FAILED_PRECONDITION")
    return thing


served(PREFIX, "workloadIdentityPools", "workloadIdentityPoolId")
served(PREFIX + ".providers", "providers", "workloadIdentityPoolProviderId")


@handler(f"{PREFIX}.get")
def get_pool(world, params, query, body, _):
    return shown(world.get(params["name"]))


@handler(f"{PREFIX}.providers.get")
def get_provider(world, params, query, body, _):
    return shown(world.get(params["name"]))


def shown(thing):
    return {name: value for name, value in thing.items() if name != "deleted"}
