#!/usr/bin/env python3
"""Applies configurations with Stackwright and with Terraform's own provider, and compares what they make of them.

    tests/aws/twin.py --binary target/debug/stackwright [--emulator moto|ministack] [--ours] [--single] [CASE...]

A case is a file in tests/aws/cases; a further step follows after a line `### then`, or its lines `# steps: N` has it applied with
`local.step` from 1 to N. A module follows after a line `### module NAME`, and is called as `./NAME`. The first line may say
`# emulator: ministack`. Cases are applied together, a module for each; a case with blocks that only a root module may have
(`provider`, `import`, `removed`), or that says `# alone`, is applied alone. What theirs can't do on an emulator says
`# ours alone:` and why. A provider block says `# connection` where the arguments by which the emulator
is reached belong; without one there is the usual one. On an emulator that was just wiped:

  ours     apply, a plan that changes nothing, each further step the same way, destroy; afterwards nothing is there
  theirs   the same with terraform and hashicorp/aws, where both can be found
  compared the attributes in both states, but for those in known.json; a plan by either on the other's state changes nothing

Sets are compared without their order, documents in JSON without their white space. No text and no elements count as null, and where
no provider gives a value, no and zero do.

--single applies every case alone; --ours leaves out theirs, of which every command takes seconds of CPU. The emulators are
started by this script, from the folder that tests/tools.sh installs them into, and stopped at its end.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compare import attributes, differences, types
from emulators import Emulator, in_their_python
from tools import Failure, Tool, find_terraform, inventory, terraforms

HERE = Path(__file__).resolve().parent


class Case:
    """A configuration in steps, with modules."""

    def __init__(self, path):
        text = path.read_text()
        self.name = path.stem
        self.emulator = "ministack" if text.startswith("# emulator: ministack") else "moto"
        self.is_ours = re.search(r"^# ours alone: ", text, re.M) is not None
        self.stands_alone = self.is_ours or re.search(r"^((provider|import|removed) |# alone)", text, re.M) is not None
        whole, *modules = re.split(r"^### module (\w+)\n", text, flags=re.M)
        self.modules = dict(zip(modules[::2], modules[1::2]))
        self.steps = [step.strip() + "\n" for step in whole.split("### then")]
        if count := re.search(r"^# steps: (\d+)$", text, re.M):
            self.steps = [f"{whole}\nlocals {{\n  step = {step}\n}}\n" for step in range(1, int(count[1]) + 1)]

    def at(self, step):
        """The configuration at a step; the last one stays."""
        return self.steps[min(step, len(self.steps) - 1)]


class Group:
    """Cases that are applied together."""

    def __init__(self, cases):
        self.cases, self.emulator, self.is_together = cases, cases[0].emulator, len(cases) > 1
        self.steps = max(len(case.steps) for case in cases)

    def without(self, broken):
        """Leaves cases out; whether some were and others are left."""
        left = [case for case in self.cases if case.name not in broken]
        fits = 0 < len(left) < len(self.cases)
        self.cases = left if fits else self.cases
        return fits

    def write(self, tool, step):
        if not self.is_together:
            return tool.write(self.cases[0].at(step), self.cases[0].modules)
        calls = [f'module "{case.name}" {{\n  source = "./{case.name}"\n}}\n' for case in self.cases]
        modules = {case.name: case.at(step) for case in self.cases}
        modules |= {f"{case.name}/{name}": text for case in self.cases for name, text in case.modules.items()}
        return tool.write("\n".join(calls), modules)


def groups(cases, args):
    """The cases in groups; --emulator has all of them on one."""
    alone = [Group([case]) for case in cases if args.single or case.stands_alone]
    together = [case for case in cases if not (args.single or case.stands_alone)]
    kinds = sorted({case.emulator for case in together})
    return [Group([case for case in together if case.emulator == kind]) for kind in kinds] + alone


def leave_nothing(tool, emulator, before):
    tool.destroy()
    left = sorted(inventory(emulator) - before)
    if left:
        raise Failure(f"left behind by destroy of {Path(tool.binary).name}: " + ", ".join(left))


def apply_steps(group, tool, troubles, after):
    """Applies step by step; `after` is told the number of each."""
    for step in range(group.steps):
        apply_step(group, tool, troubles, step)
        after(step)


def apply_step(group, tool, troubles, step):
    """Applies a step. What a case can't have is told, and the others go on without it."""
    group.write(tool, step)
    tool.init()
    try:
        tool.apply()
    except Failure as failure:
        broken = set(re.findall(r"module\.(\w+)\.|on (\w+)/", str(failure)))
        broken = {name for pair in broken for name in pair if name}
        if not group.without(broken):
            raise
        troubles.broken |= broken
        troubles.add([f"step {step + 1}: {failure}"])
        apply_step(group, tool, troubles, step)


def plan_on(state, tool, group, who):
    """A plan by one on the state of the other."""
    group.write(tool, group.steps - 1)
    shutil.copy(state, tool.folder / "terraform.tfstate")
    tool.init()
    tool.expect_no_changes(who)


class Twins:
    """Both, with what is known about them."""

    def __init__(self, binary, theirs, known):
        self.binary, self.theirs, self.known = binary, theirs, known

    def run(self, group, emulator):
        emulator.reset()
        before = inventory(emulator)
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            ours, states = Tool(self.binary, folder / "ours", emulator.url), []

            troubles = Troubles()

            def applied(_):
                with troubles:
                    ours.expect_no_changes("ours")
                states.append(attributes(ours.state()))

            apply_steps(group, ours, troubles, applied)
            if not self.theirs or group.cases[0].is_ours:
                leave_nothing(ours, emulator, before)
                return troubles.tell()
            terraform, provider = self.theirs
            env = terraforms(provider, folder / "rc")
            beside = Tool(terraform, folder / "beside", emulator.url, env, True)
            with troubles:
                plan_on(ours.folder / "terraform.tfstate", beside, group, "theirs, on our state")
            schemas = types(ours.schemas())
            with troubles:
                leave_nothing(ours, emulator, before)
            emulator.reset()
            theirs = Tool(terraform, folder / "theirs", emulator.url, env)

            def compared(step):
                lines = differences(states[step], attributes(theirs.state()), schemas, self.known)
                troubles.add(f"step {step + 1}: {line}" for line in lines if not troubles.concerns(line))

            apply_steps(group, theirs, troubles, compared)
            taker = Tool(self.binary, folder / "taker", emulator.url)
            with troubles:
                plan_on(theirs.folder / "terraform.tfstate", taker, group, "ours, on their state")
            with troubles:
                theirs.destroy()
            return troubles.tell()


class Troubles:
    """What goes wrong without keeping the rest from being looked at."""

    def __init__(self):
        self.lines, self.broken = [], set()

    def add(self, lines):
        """Tells lines at once, and keeps them."""
        for line in lines:
            print(line, flush=True)
            self.lines.append(line)

    def concerns(self, line):
        """Whether a difference is of a case that could not be applied."""
        return any(line.startswith(f"module.{name}.") for name in self.broken)

    def __enter__(self):
        return self

    def __exit__(self, _, failure, __):
        if isinstance(failure, Failure):
            self.add([str(failure)])
        return isinstance(failure, Failure)

    def tell(self):
        if self.lines:
            raise Failure(f"{len(self.lines)} differences or failures, told above")


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
    parser.add_argument("--single", action="store_true")
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    terraform, folder = find_terraform()
    if not terraform and not args.ours:
        print("theirs is skipped: terraform with hashicorp/aws 5 is not found")
    theirs = (terraform, folder) if terraform and not args.ours else None
    twins = Twins(str(Path(args.binary).resolve()), theirs, json.loads((HERE / "known.json").read_text()))
    paths = [HERE / "cases" / f"{name}.tf" for name in args.cases] or sorted((HERE / "cases").glob("*.tf"))
    cases = [Case(path) for path in paths]
    for case in cases:
        case.emulator = args.emulator or case.emulator
    emulators, passed, failed = Emulators(), 0, 0
    try:
        for group in groups(cases, args):
            began, names = time.time(), ", ".join(case.name for case in group.cases)
            try:
                twins.run(group, emulators.get(group.emulator))
                passed += len(group.cases)
                print(f"ok      {names} ({time.time() - began:.1f} s)", flush=True)
            except (Failure, subprocess.TimeoutExpired) as failure:
                failed += len(group.cases)
                print(f"FAILED  {names}\n{failure}", flush=True)
    finally:
        emulators.stop()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
