#!/usr/bin/env python3
"""How the provider comes by its tokens: a key, a person, an identity of a CI, and an account that is impersonated.

    tests/gcp/credentials.py --binary target/debug/stackwright

Each gets a token from a server of tests, which writes down what it was asked; the statement that a key signs is verified with
`openssl`. Then a data source says which token arrived.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

import server
from twin import provider

ASKED = []


def control(handler, body):
    """A server of tokens: each answer tells who asked."""
    ASKED.append((handler.path, body.decode(), handler.headers.get("authorization")))
    if handler.path.endswith("generateAccessToken"):
        return handler.answer(200, {"accessToken": "impersonated", "expireTime": "2099-01-01T00:00:00Z"})
    kind = urllib.parse.parse_qs(body.decode())["grant_type"][0].rsplit(":", 1)[-1]
    handler.answer(200, {"access_token": f"by {kind}", "expires_in": 3600, "token_type": "Bearer"})


def token(binary, folder, url, credentials, more=""):
    """The token that the provider uses with such credentials."""
    (folder / "credentials.json").write_text(json.dumps(credentials))
    block = provider(url).replace('access_token = "a-token"', f'credentials = "credentials.json"\n{more}')
    told = 'data "google_client_config" "c" {}\noutput "token" {\n  value = nonsensitive(data.google_client_config.c.access_token)\n}\n'
    (folder / "main.tf").write_text(block + told)
    env = dict(os.environ) | {"HOME": str(folder)}
    for command in (["init"], ["apply", "-auto-approve"]):
        done = subprocess.run([binary, *command, "-no-color"], cwd=folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    done = subprocess.run([binary, "output", "-raw", "token"], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(folder, assertion):
    """The claims of a statement whose signature is right."""
    head, claims, signature = assertion.split(".")
    (folder / "text").write_text(f"{head}.{claims}")
    (folder / "signature").write_bytes(unpadded(signature))
    command = ["openssl", "dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "text"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return json.loads(unpadded(claims))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    binary = str(Path(parser.parse_args().binary).resolve())
    server.Handler.control = control
    url = f"http://127.0.0.1:{server.start().server_port}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for command in (["genpkey", "-algorithm", "RSA", "-out", "key.pem"], ["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"]):
            subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)
        key = {"type": "service_account", "client_email": "a@p.iam.gserviceaccount.com", "private_key_id": "k", "project_id": "p"}
        key |= {"private_key": (folder / "key.pem").read_text(), "token_uri": f"{url}/_token"}
        assert token(binary, folder, url, key) == "by jwt-bearer"
        claims = verify(folder, urllib.parse.parse_qs(ASKED[-1][1])["assertion"][0])
        assert claims["iss"] == key["client_email"] and claims["aud"] == key["token_uri"] and claims["exp"] == claims["iat"] + 3600, claims

        person = {"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "r", "token_uri": f"{url}/_token"}
        assert token(binary, folder, url, person) == "by refresh_token"

        (folder / "subject").write_text(json.dumps({"jwt": "of the CI"}))
        source = {"file": str(folder / "subject"), "format": {"type": "json", "subject_token_field_name": "jwt"}}
        workload = {"type": "external_account", "audience": "//iam.googleapis.com/pool", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}
        workload |= {"token_url": f"{url}/_sts", "credential_source": source}
        assert token(binary, folder, url, workload) == "by token-exchange"
        assert urllib.parse.parse_qs(ASKED[-1][1])["subject_token"] == ["of the CI"], ASKED[-1]

        chain = f'  iam_credentials_custom_endpoint = "{url}/_iam/v1/"\n  impersonate_service_account = "b@p.iam.gserviceaccount.com"\n'
        chain += '  impersonate_service_account_delegates = ["c@p.iam.gserviceaccount.com"]\n'
        assert token(binary, folder, url, person, chain) == "impersonated"
        path, body, authorization = ASKED[-1]
        assert path == "/_iam/v1/projects/-/serviceAccounts/b@p.iam.gserviceaccount.com:generateAccessToken", path
        assert json.loads(body)["delegates"] == ["projects/-/serviceAccounts/c@p.iam.gserviceaccount.com"], body
        assert authorization == "Bearer by refresh_token", authorization
    print("ok      tokens by key, person, workload identity and impersonation")


if __name__ == "__main__":
    sys.exit(main())
