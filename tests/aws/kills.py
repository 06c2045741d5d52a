#!/usr/bin/env python3
"""Kills applies and destroys of examples/aws at random moments: a second run converges, and nothing is left at the end.

    tests/aws/kills.py --binary target/debug/stackwright [--kills 40] [--seed 1]

Half of the kills meet an apply, half a destroy. After each: the second run goes through without a question, a plan changes
nothing, and after the last destroy the account holds what it held before.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from emulators import Emulator, in_their_python
from tools import inventory

ROOT = Path(__file__).resolve().parents[2]


class Stack:
    def __init__(self, binary, emulator, folder):
        self.binary, self.folder = binary, folder
        ignored = shutil.ignore_patterns("state", ".terraform", ".stackwright", "*.yaml")
        shutil.copytree(ROOT / "examples/aws", folder, dirs_exist_ok=True, ignore=ignored)
        dev = Path(folder, "environments/dev.hcl")
        dev.write_text(dev.read_text().replace("123456789012", "000000000000"))
        self.env = dict(os.environ) | {"AWS_ENDPOINT_URL": emulator.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                                       "AWS_EC2_METADATA_DISABLED": "true"}

    def start(self, *args):
        return subprocess.Popen([self.binary, *args, "-env=dev", "-no-color"], cwd=self.folder, env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *args):
        process = self.start(*args)
        output = process.communicate(timeout=600)[0]
        assert process.returncode == 0, f"{args} ended with {process.returncode}\n{output[-4000:]}"

    def killed(self, after, *args):
        """Whether the run was still under way when it was killed."""
        process = self.start(*args)
        time.sleep(after)
        under_way = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return under_way


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng, emulator = random.Random(args.seed), Emulator("ministack")
    under_way, passed, failed = 0, 0, 0
    try:
        before = inventory(emulator)
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack(str(Path(args.binary).resolve()), emulator, folder)
            stack.run("init")
            began = time.time()
            stack.run("apply", "-auto-approve")
            up = time.time() - began
            began = time.time()
            stack.run("destroy", "-auto-approve")
            down = time.time() - began
            for number in range(args.kills // 2):
                try:
                    under_way += stack.killed(rng.random() * up, "apply", "-auto-approve")
                    stack.run("apply", "-auto-approve")
                    stack.run("plan", "-detailed-exitcode")
                    under_way += stack.killed(rng.random() * down, "destroy", "-auto-approve")
                    stack.run("destroy", "-auto-approve")
                    left = sorted(inventory(emulator) - before)
                    assert not left, f"left behind: {left}"
                    passed += 2
                except (AssertionError, subprocess.TimeoutExpired) as failure:
                    failed += 1
                    print(f"FAILED  pair {number} of seed {args.seed}\n{failure}", flush=True)
                    emulator.reset()
                    shutil.rmtree(Path(folder, "state"), ignore_errors=True)
    finally:
        emulator.stop()
    print(f"{under_way} of {args.kills} kills met a run that was under way")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
