#!/usr/bin/env python3
"""What a provider block says of retries and of a machine's metadata has its effect.

    tests/aws/settings.py --binary target/debug/stackwright

A proxy before an emulator counts requests and the keys that they are signed with; a server of our own answers as a machine's
metadata do.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from emulators import Emulator, in_their_python
from faults import Proxy
from tools import REQUIRED, connection

KEY = "AKIAMETADATA"
ROLE = {"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": KEY, "SecretAccessKey": "secret", "Token": "token",
        "LastUpdated": "2026-01-01T00:00:00Z", "Expiration": "2099-01-01T00:00:00Z"}
DATA = 'data "aws_caller_identity" "me" {}\n'
USER = 'resource "aws_iam_user" "u" {\n  name = "stackwright-settings"\n}\n'


class Recording(Proxy):
    """Counts requests, and keeps the keys that they are signed with."""

    def __init__(self, target):
        super().__init__(target)
        self.requests, self.keys = 0, set()

    def handle(self, request):
        with self.lock:
            self.requests += 1
            self.keys |= set(re.findall(r"Credential=([A-Z0-9a-z]+)/", request.headers.get("Authorization", "")))
        super().handle(request)

    def forget(self, fixed):
        self.requests, self.keys, self.fixed = 0, set(), fixed


class Metadata:
    """A machine's metadata with the credentials of a role."""

    def __init__(self):
        self.requests = 0
        metadata = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, text):
                metadata.requests += 1
                self.send_response(200)
                self.send_header("x-aws-ec2-metadata-token-ttl-seconds", "21600")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def do_PUT(self):
                self.answer("a-token")

            def do_GET(self):
                self.answer("role" if self.path.endswith("/") else json.dumps(ROLE))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"


def run(binary, proxy, arguments, body, variables=None, keys=True):
    """Applies a configuration with such arguments in its provider block."""
    block = connection(proxy.url)
    if not keys:
        block = re.sub(r"  (access_key|secret_key|skip_metadata_api_check) .*\n", "", block)
    with tempfile.TemporaryDirectory() as folder:
        text = f'{REQUIRED}\nprovider "aws" {{\n  region = "eu-central-1"\n{block}{arguments}}}\n{body}'
        Path(folder, "main.tf").write_text(text)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        env = kept | {"HOME": folder} | (variables or {})
        subprocess.run([binary, "init", "-no-color"], cwd=folder, env=env, check=True, capture_output=True)
        return subprocess.run([binary, "apply", "-auto-approve", "-no-color"], cwd=folder, env=env, text=True, capture_output=True, timeout=300)


def main():
    in_their_python()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    binary = str(Path(parser.parse_args().binary).resolve())
    emulator = Emulator("moto")
    proxy, metadata, failed = Recording(emulator.port), Metadata(), []

    def check(what, fine, done):
        print(f"{'ok    ' if fine else 'FAILED'}  {what}", flush=True)
        if not fine:
            failed.append(what)
            print(f"{proxy.requests} requests, keys {sorted(proxy.keys)}, metadata asked {metadata.requests} times\n{done.stderr[-1500:]}")

    try:
        for what, arguments, body, variables, requests in [
            ("a question is asked once and again as often as max_retries says", "  max_retries = 2\n", DATA, {}, 3),
            ("a change too", "  max_retries = 2\n", USER, {}, 3),
            ("no retries are none", "  max_retries = 0\n", USER, {}, 1),
            ("AWS_MAX_ATTEMPTS counts where the block says nothing", "", DATA, {"AWS_MAX_ATTEMPTS": "2"}, 2),
            ("and does not where it does", '  max_retries = 1\n  retry_mode = "standard"\n', DATA, {"AWS_MAX_ATTEMPTS": "7"}, 2),
        ]:
            proxy.forget("unavailable")
            done = run(binary, proxy, arguments, body, variables)
            check(what, done.returncode == 1 and proxy.requests == requests, done)
        proxy.forget(None)
        done = run(binary, proxy, "", DATA, {"AWS_MAX_ATTEMPTS": "many"})
        check("a variable that is no number is told", "AWS_MAX_ATTEMPTS is to be a number" in done.stderr, done)
        done = run(binary, proxy, f'  ec2_metadata_service_endpoint = "{metadata.url}"\n', DATA, keys=False)
        check("credentials come from the metadata that are named", done.returncode == 0 and proxy.keys == {KEY}, done)
        metadata.requests = 0
        skipped = f'  ec2_metadata_service_endpoint = "{metadata.url}"\n  skip_metadata_api_check = "true"\n'
        done = run(binary, proxy, skipped, DATA, keys=False)
        check("and from none where they are not to be asked for", done.returncode == 1 and metadata.requests == 0, done)
    finally:
        emulator.stop()
    print(f"{len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
