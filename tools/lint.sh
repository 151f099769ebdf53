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

# The rule args reads a module's own argument_spec, but gives up where an action plugin has the module's name, as all
# of ours have. So ansible-lint sees the collection without them.
without_actions() {
    local root=$PWD/.cache/lint copy=.cache/lint/ansible_collections/crdb/cloud entry
    rm -rf "$root"
    mkdir -p "$copy/plugins"
    for entry in * plugins/*; do
        case $entry in plugins | plugins/action) ;; *) ln -s "$PWD/$entry" "$copy/$entry" ;; esac
    done
    ANSIBLE_COLLECTIONS_PATH=$root "$@"
}

# A gate that cannot close is none: what is wrong here has to be found.
wrong_arguments() {
    local directory found
    directory=$(mktemp -d)
    cat >"$directory/wrong.yml" <<'EOF'
---
- name: Wrong arguments
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Give an option that there is not
      crdb.cloud.cluster_info:
        labls: {}
    - name: Give a value that is no choice
      crdb.cloud.cluster:
        name: orders-test
        provider: OVH
EOF
    found=$(without_actions ansible-lint -q --nocolor -c .ansible-lint "$directory/wrong.yml" 2>&1)
    rm -r "$directory"
    grep -q 'args\[module\].*labls' <<<"$found" && grep -q 'args\[module\].*OVH' <<<"$found" ||
        { printf 'ansible-lint did not find the wrong arguments:\n%s\n' "$found"; return 1; }
}

run ruff ruff check .
run "ruff format" ruff format --check .
run mypy typed
run modules env PYTHONPATH=.cache/collections python tools/modules.py --check
run yamllint yamllint --strict .
run ansible-lint without_actions ansible-lint
run "ansible-lint: negative control" wrong_arguments
run antsibull-changelog antsibull-changelog lint

if ((${#failed[@]})); then
    (IFS=,; echo "lint: ${failed[*]} failed")
    exit 1
fi
echo "lint: all passed"
