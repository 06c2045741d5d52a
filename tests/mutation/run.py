#!/usr/bin/env python3
"""Puts small faults into a copy of the engine, one at a time, and says which of them the tests find.

    tests/mutation/run.py              builds the copy, runs every fault of faults.txt
    tests/mutation/run.py --check      only whether every fault still fits the sources
    tests/mutation/run.py --only WORD  the faults whose names contain the word

One build holds all faults; the variable FAULT chooses one. Each runs the random configurations of tests/soak and, as long
as nothing is found, crashes at some moments of runs over a simulated cloud (tests/crashes), the tests of the crates and
the recorded configurations of tests/conformance. The exit status is 0 only if enough faults were found.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFORMANCE = HERE.parent / "conformance"
SOURCES = ["Cargo.toml", "Cargo.lock", "src", "state", "providers", "tests/soak", "tests/crashes", "tests/main.rs"]
CRATES = ["graph", "config", "plan", "apply", "state", "crashes"]
# What is built: the folder in which it appears, how, and the names of the programs.
PROGRAMS = [
    ("release", ["--release", "-p", "soak", "-p", "crashes"], ["soak", "crashes"]),
    ("debug", ["--bin", "stackwright"], ["stackwright"]),
]
ENOUGH = 0.95


class Fault:
    """A faulty expression in place of the right one."""

    def __init__(self, block):
        lines = block.strip().splitlines()
        self.name = lines[0].strip("[]")
        fields = dict(line.split(" = ", 1) for line in lines[1:])
        self.file, self.instead = fields["file"], fields["with"]
        self.before, self.right, self.after = re.fullmatch("(.*)<<(.*)>>(.*)", fields["what"]).groups()

    def misfit(self, text):
        """Why the fault does not fit a text, or nothing."""
        count = text.count(self.before + self.right + self.after)
        return None if count == 1 else f"[{self.name}] stands {count} times in {self.file}"

    def put_into(self, text):
        """The text with a switch between the right expression and the faulty one."""
        wanted = f"std::env::var_os(\"FAULT\").is_some_and(|f| f == {rust(self.name)})"
        lock = f"static ON: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {wanted}); *ON"
        switch = f"(if {{ {lock} }} {{ {self.instead} }} else {{ {self.right} }})"
        return text.replace(self.before + self.right + self.after, self.before + switch + self.after)


def rust(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_faults():
    text = re.sub("^#.*$", "", (HERE / "faults.txt").read_text(), flags=re.M)
    return [Fault(block) for block in re.split(r"\n\s*\n(?=\[)", text.strip())]


def check(faults):
    """What is wrong with the list, as sentences."""
    wrong = [fault.misfit((ROOT / fault.file).read_text()) for fault in faults]
    names = [fault.name for fault in faults]
    wrong += [f"[{name}] is there twice" for name in names if names.count(name) > 1]
    return [w for w in wrong if w]


def copy(faults, scratch):
    """The sources with all faults in them."""
    for name in SOURCES:
        target = scratch / name
        if (ROOT / name).is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / name, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    for fault in faults:
        path = scratch / fault.file
        path.write_text(fault.put_into(path.read_text()))


def target():
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def run(scratch, *words, fault=None):
    env = {k: v for k, v in os.environ.items() if k != "RUSTC_WORKSPACE_WRAPPER"}
    env["CARGO_TARGET_DIR"] = str(target())
    if fault:
        env["FAULT"] = fault.name
    return subprocess.run(words, cwd=scratch, env=env, capture_output=True, text=True)


def found_by(fault, scratch, args):
    """Who finds a fault, or nobody; without a fault nobody may."""
    words = [scratch / "soak", "--runs", str(args.runs), "--start", str(args.start), "--failures", "1"]
    done = run(scratch, *words, fault=fault)
    if done.returncode:
        seed = re.search(r"^seed (\d+)", done.stdout, flags=re.M)
        return f"seed {seed.group(1)}" if seed else "a soak that broke off"
    done = run(scratch, scratch / "crashes", "matrix", "--points", "2000", "--stride", "17", fault=fault)
    if done.returncode:
        return "the crash matrix"
    crates = [word for crate in CRATES for word in ("-p", crate)]
    done = run(scratch, "cargo", "test", "--locked", "-q", *crates, fault=fault)
    if done.returncode:
        return "the crates' tests"
    return recorded(fault, scratch)


def recorded(fault, scratch):
    """The first recorded configuration that passes without a fault and not with it, if there is one."""
    runner = CONFORMANCE / "configs" / "run_configs.py"
    # The runner gives its programs an environment of their own.
    program = scratch / "faulty"
    chosen = f"FAULT={shlex.quote(fault.name)} " if fault else ""
    program.write_text(f"#!/bin/sh\n{chosen}exec {scratch / 'stackwright'} \"$@\"\n")
    program.chmod(0o755)
    done = run(scratch, sys.executable, runner, "--binary", program)
    passing = set((CONFORMANCE / "passing-configs.txt").read_text().split())
    failed = re.findall(r"^FAIL (\S+)", done.stdout, flags=re.M)
    return next((f"the case {case}" for case in failed if case in passing), None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only check that the faults fit the sources")
    parser.add_argument("--only", action="append", help="a part of the names of the faults to run; may be repeated")
    parser.add_argument("--runs", type=int, default=300, help="how many random configurations may find a fault")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--scratch", type=Path, default=None, help="where the copy of the sources goes")
    args = parser.parse_args()
    faults = read_faults()
    wrong = check(faults)
    if wrong or args.check:
        print("\n".join(wrong) or f"{len(faults)} faults fit the sources")
        return 1 if wrong else 0
    scratch = args.scratch or target() / "mutation"
    copy(faults, scratch)
    for profile, words, names in PROGRAMS:
        built = run(scratch, "cargo", "build", "--locked", "-q", *words)
        if built.returncode:
            print(built.stderr)
            return 1
        for name in names:
            shutil.copy2(target() / profile / name, scratch / name)
    by = found_by(None, scratch, args)
    if by:
        print(f"something is found where there is no fault: {by}")
        return 1
    chosen = [fault for fault in faults if any(word in fault.name for word in args.only or [""])]
    missed = []
    for fault in chosen:
        begun = time.monotonic()
        by = found_by(fault, scratch, args)
        print(f"{'found' if by else 'MISSED'} [{fault.name}] {by or ''} ({time.monotonic() - begun:.0f} s)", flush=True)
        if not by:
            missed.append(fault)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} faults found")
    return 0 if len(missed) <= len(chosen) * (1 - ENOUGH) else 1


if __name__ == "__main__":
    sys.exit(main())
