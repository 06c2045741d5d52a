#!/usr/bin/env python3
"""States in Cloud Storage, in the server of tests: the backend `gcs` beside Terraform's.

    tests/gcp/state.py --binary target/debug/stackwright [--kills N] [--theirs] [PART OF A NAME...]

What it checks is in the names of its functions, and of those in tests/clouds/states.py. Terraform's part is left out where there is no
terraform. With --theirs all that needs no look into the server is checked in somebody else's, fake-gcs-server.
"""

import argparse
import atexit
import base64
import os
import sys
from pathlib import Path

import objects
import server
import theirs

sys.path.append(str(Path(__file__).resolve().parent.parent / "clouds"))
import states  # noqa: E402: its folder is known only now

BUCKET, PREFIX = "states", "team/dev"
KEY = f"{PREFIX}/default.tfstate"
LOCK = f"{PREFIX}/default.tflock"
# A key for tests, which encrypts nothing of anybody's.
SECRET = base64.b64encode(bytes(range(32))).decode()


def words(output):
    """What a program says, without the ends of lines."""
    return " ".join(output.split())


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


class Setting(states.Setting):
    state, lock, other = KEY, LOCK, f"{PREFIX}/other.tfstate"

    def __init__(self, place, args, root):
        super().__init__(args, root)
        self.place, self.url = place, place.url

    def environment(self):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("GOOGLE", "STORAGE", "CLOUDSDK"))}
        return env | {"GOOGLE_PROJECT": "a-project"}

    def backend(self, extra=""):
        return f"""
  backend "gcs" {{
    bucket                  = "{BUCKET}"
    prefix                  = "{PREFIX}"
    access_token            = "a-token"
    storage_custom_endpoint = "{self.url}/storage/v1/"
    {extra}
  }}"""

    def fresh(self):
        self.place.reset()
        self.place.make(BUCKET)

    def put(self, name, text):
        return [self.place.put(BUCKET, name, text)["generation"]]

    def keys(self):
        return self.place.keys(BUCKET)

    def text(self, name):
        return self.place.text(BUCKET, name)


def init_makes_nothing_unless_it_is_told_to(s):
    server.STATE.reset()
    folder = s.folder()
    assert "init -create-backend" in folder.run("init", code=1)
    assert server.STATE.world.held() == []
    folder.run("init", "-create-backend")
    bucket = server.STATE.world.things[f"b/{BUCKET}"]
    assert bucket["versioning"]["enabled"] and bucket["iamConfiguration"]["publicAccessPrevention"] == "enforced", bucket


def earlier_states_are_kept_by_the_bucket_and_beside_it(s):
    s.fresh()
    folder = s.folder(1)
    folder.run("init")
    for count in (1, 2):
        folder.write(s.written(count)).run("apply", "-auto-approve")
    assert server.STATE.world.earlier[f"b/{BUCKET}/o/{KEY}"] and any(".history/" in key for key in s.keys())
    assert folder.run("state", "history").strip()


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


# Those that need no look into the server.
CHECKS = [*states.SHARED, who_lost_the_lock_neither_writes_nor_releases_it, other_configurations_read_its_outputs]

# Those that do.
INSIDE = [
    init_makes_nothing_unless_it_is_told_to,
    earlier_states_are_kept_by_the_bucket_and_beside_it,
    with_a_key_of_ones_own_too,
    what_fails_on_the_way_is_borne,
    arguments_that_cannot_be_are_refused_in_words,
]


def as_described(check):
    """The check, after which no request may have been one that no description permits."""
    def checked(s):
        check(s)
        assert not server.STATE.broken, "not as described: " + "\n".join(server.STATE.broken)

    checked.__name__ = check.__name__
    return checked


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--theirs", action="store_true", help="in fake-gcs-server")
    args = states.arguments(parser)
    if args.theirs and not theirs.program():
        print("skipped: fake-gcs-server is not there (go install github.com/fsouza/fake-gcs-server@v1.56.1)")
        sys.exit()
    place = theirs.Theirs() if args.theirs else Ours()
    atexit.register(place.stop)
    checks = CHECKS + ([] if args.theirs else INSIDE)
    states.run([as_described(check) for check in checks], args, lambda *told: Setting(place, *told))
