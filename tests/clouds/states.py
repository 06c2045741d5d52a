"""What states in buckets have to do, in whatever cloud: the checks that `tests/*/state.py` share, and how they are run."""

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def configuration(backend, count=1, command="", rest=""):
    """Some objects that cost nothing, with a state in a backend, or on this machine where that is empty."""
    run = f'\n  provisioner "local-exec" {{\n    command = "{command}"\n  }}' if command else ""
    return f"""terraform {{{backend}
}}

resource "terraform_data" "a" {{
  count = {count}
  input = count.index{run}
}}

output "count" {{
  value = {count}
}}
{rest}"""


class Folder:
    """A directory on some machine."""

    def __init__(self, binary, path, env):
        self.binary, self.path, self.env = binary, Path(path), env

    def write(self, text):
        (self.path / "main.tf").write_text(text)
        return self

    def start(self, *args, binary=None):
        return subprocess.Popen([binary or self.binary, *args, "-no-color"], cwd=self.path, env=self.env | {"HOME": str(self.path)}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *args, code=0, binary=None):
        process = self.start(*args, binary=binary)
        output = process.communicate(timeout=300)[0]
        assert process.returncode == code, f"{' '.join(args)} ended with {process.returncode}, not {code}:\n{output}"
        return output

    def copied(self, path):
        shutil.copytree(self.path, path)
        return Folder(self.binary, path, self.env)


class Setting:
    """A bucket, and folders whose states lie in it. Each cloud says how its bucket is reached."""

    # The names of the state, of Terraform's lock, and of the state of the workspace `other`; how many apply at once.
    state = lock = other = None
    appliers = 2

    def __init__(self, args, root):
        self.args, self.root, self.made = args, root, 0
        self.terraform = shutil.which("terraform")

    def environment(self):
        return dict(os.environ)

    def backend(self, extra=""):
        """The backend block."""
        raise NotImplementedError

    def fresh(self):
        """Begins with an empty bucket."""
        raise NotImplementedError

    def keys(self):
        """The names of all objects."""
        raise NotImplementedError

    def text(self, name):
        """The content of an object."""
        raise NotImplementedError

    def put(self, name, text):
        """Writes an object; gives the names beside its own by which Terraform may call a lock that it is."""
        raise NotImplementedError

    def written(self, count=1, command="", backend=True, extra="", rest=""):
        return configuration(self.backend(extra) if backend else "", count, command, rest)

    def folder(self, *args, **named):
        self.made += 1
        path = Path(self.root, f"f{self.made}")
        path.mkdir()
        return Folder(self.args.binary, path, self.environment() | {"CHECKPOINT_DISABLE": "1"}).write(self.written(*args, **named))

    def document(self, name=None):
        name = name or self.state
        return json.loads(self.text(name)) if name in self.keys() else {}

    def until(self, is_so):
        """Waits for something that a program under way will do."""
        for _ in range(600):
            if is_so():
                return
            time.sleep(0.05)
        raise AssertionError("what was waited for did not come")


def a_state_is_the_same_from_everywhere(s):
    s.fresh()
    one, two = s.folder(3), s.folder(3)
    one.run("init")
    one.run("apply", "-auto-approve")
    two.run("init")
    two.run("plan", "-detailed-exitcode")
    assert len(two.run("state", "list").split()) == 3
    two.run("destroy", "-auto-approve")
    assert one.run("state", "list").split() == []


def terraform_reads_it_and_is_read(s):
    if not s.terraform:
        return
    s.fresh()
    ours, theirs = s.folder(2), s.folder(2)
    ours.run("init")
    ours.run("apply", "-auto-approve")
    theirs.run("init", binary=s.terraform)
    theirs.run("plan", "-detailed-exitcode", binary=s.terraform)
    theirs.write(s.written(4)).run("apply", "-auto-approve", binary=s.terraform)
    ours.write(s.written(4)).run("plan", "-detailed-exitcode")
    ours.run("destroy", "-auto-approve")


def terraforms_lock_excludes_us_and_ours_excludes_terraform(s):
    s.fresh()
    ours = s.folder()
    ours.run("init")
    held = {"ID": "b7c0f6f2-0000-0000-0000-000000000000", "Operation": "OperationTypeApply", "Who": "someone@elsewhere",
            "Version": "1.11.4", "Created": "2026-01-01T00:00:00Z", "Path": s.lock, "Info": ""}
    for number in itertools.count():
        # Each time it is another object, and called by another of its names.
        names = [held["ID"], *s.put(s.lock, json.dumps(held))]
        assert "someone@elsewhere" in ours.run("apply", "-auto-approve", code=1)
        ours.run("force-unlock", "-force", names[number])
        assert s.lock not in s.keys()
        if number + 1 == len(names):
            break
    if not s.terraform:
        return
    theirs = s.folder()
    theirs.run("init", binary=s.terraform)
    ours.write(s.written(1, "sleep 6"))
    at_work = ours.start("apply", "-auto-approve")
    s.until(lambda: s.lock in s.keys())
    assert "Error acquiring the state lock" in theirs.run("apply", "-auto-approve", code=1, binary=s.terraform)
    assert at_work.wait(timeout=60) == 0
    assert s.lock not in s.keys()
    theirs.run("plan", "-detailed-exitcode", binary=s.terraform)


def of_many_at_once_one_works_and_the_others_are_told(s):
    s.fresh()
    folders = [s.folder(2) for _ in range(s.appliers)]
    for folder in folders:
        folder.run("init")
    at_work = [folder.start("apply", "-auto-approve", "-lock-timeout=120s") for folder in folders]
    outputs = [process.communicate(timeout=300)[0] for process in at_work]
    assert all(process.returncode == 0 for process in at_work), "\n".join(outputs)
    assert sum("Resources: 2 added" in output for output in outputs) == 1
    assert len(s.document()["resources"][0]["instances"]) == 2


def workspaces_lie_beside_each_other(s):
    s.fresh()
    folder = s.folder()
    folder.run("init")
    folder.run("apply", "-auto-approve")
    folder.run("workspace", "new", "other")
    assert folder.run("state", "list").split() == []
    folder.run("apply", "-auto-approve")
    assert s.other in s.keys()
    assert folder.run("workspace", "list").replace("*", " ").split() == ["default", "other"]


def states_move_in_and_out(s):
    s.fresh()
    folder = s.folder(2, backend=False)
    folder.run("init")
    folder.run("apply", "-auto-approve")
    folder.write(s.written(2)).run("init", "-migrate-state", "-force-copy")
    folder.run("plan", "-detailed-exitcode")
    assert len(s.document()["resources"][0]["instances"]) == 2
    folder.write(s.written(2, backend=False)).run("init", "-migrate-state", "-force-copy")
    folder.run("plan", "-detailed-exitcode")
    assert (folder.path / "terraform.tfstate").exists()


def of_sixteen_who_lock_one_wins(s):
    """Sixteen that come at once while the winner works, and none that waits."""
    s.fresh()
    done = Path(s.root, "done")
    folder = s.folder(1, f"while ! test -e {done}; do sleep 0.1; done")
    folder.run("init")
    folders = [folder, *(folder.copied(Path(s.root, f"copy{number}")) for number in range(15))]
    at_work = [folder.start("apply", "-auto-approve") for folder in folders]
    s.until(lambda: sum(process.poll() is not None for process in at_work) >= 15)
    done.touch()
    outputs = [process.communicate(timeout=120)[0] for process in at_work]
    codes = sorted(process.returncode for process in at_work)
    assert codes == [0] + 15 * [1], codes
    assert sum("locked" in output.lower() for output in outputs) >= 15, outputs
    assert s.lock not in s.keys()


def after_a_kill_another_machine_goes_on(s):
    rng = random.Random(7)
    for number in range(s.args.kills):
        s.fresh()
        one = s.folder(12, "sleep 0.05")
        one.run("init")
        at_work = one.start("apply", "-auto-approve", "-parallelism=2")
        time.sleep(0.2 + rng.random() * 1.5)
        at_work.send_signal(signal.SIGKILL)
        at_work.communicate()
        two = s.folder(12)
        two.run("init")
        # The dead holder's lease has to end, or somebody says that it is dead.
        holder = s.document(s.state + ".lock").get("holder")
        if holder:
            two.run("force-unlock", "-force", holder["ID"])
        two.run("apply", "-auto-approve")
        two.run("plan", "-detailed-exitcode")
        assert len(s.document()["resources"][0]["instances"]) == 12, f"after kill {number}"
        shutil.rmtree(one.path), shutil.rmtree(two.path)


SHARED = [
    a_state_is_the_same_from_everywhere,
    terraform_reads_it_and_is_read,
    terraforms_lock_excludes_us_and_ours_excludes_terraform,
    of_many_at_once_one_works_and_the_others_are_told,
    of_sixteen_who_lock_one_wins,
    workspaces_lie_beside_each_other,
    states_move_in_and_out,
    after_a_kill_another_machine_goes_on,
]


def arguments(parser):
    """The arguments that all have."""
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("checks", nargs="*", help="parts of names")
    args = parser.parse_args()
    args.binary = str(Path(args.binary).resolve())
    return args


def run(checks, args, setting):
    """Runs checks, each in a setting of its own, and ends the program."""
    passed = failed = 0
    for check in checks:
        if args.checks and not any(part in check.__name__ for part in args.checks):
            continue
        with tempfile.TemporaryDirectory() as root:
            try:
                check(setting(args, root))
                passed += 1
                print(f"ok      {check.__name__}", flush=True)
            except Exception as failure:  # whatever a check meets is its failure
                failed += 1
                print(f"FAILED  {check.__name__}\n{failure!r}\n{failure}"[:4000], flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)
