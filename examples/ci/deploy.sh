#!/bin/sh
# Checks, plans and applies the stack of this directory. The workflows beside it call nothing else.
#
#   deploy.sh check        the layout of the files, and whether they make sense in every environment
#   deploy.sh plan ENV     what would change in one environment, and the comment that says so
#   deploy.sh apply ENV    exactly that plan, on exactly the state that it was made from
#
# From plan to apply, out/ENV is carried as an artifact:
#
#   plan         the plan. It holds every value, secret ones too: whoever can read it knows them
#   comment.md   the comment for the pull request; its first line tells which earlier one it takes the place of
#   result       "changes", "none" or "failed"
#   files        which files the plan was made of, as git numbers them
#
# STACKWRIGHT names the program where it is not on the path; OUT is another directory than out.
set -eu

stackwright=${STACKWRIGHT:-stackwright}
out=${OUT:-out}

say() { printf 'deploy: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# The number that git has for this directory as it was committed.
files() { git rev-parse 'HEAD:./'; }

check() {
    "$stackwright" fmt -check -diff -recursive ||
        fail "the layout is not the standard one. Run: stackwright fmt -recursive"
    "$stackwright" init -input=false
    for file in environments/*.hcl; do
        env=$(basename "$file" .hcl)
        say "checking $env"
        "$stackwright" validate -env="$env"
    done
}

plan() {
    dir=$out/$1
    rm -rf "$dir"
    mkdir -p "$dir"
    files >"$dir/files"
    "$stackwright" init -env="$1" -input=false
    status=0
    "$stackwright" plan -env="$1" -input=false -detailed-exitcode -out="$dir/plan" || status=$?
    case $status in
        0) echo none ;;
        2) echo changes ;;
        *) echo failed ;;
    esac >"$dir/result"
    # A plan that failed half-way is written too, and its comment says how far it came.
    [ ! -f "$dir/plan" ] || "$stackwright" show -markdown "$dir/plan" >"$dir/comment.md"
    case $status in
        0) say "$1: no changes" ;;
        2) say "$1: there are changes; the plan is in $dir/plan" ;;
        *) fail "$1: planning failed" ;;
    esac
}

apply() {
    dir=$out/$1
    [ -f "$dir/result" ] || fail "$1: there is no plan in $dir. Plans come from the pull request's run."
    case $(cat "$dir/result") in
        changes) ;;
        none)
            say "$1: no changes, so there is nothing to apply"
            return
            ;;
        *) fail "$1: planning failed, so there is nothing to apply" ;;
    esac
    [ "$(cat "$dir/files")" = "$(files)" ] ||
        fail "$1: what was merged is not what was planned: another change was merged in between. Nothing was changed." \
            "Make a new plan: open another pull request."
    "$stackwright" init -env="$1" -input=false
    "$stackwright" apply -env="$1" -input=false "$dir/plan" ||
        fail "$1: the plan was not applied, or not whole; the lines above say why. Make a new plan: open another pull" \
            "request."
    say "$1: applied"
}

cd "$(dirname "$0")"
case ${1:-}:${2:-} in
    check:) check ;;
    plan:?*) plan "$2" ;;
    apply:?*) apply "$2" ;;
    *) fail "usage: deploy.sh check | plan ENV | apply ENV" ;;
esac
