#!/usr/bin/env python3
"""States in S3, on an emulator: the backend `s3` beside Terraform's.

    tests/aws/state.py --binary target/debug/stackwright [--kills N]

What it checks is in the names of its functions. Terraform's part is left out where there is no terraform.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from emulators import Emulator, client, in_their_python

BUCKET, KEY = "states", "team/dev.tfstate"


def configuration(url, count=1, command="", backend=True, extra=""):
    place = f"""
  backend "s3" {{
    bucket                      = "{BUCKET}"
    key                         = "{KEY}"
    region                      = "eu-central-1"
    access_key                  = "test"
    secret_key                  = "test"
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_region_validation      = true
    use_lockfile                = true
    {extra}
    endpoints = {{
      s3 = "{url}"
    }}
  }}"""
    run = f'\n  provisioner "local-exec" {{\n    command = "{command}"\n  }}' if command else ""
    return f"""terraform {{{place if backend else ""}
}}

resource "terraform_data" "a" {{
  count = {count}
  input = count.index{run}
}}
"""


class Folder:
    """A directory on some machine."""

    def __init__(self, binary, root, name):
        self.binary, self.path = binary, Path(root, name)
        self.path.mkdir()

    def write(self, text):
        (self.path / "main.tf").write_text(text)
        return self

    def start(self, *args, binary=None):
        env = dict(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true", "CHECKPOINT_DISABLE": "1"}
        return subprocess.Popen([binary or self.binary, *args, "-no-color"], cwd=self.path, env=env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *args, code=0, binary=None):
        process = self.start(*args, binary=binary)
        output = process.communicate(timeout=300)[0]
        assert process.returncode == code, f"{' '.join(args)} ended with {process.returncode}, not {code}:\n{output}"
        return output


class Setting:
    def __init__(self, args, emulator, root):
        self.args, self.emulator, self.root, self.made = args, emulator, root, 0
        self.terraform = shutil.which("terraform")

    def folder(self):
        self.made += 1
        return Folder(self.args.binary, self.root, f"f{self.made}")

    def fresh(self):
        self.emulator.reset()
        client(self.emulator, "s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    def keys(self):
        return [o["Key"] for o in client(self.emulator, "s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def document(self):
        return json.loads(client(self.emulator, "s3").get_object(Bucket=BUCKET, Key=KEY)["Body"].read())


def init_makes_nothing_unless_it_is_told_to(s):
    s.emulator.reset()
    folder = s.folder().write(configuration(s.emulator.url))
    assert "init -create-backend" in folder.run("init", code=1)
    assert client(s.emulator, "s3").list_buckets()["Buckets"] == []
    folder.run("init", "-create-backend")
    assert client(s.emulator, "s3").get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert client(s.emulator, "s3").get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]["BlockPublicAcls"]


def a_state_is_the_same_from_everywhere(s):
    s.fresh()
    one, two = (s.folder().write(configuration(s.emulator.url, 3)) for _ in range(2))
    one.run("init")
    one.run("apply", "-auto-approve")
    two.run("init")
    two.run("plan", "-detailed-exitcode")
    assert len(two.run("state", "list").split()) == 3
    two.run("destroy", "-auto-approve")
    assert one.run("state", "list").split() == []


def terraform_reads_it_and_is_read(s):
    if not s.terraform:
        return
    s.fresh()
    ours, theirs = (s.folder().write(configuration(s.emulator.url, 2)) for _ in range(2))
    ours.run("init")
    ours.run("apply", "-auto-approve")
    theirs.run("init", binary=s.terraform)
    theirs.run("plan", "-detailed-exitcode", binary=s.terraform)
    theirs.write(configuration(s.emulator.url, 4)).run("apply", "-auto-approve", binary=s.terraform)
    ours.write(configuration(s.emulator.url, 4)).run("plan", "-detailed-exitcode")
    ours.run("destroy", "-auto-approve")


def terraforms_lock_excludes_us_and_ours_excludes_terraform(s):
    if not s.terraform:
        return
    s.fresh()
    ours, theirs = (s.folder().write(configuration(s.emulator.url)) for _ in range(2))
    ours.run("init")
    theirs.run("init", binary=s.terraform)
    s3 = client(s.emulator, "s3")
    held = {"ID": "b7c0f6f2-0000-0000-0000-000000000000", "Operation": "OperationTypeApply", "Who": "someone@elsewhere",
            "Version": "1.11.4", "Created": "2026-01-01T00:00:00Z", "Path": f"{BUCKET}/{KEY}", "Info": ""}
    s3.put_object(Bucket=BUCKET, Key=KEY + ".tflock", Body=json.dumps(held))
    assert "someone@elsewhere" in ours.run("apply", "-auto-approve", code=1)
    ours.run("force-unlock", "-force", held["ID"])
    ours.write(configuration(s.emulator.url, 1, "sleep 4"))
    at_work = ours.start("apply", "-auto-approve")
    for _ in range(100):
        if KEY + ".tflock" in s.keys():
            break
        time.sleep(0.1)
    assert "Error acquiring the state lock" in theirs.run("apply", "-auto-approve", code=1, binary=s.terraform)
    assert at_work.wait(timeout=60) == 0
    assert KEY + ".tflock" not in s.keys()
    theirs.run("plan", "-detailed-exitcode", binary=s.terraform)


def of_many_at_once_one_works_and_the_others_are_told(s):
    s.fresh()
    folders = [s.folder().write(configuration(s.emulator.url, 2)) for _ in range(8)]
    for folder in folders:
        folder.run("init")
    at_work = [folder.start("apply", "-auto-approve", "-lock-timeout=120s") for folder in folders]
    outputs = [process.communicate(timeout=300)[0] for process in at_work]
    assert all(process.returncode == 0 for process in at_work), "\n".join(outputs)
    assert sum("Resources: 2 added" in output for output in outputs) == 1
    assert len(s.document()["resources"][0]["instances"]) == 2


def workspaces_lie_beside_each_other(s):
    s.fresh()
    folder = s.folder().write(configuration(s.emulator.url))
    folder.run("init")
    folder.run("apply", "-auto-approve")
    folder.run("workspace", "new", "other")
    assert folder.run("state", "list").split() == []
    folder.run("apply", "-auto-approve")
    assert f"env:/other/{KEY}" in s.keys()
    assert folder.run("workspace", "list").replace("*", " ").split() == ["default", "other"]


def states_move_in_and_out(s):
    s.fresh()
    folder = s.folder().write(configuration(s.emulator.url, 2, backend=False))
    folder.run("init")
    folder.run("apply", "-auto-approve")
    folder.write(configuration(s.emulator.url, 2)).run("init", "-migrate-state", "-force-copy")
    folder.run("plan", "-detailed-exitcode")
    assert len(s.document()["resources"][0]["instances"]) == 2
    folder.write(configuration(s.emulator.url, 2, backend=False)).run("init", "-migrate-state", "-force-copy")
    folder.run("plan", "-detailed-exitcode")
    assert (folder.path / "terraform.tfstate").exists()


def a_lock_table_is_refused_in_words(s):
    s.fresh()
    folder = s.folder().write(configuration(s.emulator.url, extra='dynamodb_table = "locks"'))
    assert "dynamodb_table is not supported" in folder.run("init", code=1)


def after_a_kill_another_machine_goes_on(s):
    rng = random.Random(7)
    for number in range(s.args.kills):
        s.fresh()
        one = s.folder().write(configuration(s.emulator.url, 12, "sleep 0.05"))
        one.run("init")
        at_work = one.start("apply", "-auto-approve", "-parallelism=2")
        time.sleep(0.2 + rng.random() * 1.5)
        at_work.send_signal(signal.SIGKILL)
        at_work.communicate()
        two = s.folder().write(configuration(s.emulator.url, 12))
        two.run("init")
        # The dead holder's lease has to end, or somebody says that it is dead.
        lock = json.loads(client(s.emulator, "s3").get_object(Bucket=BUCKET, Key=KEY + ".lock")["Body"].read()) if KEY + ".lock" in s.keys() else {}
        if lock.get("holder"):
            two.run("force-unlock", "-force", lock["holder"]["ID"])
        two.run("apply", "-auto-approve")
        two.run("plan", "-detailed-exitcode")
        assert len(s.document()["resources"][0]["instances"]) == 12, f"after kill {number}"
        shutil.rmtree(one.path), shutil.rmtree(two.path)


CHECKS = [
    init_makes_nothing_unless_it_is_told_to,
    a_state_is_the_same_from_everywhere,
    terraform_reads_it_and_is_read,
    terraforms_lock_excludes_us_and_ours_excludes_terraform,
    of_many_at_once_one_works_and_the_others_are_told,
    workspaces_lie_beside_each_other,
    states_move_in_and_out,
    a_lock_table_is_refused_in_words,
    after_a_kill_another_machine_goes_on,
]


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("checks", nargs="*", help="parts of names")
    args = parser.parse_args()
    args.binary = str(Path(args.binary).resolve())
    emulator, passed, failed = Emulator("moto"), 0, 0
    try:
        for check in CHECKS:
            if args.checks and not any(part in check.__name__ for part in args.checks):
                continue
            with tempfile.TemporaryDirectory() as root:
                try:
                    check(Setting(args, emulator, root))
                    passed += 1
                    print(f"ok      {check.__name__}", flush=True)
                except Exception as failure:  # whatever a check meets is its failure
                    failed += 1
                    print(f"FAILED  {check.__name__}\n{failure!r}\n{failure}"[:4000], flush=True)
    finally:
        emulator.stop()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
