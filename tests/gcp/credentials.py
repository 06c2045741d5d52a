#!/usr/bin/env python3
"""How the provider comes by its tokens: a key, a person, identities of other providers, and accounts that are impersonated.

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
REFUSED = "a-secret-that-is-shown-nowhere"


def control(handler, body):
    """A server of tokens: each answer tells who asked."""
    ASKED.append((handler.path, body.decode(), handler.headers.get("authorization")))
    if handler.path == "/_subject":
        return handler.answer(200, {"jwt": f"of {handler.headers.get('x-who')}"})
    if handler.path.endswith("generateAccessToken"):
        return handler.answer(200, {"accessToken": "impersonated", "expireTime": "2099-01-01T00:00:00Z"})
    told = json.loads(body) if "json" in handler.headers.get("content-type", "") else urllib.parse.parse_qs(body.decode())
    kind = told["grant_type"] if isinstance(told["grant_type"], str) else told["grant_type"][0]
    if REFUSED in body.decode():
        return handler.answer(400, {"error": "invalid_grant", "error_description": "The token was revoked", "echo": REFUSED})
    token = {"access_token": f"by {kind.rsplit(':', 1)[-1]}", "expires_in": 3600, "token_type": "Bearer"}
    if "exchange" in kind:
        token["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
    handler.answer(200, token)


def attempt(binary, folder, url, credentials, more="", env=()):
    """An apply with such credentials."""
    (folder / "credentials.json").write_text(json.dumps(credentials))
    block = provider(url).replace('access_token = "a-token"', f'credentials = "credentials.json"\n{more}')
    told = 'data "google_client_config" "c" {}\noutput "token" {\n  value = nonsensitive(data.google_client_config.c.access_token)\n}\n'
    (folder / "main.tf").write_text(block + told)
    env = dict(os.environ) | {"HOME": str(folder)} | dict(env)
    for command in (["init"], ["apply", "-auto-approve"]):
        done = subprocess.run([binary, *command, "-no-color"], cwd=folder, env=env, capture_output=True, text=True)
        if done.returncode:
            break
    return done


def token(binary, folder, url, credentials, more="", env=()):
    """The token that the provider uses with such credentials."""
    done = attempt(binary, folder, url, credentials, more, env)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([binary, "output", "-raw", "token"], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def refusal(binary, folder, url, credentials):
    """What is said of credentials that do not serve. It holds no secret."""
    done = attempt(binary, folder, url, credentials)
    assert done.returncode == 1, done.stdout
    assert REFUSED not in done.stdout + done.stderr, done.stderr
    return " ".join(done.stderr.replace("\u2502", " ").split())


def elsewhere(binary, folder, url):
    """Identities of other providers, by all the ways to their tokens."""
    exchanged = lambda: urllib.parse.parse_qs(ASKED[-1][1])["subject_token"][0]
    workload = {"type": "external_account", "audience": "//iam.googleapis.com/pool", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}
    workload |= {"token_url": f"{url}/_sts"}
    named = {"type": "json", "subject_token_field_name": "jwt"}
    (folder / "subject").write_text(json.dumps({"jwt": "of the CI"}))
    from_file = workload | {"credential_source": {"file": str(folder / "subject"), "format": named}}
    assert token(binary, folder, url, from_file) == "by token-exchange"
    assert exchanged() == "of the CI", ASKED[-1]

    from_url = {"url": f"{url}/_subject", "headers": {"x-who": "a runner"}, "format": named}
    assert token(binary, folder, url, workload | {"credential_source": from_url}) == "by token-exchange"
    assert exchanged() == "of a runner", ASKED[-1]

    answer = {"success": True, "version": 1, "token_type": "urn:ietf:params:oauth:token-type:jwt", "id_token": "of a program"}
    (folder / "answer").write_text(json.dumps(answer))
    by_program = workload | {"credential_source": {"executable": {"command": f"cat {folder / 'answer'}"}}}
    assert "explicitly allowed" in refusal(binary, folder, url, by_program)
    assert token(binary, folder, url, by_program, env={"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1"}) == "by token-exchange"
    assert exchanged() == "of a program", ASKED[-1]

    aws = {"environment_id": "aws1", "regional_cred_verification_url": "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"}
    env = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": REFUSED, "AWS_REGION": "eu-west-1"}
    kind = {"subject_token_type": "urn:ietf:params:aws:token-type:aws4_request"}
    assert token(binary, folder, url, workload | kind | {"credential_source": aws}, env=env) == "by token-exchange"
    signed = json.loads(urllib.parse.unquote(exchanged()))
    assert "sts.eu-west-1.amazonaws.com" in signed["url"] and REFUSED not in json.dumps(signed), signed

    account = f"{url}/_iam/v1/projects/-/serviceAccounts/b@p.iam.gserviceaccount.com:generateAccessToken"
    assert token(binary, folder, url, from_file | {"service_account_impersonation_url": account}) == "impersonated"
    assert ASKED[-1][2] == "Bearer by token-exchange", ASKED[-1]

    (folder / "subject").write_text(json.dumps({"other": REFUSED}))
    assert "field `jwt`" in refusal(binary, folder, url, from_file)
    (folder / "subject").write_text(json.dumps({"jwt": REFUSED}))
    assert "The token was revoked (invalid_grant)" in refusal(binary, folder, url, from_file)
    assert "lack `audience`" in refusal(binary, folder, url, {name: value for name, value in from_file.items() if name != "audience"})


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

        workforce = {"type": "external_account_authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "r"}
        assert token(binary, folder, url, workforce | {"token_url": f"{url}/_sts"}) == "by refresh_token"
        elsewhere(binary, folder, url)

        other = f"{url}/_iam/v1/projects/-/serviceAccounts/d@p.iam.gserviceaccount.com:generateAccessToken"
        indirect = {"type": "impersonated_service_account", "service_account_impersonation_url": other, "source_credentials": person}
        assert token(binary, folder, url, indirect) == "impersonated"
        assert ASKED[-1][2] == "Bearer by refresh_token", ASKED[-1]

        chain = f'  iam_credentials_custom_endpoint = "{url}/_iam/v1/"\n  impersonate_service_account = "b@p.iam.gserviceaccount.com"\n'
        chain += '  impersonate_service_account_delegates = ["c@p.iam.gserviceaccount.com"]\n'
        assert token(binary, folder, url, person, chain) == "impersonated"
        path, body, authorization = ASKED[-1]
        assert path == "/_iam/v1/projects/-/serviceAccounts/b@p.iam.gserviceaccount.com:generateAccessToken", path
        assert json.loads(body)["delegates"] == ["projects/-/serviceAccounts/c@p.iam.gserviceaccount.com"], body
        assert authorization == "Bearer by refresh_token", authorization
    print("ok      tokens by key, person, identities of other providers and impersonation")


if __name__ == "__main__":
    sys.exit(main())
