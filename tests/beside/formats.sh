#!/usr/bin/env bash
# The documents for tools: the same as Terraform's, and read unmodified by other people's tools. What is not on the path
# is installed into a cache; what cannot be had is named and left out.
#
#   tests/beside/formats.sh PATH/TO/stackwright
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../tools.sh"
binary=${1:?the path of the stackwright binary}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stackwright/tools
mkdir -p "$cache/bin"
PATH=$PATH:$cache/bin:$cache/checkov/bin

# with_go PROGRAM MODULE@VERSION
with_go() { has "$1" || { has go && GOBIN=$cache/bin go install "$2" >"$cache/log" 2>&1; }; }

with_pip() {
    has "$1" || { python3 -m venv "$cache/$1" && "$cache/$1/bin/pip" install --quiet "$2" >"$cache/log" 2>&1; }
}

arguments=()

# use FLAG NAME PROGRAM INSTALL...: hands a program over where it is there, or can be.
use() {
    local flag=$1 name=$2 program=$3
    shift 3
    if "$@"; then
        arguments+=("$flag" "$name=$(command -v "$program")")
    else
        echo "left out: $name is not here and cannot be installed ($(tail -n 1 "$cache/log" 2>/dev/null))"
    fi
}

use --tool opa opa with_go opa github.com/open-policy-agent/opa@v1.22.4
use --tool conftest conftest with_go conftest github.com/open-policy-agent/conftest@v0.71.1
use --tool tf-summarize tf-summarize with_go tf-summarize github.com/dineshba/tf-summarize@v0.3.14
use --tool checkov checkov with_pip checkov checkov
use --provider local terraform-provider-local \
    with_go terraform-provider-local github.com/hashicorp/terraform-provider-local@v2.5.3

"$here/formats.py" --binary "$binary" "${arguments[@]}" "$here/formats"
