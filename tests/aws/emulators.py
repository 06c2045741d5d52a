"""The emulators of AWS, started on ports of their own and stopped at the end."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "stackwright" / "emulators"
SERVICES = ["s3", "sts", "iam", "ecr", "ec2", "eks", "kms", "secretsmanager", "codebuild", "logs", "ssm", "elb", "elbv2",
            "resourcegroupstaggingapi"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Emulator:
    """A server that speaks AWS's protocols on a port of its own."""

    def __init__(self, kind, settings=None):
        self.kind, self.port = kind, free_port()
        env, binary = dict(os.environ) | (settings or {}), CACHE / "bin"
        if kind == "moto":
            env["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
            command = [binary / "moto_server", "-H", "127.0.0.1", "-p", str(self.port)]
            self.health, self.reset_path = "/moto-api/data.json", "/moto-api/reset"
        else:
            env |= {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(self.port)}
            command = [binary / "ministack"]
            self.health, self.reset_path = "/_ministack/health", "/_ministack/reset"
        self.folder = tempfile.mkdtemp()
        self.process = subprocess.Popen(command, env=env, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url + self.health, timeout=5).read()
                return
            except OSError:
                time.sleep(0.2)
        raise SystemExit(f"{kind} does not start")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(self.url + self.reset_path, method="POST"), timeout=60).read()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def in_their_python():
    """Starts the script again in the emulators' own Python, which has boto3."""
    python = CACHE / "bin" / "python"
    if python.exists() and Path(sys.prefix).resolve() != CACHE.resolve():
        os.execv(python, [str(python), *sys.argv])


def client(emulator, service):
    """The vendor's client of a service on an emulator."""
    import boto3

    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return boto3.client(service, region_name="eu-central-1", endpoint_url=emulator.url, **keys)
