#!/usr/bin/env python3
"""Kills and disturbs applies and destroys of examples/gcp at random: a second run converges, and nothing is left at the end.

    tests/gcp/kills.py --binary target/debug/stackwright [--kills 40] [--faults 20] [--seed 1]

Half of the kills meet an apply, half a destroy. After each: the second run goes through without a question, a plan changes
nothing, and after the last destroy the project holds what it held before, the policy's other members with it. Then come runs in
which requests are refused for coming too early, fail in passing, and lose their answers.
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

import server
from twin import PLACES

ROOT = Path(__file__).resolve().parents[2]
# What was there before, and what stays by intent: the account under which Vertex AI acts.
OTHERS = {"role": "roles/owner", "members": ["user:somebody@example.com"]}
PROJECT = "projects/acme-churn-dev"
AGENT = "roles/aiplatform.serviceAgent"
KINDS = ["throttled", "unavailable", "cut_before", "cut_after"]


class Stack:
    def __init__(self, binary, url, folder):
        self.binary, self.folder = binary, folder
        ignored = shutil.ignore_patterns("state", ".terraform", ".stackwright", "*.yaml")
        shutil.copytree(ROOT / "examples/gcp", folder, dirs_exist_ok=True, ignore=ignored)
        places = {f"GOOGLE_{name.upper()}_CUSTOM_ENDPOINT": f"{url}/{path}" for name, path in PLACES.items()}
        self.env = dict(os.environ) | {"HOME": folder, "GOOGLE_OAUTH_ACCESS_TOKEN": "a-token"} | places

    def start(self, *args):
        return subprocess.Popen([self.binary, *args, "-env=dev", "-no-color"], cwd=self.folder, env=self.env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *args):
        process = self.start(*args)
        try:
            output = process.communicate(timeout=120)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"{args} does not end\n{process.communicate()[0][-4000:]}") from None
        assert process.returncode == 0, f"{args} ended with {process.returncode}\n{output[-4000:]}"

    def killed(self, after, *args):
        """Whether the run was still under way when it was killed."""
        process = self.start(*args)
        time.sleep(after)
        under_way = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return under_way


def fresh():
    server.STATE.reset()
    server.STATE.world.policies[PROJECT] = {"version": 3, "etag": "Zmlyc3Q=", "bindings": [dict(OTHERS, members=list(OTHERS["members"]))]}


def checked(stack):
    """What must hold after a destroy, however it came about."""
    left = [name for name in server.STATE.world.held() if AGENT not in name and "roles/owner" not in name]
    assert not left, f"left behind: {left}"
    assert OTHERS in server.STATE.world.policies[PROJECT]["bindings"], "a member of somebody else's is lost"
    assert not server.STATE.broken, "not as described: " + "\n".join(server.STATE.broken)


def timed(action):
    began = time.time()
    action()
    return time.time() - began


def killing(stack, rng, up, down):
    under_way = stack.killed(rng.random() * up, "apply", "-auto-approve")
    stack.run("apply", "-auto-approve")
    stack.run("plan", "-detailed-exitcode")
    under_way += stack.killed(rng.random() * down, "destroy", "-auto-approve")
    stack.run("destroy", "-auto-approve")
    checked(stack)
    return under_way


def disturbed(stack, rng):
    """A life in which a part of all requests goes wrong, no more of them than a run bears."""
    methods = sorted(server.HANDLERS)
    server.STATE.faults = [{"method": rng.choice(methods), "kind": rng.choice(KINDS)} for _ in range(60)]
    stack.run("apply", "-auto-approve")
    stack.run("plan", "-detailed-exitcode")
    stack.run("destroy", "-auto-approve")
    server.STATE.faults = []
    checked(stack)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng, under_way, passed, failed = random.Random(args.seed), 0, 0, 0
    url = f"http://127.0.0.1:{server.start().server_port}"
    with tempfile.TemporaryDirectory() as folder:
        fresh()
        stack = Stack(str(Path(args.binary).resolve()), url, folder)
        stack.run("init")
        up = timed(lambda: stack.run("apply", "-auto-approve"))
        down = timed(lambda: stack.run("destroy", "-auto-approve"))
        for number in range(args.kills // 2 + args.faults):
            is_kill = number < args.kills // 2
            try:
                if is_kill:
                    under_way += killing(stack, rng, up, down)
                else:
                    disturbed(stack, rng)
                passed += 2 if is_kill else 1
            except AssertionError as failure:
                failed += 1
                print(f"FAILED  {'pair' if is_kill else 'life'} {number} of seed {args.seed}\n{failure}", flush=True)
                fresh()
                shutil.rmtree(Path(folder, "state"), ignore_errors=True)
    print(f"{under_way} of {args.kills} kills met a run that was under way")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
