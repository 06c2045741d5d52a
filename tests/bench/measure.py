"""Runs commands, and measures what they cost as the operating system accounts it."""
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import shapes

# The steps in the order in which they are run: what a user types, where @ is a saved plan.
STEPS = {
    "validate": ["validate"],
    "plan": ["plan", "-input=false", "-out=first"],
    "apply": ["apply", "-input=false", "-auto-approve", "first"],
    "noop": ["plan", "-input=false", "-out=second"],
    "norefresh": ["plan", "-input=false", "-refresh=false"],
    "show": ["show", "-json", "second"],
    "state": ["show", "-json"],
    "list": ["state", "list"],
    "graph": ["graph"],
    "edited": ["plan", "-input=false", "-refresh=false"],
    "destroy": ["destroy", "-auto-approve"],
}
# What a later step of the run needs.
NEEDED = {"apply": ["plan"], "show": ["noop"]}
APPLIED = {"noop", "norefresh", "show", "state", "list", "edited", "destroy"}


def environment():
    """An environment in which neither binary goes to the network or reads settings of this machine."""
    fixed = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "NO_COLOR": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    return {**os.environ, **fixed}


def run(command, cwd, limit_s):
    """CPU seconds, seconds on the clock, peak memory in MB and bytes written of one command; nothing where it failed."""
    def bound():
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s), int(limit_s) + 5))

    with open(f"{cwd}/stdout.txt", "w") as out, open(f"{cwd}/stderr.txt", "w") as err:
        start = time.monotonic()
        child = subprocess.Popen(
            command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            start_new_session=True, preexec_fn=bound,
        )
        watchdog = threading.Timer(6 * limit_s, lambda: os.killpg(child.pid, signal.SIGKILL))
        watchdog.start()
        _, status, usage = os.wait4(child.pid, 0)
        watchdog.cancel()
        wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        with open(f"{cwd}/stderr.txt") as err:
            sys.stderr.write(f"{' '.join(command)}: exit {child.returncode}\n{err.read()[:2000]}\n")
        return None
    cpu = usage.ru_utime + usage.ru_stime
    return {"cpu": cpu, "wall": wall, "rss": usage.ru_maxrss / 1024, "out": os.path.getsize(f"{cwd}/stdout.txt")}


def with_needs(steps):
    """The steps that are asked for and those that they build on, in order."""
    wanted = set(steps)
    if wanted & APPLIED:
        wanted.add("apply")
    for step in list(wanted):
        wanted.update(NEEDED.get(step, []))
    if "apply" in wanted:
        wanted.add("plan")
    return [step for step in STEPS if step in wanted]


def measure(binary, shape, n, steps, limit_s, keep=None):
    """What each step costs, from an empty directory to the destroyed whole; `keep` is a directory to work in and leave."""
    root = keep or tempfile.mkdtemp(prefix="bench-")
    results = {}
    try:
        shapes.generate(shape, n, root)
        run([binary, "init", "-input=false"], root, limit_s)
        for step in with_needs(steps):
            if step == "edited":
                shapes.generate(shape, n, root, edited=True)
            results[step] = run([binary, *STEPS[step]], root, limit_s)
            if step == "edited":
                shapes.generate(shape, n, root)
            if results[step] is None:
                break
    finally:
        if not keep:
            shutil.rmtree(root, ignore_errors=True)
    return results
