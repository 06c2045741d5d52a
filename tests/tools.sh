# shellcheck shell=bash
# What the project's scripts need of a machine. Read with `.`; knows nothing of what they do.

minimum=1.95

# Cargo's output is kept outside of the tree, so that clones share it and stay clean.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/stackwright/target}"
[ ! -d "$HOME/.cargo/bin" ] || PATH="$PATH:$HOME/.cargo/bin"

has() { command -v "$1" >/dev/null 2>&1; }

# Whether version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Installs what Debian has, if that is allowed here; the rest is named by `need`.
install_packages() {
    if [ "$(id -u)" = 0 ] && has apt-get; then
        echo "installing $*" >&2
        apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >&2 || true
    fi
}

missing=0
# need PROGRAM HOW: says what is not there and how to get it.
need() {
    has "$1" || { echo "missing: $1. $2" >&2; missing=1; }
}

need_rust() {
    local how="Install Rust $minimum or later with rustup: https://rustup.rs"
    need cargo "$how"
    need rustc "$how"
    if has rustc; then
        local version
        version=$(rustc --version | cut -d ' ' -f 2)
        at_least "$version" "$minimum" || { echo "rustc is $version, $minimum is needed: rustup update stable" >&2; missing=1; }
    fi
    has cc || install_packages gcc libc6-dev
    need cc "Rust links with it. On Debian: apt-get install gcc libc6-dev"
}

# need_python FOR: Python with its module for virtual environments.
need_python() {
    has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv
    need python3 "$1 On Debian: apt-get install python3 python3-venv"
}

# need_postgres FOR: the server's programs, which Debian keeps out of everybody's path.
need_postgres() {
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || install_packages postgresql
    compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null ||
        { echo "missing: PostgreSQL. $1 On Debian: apt-get install postgresql" >&2; missing=1; }
}

# The emulators of AWS, in a virtual environment of their own; says nothing if they are there already. Fails where the packages
# cannot be had.
emulators="${XDG_CACHE_HOME:-$HOME/.cache}/stackwright/emulators"
install_emulators() {
    local stamp="moto 5.2.1, ministack 1.5.33"
    [ "$(cat "$emulators/stamp" 2>/dev/null)" = "$stamp" ] && return
    echo "installing emulators of AWS" >&2
    python3 -m venv "$emulators" &&
        "$emulators/bin/pip" install --quiet --timeout 20 --retries 2 'moto[server]==5.2.1' 'ministack==1.5.33' >&2 &&
        echo "$stamp" >"$emulators/stamp"
}

stop_if_missing() { [ "$missing" = 0 ] || exit 1; }
