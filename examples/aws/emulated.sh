#!/usr/bin/env bash
# Brings the environment `dev` up and down again on an emulator of AWS. Nothing is reached beyond this machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
. "$root/tests/tools.sh"
need_rust
need_python "The emulator is written in it."
stop_if_missing
install_emulators
cargo build --manifest-path "$root/Cargo.toml" --locked
stackwright=$CARGO_TARGET_DIR/debug/stackwright

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
scratch=$(mktemp -d)
BIND_HOST=127.0.0.1 MINISTACK_HOST=127.0.0.1 GATEWAY_PORT=$port "$emulators/bin/ministack" >/dev/null 2>&1 &
emulator=$!
trap 'kill "$emulator"; rm -rf "$scratch"' EXIT
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true
until python3 -c "import urllib.request; urllib.request.urlopen('$AWS_ENDPOINT_URL/_ministack/health')" 2>/dev/null; do sleep 0.3; done

cp -r "$here/." "$scratch"
cd "$scratch"
# The emulator's account has a number of its own.
sed -i 's/123456789012/000000000000/' environments/dev.hcl
"$stackwright" init -env=dev
"$stackwright" apply -env=dev -auto-approve
"$stackwright" plan -env=dev -detailed-exitcode
"$stackwright" destroy -env=dev -auto-approve
