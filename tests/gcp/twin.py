#!/usr/bin/env python3
"""Applies configurations to the Google Cloud for tests that `server.py` is.

    tests/gcp/twin.py --binary target/debug/stackwright [CASE...]

A case is a file in tests/gcp/cases, a configuration without its provider block; a second step follows after a line `### then`.
Each is applied, planned again without a change, forgotten and imported, changed step by step the same way, and destroyed;
afterwards nothing is there, and no request was one that Google's descriptions do not permit. What a comment `# says: TEXT` of a
step tells, its plan has to say. Then all is done once more with requests that are refused for
coming too early, that fail in passing and whose answers are lost, as often as a run must bear it.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import server

HERE = Path(__file__).resolve().parent
PLACES = {
    "artifact_registry": "artifactregistry/v1/",
    "compute": "compute/v1/",
    "container": "container/v1/",
    "iam": "iam/v1/",
    "iam_beta": "iam/v1/",
    "resource_manager_v3": "cloudresourcemanager/v3/",
    "secret_manager": "secretmanager/v1/",
    "service_usage": "serviceusage/v1/",
    "storage": "storage/v1/",
}

# What a run bears: the method, what happens to its request, how often.
FAULTS = [
    ("storage.buckets.insert", "throttled", 2),
    ("storage.buckets.get", "unavailable", 1),
    ("storage.buckets.setIamPolicy", "cut_after", 1),
    ("iam.projects.serviceAccounts.create", "throttled", 1),
    ("iam.projects.serviceAccounts.get", "cut_before", 1),
    ("cloudresourcemanager.projects.setIamPolicy", "cut_before", 1),
    ("cloudresourcemanager.projects.getIamPolicy", "throttled", 1),
    ("serviceusage.services.enable", "cut_after", 1),
    ("artifactregistry.projects.locations.repositories.get", "cut_before", 1),
    ("secretmanager.projects.secrets.delete", "cut_after", 1),
    ("compute.networks.insert", "cut_after", 1),
    ("compute.subnetworks.insert", "cut_before", 1),
    ("compute.subnetworks.patch", "cut_after", 1),
    ("compute.routers.patch", "unavailable", 1),
    ("compute.globalOperations.get", "cut_before", 2),
    ("compute.regionOperations.get", "throttled", 1),
    ("compute.addresses.setLabels", "cut_after", 1),
    ("compute.networks.delete", "cut_after", 1),
    ("container.projects.locations.clusters.create", "cut_after", 1),
    ("container.projects.locations.clusters.update", "cut_after", 2),
    ("container.projects.locations.clusters.nodePools.create", "cut_before", 1),
    ("container.projects.locations.clusters.nodePools.update", "cut_after", 1),
    ("container.projects.locations.clusters.setResourceLabels", "unavailable", 1),
    ("container.projects.locations.clusters.delete", "cut_after", 1),
    ("container.projects.locations.operations.get", "throttled", 2),
    ("iam.projects.locations.workloadIdentityPools.create", "cut_after", 1),
    ("iam.projects.locations.workloadIdentityPools.providers.patch", "cut_after", 1),
    ("iam.projects.locations.workloadIdentityPools.providers.undelete", "cut_before", 1),
]


# What no identifier finds again, as with Terraform's provider.
NOT_IMPORTED = {"google_service_account_key", "google_storage_bucket_object"}

# What only a configuration knows, so that the apply after an import writes it down, and what follows from that.
SAID = r"delete_default_routes_on_create|node_config|\w*labels|\w*annotations|force_destroy|on_destroy|disable_\w+|deletion_\w+|timeouts|keepers"
SAID += r"|remove_default_node_pool|min_master_version|initial_node_count|name_prefix|label_fingerprint|master_version"


class Failure(Exception):
    pass


def told_of(value):
    """A value without what APIs leave out, which is nothing, 0, or no."""
    if isinstance(value, list):
        return [told_of(inner) for inner in value] or None
    if isinstance(value, dict):
        return {key: told_of(inner) for key, inner in value.items() if told_of(inner)} or None
    return value or None


def identifier(resource):
    """By what an object is imported."""
    values, kind = resource["values"], resource["type"]
    title = "".join(f" {c['title']}" for c in values.get("condition") or [])
    if kind.endswith("_iam_member"):
        return f"{values['id'].split('/' + values['role'] + '/')[0]} {values['role']} {values['member']}{title}"
    if kind.endswith("_iam_binding"):
        return f"{values['id'].split('/' + values['role'])[0]} {values['role']}{title}"
    if kind == "google_secret_manager_secret_version":
        return f"{values['secret']}/versions/{values['version']}"
    return values["id"]


def provider(url):
    places = "\n".join(f'  {name}_custom_endpoint = "{url}/{path}"' for name, path in PLACES.items())
    return f"""terraform {{
  required_providers {{
    google = {{
      source = "hashicorp/google"
    }}
  }}
}}

provider "google" {{
  project      = "a-project"
  region       = "europe-west1"
  access_token = "a-token"
  default_labels = {{
    team = "ml"
  }}
{places}
}}
"""


class Tool:
    """Stackwright in a folder."""

    def __init__(self, binary, folder, url):
        self.binary, self.folder = binary, Path(folder)
        (self.folder / "provider.tf").write_text(provider(url))

    def run(self, *args, fine=(0,)):
        env = dict(os.environ) | {"HOME": str(self.folder)}
        done = subprocess.run([self.binary, *args, "-no-color"], cwd=self.folder, env=env, text=True, capture_output=True, timeout=300)
        if done.returncode not in fine:
            raise Failure(f"{' '.join(args)} ended with {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-2500:]}")
        return done

    def expect(self, texts):
        """Looks for texts in what a plan says."""
        done = self.run("plan") if texts else None
        for text in texts:
            if text not in " ".join((done.stdout + done.stderr).split()):
                raise Failure(f"the plan does not say {text!r}\n{done.stdout}\n{done.stderr}")

    def import_all(self):
        """Forgets everything, and takes it over again: nothing of it has to change."""
        state = json.loads(self.run("show", "-json").stdout)
        found = state["values"]["root_module"]["resources"]
        found = [r for r in found if r["mode"] == "managed" and r["type"] not in NOT_IMPORTED and not r["values"].get("secret_data_wo_version")]
        for resource in found:
            self.run("state", "rm", resource["address"])
        blocks = [f"import {{\n  to = {r['address']}\n  id = {json.dumps(identifier(r))}\n}}\n" for r in found]
        (self.folder / "imports.tf").write_text("".join(blocks))
        self.run("plan", "-out=plan")
        for change in json.loads(self.run("show", "-json", "plan").stdout)["resource_changes"]:
            told = change["change"]
            if change["mode"] == "managed" and change["address"] in {r["address"] for r in found}:
                before, after = told["before"] or {}, told["after"] or {}
                differing = [name for name in after if told_of(before.get(name)) != told_of(after[name]) and not re.fullmatch(SAID, name)]
                if "importing" not in told or "create" in told["actions"] or differing:
                    raise Failure(f"{change['address']} is not what was imported: {told['actions']}" + "".join(f"\n  {name}: {before.get(name)} -> {after[name]}" for name in differing))
        self.run("apply", "-auto-approve")
        (self.folder / "imports.tf").unlink()

    def live(self, steps):
        """Every step with a plan after it that changes nothing, and the end of it all."""
        for number, step in enumerate(steps):
            (self.folder / "main.tf").write_text(step)
            if number == 0:
                self.run("init")
            self.expect(re.findall(r"^# says: (.*)$", step, re.M))
            self.run("apply", "-auto-approve")
            done = self.run("plan", "-detailed-exitcode", fine=(0, 2))
            if done.returncode:
                raise Failure(f"step {number + 1}: a plan that should change nothing does\n{done.stdout[-2500:]}")
            if number == 0 and not server.STATE.faults:
                self.import_all()
        self.run("destroy", "-auto-approve")


def run_case(binary, url, steps, faults):
    server.STATE.reset()
    server.STATE.faults = [{"method": method, "kind": kind, "times": times} for method, kind, times in faults]
    with tempfile.TemporaryDirectory() as folder:
        Tool(binary, folder, url).live(steps)
    if server.STATE.broken:
        raise Failure("not as described:\n" + "\n".join(server.STATE.broken))
    held = server.STATE.world.held() + sorted(server.STATE.world.enabled)
    if held:
        raise Failure("left behind by destroy: " + ", ".join(held))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    binary = str(Path(args.binary).resolve())
    cases = [HERE / "cases" / f"{name}.tf" for name in args.cases] or sorted((HERE / "cases").glob("*.tf"))
    url = f"http://127.0.0.1:{server.start().server_port}"
    failed = 0
    for path in cases:
        steps = [step.strip() + "\n" for step in path.read_text().split("### then")]
        for name, faults in [(path.stem, []), (f"{path.stem} with faults", FAULTS)]:
            began = time.time()
            try:
                run_case(binary, url, steps, faults)
                print(f"ok      {name} ({time.time() - began:.1f} s)", flush=True)
            except (Failure, subprocess.TimeoutExpired) as failure:
                failed += 1
                print(f"FAILED  {name}\n{failure}", flush=True)
                for line in server.STATE.broken[:10]:
                    print("  not as described:", line)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
