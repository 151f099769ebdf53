#!/usr/bin/env bash
# Run every linter, even after one has complained, and name those that did. The Makefile puts them on PATH.
set -uo pipefail

collection=.cache/collections/ansible_collections/crdb/cloud
failed=()

run() {
    local name=$1
    shift
    echo "== $name"
    "$@" || failed+=("$name")
}

# mypy knows a file by the name it is imported by, so it is shown the collection through the link.
typed() {
    mypy $(ls -d $collection/plugins/module_utils $collection/plugins/plugin_utils 2>/dev/null) roles/sandbox/files/crdb_emulator |
        sed "s|^$collection/||"
}

run ruff ruff check .
run "ruff format" ruff format --check .
run mypy typed
run yamllint yamllint --strict .
run ansible-lint ansible-lint
run antsibull-changelog antsibull-changelog lint

if ((${#failed[@]})); then
    (IFS=,; echo "lint: ${failed[*]} failed")
    exit 1
fi
echo "lint: all passed"
