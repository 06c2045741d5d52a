#!/bin/sh
# Imports stack files into the real ZenML client and compares what it then holds with what the files say.
#
#   tests/zenml/import.sh FILE.zenml.yaml...      (without arguments: the sample beside this script)
#
# The client comes from PyPI into a virtual environment under the cache folder, once; the import itself needs no
# network: the client keeps its own SQLite store, here in a temporary folder. Any failure gives a non-zero exit.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
version=0.98.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/stackwright
venv=$cache/zenml-venv

# Without the extra "local" the client cannot open its own store.
if [ "$("$venv/bin/python" -c 'import sqlalchemy, zenml; print(zenml.__version__)' 2>/dev/null)" != "$version" ]; then
    echo "installing zenml $version into $venv" >&2
    mkdir -p "$cache"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "zenml[local]==$version"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
export ZENML_CONFIG_PATH="$work/config" ZENML_LOCAL_STORES_PATH="$work/stores"
export ZENML_ANALYTICS_OPT_IN=false AUTO_OPEN_DASHBOARD=false ZENML_LOGGING_VERBOSITY=ERROR
export ZENML_LOGGING_COLORS_DISABLED=true NO_COLOR=1

[ $# -gt 0 ] || set -- "$here/sample.zenml.yaml"
for file in "$@"; do
    # A question (a name that is taken) would wait for ever: no input makes it fail.
    "$venv/bin/zenml" stack import "$file" </dev/null >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        echo "$file: zenml refuses the import" >&2
        exit 1
    }
    "$venv/bin/python" "$here/compare.py" "$file" "$work/exported.yaml"
done
