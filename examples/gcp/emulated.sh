#!/usr/bin/env bash
# Brings the environment `dev` up and down again on a server that stands for Google Cloud. Nothing is reached beyond this machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
. "$root/tests/tools.sh"
need_rust
need_python "The server is written in it."
stop_if_missing
cargo build --manifest-path "$root/Cargo.toml" --locked
stackwright=$CARGO_TARGET_DIR/debug/stackwright

scratch=$(mktemp -d)
python3 "$root/tests/gcp/server.py" >"$scratch/server" &
server=$!
trap 'kill "$server"; rm -rf "$scratch"' EXIT
until [ -s "$scratch/server" ]; do sleep 0.1; done
url=$(cat "$scratch/server")

# Where the APIs are, and a token that the server takes.
export GOOGLE_OAUTH_ACCESS_TOKEN=a-token
export GOOGLE_STORAGE_CUSTOM_ENDPOINT=$url/storage/v1/
export GOOGLE_IAM_CUSTOM_ENDPOINT=$url/iam/v1/
export GOOGLE_RESOURCE_MANAGER_V3_CUSTOM_ENDPOINT=$url/cloudresourcemanager/v3/
export GOOGLE_SERVICE_USAGE_CUSTOM_ENDPOINT=$url/serviceusage/v1/
export GOOGLE_ARTIFACT_REGISTRY_CUSTOM_ENDPOINT=$url/artifactregistry/v1/
export GOOGLE_SECRET_MANAGER_CUSTOM_ENDPOINT=$url/secretmanager/v1/
export GOOGLE_COMPUTE_CUSTOM_ENDPOINT=$url/compute/v1/
export GOOGLE_CONTAINER_CUSTOM_ENDPOINT=$url/container/v1/

mkdir "$scratch/stack"
cp -r "$here/." "$scratch/stack"
cd "$scratch/stack"
"$stackwright" init -env=dev
"$stackwright" apply -env=dev -auto-approve
"$stackwright" plan -env=dev -detailed-exitcode
"$stackwright" destroy -env=dev -auto-approve

# What no description permits, and what is left but for APIs, which stay enabled.
python3 - "$url" <<'PYTHON'
import json, sys, urllib.request
ask = lambda path: json.load(urllib.request.urlopen(sys.argv[1] + path))
broken, held = ask("/_broken"), ask("/_held")
left = [name for name in held if "aiplatform.serviceAgent" not in name]
sys.exit("\n".join(["not as described:", *broken, "left:", *left]) if broken or left else 0)
PYTHON
