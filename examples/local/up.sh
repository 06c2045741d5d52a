#!/usr/bin/env bash
# Builds Stackwright and brings this stack up in its environment `dev`; says what to try next.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../..
. "$root/tests/tools.sh"
need_rust
stop_if_missing

# The clouds' providers are features; none of them is needed here.
cargo build --manifest-path "$root/Cargo.toml" --locked --no-default-features
stackwright=$CARGO_TARGET_DIR/debug/stackwright

cd "$here"
"$stackwright" init -env=dev
"$stackwright" apply -env=dev -auto-approve

cat <<END

The stack is up. Try next, in examples/local:

  alias stackwright=$stackwright
  stackwright plan -env=dev                 # nothing to do: what is there is what is configured
  stackwright show -env=dev
  stackwright destroy -env=dev
END
