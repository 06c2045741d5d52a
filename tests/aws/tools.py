"""Stackwright and Terraform at work in folders, and what an emulator holds."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from emulators import SERVICES, client

REQUIRED = """terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
"""

IGNORED = '  ignore_tags {\n    key_prefixes = ["stackwright-"]\n  }\n'


def connection(url):
    """The arguments of a provider block by which an emulator is reached."""
    endpoints = "\n".join(f'    {service} = "{url}"' for service in SERVICES)
    return f"""  access_key                  = "test"
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = "true"
  endpoints {{
{endpoints}
  }}
"""


def provider(url, ignore):
    """The usual provider block; `ignore` has marks of ownership ignored."""
    return f"""{REQUIRED}
provider "aws" {{
  region = "eu-central-1"
{connection(url)}{IGNORED if ignore else ""}  default_tags {{
    tags = {{
      team = "ml"
    }}
  }}
}}
"""


class Failure(Exception):
    pass


class Tool:
    """Stackwright or Terraform in a folder. A configuration without provider blocks gets the usual one."""

    def __init__(self, binary, folder, url, env=None, ignore=False):
        self.binary, self.folder, self.url = str(binary), Path(folder), url
        self.env = dict(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true", "CHECKPOINT_DISABLE": "1"} | (env or {})
        self.ignore = ignore
        self.folder.mkdir(exist_ok=True)

    def write(self, text, modules=None):
        """Puts a configuration in place, and modules by their names."""
        own = 'provider "aws" {' in text
        (self.folder / "provider.tf").write_text(REQUIRED if own else provider(self.url, self.ignore))
        ignored = IGNORED if self.ignore and "ignore_tags" not in text else ""
        (self.folder / "main.tf").write_text(text.replace("  # connection\n", connection(self.url) + ignored))
        for name, module in (modules or {}).items():
            (self.folder / name).mkdir(exist_ok=True)
            (self.folder / name / "main.tf").write_text(module)

    def run(self, *args, fine=(0,)):
        done = subprocess.run([self.binary, *args], cwd=self.folder, env=self.env, text=True, capture_output=True, timeout=3000)
        if done.returncode not in fine:
            errors = "\n".join(part for part in done.stderr.split("\n\n\n") if "Error:" in part) or done.stderr
            errors = errors[errors.find("Error:"):]
            raise Failure(f"{Path(self.binary).name} {' '.join(args)} ended with {done.returncode}\n{errors[-6000:]}")
        return done

    def init(self):
        # Terraform takes the provider from a folder, and needs no more than its modules.
        self.run(*(["get"] if "TF_CLI_CONFIG_FILE" in self.env else ["init", "-no-color"]))

    def apply(self):
        self.run("apply", "-auto-approve", "-no-color")

    def expect_no_changes(self, who):
        done = self.run("plan", "-detailed-exitcode", "-no-color", fine=(0, 2))
        if done.returncode != 0:
            changes = done.stdout[max(done.stdout.find("will perform the following"), 0):]
            raise Failure(f"{who}: a plan that should change nothing does\n{changes[:6000]}")

    def destroy(self):
        self.run("destroy", "-auto-approve", "-no-color")

    def state(self):
        return json.loads((self.folder / "terraform.tfstate").read_text())

    def schemas(self):
        return json.loads(self.run("providers", "schema", "-json").stdout)["provider_schemas"]["registry.terraform.io/hashicorp/aws"]


def find_terraform():
    """Terraform, and the folder with hashicorp/aws 5; nothing where one is missing."""
    binary = shutil.which("terraform")
    usual = [Path.home() / ".terraform.d/plugins", Path("/usr/local/share/terraform/plugins"), Path("/usr/share/terraform/plugins")]
    for mirror in usual + sorted(Path("/opt").glob("*")):
        found = sorted(mirror.glob("registry.terraform.io/hashicorp/aws/5.*/linux_*"))
        if binary and found:
            return binary, found[-1]
    return None, None


def terraforms(provider_folder, rc):
    """The environment in which Terraform takes the provider from a folder, by a file that is written here."""
    override = '  dev_overrides {\n    "hashicorp/aws" = "%s"\n  }\n' % provider_folder
    Path(rc).write_text("provider_installation {\n" + override + "  direct {}\n}\n")
    return {"TF_CLI_CONFIG_FILE": str(rc)}


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
