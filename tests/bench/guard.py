#!/usr/bin/env python3
"""Holds the engine to what it cost before: instructions, which every machine counts alike, instead of seconds.

The commands of measure.py run under valgrind on small configurations, and their instructions are compared with those in
instructions.json. It fails where a command needs more than the tolerance allows, and where cost grows faster than
it does today between sizes as small as these; bench.py --slope 1.1 holds large ones to the goal. With --bless the figures are written down anew: in the commit that explains why they changed.

    guard.py --binary target/release/stackwright
    guard.py --binary target/release/stackwright --bless
"""
import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

import shapes
from measure import STEPS, environment

FIGURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
SHAPES = ("blocks", "count", "foreach", "modules", "fan", "chain")
MEASURED = ("plan", "apply", "norefresh", "edited", "show", "destroy")
SMALL, LARGE = 500, 2000
STEEPEST = 1.35
COUNTED = re.compile(r"I\s+refs:\s+([\d,]+)")


def instructions(command, cwd):
    """How many instructions a command needs."""
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run([*valgrind, *command], cwd=cwd, env=environment(), capture_output=True, text=True)
    found = COUNTED.search(done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return int(found[1].replace(",", ""))


def measure(binary, shape, n):
    """The instructions of every measured step."""
    root, counts = tempfile.mkdtemp(prefix="guard-"), {}
    try:
        shapes.generate(shape, n, root)
        subprocess.run([binary, "init", "-input=false"], cwd=root, env=environment(), check=True, capture_output=True)
        for step in (s for s in STEPS if s in MEASURED or s == "noop"):
            shapes.generate(shape, n, root, edited=step == "edited")
            command = [binary, *STEPS[step]]
            if step in MEASURED:
                counts[step] = instructions(command, root)
            else:
                subprocess.run(command, cwd=root, env=environment(), check=True, capture_output=True)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return counts


def compare(name, now, before, tolerance):
    """Says how a figure has changed; a complaint where it has grown too much."""
    if before is None:
        print(f"{name:28} {now / 1e6:10.1f} M   no figure yet; --bless writes it down", flush=True)
        return None
    change = now / before - 1
    print(f"{name:28} {now / 1e6:10.1f} M   {change:+6.1%}", flush=True)
    if change > tolerance:
        return f"{name} needs {change:.1%} more instructions than before ({before / 1e6:.1f} M)"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="a release build")
    parser.add_argument("--tolerance", type=float, default=0.05)
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("--shape", default=",".join(SHAPES))
    chosen = parser.parse_args()
    binary = os.path.abspath(chosen.binary)
    figures = {}
    if os.path.exists(FIGURES):
        with open(FIGURES) as file:
            figures = json.load(file)
    complaints = []
    for shape in chosen.shape.split(","):
        small, large = measure(binary, shape, SMALL), measure(binary, shape, LARGE)
        for step in MEASURED:
            name = f"{shape} {LARGE} {step}"
            if chosen.bless:
                figures[name] = large[step]
            complaints.append(compare(name, large[step], figures.get(name), chosen.tolerance))
            slope = math.log(large[step] / small[step]) / math.log(LARGE / SMALL)
            if slope > STEEPEST:
                complaints.append(f"{shape} {step} grows with n^{slope:.2f}")
    if chosen.bless:
        with open(FIGURES, "w") as file:
            json.dump(dict(sorted(figures.items())), file, indent=1)
            file.write("\n")
    complaints = [c for c in complaints if c]
    if complaints:
        sys.exit("\n".join(complaints))


if __name__ == "__main__":
    main()
