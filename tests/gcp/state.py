#!/usr/bin/env python3
"""States in Cloud Storage, in the server of tests: the backend `gcs` beside Terraform's.

    tests/gcp/state.py --binary target/debug/stackwright [--kills N] [--theirs] [PART OF A NAME...]

What it checks is in the names of its functions. Terraform's part is left out where there is no terraform. With --theirs all that
needs no look into the server is checked in somebody else's, fake-gcs-server.
"""

import argparse
import base64
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

import objects
import server
import theirs

BUCKET, PREFIX = "states", "team/dev"
KEY = f"{PREFIX}/default.tfstate"
LOCK = f"{PREFIX}/default.tflock"
# A key for tests, which encrypts nothing of anybody's.
SECRET = base64.b64encode(bytes(range(32))).decode()


def configuration(url, count=1, command="", backend=True, extra="", rest=""):
    place = f"""
  backend "gcs" {{
    bucket                  = "{BUCKET}"
    prefix                  = "{PREFIX}"
    access_token            = "a-token"
    storage_custom_endpoint = "{url}/storage/v1/"
    {extra}
  }}"""
    run = f'\n  provisioner "local-exec" {{\n    command = "{command}"\n  }}' if command else ""
    return f"""terraform {{{place if backend else ""}
}}

resource "terraform_data" "a" {{
  count = {count}
  input = count.index{run}
}}

output "count" {{
  value = {count}
}}
{rest}"""


def words(output):
    """What a program says, without the ends of lines."""
    return " ".join(output.split())


class Folder:
    """A directory on some machine."""

    def __init__(self, binary, root, name):
        self.binary, self.path = binary, Path(root, name)
        self.path.mkdir()

    def write(self, text):
        (self.path / "main.tf").write_text(text)
        return self

    def start(self, *args, binary=None):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("GOOGLE", "STORAGE", "CLOUDSDK"))}
        env |= {"CHECKPOINT_DISABLE": "1", "HOME": str(self.path), "GOOGLE_PROJECT": "a-project"}
        return subprocess.Popen([binary or self.binary, *args, "-no-color"], cwd=self.path, env=env, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *args, code=0, binary=None):
        process = self.start(*args, binary=binary)
        output = process.communicate(timeout=120)[0]
        assert process.returncode == code, f"{' '.join(args)} ended with {process.returncode}, not {code}:\n{output}"
        return output


class Ours:
    """The server of tests."""

    def __init__(self):
        self.url = f"http://127.0.0.1:{server.start().server_port}"

    def stop(self):
        pass

    def reset(self):
        server.STATE.reset()

    def make(self, bucket):
        server.HANDLERS["storage.buckets.insert"](server.STATE.world, {}, {}, {"name": bucket, "versioning": {"enabled": True}}, None)

    def put(self, bucket, name, text):
        with server.STATE.lock:
            server.STATE.world.head = {}
            return objects.write_object(server.STATE.world, {"bucket": bucket}, {"name": name}, {}, text.encode())

    def keys(self, bucket):
        prefix = f"b/{bucket}/o/"
        return [name.removeprefix(prefix) for name in list(server.STATE.world.things) if name.startswith(prefix)]

    def text(self, bucket, name):
        return server.STATE.world.contents.get(f"b/{bucket}/o/{name}", b"").decode()


class Setting:
    def __init__(self, args, place, root):
        self.args, self.place, self.url, self.root, self.made = args, place, place.url, root, 0
        self.terraform = shutil.which("terraform")

    def folder(self, *args, **named):
        self.made += 1
        return Folder(self.args.binary, self.root, f"f{self.made}").write(configuration(self.url, *args, **named))

    def fresh(self):
        self.place.reset()
        self.place.make(BUCKET)

    def put(self, name, text):
        return self.place.put(BUCKET, name, text)

    def keys(self):
        return self.place.keys(BUCKET)

    def document(self, name=KEY):
        return json.loads(self.place.text(BUCKET, name) or "{}")

    def until(self, is_so):
        """Waits for something that a program under way will do."""
        for _ in range(600):
            if is_so():
                return
            time.sleep(0.05)
        raise AssertionError("what was waited for did not come")


def init_makes_nothing_unless_it_is_told_to(s):
    server.STATE.reset()
    folder = s.folder()
    assert "init -create-backend" in folder.run("init", code=1)
    assert server.STATE.world.held() == []
    folder.run("init", "-create-backend")
    bucket = server.STATE.world.things[f"b/{BUCKET}"]
    assert bucket["versioning"]["enabled"] and bucket["iamConfiguration"]["publicAccessPrevention"] == "enforced", bucket


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


def earlier_states_are_kept_by_the_bucket_and_beside_it(s):
    s.fresh()
    folder = s.folder(1)
    folder.run("init")
    for count in (1, 2):
        folder.write(configuration(s.url, count)).run("apply", "-auto-approve")
    assert server.STATE.world.earlier[f"b/{BUCKET}/o/{KEY}"] and any(".history/" in key for key in s.keys())
    assert folder.run("state", "history").strip()


def terraform_reads_it_and_is_read(s):
    if not s.terraform:
        return
    s.fresh()
    ours, theirs = s.folder(2), s.folder(2)
    ours.run("init")
    ours.run("apply", "-auto-approve")
    theirs.run("init", binary=s.terraform)
    theirs.run("plan", "-detailed-exitcode", binary=s.terraform)
    theirs.write(configuration(s.url, 4)).run("apply", "-auto-approve", binary=s.terraform)
    ours.write(configuration(s.url, 4)).run("plan", "-detailed-exitcode")
    ours.run("destroy", "-auto-approve")


def with_a_key_of_ones_own_too(s):
    s.fresh()
    extra = f'encryption_key = "{SECRET}"'
    ours = s.folder(2, extra=extra)
    ours.run("init")
    ours.run("apply", "-auto-approve")
    assert server.STATE.world.things[f"b/{BUCKET}/o/{KEY}"]["customerEncryption"]
    without = words(s.folder(2).run("init", code=1))
    assert "encrypted by a key" in without and SECRET not in without, without
    if s.terraform:
        theirs = s.folder(2, extra=extra)
        theirs.run("init", binary=s.terraform)
        theirs.run("plan", "-detailed-exitcode", binary=s.terraform)


def terraforms_lock_excludes_us_and_ours_excludes_terraform(s):
    s.fresh()
    ours = s.folder()
    ours.run("init")
    held = {"ID": "b7c0f6f2-0000-0000-0000-000000000000", "Operation": "OperationTypeApply", "Who": "someone@elsewhere",
            "Version": "1.11.4", "Created": "2026-01-01T00:00:00Z", "Path": f"gs://{BUCKET}/{LOCK}", "Info": ""}
    for number in range(2):
        generation = s.put(LOCK, json.dumps(held))["generation"]
        assert "someone@elsewhere" in ours.run("apply", "-auto-approve", code=1)
        # Terraform calls the lock by its generation.
        ours.run("force-unlock", "-force", generation if number else held["ID"])
        assert LOCK not in s.keys()
    if not s.terraform:
        return
    theirs = s.folder()
    theirs.run("init", binary=s.terraform)
    ours.write(configuration(s.url, 1, "sleep 6"))
    at_work = ours.start("apply", "-auto-approve")
    s.until(lambda: LOCK in s.keys())
    assert "Error acquiring the state lock" in theirs.run("apply", "-auto-approve", code=1, binary=s.terraform)
    assert at_work.wait(timeout=60) == 0
    assert LOCK not in s.keys()
    theirs.run("plan", "-detailed-exitcode", binary=s.terraform)


def of_many_at_once_one_works_and_the_others_are_told(s):
    s.fresh()
    folders = [s.folder(2) for _ in range(2)]
    for folder in folders:
        folder.run("init")
    at_work = [folder.start("apply", "-auto-approve", "-lock-timeout=120s") for folder in folders]
    outputs = [process.communicate(timeout=120)[0] for process in at_work]
    assert all(process.returncode == 0 for process in at_work), "\n".join(outputs)
    assert sum("Resources: 2 added" in output for output in outputs) == 1
    assert len(s.document()["resources"][0]["instances"]) == 2


def of_sixteen_who_lock_one_wins(s):
    """Sixteen that come at once while the winner works, and none that waits."""
    s.fresh()
    done = Path(s.root, "done")
    folder = s.folder(1, f"while ! test -e {done}; do sleep 0.1; done")
    folder.run("init")
    folders = [folder]
    for number in range(15):
        copy = Path(s.root, f"copy{number}")
        shutil.copytree(folder.path, copy)
        folders.append(Folder.__new__(Folder))
        folders[-1].binary, folders[-1].path = folder.binary, copy
    at_work = [folder.start("apply", "-auto-approve") for folder in folders]
    s.until(lambda: sum(process.poll() is not None for process in at_work) >= 15)
    done.touch()
    outputs = [process.communicate(timeout=120)[0] for process in at_work]
    codes = sorted(process.returncode for process in at_work)
    assert codes == [0] + 15 * [1], codes
    assert sum("locked" in output.lower() for output in outputs) >= 15, outputs
    assert LOCK not in s.keys()


def who_lost_the_lock_neither_writes_nor_releases_it(s):
    s.fresh()
    done = [Path(s.root, "one"), Path(s.root, "two")]
    one, two = (s.folder(number + 1, f"while ! test -e {path}; do sleep 0.1; done") for number, path in enumerate(done))
    one.run("init")
    two.run("init")
    first = one.start("apply", "-auto-approve")
    s.until(lambda: LOCK in s.keys())
    held = s.document(LOCK)["ID"]
    two.run("force-unlock", "-force", held)
    second = two.start("apply", "-auto-approve")
    s.until(lambda: s.document(LOCK).get("ID") not in (None, held))
    done[0].touch()
    output = first.communicate(timeout=120)[0]
    assert first.returncode == 1 and "lock" in output, output
    assert s.document(LOCK)["ID"] != held
    done[1].touch()
    assert second.wait(timeout=120) == 0, second.stdout.read()
    assert LOCK not in s.keys() and len(s.document()["resources"][0]["instances"]) == 2
    two.run("plan", "-detailed-exitcode")


def workspaces_lie_beside_each_other(s):
    s.fresh()
    folder = s.folder()
    folder.run("init")
    folder.run("apply", "-auto-approve")
    folder.run("workspace", "new", "other")
    assert folder.run("state", "list").split() == []
    folder.run("apply", "-auto-approve")
    assert f"{PREFIX}/other.tfstate" in s.keys()
    assert folder.run("workspace", "list").replace("*", " ").split() == ["default", "other"]


def states_move_in_and_out(s):
    s.fresh()
    folder = s.folder(2, backend=False)
    folder.run("init")
    folder.run("apply", "-auto-approve")
    folder.write(configuration(s.url, 2)).run("init", "-migrate-state", "-force-copy")
    folder.run("plan", "-detailed-exitcode")
    assert len(s.document()["resources"][0]["instances"]) == 2
    folder.write(configuration(s.url, 2, backend=False)).run("init", "-migrate-state", "-force-copy")
    folder.run("plan", "-detailed-exitcode")
    assert (folder.path / "terraform.tfstate").exists()


def other_configurations_read_its_outputs(s):
    s.fresh()
    folder = s.folder(3)
    folder.run("init")
    folder.run("apply", "-auto-approve")
    reader = s.folder(1, backend=False, rest=f"""
data "terraform_remote_state" "other" {{
  backend = "gcs"
  config = {{
    bucket                  = "{BUCKET}"
    prefix                  = "{PREFIX}"
    access_token            = "a-token"
    storage_custom_endpoint = "{s.url}/storage/v1/"
  }}
}}

output "read" {{
  value = data.terraform_remote_state.other.outputs.count
}}
""")
    reader.run("init")
    reader.run("apply", "-auto-approve")
    assert reader.run("output", "read").strip() == "3"


def what_fails_on_the_way_is_borne(s):
    s.fresh()
    folder = s.folder(3)
    folder.run("init")
    kinds = ["throttled", "unavailable", "cut_before", "cut_after"]
    methods = ["storage.objects.insert", "storage.objects.get", "storage.objects.list", "storage.objects.delete"]
    server.STATE.faults = [{"method": method, "kind": kind} for method in methods for kind in kinds]
    folder.run("apply", "-auto-approve")
    assert not any(fault["times"] for fault in server.STATE.faults if fault["method"] != methods[3]), server.STATE.faults
    folder.run("plan", "-detailed-exitcode")
    assert LOCK not in s.keys()


def arguments_that_cannot_be_are_refused_in_words(s):
    s.fresh()
    wrong = 'encryption_key = "no-key-at-all"'
    output = s.folder(extra=wrong).run("init", code=1)
    assert "encryption_key is neither" in words(output) and "no-key-at-all" not in output, output
    both = f'encryption_key = "{SECRET}"\n    kms_encryption_key = "projects/p/locations/l/keyRings/r/cryptoKeys/k"'
    assert "exclude each other" in words(s.folder(extra=both).run("init", code=1))


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
        lock = s.document(KEY + ".lock") if KEY + ".lock" in s.keys() else {}
        if lock.get("holder"):
            two.run("force-unlock", "-force", lock["holder"]["ID"])
        two.run("apply", "-auto-approve")
        two.run("plan", "-detailed-exitcode")
        assert len(s.document()["resources"][0]["instances"]) == 12, f"after kill {number}"
        shutil.rmtree(one.path), shutil.rmtree(two.path)


# Those that need no look into the server.
CHECKS = [
    a_state_is_the_same_from_everywhere,
    terraform_reads_it_and_is_read,
    terraforms_lock_excludes_us_and_ours_excludes_terraform,
    of_many_at_once_one_works_and_the_others_are_told,
    of_sixteen_who_lock_one_wins,
    who_lost_the_lock_neither_writes_nor_releases_it,
    workspaces_lie_beside_each_other,
    states_move_in_and_out,
    other_configurations_read_its_outputs,
    after_a_kill_another_machine_goes_on,
]

# Those that do.
INSIDE = [
    init_makes_nothing_unless_it_is_told_to,
    earlier_states_are_kept_by_the_bucket_and_beside_it,
    with_a_key_of_ones_own_too,
    what_fails_on_the_way_is_borne,
    arguments_that_cannot_be_are_refused_in_words,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--theirs", action="store_true", help="in fake-gcs-server")
    parser.add_argument("checks", nargs="*", help="parts of names")
    args = parser.parse_args()
    args.binary = str(Path(args.binary).resolve())
    if args.theirs and not theirs.program():
        print("skipped: fake-gcs-server is not there (go install github.com/fsouza/fake-gcs-server@v1.56.1)")
        return
    place, passed, failed = theirs.Theirs() if args.theirs else Ours(), 0, 0
    for check in CHECKS + ([] if args.theirs else INSIDE):
        if args.checks and not any(part in check.__name__ for part in args.checks):
            continue
        with tempfile.TemporaryDirectory() as root:
            try:
                check(Setting(args, place, root))
                assert not server.STATE.broken, "not as described: " + "\n".join(server.STATE.broken)
                passed += 1
                print(f"ok      {check.__name__}", flush=True)
            except Exception as failure:  # whatever a check meets is its failure
                failed += 1
                print(f"FAILED  {check.__name__}\n{failure!r}\n{failure}"[:4000], flush=True)
    place.stop()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
