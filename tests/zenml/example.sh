#!/bin/sh
# Brings up the stacks of the examples, imports the stack files that this writes into the real ZenML client, and tears
# the stacks down again. What is left must be what was there before, but for state.
#
#   tests/zenml/example.sh PATH/TO/stackwright
set -eu

here=$(cd "$(dirname "$0")" && pwd)
binary=${1:?the path of the stackwright binary}
case $binary in /*) ;; *) binary=$PWD/$binary ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# An example as it is in the repository, whatever somebody tried out in it.
copy() {
    (cd "$here/../../examples/$1" && git ls-files -z . | xargs -0 tar cf - --no-recursion) |
        (mkdir -p "$work/$1" && cd "$work/$1" && tar xf -)
}

listing() {
    find . -path ./state -prune -o -name 'terraform.tfstate*' -prune -o -print | sort
}

# up_and_down EXAMPLE STACK_FILE ARGUMENT...
up_and_down() {
    example=$1 file=$2
    shift 2
    copy "$example"
    cd "$work/$example"
    listing >"$work/before"
    "$binary" apply -auto-approve "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    "$here/import.sh" "$file"
    "$binary" destroy -auto-approve "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    listing | diff "$work/before" - || { echo "$example: destroy left something behind" >&2; exit 1; }
    cd "$here"
}

up_and_down local churn-dev.zenml.yaml -env=dev
up_and_down own-flavor forecast.zenml.yaml
echo "stacks of the examples are imported by ZenML and leave nothing behind"
