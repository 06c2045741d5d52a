#!/usr/bin/env python3
"""States in S3, on an emulator: the backend `s3` beside Terraform's.

    tests/aws/state.py --binary target/debug/stackwright [--kills N] [PART OF A NAME...]

What it checks is in the names of its functions, and of those in tests/clouds/states.py. Terraform's part is left out where there is no
terraform.
"""

import argparse
import atexit
import os
import sys
from pathlib import Path

from emulators import Emulator, client, in_their_python

sys.path.append(str(Path(__file__).resolve().parent.parent / "clouds"))
import states  # noqa: E402: its folder is known only now

BUCKET, KEY = "states", "team/dev.tfstate"


class Setting(states.Setting):
    state, lock, other, appliers = KEY, KEY + ".tflock", f"env:/other/{KEY}", 8

    def __init__(self, emulator, args, root):
        super().__init__(args, root)
        self.emulator, self.s3 = emulator, client(emulator, "s3")

    def environment(self):
        return dict(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true"}

    def backend(self, extra=""):
        return f"""
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
      s3 = "{self.emulator.url}"
    }}
  }}"""

    def fresh(self):
        self.emulator.reset()
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    def keys(self):
        return [o["Key"] for o in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def text(self, name):
        return self.s3.get_object(Bucket=BUCKET, Key=name)["Body"].read().decode()

    def put(self, name, text):
        self.s3.put_object(Bucket=BUCKET, Key=name, Body=text)
        return []


def init_makes_nothing_unless_it_is_told_to(s):
    s.emulator.reset()
    folder = s.folder()
    assert "init -create-backend" in folder.run("init", code=1)
    assert s.s3.list_buckets()["Buckets"] == []
    folder.run("init", "-create-backend")
    assert s.s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert s.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]["BlockPublicAcls"]


def a_lock_table_is_refused_in_words(s):
    s.fresh()
    assert "dynamodb_table is not supported" in s.folder(extra='dynamodb_table = "locks"').run("init", code=1)


if __name__ == "__main__":
    in_their_python()
    args = states.arguments(argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter))
    emulator = Emulator("moto")
    atexit.register(emulator.stop)
    checks = [init_makes_nothing_unless_it_is_told_to, a_lock_table_is_refused_in_words, *states.SHARED]
    states.run(checks, args, lambda *told: Setting(emulator, *told))
