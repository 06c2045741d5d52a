#!/usr/bin/env python3
"""Faults between the provider and an emulator: nothing is lost, doubled or left behind, nothing hangs, and messages are clear.

    tests/aws/faults.py --binary target/debug/stackwright [--seeds N] [--start S]

A proxy on the loopback stands before the emulator. By a seed it refuses requests (too many, not available), answers with
pages of HTML, is slow, and cuts connections, before the request has its effect and after it. A stack is applied through it
until that succeeds, at most a few times; then all that it asks for is there once; the same for destroying it. Single faults
that must stop a run are checked for what they say.
"""

import argparse
import http.client
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from emulators import Emulator, client, in_their_python
from tools import inventory, provider

PAGE = b"<html><head><title>503</title></head><body>A gateway in between says no.</body></html>"
XML = "application/xml"


def s3_error(code, message):
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message><RequestId>0</RequestId></Error>'.encode()


def query_error(code, message):
    return f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>0</RequestId></ErrorResponse>".encode()


class Proxy:
    """Passes requests on, or not."""

    def __init__(self, target):
        self.target, self.rate, self.rng, self.fixed, self.counts = target, 0.0, random.Random(0), None, {}
        self.lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                proxy.handle(self)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def choose(self):
        with self.lock:
            if self.fixed:
                return self.fixed
            if self.rng.random() >= self.rate:
                return None
            kind = self.rng.choice(["throttled", "unavailable", "page", "before", "after", "slow"])
            self.counts[kind] = self.counts.get(kind, 0) + 1
            return kind

    def handle(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(length) if length else self.chunked(request)
        fault = self.choose()
        form = request.headers.get("Content-Type", "")
        is_query = "x-www-form-urlencoded" in form
        if fault == "throttled":
            if is_query:
                return self.answer(request, 400, query_error("Throttling", "Rate exceeded"), "text/xml")
            if "json" in form:
                return self.answer(request, 429, b'{"__type":"ThrottlingException","message":"Rate exceeded"}', "application/x-amz-json-1.1")
            return self.answer(request, 503, s3_error("SlowDown", "Please reduce your request rate."), XML)
        if fault == "unavailable":
            return self.answer(request, 503, PAGE, "text/html")
        if fault == "page":
            return self.answer(request, 502, PAGE, "text/html")
        if fault in ("ExpiredToken", "RequestTimeTooSkewed", "InvalidAccessKeyId", "AccessDenied"):
            make = query_error if is_query else s3_error
            return self.answer(request, 403, make(fault, f"The emulator says {fault}."), XML)
        if fault == "redirect":
            return self.answer(request, 301, s3_error("PermanentRedirect", "The bucket is in this region: us-west-2."), XML,
                               [("x-amz-bucket-region", "us-west-2")])
        if fault == "before":
            return self.cut(request)
        if fault == "slow":
            time.sleep(0.7)
        target = http.client.HTTPConnection("127.0.0.1", self.target, timeout=120)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in ("connection", "transfer-encoding", "expect")}
        headers["Content-Length"] = str(len(body))
        target.request(request.command, request.path, body, headers)
        answer = target.getresponse()
        content = answer.read()
        if fault == "after":
            return self.cut(request)
        kept = [(k, v) for k, v in answer.getheaders() if k.lower() not in ("connection", "transfer-encoding", "content-length")]
        size = answer.getheader("Content-Length") if request.command == "HEAD" else None
        self.answer(request, answer.status, content, None, kept, size)
        target.close()

    @staticmethod
    def chunked(request):
        if "chunked" not in request.headers.get("Transfer-Encoding", ""):
            return b""
        body = b""
        while size := int(request.rfile.readline().split(b";")[0], 16):
            body += request.rfile.read(size)
            request.rfile.readline()
        request.rfile.readline()
        return body

    @staticmethod
    def cut(request):
        request.close_connection = True
        request.connection.close()

    @staticmethod
    def answer(request, status, content, form, headers=(), size=None):
        try:
            request.send_response(status)
            for name, value in headers:
                request.send_header(name, value)
            if form:
                request.send_header("Content-Type", form)
            request.send_header("Content-Length", size or str(len(content)))
            request.end_headers()
            if request.command != "HEAD":
                request.wfile.write(content)
        except OSError:
            pass


STACK = """
resource "aws_s3_bucket" "b" {
  count         = 4
  bucket        = "faults-${count.index}"
  force_destroy = true
  tags          = { number = count.index }
}

resource "aws_s3_bucket" "made_up" {
  bucket_prefix = "made-up-"
}

resource "aws_s3_bucket_versioning" "b" {
  count  = 4
  bucket = aws_s3_bucket.b[count.index].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "b" {
  count             = 4
  bucket            = aws_s3_bucket.b[count.index].id
  block_public_acls = true
}

resource "aws_s3_object" "o" {
  count   = 4
  bucket  = aws_s3_bucket_versioning.b[count.index].bucket
  key     = "o"
  content = "object ${count.index}"
}
"""


class Case:
    def __init__(self, args, emulator, proxy, folder):
        self.args, self.emulator, self.proxy, self.folder = args, emulator, proxy, Path(folder)

    def write(self, text):
        (self.folder / "provider.tf").write_text(provider(self.proxy.url, False))
        (self.folder / "main.tf").write_text(text)

    def run(self, *args):
        env = dict(os.environ) | {"AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run([self.args.binary, *args, "-no-color"], cwd=self.folder, env=env, text=True, capture_output=True, timeout=400)
        assert "panicked" not in done.stderr, done.stderr
        return done

    def until_it_works(self, *args):
        said = []
        for _ in range(8):
            done = self.run(*args)
            if done.returncode == 0:
                return
            said.append(done.stderr[-1500:])
        raise AssertionError(f"{args} does not work even after {len(said)} runs\n{said[-1]}")


def whatever_happens_all_is_there_once_and_then_gone(case, seed):
    case.emulator.reset()
    case.write(STACK)
    proxy = case.proxy
    proxy.rng, proxy.counts, proxy.rate = random.Random(seed), {}, 0.12
    case.until_it_works("apply", "-auto-approve")
    proxy.rate = 0.0
    done = case.run("plan", "-detailed-exitcode")
    assert done.returncode == 0, f"a plan afterwards changes something\n{done.stdout[-2000:]}\n{done.stderr[-1000:]}"
    there = inventory(case.emulator)
    buckets = [name for name in there if name.startswith("s3 ")]
    assert len(buckets) == 5, f"there should be 5 buckets: {buckets}"
    versions = client(case.emulator, "s3").list_object_versions(Bucket="faults-0")
    assert len({v["Key"] for v in versions["Versions"]}) == 1, versions
    proxy.rate = 0.12
    case.until_it_works("destroy", "-auto-approve")
    proxy.rate = 0.0
    left = [name for name in inventory(case.emulator) if name.startswith("s3 ")]
    assert not left, f"left behind: {left}"


SAID = [
    ("ExpiredToken", "sign in again"),
    ("RequestTimeTooSkewed", "clock of this machine is wrong"),
    ("InvalidAccessKeyId", "credentials are not valid"),
    ("AccessDenied", "Access is denied"),
    ("redirect", "another region"),
    ("page", "status 502"),
]


def what_stops_a_run_is_told_in_words(case):
    case.emulator.reset()
    case.write(STACK)
    for fault, words in SAID:
        case.proxy.fixed = fault
        began = time.time()
        done = case.run("apply", "-auto-approve", "-target=aws_s3_bucket.b[0]")
        case.proxy.fixed = None
        said = " ".join(done.stderr.split())
        assert done.returncode == 1 and words in said, f"{fault}: {words!r} is not said\n{done.stderr[-1500:]}"
        assert time.time() - began < 200, f"{fault} takes {time.time() - began:.0f} s"
    case.until_it_works("apply", "-auto-approve")
    case.until_it_works("destroy", "-auto-approve")
    assert not [name for name in inventory(case.emulator) if name.startswith("s3 ")]


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--start", type=int, default=1)
    args = parser.parse_args()
    args.binary = str(Path(args.binary).resolve())
    emulator, passed, failed = Emulator("moto"), 0, 0
    proxy = Proxy(emulator.port)
    checks = [("what_stops_a_run_is_told_in_words", what_stops_a_run_is_told_in_words)]
    for seed in range(args.start, args.start + args.seeds):
        checks.append((f"whatever_happens_all_is_there_once_and_then_gone {seed}",
                       lambda case, seed=seed: whatever_happens_all_is_there_once_and_then_gone(case, seed)))
    try:
        for name, check in checks:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    check(Case(args, emulator, proxy, folder))
                    passed += 1
                    print(f"ok      {name} {proxy.counts}", flush=True)
                except (AssertionError, subprocess.TimeoutExpired) as failure:
                    failed += 1
                    print(f"FAILED  {name}\n{failure}", flush=True)
    finally:
        emulator.stop()
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
