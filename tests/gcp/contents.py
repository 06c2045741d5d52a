#!/usr/bin/env python3
"""Contents of objects: large ones in parts, with what goes wrong on the way, and none that takes another's place unseen.

    tests/gcp/contents.py --binary target/debug/stackwright

What it checks is in the names of its functions.
"""

import argparse
import base64
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import objects
import server
from twin import provider

PART = 8 << 20
SECRET = base64.b64encode(bytes(range(32))).decode()
BUCKET = 'resource "google_storage_bucket" "b" {\n  name     = "a-bucket-for-contents"\n  location = "EU"\n  force_destroy = true\n}\n'


def configured(body):
    return BUCKET + f'\nresource "google_storage_bucket_object" "o" {{\n  bucket = google_storage_bucket.b.name\n  name   = "dir/an object"\n{body}\n}}\n'


class Life:
    def __init__(self, binary, url, folder):
        self.binary, self.folder = binary, Path(folder)
        (self.folder / "provider.tf").write_text(provider(url))

    def run(self, *args, code=0):
        env = dict(os.environ) | {"HOME": str(self.folder)}
        done = subprocess.run([self.binary, *args, "-no-color"], cwd=self.folder, env=env, text=True, capture_output=True, timeout=200)
        assert done.returncode == code, f"{args} ended with {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-2500:]}"
        return " ".join((done.stdout + done.stderr).split())

    def apply(self, body, code=0):
        (self.folder / "main.tf").write_text(configured(body))
        if not (self.folder / ".terraform").exists():
            self.run("init")
        output = self.run("apply", "-auto-approve", code=code)
        if code == 0:
            self.run("plan", "-detailed-exitcode")
        return output

    def held(self):
        return server.STATE.world.things.get("b/a-bucket-for-contents/o/dir/an object")

    def content(self):
        return server.STATE.world.contents["b/a-bucket-for-contents/o/dir/an object"]

    def file(self, size, seed=1):
        content = random.Random(seed).randbytes(size)
        (self.folder / "file").write_bytes(content)
        return content


def large_files_go_up_in_parts_that_are_taken_up_where_they_broke_off(life):
    content = life.file(3 * PART + 12345)
    server.STATE.faults = [{"method": "parts", "kind": kind} for kind in ("unavailable", "cut_before", "cut_after")]
    life.apply('  source = "file"')
    assert not any(fault["times"] for fault in server.STATE.faults), server.STATE.faults
    assert life.content() == content and life.held()["contentType"] == "application/octet-stream"
    assert len(server.STATE.world.uploads) == 1, "one upload, whatever happened on the way"
    changed = life.file(2 * PART, seed=2)
    life.apply('  source = "file"')
    assert life.content() == changed


def small_files_go_up_at_once(life):
    (life.folder / "file").write_text("Grüße\n")
    life.apply('  source = "file"\n  cache_control = "no-cache"\n  metadata = {\n    a = "b"\n  }')
    held = life.held()
    assert life.content().decode() == "Grüße\n" and held["contentType"] == "text/plain; charset=utf-8", held
    assert held["cacheControl"] == "no-cache" and held["metadata"] == {"a": "b"} and not server.STATE.world.uploads, held


def what_is_there_already_is_not_written_over(life):
    (life.folder / "main.tf").write_text(BUCKET)
    life.run("init")
    life.run("apply", "-auto-approve")
    server.STATE.world.head = {}
    objects.write_object(server.STATE.world, {"bucket": "a-bucket-for-contents"}, {"name": "dir/an object"}, {}, b"somebody's")
    output = life.apply('  content = "ours"', code=1)
    assert "exists already" in output and life.content() == b"somebody's", output
    life.run("import", "google_storage_bucket_object.o", "a-bucket-for-contents/dir/an object")
    life.apply('  content = "ours"')
    assert life.content() == b"ours"


def what_somebody_else_wrote_since_is_not_written_over(life):
    life.apply('  content = "one"')
    (life.folder / "main.tf").write_text(configured('  content = "two"'))
    life.run("plan", "-out=plan")
    server.STATE.world.head = {}
    objects.write_object(server.STATE.world, {"bucket": "a-bucket-for-contents"}, {"name": "dir/an object"}, {}, b"somebody's")
    output = life.run("apply", "plan", code=1)
    assert "by somebody else" in output and life.content() == b"somebody's", output


def an_answer_that_is_lost_is_no_reason_to_stop(life):
    server.STATE.faults = [{"method": "storage.objects.insert", "kind": "cut_after"}]
    life.apply('  content = "one"')
    server.STATE.faults = [{"method": "storage.objects.insert", "kind": "cut_after"}]
    life.apply('  content = "two"')
    assert life.content() == b"two"


def a_key_of_ones_own_encrypts(life):
    block = f'  customer_encryption {{\n    encryption_key = "{SECRET}"\n  }}'
    life.apply(f'  content = "one"\n{block}')
    assert life.held()["customerEncryption"]["encryptionAlgorithm"] == "AES256"
    life.apply(f'  content = "two"\n{block}')
    output = life.apply('  content = "two"\n  customer_encryption {\n    encryption_key = "no-key"\n  }', code=1)
    assert "32 bytes in base64" in output, output
    life.apply(f'  content = "two"\n{block}')


def a_large_file_is_never_in_memory_as_a_whole(life):
    life.apply('  content = "one"')
    with open(life.folder / "file", "wb") as file:
        file.truncate(96 << 20)
    (life.folder / "main.tf").write_text(configured('  source = "file"'))
    most = 0
    process = subprocess.Popen([life.binary, "apply", "-auto-approve"], cwd=life.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=dict(os.environ) | {"HOME": str(life.folder)})
    while process.poll() is None:
        told = Path(f"/proc/{process.pid}/status").read_text().split("VmHWM:")
        most = max(most, int(told[1].split()[0]) if len(told) > 1 else 0)
        time.sleep(0.05)
    assert process.returncode == 0 and life.held()["size"] == str(96 << 20)
    assert 0 < most < 180 << 10, f"{most} KB"


CHECKS = [
    large_files_go_up_in_parts_that_are_taken_up_where_they_broke_off,
    small_files_go_up_at_once,
    what_is_there_already_is_not_written_over,
    what_somebody_else_wrote_since_is_not_written_over,
    an_answer_that_is_lost_is_no_reason_to_stop,
    a_key_of_ones_own_encrypts,
    a_large_file_is_never_in_memory_as_a_whole,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("checks", nargs="*", help="parts of names")
    args = parser.parse_args()
    binary, passed, failed = str(Path(args.binary).resolve()), 0, 0
    url = f"http://127.0.0.1:{server.start().server_port}"
    for check in CHECKS:
        if args.checks and not any(part in check.__name__ for part in args.checks):
            continue
        server.STATE.reset()
        with tempfile.TemporaryDirectory() as folder:
            life = Life(binary, url, folder)
            try:
                check(life)
                server.STATE.faults = []
                if "written" not in check.__name__:
                    life.run("destroy", "-auto-approve")
                    assert not server.STATE.world.held(), server.STATE.world.held()
                assert not server.STATE.broken, "not as described: " + "\n".join(server.STATE.broken)
                passed += 1
                print(f"ok      {check.__name__}", flush=True)
            except (AssertionError, subprocess.TimeoutExpired) as failure:
                failed += 1
                print(f"FAILED  {check.__name__}\n{failure}"[:4000], flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


if __name__ == "__main__":
    main()
