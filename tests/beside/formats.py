#!/usr/bin/env python3
"""Has Stackwright and Terraform write the same documents, and tools read both.

    formats.py --binary PATH --terraform PATH [--provider local=PATH] [--only CASE] [--tool NAME=PATH ...] CASES_DIRECTORY

A case is a file whose steps are separated by lines `# then`; each is validated, planned and applied by both, in a
directory of its own each. The documents are compared whole: `validate -json`, `show -json` of the plan and of the state,
the streams of `plan -json` and `apply -json`, `output -json`, `providers schema -json`. Identifiers, times and the
program's name are blotted out. Lines at the start of a step say more:

    # refused             both refuse the configuration, with the same document
    # provider NAME       the case needs this provider; without it Terraform does not take part
    # shell COMMAND       is run in both directories before the step
    # file PATH           what follows is another file of this name

Each tool that is given (opa, conftest, checkov, tf-summarize) reads the plans of both and has to come to the same
verdict: the same exit status and the same words.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

import tools

UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Terraform writes these in an order that changes from run to run.
UNORDERED = ("relevant_attributes", "diagnostics")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Failed(Exception):
    """A command that had to succeed did not."""


class Side:
    """One of the two programs, with a directory of its own."""

    def __init__(self, program, directory, environment):
        self.program, self.directory, self.environment = program, directory, environment
        os.makedirs(directory)

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

    def write(self, files):
        for name, text in files.items():
            path = os.path.join(self.directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)

    def documents(self, step):
        """Every document of one step, by the command that wrote it."""
        for command in step.commands:
            subprocess.run(command, shell=True, cwd=self.directory, check=True)
        self.write(step.files)
        initialized = self.run("init", "-input=false")
        found = {"validate": json.loads(self.run("validate", "-json").stdout)}
        if step.refused:
            return found
        if initialized.returncode != 0:
            raise Failed(f"{self.program} init: {initialized.stdout}{initialized.stderr}")
        found["plan stream"] = stream(self.must("plan", "-input=false", "-out=plan", "-json"))
        text = self.must("show", "-json", "plan")
        self.write({"plan.json": text})
        found["plan"] = json.loads(text)
        found["apply stream"] = stream(self.must("apply", "-input=false", "-json", "plan"))
        found["state"] = json.loads(self.must("show", "-json"))
        found["outputs"] = json.loads(self.must("output", "-json"))
        found["schema"] = schema(json.loads(self.must("providers", "schema", "-json")))
        return found


def stream(text):
    """The messages in an order of their own: what runs side by side is told as it happens. Without those about time."""
    messages = [json.loads(line) for line in text.splitlines()]
    messages = [m for m in messages if m["type"] not in ("version", "log") and not m["type"].endswith("_progress")]
    return sorted(messages, key=lambda m: json.dumps(blotted(m), sort_keys=True))


def schema(document):
    """The schemas of the resource types in use; ours has further providers, and other words to describe things."""
    provider = document.get("provider_schemas", {}).get("terraform.io/builtin/terraform", {})
    keep = ("terraform_data",)
    kinds = {k: {n: v for n, v in provider.get(k, {}).items() if n in keep} for k in ("resource_schemas",)}
    return {"format_version": document["format_version"], **without(kinds, "description", "description_kind")}


def without(value, *names):
    if isinstance(value, dict):
        return {k: without(v, *names) for k, v in value.items() if k not in names}
    return [without(v, *names) for v in value] if isinstance(value, list) else value


def blotted(value, key=None):
    """A value without what differs from run to run, and without the words that each program has of its own."""
    if isinstance(value, dict):
        return {k: blotted(v, k) for k, v in value.items() if k not in ("@module", "@timestamp", "elapsed_seconds")}
    if isinstance(value, list):
        items = [blotted(v) for v in value]
        return sorted(items, key=lambda i: json.dumps(i, sort_keys=True)) if key in UNORDERED else items
    if not isinstance(value, str):
        return value
    if key == "@message":
        value = re.sub(r"\d+(m|s)\b", "TIME", value)
    if key == "detail":
        return "WORDS"
    return TIME.sub("TIME", UUID.sub("ID", value))


def differences(ours, theirs, path="$"):
    """Where two documents differ, a line each."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in theirs:
                yield f"{path}.{key}: only ours has it, {short(ours[key])}"
            elif key not in ours:
                yield f"{path}.{key}: only theirs has it, {short(theirs[key])}"
            else:
                yield from differences(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) != len(theirs):
        yield from (f"{path}: only ours has {short(item)}" for item in ours if item not in theirs)
        yield from (f"{path}: only theirs has {short(item)}" for item in theirs if item not in ours)
    elif isinstance(ours, list) and isinstance(theirs, list):
        for index, pair in enumerate(zip(ours, theirs)):
            yield from differences(*pair, f"{path}[{index}]")
    elif ours != theirs:
        yield f"{path}: ours is {short(ours)}, theirs is {short(theirs)}"


def short(value):
    text = json.dumps(value)
    return text if len(text) < 300 else text[:300] + "..."


class Step:
    """One configuration of a case."""

    def __init__(self, text):
        self.refused, self.commands, self.provider = False, [], None
        self.files, name = {}, "main.tf"
        for line in text.strip("\n").splitlines():
            word, _, rest = line[2:].partition(" ") if line.startswith("# ") else ("", "", "")
            if word == "refused":
                self.refused = True
            elif word == "shell":
                self.commands.append(rest)
            elif word == "provider":
                self.provider = rest
            elif word == "file":
                name = rest
            else:
                self.files[name] = self.files.get(name, "") + line + "\n"


def compare(case, args, environment):
    """The failures of one case."""
    with open(case, encoding="utf-8") as file:
        steps = [Step(text) for text in re.split(r"^# then$", file.read(), flags=re.M)]
    needed = steps[0].provider
    if needed and needed not in args.providers:
        print(f"alone: {os.path.basename(case)}, for want of the provider {needed} under Terraform (--provider {needed}=PATH)")
        return alone(steps, args, environment)
    failures = []
    with tempfile.TemporaryDirectory() as scratch:
        ours = Side(args.binary, os.path.join(scratch, "ours"), environment)
        theirs = Side(args.terraform, os.path.join(scratch, "theirs"), environment)
        for number, step in enumerate(steps, 1):
            got, expected = ours.documents(step), theirs.documents(step)
            for name in expected:
                found = differences(blotted(got[name]), blotted(expected[name]))
                failures += [f"step {number}, {name}: {line}" for line in found]
            if not step.refused:
                found = tools.verdicts(args.tools, ours.directory, theirs.directory)
                failures += [f"step {number}, {line}" for line in found]
    return failures


def alone(steps, args, environment):
    """The failures of a case that Terraform cannot take part in: what tools cannot read."""
    failures = []
    with tempfile.TemporaryDirectory() as scratch:
        ours = Side(args.binary, os.path.join(scratch, "ours"), environment)
        for number, step in enumerate(steps, 1):
            ours.documents(step)
            failures += [f"step {number}, {line}" for line in tools.unread(args.tools, ours.directory)]
    return failures


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, type=os.path.abspath)
    parser.add_argument("--terraform", default="terraform")
    parser.add_argument("--provider", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--tool", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--only")
    parser.add_argument("cases", type=os.path.abspath)
    args = parser.parse_args()
    args.providers = dict(pair.split("=", 1) for pair in args.provider)
    args.tools = dict(pair.split("=", 1) for pair in args.tool)
    return args


def main():
    args = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        settings = os.path.join(scratch, "settings")
        overrides = "".join(
            f'    "hashicorp/{name}" = "{os.path.dirname(os.path.abspath(path))}"\n' for name, path in args.providers.items()
        )
        with open(settings, "w", encoding="utf-8") as file:
            file.write("provider_installation {\n  dev_overrides {\n" + overrides + "  }\n  direct {}\n}\n")
        environment = {**os.environ, "TF_CLI_CONFIG_FILE": settings, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        names = sorted(n for n in os.listdir(args.cases) if n.endswith(".tf") and (not args.only or n == f"{args.only}.tf"))
        failed = 0
        for name in names:
            try:
                failures = compare(os.path.join(args.cases, name), args, environment)
            except Failed as error:
                failures = [str(error)]
            failed += bool(failures)
            print(f"{'FAILED' if failures else 'ok'}: {name}", *failures, sep="\n  ")
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
