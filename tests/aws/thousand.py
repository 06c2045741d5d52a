#!/usr/bin/env python3
"""Many buckets with their settings: requests, CPU, memory and time of apply, of a plan that changes nothing, and of destroy.

    tests/aws/thousand.py --binary target/release/stackwright [--buckets 1000] [--beside 100]

--beside N does the same with Terraform's own provider and N buckets, and with Stackwright and N buckets in the same run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from emulators import Emulator, in_their_python
from faults import Proxy
from tools import find_terraform, provider, terraforms

STACK = """
resource "aws_s3_bucket" "b" {
  count  = COUNT
  bucket = "many-${count.index}"
}

resource "aws_s3_bucket_versioning" "b" {
  count  = COUNT
  bucket = aws_s3_bucket.b[count.index].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "b" {
  count             = COUNT
  bucket            = aws_s3_bucket.b[count.index].id
  block_public_acls = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  count  = COUNT
  bucket = aws_s3_bucket.b[count.index].id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
"""


class Counting(Proxy):
    """Passes everything on, and counts."""

    requests = 0

    def choose(self):
        with self.lock:
            self.requests += 1
        return None


def measure(binary, count, emulator, proxy, env, name):
    emulator.reset()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "provider.tf").write_text(provider(proxy.url, False))
        Path(folder, "main.tf").write_text(STACK.replace("COUNT", str(count)))
        environment = dict(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true", "CHECKPOINT_DISABLE": "1"} | env
        if not env:
            subprocess.run([binary, "init", "-no-color"], cwd=folder, env=environment, check=True, capture_output=True)
        for step in (["apply", "-auto-approve", "-parallelism=64"], ["plan", "-detailed-exitcode", "-parallelism=64"], ["destroy", "-auto-approve", "-parallelism=64"]):
            proxy.requests, began = 0, time.time()
            out = Path(folder, "out.txt")
            with out.open("w") as file:
                process = subprocess.Popen([binary, *step, "-no-color"], cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT)
                _, status, usage = os.wait4(process.pid, 0)
            if status != 0:
                sys.exit(f"{name} {step[0]} failed\n{out.read_text()[-3000:]}")
            cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024
            print(f"{name:12} {count:5} buckets  {step[0]:8} {proxy.requests:7} requests  {cpu:8.2f} s CPU  {memory:5} MB  {time.time() - began:7.1f} s", flush=True)


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--buckets", type=int, default=1000)
    parser.add_argument("--beside", type=int, default=0)
    args = parser.parse_args()
    binary = str(Path(args.binary).resolve())
    emulator = Emulator("moto")
    proxy = Counting(emulator.port)
    try:
        if args.buckets:
            measure(binary, args.buckets, emulator, proxy, {}, "stackwright")
        terraform, folder = find_terraform()
        if args.beside and terraform:
            with tempfile.NamedTemporaryFile("w", suffix=".tfrc") as rc:
                measure(binary, args.beside, emulator, proxy, {}, "stackwright")
                measure(terraform, args.beside, emulator, proxy, terraforms(folder, rc.name), "terraform")
        elif args.beside:
            print("Terraform beside is skipped: terraform with hashicorp/aws 5 is not found")
    finally:
        emulator.stop()


if __name__ == "__main__":
    main()
