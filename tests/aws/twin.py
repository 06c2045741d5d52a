#!/usr/bin/env python3
"""Applies configurations with Stackwright and with Terraform's own provider, and compares what they make of them.

    tests/aws/twin.py --binary target/debug/stackwright [--emulator moto|ministack] [--ours] [CASE...]

A case is a file in tests/aws/cases, a configuration without its provider block; a second step follows after a line `### then`.
Its first line may say `# emulator: ministack`. For each, on an emulator that was just wiped:

  ours     apply, a plan that changes nothing, each further step the same way, destroy; afterwards nothing is there
  theirs   the same with terraform and hashicorp/aws, where both can be found
  compared the attributes in both states, but for those in known.json; a plan by either on the other's state changes nothing

Lists are compared without their order, for a state keeps sets as lists; false and 0 count as null. So a wrong order, or a false in place
of null, is not seen here.

--ours leaves out theirs, which takes a minute of CPU for each case. The emulators are started by this script, from the folder
that tests/tools.sh installs them into, and stopped at its end.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from emulators import SERVICES, Emulator, client, in_their_python

HERE = Path(__file__).resolve().parent


def provider(url, ignore):
    endpoints = "\n".join(f'    {service} = "{url}"' for service in SERVICES)
    ignored = '  ignore_tags {\n    key_prefixes = ["stackwright-"]\n  }\n' if ignore else ""
    return f"""terraform {{
  required_providers {{
    aws = {{
      source = "hashicorp/aws"
    }}
  }}
}}

provider "aws" {{
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = "true"
{ignored}  default_tags {{
    tags = {{
      team = "ml"
    }}
  }}
  endpoints {{
{endpoints}
  }}
}}
"""


class Failure(Exception):
    pass


class Tool:
    """Stackwright or Terraform in a folder."""

    def __init__(self, binary, folder, url, env=None, ignore=False):
        self.binary, self.folder, self.url = str(binary), Path(folder), url
        self.env = dict(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true", "CHECKPOINT_DISABLE": "1"} | (env or {})
        self.ignore = ignore
        (self.folder / "provider.tf").write_text(provider(url, ignore))

    def write(self, text):
        (self.folder / "main.tf").write_text(text)

    def run(self, *args, fine=(0,)):
        done = subprocess.run([self.binary, *args], cwd=self.folder, env=self.env, text=True, capture_output=True, timeout=1200)
        if done.returncode not in fine:
            raise Failure(f"{Path(self.binary).name} {' '.join(args)} ended with {done.returncode}\n{done.stderr[-2000:]}")
        return done

    def init(self):
        self.run("init", "-no-color")

    def apply(self):
        self.run("apply", "-auto-approve", "-no-color")

    def expect_no_changes(self, who):
        done = self.run("plan", "-detailed-exitcode", "-no-color", fine=(0, 2))
        if done.returncode != 0:
            raise Failure(f"{who}: a plan that should change nothing does\n{done.stdout[-2500:]}")

    def destroy(self):
        self.run("destroy", "-auto-approve", "-no-color")

    def state(self):
        return json.loads((self.folder / "terraform.tfstate").read_text())


def attributes(state):
    found = {}
    for resource in state["resources"]:
        for instance in resource["instances"]:
            key = instance.get("index_key")
            mode = "data." if resource["mode"] == "data" else ""
            address = f'{mode}{resource["type"]}.{resource["name"]}' + (f"[{json.dumps(key)}]" if key is not None else "")
            found[address] = (resource["type"], instance["attributes"])
    return found


RANDOM = [
    (re.compile(r"\b(vpc-cidr-assoc|subnet-cidr-assoc|vpc|subnet|igw|eipalloc|eipassoc|nat|rtb|rtbassoc|sg|sgr|vpce|eni|acl|dopt|eks|r)-[0-9a-z]{8,}\b"), r"\1-X"),
    (re.compile(r"\b(AKIA|AROA|AIDA|ANPA|AIPA|ASIA)[A-Z0-9]+\b"), r"\1X"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^\"]*"), "TIME"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{26}(?![0-9a-f])"), "MADE-UP"),
    (re.compile(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (UTC|GMT)"), r"TIME \1"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r"\b(127|10)([.-])\d+[.-]\d+[.-]\d+\b(?!/)"), "ADDRESS"),
    (re.compile(r"\b2400:6500:[0-9a-f:]+"), "ADDRESS"),
]


def plain(value):
    text = json.dumps(value, sort_keys=True)
    for pattern, instead in RANDOM:
        text = pattern.sub(instead, text)
    return said(json.loads(text))


def said(value):
    """The value with null in place of all that says nothing: no text, no elements, no, and zero."""
    if isinstance(value, dict):
        value = {key: said(inner) for key, inner in value.items()}
        return value or None
    if isinstance(value, list):
        # A set is a list in a state, in the order of what the names of objects happen to be.
        return sorted((said(inner) for inner in value), key=json.dumps) or None
    return document(value) or None


def document(value):
    """A document in JSON by what it says: by its members, whatever the white space."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return said(json.loads(value))
        except ValueError:
            pass
    return value


def differences(ours, theirs, known):
    lines = []
    for address in sorted(set(ours) | set(theirs)):
        if address not in ours or address not in theirs:
            lines.append(f"{address}: only in {'ours' if address in ours else 'theirs'}")
            continue
        (ty, a), (_, b) = ours[address], theirs[address]
        ty = ("data." if address.startswith("data.") else "") + ty
        for name in sorted(set(a) | set(b)):
            x, y = plain(a.get(name)), plain(b.get(name))
            if x != y and f"{ty}.{name}" not in known:
                lines.append(f"{address}.{name}:\n    ours   {json.dumps(x)}\n    theirs {json.dumps(y)}")
    return lines


def find_terraform():
    binary = shutil.which("terraform")
    usual = [Path.home() / ".terraform.d/plugins", Path("/usr/local/share/terraform/plugins"), Path("/usr/share/terraform/plugins")]
    for mirror in usual + sorted(Path("/opt").glob("*")):
        if binary and list(mirror.glob("registry.terraform.io/hashicorp/aws/5.*")):
            return binary, mirror
    return None, None


def leftovers(emulator, before):
    """What the emulator holds now beyond what it held before."""
    now = inventory(emulator)
    return sorted(now - before)


LISTS = [
    ("s3", "list_buckets", "Buckets", "Name", {}),
    ("iam", "list_roles", "Roles", "RoleName", {}),
    ("iam", "list_users", "Users", "UserName", {}),
    ("iam", "list_policies", "Policies", "PolicyName", {"Scope": "Local"}),
    ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName", {}),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn", {}),
    ("ecr", "describe_repositories", "repositories", "repositoryName", {}),
    ("secretsmanager", "list_secrets", "SecretList", "Name", {}),
    ("kms", "list_aliases", "Aliases", "AliasName", {}),
    ("logs", "describe_log_groups", "logGroups", "logGroupName", {}),
    ("codebuild", "list_projects", "projects", None, {}),
    ("eks", "list_clusters", "clusters", None, {}),
    ("ec2", "describe_vpcs", "Vpcs", "VpcId", {}),
    ("ec2", "describe_subnets", "Subnets", "SubnetId", {}),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId", {}),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId", {}),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId", {}),
    ("ec2", "describe_addresses", "Addresses", "AllocationId", {}),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId", {"Filters": [{"Name": "state", "Values": ["pending", "available"]}]}),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", {}),
]


def inventory(emulator):
    """Everything that there is, by its kind and name."""
    found = set()
    for service, operation, member, name, arguments in LISTS:
        for item in getattr(client(emulator, service), operation)(**arguments)[member]:
            if name and str(item.get("State", "")).lower() == "deleted":
                continue
            found.add(f"{service} {operation[operation.index('_') + 1:]} {item[name] if name else item}")
    return found


def run_case(path, emulators, args, terraform, mirror, known):
    text = path.read_text()
    steps = [step.strip() + "\n" for step in text.split("### then")]
    kind = "ministack" if text.startswith("# emulator: ministack") else "moto"
    emulator = emulators.get(args.emulator or kind)
    emulator.reset()
    before = inventory(emulator)
    with tempfile.TemporaryDirectory() as folder:
        ours = Tool(args.binary, Path(folder, "ours").mkdir() or Path(folder, "ours"), emulator.url)
        states = []
        for number, step in enumerate(steps):
            ours.write(step)
            if number == 0:
                ours.init()
            ours.apply()
            ours.expect_no_changes("ours")
            states.append(attributes(ours.state()))
        lines = []
        if terraform and not args.ours:
            rc = Path(folder, "rc")
            rc.write_text('provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' % mirror)
            beside = Tool(terraform, Path(folder, "beside").mkdir() or Path(folder, "beside"), emulator.url, {"TF_CLI_CONFIG_FILE": str(rc)}, True)
            beside.write(steps[-1])
            shutil.copy(ours.folder / "terraform.tfstate", beside.folder / "terraform.tfstate")
            beside.init()
            beside.expect_no_changes("theirs, on our state")
        ours.destroy()
        left = leftovers(emulator, before)
        if left:
            raise Failure("left behind by destroy: " + ", ".join(left))
        if terraform and not args.ours:
            emulator.reset()
            theirs = Tool(terraform, Path(folder, "theirs").mkdir() or Path(folder, "theirs"), emulator.url, {"TF_CLI_CONFIG_FILE": str(rc)})
            for number, step in enumerate(steps):
                theirs.write(step)
                if number == 0:
                    theirs.init()
                theirs.apply()
                lines += [f"step {number + 1}: {line}" for line in differences(states[number], attributes(theirs.state()), known)]
            taker = Tool(args.binary, Path(folder, "taker").mkdir() or Path(folder, "taker"), emulator.url)
            taker.write(steps[-1])
            taker.init()
            shutil.copy(theirs.folder / "terraform.tfstate", taker.folder / "terraform.tfstate")
            taker.expect_no_changes("ours, on their state")
            theirs.destroy()
        if lines:
            raise Failure("\n".join(lines))


class Emulators:
    def __init__(self):
        self.started = {}

    def get(self, kind):
        if kind not in self.started:
            self.started[kind] = Emulator(kind)
        return self.started[kind]

    def stop(self):
        for emulator in self.started.values():
            emulator.stop()


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--emulator", choices=["moto", "ministack"])
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    args.binary = str(Path(args.binary).resolve())
    terraform, mirror = find_terraform()
    if not terraform and not args.ours:
        print("theirs is skipped: terraform with hashicorp/aws 5 is not found")
    known = json.loads((HERE / "known.json").read_text())
    cases = [HERE / "cases" / f"{name}.tf" for name in args.cases] or sorted((HERE / "cases").glob("*.tf"))
    emulators, passed, failed = Emulators(), 0, 0
    try:
        for path in cases:
            began = time.time()
            try:
                run_case(path, emulators, args, terraform, mirror, known)
                passed += 1
                print(f"ok      {path.stem} ({time.time() - began:.1f} s)", flush=True)
            except (Failure, subprocess.TimeoutExpired) as failure:
                failed += 1
                print(f"FAILED  {path.stem}\n{failure}", flush=True)
    finally:
        emulators.stop()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
