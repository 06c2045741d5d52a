#!/usr/bin/env python3
"""Applies the same configurations with Stackwright and with Terraform over a real provider, and compares.

    compare.py --binary PATH --terraform PATH --provider time=PATH [--only CASE] CASES_DIRECTORY

A case is a file whose steps are separated by lines `# then`; each step is planned and applied by both, in a directory of
its own each, and then destroyed. Compared are the planned changes (actions, before, after, what is unknown, what
forces replacement), the outputs, and the attributes in the state. Lines at the start of a step say more:

    # clock              times that come from the clock differ: values that are not configured are compared by type
    # refused            both refuse the configuration
    # import ADDRESS ID  both import the object before the step
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

CLOCK = {"year", "month", "day", "hour", "minute", "second", "unix", "rfc3339", "base_rfc3339", "rotation_rfc3339", "id"}

UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Side:
    """One of the two programs, with a directory of its own."""

    def __init__(self, program, directory, environment):
        self.program, self.directory, self.environment = program, directory, environment

    def run(self, *arguments):
        return subprocess.run(
            [self.program, *arguments], cwd=self.directory, env=self.environment, text=True, capture_output=True,
            stdin=subprocess.DEVNULL,
        )

    def must(self, *arguments):
        result = self.run(*arguments)
        if result.returncode != 0:
            raise Failed(f"{os.path.basename(self.program)} {' '.join(arguments)}: {result.stdout}{result.stderr}")
        return result.stdout

    def write(self, text):
        with open(os.path.join(self.directory, "main.tf"), "w", encoding="utf-8") as file:
            file.write(text)

    def plan(self):
        self.must("plan", "-input=false", "-out=plan")
        plan = json.loads(self.must("show", "-json", "plan"))
        keys = ("actions", "before", "after", "after_unknown", "replace_paths")
        changes = {
            c["address"]: {"reason": c.get("action_reason"), **{k: c["change"].get(k) for k in keys}}
            for c in plan.get("resource_changes", [])
        }
        outputs = {n: c["actions"] for n, c in plan.get("output_changes", {}).items()}
        return {"changes": changes, "outputs": outputs}

    def apply(self):
        self.must("apply", "-input=false", "plan")
        state = json.loads(self.must("show", "-json")).get("values", {})
        resources = state.get("root_module", {}).get("resources", [])
        values = {r["address"]: r["values"] for r in resources}
        return {"values": values, "outputs": {n: o["value"] for n, o in state.get("outputs", {}).items()}}


class Failed(Exception):
    """A command that had to succeed did not."""


def masked(value, key=None):
    """A value with everything that comes from the clock replaced by its type."""
    if isinstance(value, dict):
        return {k: masked(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v) for v in value]
    return f"<{type(value).__name__}>" if key in CLOCK and not isinstance(value, bool) and value is not None else value


def differences(place, ours, theirs, out):
    """The paths at which two JSON values differ; one random UUID is as good as another."""
    if isinstance(ours, str) and isinstance(theirs, str) and UUID.fullmatch(ours) and UUID.fullmatch(theirs):
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(set(ours) | set(theirs)):
            differences(f"{place}.{key}", ours.get(key), theirs.get(key), out)
    elif ours != theirs:
        out.append(f"{place}: {json.dumps(ours)} here, {json.dumps(theirs)} there")


def steps(path):
    with open(path, encoding="utf-8") as file:
        return re.split(r"^# then\n", file.read(), flags=re.M)


def step(text, ours, theirs):
    """One step on both sides; what differs."""
    words = [line[2:].split() for line in re.findall(r"^# (?:clock|refused|import .*)$", text, flags=re.M)]
    for side in (ours, theirs):
        side.write(text)
    if ["refused"] in words:
        both = [side.run("plan", "-input=false").returncode for side in (ours, theirs)]
        return [] if both == [1, 1] else [f"refused: exit {both[0]} here, {both[1]} there"]
    for word in words:
        if word[0] == "import":
            for side in (ours, theirs):
                side.must("import", "-input=false", *word[1:])
    found = []
    clean = masked if ["clock"] in words else (lambda value: value)
    for name in ("plan", "apply"):
        here, there = getattr(ours, name)(), getattr(theirs, name)()
        differences(name, clean(here), clean(there), found)
    again = [side.run("plan", "-input=false", "-detailed-exitcode").returncode for side in (ours, theirs)]
    if again[0] != again[1]:
        found.append(f"planned again: exit {again[0]} here, {again[1]} there")
    return found


def case(path, options, environment):
    """Everything that differs in a case."""
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        ours, theirs = Side(options.binary, here, environment), Side(options.terraform, there, environment)
        found = []
        for number, text in enumerate(steps(path), 1):
            try:
                found += [f"step {number}: {what}" for what in step(text, ours, theirs)]
            except Failed as failed:
                return found + [f"step {number}: {failed}"]
        for side in (ours, theirs):
            side.write("")
            side.must("apply", "-auto-approve", "-input=false")
        return found


def configuration(options, directory):
    """A CLI configuration that makes Terraform use the given providers, and nothing from the network."""
    overrides = [f'    "hashicorp/{name}" = "{os.path.dirname(os.path.abspath(path))}"' for name, path in
                 (p.split("=", 1) for p in options.provider)]
    path = os.path.join(directory, "cli.tfrc")
    with open(path, "w", encoding="utf-8") as file:
        file.write("provider_installation {\n  dev_overrides {\n" + "\n".join(overrides) + "\n  }\n}\n")
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--terraform", default="terraform")
    parser.add_argument("--provider", action="append", default=[])
    parser.add_argument("--only")
    parser.add_argument("directory")
    options = parser.parse_args()
    options.binary = os.path.abspath(options.binary)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "STACKWRIGHT_"))}
        settings = {"TF_CLI_CONFIG_FILE": configuration(options, scratch), "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
        for name in sorted(os.listdir(options.directory)):
            if not name.endswith(".tf") or options.only and options.only not in name:
                continue
            found = case(os.path.join(options.directory, name), options, {**kept, **settings})
            passed, failed = passed + (not found), failed + bool(found)
            for what in found:
                print(f"{name}: {what}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
