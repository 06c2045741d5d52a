#!/usr/bin/env python3
"""Renews the descriptions of Google's APIs in this folder from the Go module that Google publishes them in (BSD licence).

    tests/gcp/discovery/renew.py [VERSION]

Needs `go`. What the tests do not ask for is left out: other methods, schemas that none of these reaches, and all descriptions.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

VERSION = "v0.311.0"
HERE = Path(__file__).resolve().parent
WANTED = {
    "storage/v1": r"storage\.(buckets|objects)\.(delete|get|getIamPolicy|insert|list|lockRetentionPolicy|patch|setIamPolicy)",
    "iam/v1": r"iam\.projects\.(roles|serviceAccounts|serviceAccounts\.keys)\.\w+|iam\.projects\.locations\.workloadIdentityPools\.(providers\.)?((operations\.)?get|create|delete|list|patch|undelete)",
    "compute/v1": r"compute\.((networks|subnetworks|routers|firewalls|addresses|routes|zones)\.(delete|get|insert|list|patch|update|setLabels|expandIpCidrRange|setPrivateIpGoogleAccess)|(globalOperations|regionOperations)\.(get|list|wait))",
    "container/v1": r"container\.projects\.locations\.(getServerConfig|operations\.(get|list|cancel)|clusters\.(nodePools\.)?\w+)",
    "cloudresourcemanager/v3": r"cloudresourcemanager\.projects\.(get|getIamPolicy|setIamPolicy)",
    "serviceusage/v1": r"serviceusage\.(services|operations)\.(get|enable|disable)",
    "serviceusage/v1beta1": r"serviceusage\.services\.generateServiceIdentity",
    "artifactregistry/v1": r"artifactregistry\.projects\.locations\.(repositories|operations)\.\w+",
    "secretmanager/v1": r"secretmanager\.projects\.secrets\.(versions\.)?\w+",
}
KEPT_OF_METHODS = {"id", "path", "flatPath", "httpMethod", "parameters", "request", "response", "supportsMediaUpload", "mediaUpload"}


def methods(node):
    for method in node.get("methods", {}).values():
        yield method
    for inner in node.get("resources", {}).values():
        yield from methods(inner)


def stripped(node):
    """A description without what is for people."""
    if isinstance(node, list):
        return [stripped(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    people = {"description", "enumDescriptions", "enumDeprecated", "annotations", "title", "externalTypeName"}

    def is_kept(key, value):
        # A field may be called like what is for people.
        return key not in people or isinstance(value, dict) and ("type" in value or "$ref" in value)

    return {key: stripped(inner) for key, inner in node.items() if is_kept(key, inner)}


def references(node):
    return set(re.findall(r'"\$ref": "(\w+)"', json.dumps(node)))


def reduced(document, pattern):
    kept = [{key: value for key, value in method.items() if key in KEPT_OF_METHODS} for method in methods(document) if re.fullmatch(pattern, method["id"])]
    schemas, new = {}, references(kept)
    while new:
        name = new.pop()
        if name not in schemas:
            schemas[name] = document["schemas"][name]
            new |= references(schemas[name])
    told = {key: document[key] for key in ("name", "version", "revision", "servicePath", "parameters")}
    return stripped(told | {"methods": sorted(kept, key=lambda method: method["id"]), "schemas": dict(sorted(schemas.items()))})


def main():
    version = sys.argv[1] if len(sys.argv) > 1 else VERSION
    told = subprocess.run(["go", "mod", "download", "-json", f"google.golang.org/api@{version}"], check=True, capture_output=True, text=True)
    folder = Path(json.loads(told.stdout)["Dir"])
    for place, pattern in WANTED.items():
        name, version = place.split("/")
        document = json.loads((folder / place / f"{name}-api.json").read_text())
        name += "" if "beta" not in version else f"-{version}"
        (HERE / f"{name}.json").write_text(json.dumps(reduced(document, pattern), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
