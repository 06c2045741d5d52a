#!/usr/bin/env python3
"""The permissions that a stack draws: they are enough, and none is too many.

    tests/aws/permissions.py --binary target/debug/stackwright

Applies examples/aws (dev) to an emulator that checks every request's permissions. Then acts as each component would, under the
role that its grants are for: with all permissions every use works; with any single one taken away, the use that needs it is
refused. Permissions whose APIs the emulator lacks are listed as not tried.
"""

import argparse
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from emulators import Emulator, in_their_python

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "000000000000"
REGION = "eu-central-1"


# What the emulator checks against no resource, where AWS knows one.
UNRESOLVED = {"ecr:DescribeRepositories", "logs:CreateLogStream", "logs:PutLogEvents"}


class Clients:
    """The vendor's clients under some keys."""

    def __init__(self, url, keys):
        self.url, self.keys = url, keys

    def __getattr__(self, service):
        import boto3

        return boto3.client(service, region_name=REGION, endpoint_url=self.url, **self.keys)


def uses(role, policy, outputs):
    """What a permission is used for: a call for each action, on what the policy is about."""
    bucket = outputs.get("bucket")
    repository, registry = outputs.get("repository"), ACCOUNT
    secret, key = outputs.get("secret"), outputs.get("key")
    return {
        "s3:ListBucket": lambda c: c.s3.list_objects_v2(Bucket=bucket),
        "s3:GetBucketLocation": lambda c: c.s3.get_bucket_location(Bucket=bucket),
        "s3:GetBucketVersioning": lambda c: c.s3.get_bucket_versioning(Bucket=bucket),
        "s3:ListBucketMultipartUploads": lambda c: c.s3.list_multipart_uploads(Bucket=bucket),
        "s3:GetObject": lambda c: c.s3.get_object(Bucket=bucket, Key="there"),
        "s3:PutObject": lambda c: c.s3.put_object(Bucket=bucket, Key="new", Body=b"x"),
        "s3:DeleteObject": lambda c: c.s3.delete_object(Bucket=bucket, Key="new"),
        "ecr:GetAuthorizationToken": lambda c: c.ecr.get_authorization_token(),
        "ecr:BatchGetImage": lambda c: c.ecr.batch_get_image(registryId=registry, repositoryName=repository, imageIds=[{"imageTag": "none"}]),
        "ecr:DescribeImages": lambda c: c.ecr.describe_images(registryId=registry, repositoryName=repository),
        "ecr:DescribeRepositories": lambda c: c.ecr.describe_repositories(repositoryNames=[repository]),
        "ecr:BatchCheckLayerAvailability": lambda c: c.ecr.batch_check_layer_availability(repositoryName=repository, layerDigests=["sha256:" + "0" * 64]),
        "ecr:InitiateLayerUpload": lambda c: c.ecr.initiate_layer_upload(repositoryName=repository),
        "ecr:PutImage": lambda c: c.ecr.put_image(repositoryName=repository, imageManifest=json.dumps({"schemaVersion": 2, "config": {}, "layers": []}), imageTag="t"),
        "secretsmanager:GetSecretValue": lambda c: c.secretsmanager.get_secret_value(SecretId=secret),
        "secretsmanager:DescribeSecret": lambda c: c.secretsmanager.describe_secret(SecretId=secret),
        "kms:Decrypt": lambda c: c.kms.decrypt(CiphertextBlob=outputs["sealed"], KeyId=key),
    } | ({} if policy["name"] != "write-logs" else {
        "logs:CreateLogStream": lambda c: c.logs.create_log_stream(logGroupName=outputs["log_group"], logStreamName=os.urandom(4).hex()),
        "logs:PutLogEvents": lambda c: c.logs.put_log_events(logGroupName=outputs["log_group"], logStreamName="there", logEvents=[{"timestamp": 1, "message": "m"}]),
    })


def is_denied(call, clients):
    from botocore.exceptions import ClientError

    try:
        call(clients)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation") or status == 403
    return False


def without(document, statement, action):
    """A policy with one action of one statement less."""
    document = copy.deepcopy(document)
    of = document["Statement"][statement]
    actions = of["Action"] if isinstance(of["Action"], list) else [of["Action"]]
    rest = [a for a in actions if a != action]
    if rest:
        of["Action"] = rest
    else:
        del document["Statement"][statement]
    return document


def stack(args, emulator, folder):
    """Brings the example up, and gives what it made."""
    shutil.copytree(ROOT / "examples/aws", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("state", ".terraform", ".stackwright", "*.yaml"))
    dev = Path(folder, "environments/dev.hcl")
    dev.write_text(dev.read_text().replace("123456789012", ACCOUNT))
    env = dict(os.environ) | {"AWS_ENDPOINT_URL": emulator.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    for step in (["init"], ["apply", "-auto-approve"]):
        done = subprocess.run([args.binary, *step, "-env=dev", "-no-color"], cwd=folder, env=env, text=True, capture_output=True, timeout=600)
        assert done.returncode == 0, f"{step}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
    state = json.loads(Path(folder, "state/dev/terraform.tfstate").read_text())
    return {(r.get("module", ""), r["type"], r["name"]): r["instances"][0]["attributes"] for r in state["resources"] if r["mode"] == "managed"}


def prepare(root, made):
    """What uses need to be there: an object, a secret, a text that is encrypted."""
    find = lambda ty: next((attributes for (_, t, _), attributes in made.items() if t == ty), {})
    outputs = {"bucket": find("aws_s3_bucket").get("bucket"), "repository": find("aws_ecr_repository").get("name"),
               "key": find("aws_kms_key").get("arn"), "log_group": find("aws_cloudwatch_log_group").get("name")}
    # The emulator is reached without TLS, which the bucket's policy forbids.
    root.s3.delete_bucket_policy(Bucket=outputs["bucket"])
    root.s3.put_object(Bucket=outputs["bucket"], Key="there", Body=b"x")
    alias = find("aws_kms_alias").get("name", "alias/none")
    outputs["secret"] = alias.removeprefix("alias/") + "/token"
    root.secretsmanager.create_secret(Name=outputs["secret"], SecretString="s")
    outputs["sealed"] = root.kms.encrypt(KeyId=outputs["key"], Plaintext=b"x")["CiphertextBlob"]
    root.logs.create_log_stream(logGroupName=outputs["log_group"], logStreamName="there")
    return outputs


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    args = parser.parse_args()
    args.binary = str(Path(args.binary).resolve())
    emulator = Emulator("ministack", {"AUTH": "true"})
    passed, failed, untried = 0, 0, set()
    try:
        with tempfile.TemporaryDirectory() as folder:
            made = stack(args, emulator, folder)
            root = Clients(emulator.url, {"aws_access_key_id": "test", "aws_secret_access_key": "test"})
            outputs = prepare(root, made)
            policies = {key: attributes for key, attributes in made.items() if key[1] == "aws_iam_role_policy"}
            roles = sorted({attributes["role"] for attributes in policies.values()})
            trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]})
            for role in roles:
                root.iam.update_assume_role_policy(RoleName=role, PolicyDocument=trust)
                session = root.sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="test")["Credentials"]
                acting = Clients(emulator.url, {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"], "aws_session_token": session["SessionToken"]})
                for (module, _, _), policy in policies.items():
                    if policy["role"] != role:
                        continue
                    document = json.loads(policy["policy"])
                    calls = uses(role, policy, outputs)
                    for number, statement in enumerate(document["Statement"]):
                        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                        for action in actions:
                            if action not in calls:
                                untried.add(action)
                                continue
                            name = f"{role} {policy['name']} {action}"
                            enough = not is_denied(calls[action], acting)
                            if not enough:
                                anywhere = copy.deepcopy(document)
                                anywhere["Statement"][number]["Resource"] = "*"
                                root.iam.put_role_policy(RoleName=role, PolicyName=policy["name"], PolicyDocument=json.dumps(anywhere))
                                works = not is_denied(calls[action], acting)
                                root.iam.put_role_policy(RoleName=role, PolicyName=policy["name"], PolicyDocument=json.dumps(document))
                                if works and action in UNRESOLVED:
                                    untried.add(action)
                                    continue
                            root.iam.put_role_policy(RoleName=role, PolicyName=policy["name"], PolicyDocument=json.dumps(without(document, number, action)))
                            needed = is_denied(calls[action], acting)
                            root.iam.put_role_policy(RoleName=role, PolicyName=policy["name"], PolicyDocument=json.dumps(document))
                            if enough and needed:
                                passed += 1
                            else:
                                failed += 1
                                print(f"FAILED  {name}: " + ("refused with all permissions" if not enough else "works without it"), flush=True)
            others = [role for role in roles if not any(p["role"] == role for p in policies.values())]
            assert not others
    finally:
        emulator.stop()
    print("not tried, for the emulator lacks them: " + ", ".join(sorted(untried)))
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
