# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hostile answer of the API can do in a play: nothing but be shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.runner import Runner

pytestmark = pytest.mark.every_core


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_text_of_the_api_is_never_executed(playbook: Runner, emulator: Emulator, tmp_path: Path, direct: bool) -> None:
    marker = tmp_path / "executed"
    call = f"lookup('pipe', 'touch {marker}')"
    hostile = [
        f"{{{{ {call} }}}}",
        f"{{% set x = {call} %}}",
        f"#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ {call} ]]",
        f"!unsafe '{{{{ {call} }}}}'",
        f"x\n- !!python/object/apply:os.system [touch {marker}]",
    ]
    row = emulator.add_cluster("orders")
    names = dict.fromkeys(hostile, 0)
    emulator.patch(clusters={row["id"]: {"labels": {"first": hostile[0], "third": hostile[2]}, "databases": names}})
    run = playbook(
        [
            {"name": "read", "crdb.cloud.database_info": {"cluster": "orders"}, "register": "found"},
            {"name": "cluster", "crdb.cloud.cluster_info": {"cluster": "orders"}, "register": "cluster"},
            {"name": "fact", "ansible.builtin.set_fact": {"kept": "{{ found.databases | map(attribute='name') }}"}},
            {"name": "shown", "ansible.builtin.debug": {"msg": "{{ kept }} {{ cluster.clusters[0].labels }}"}},
            {"name": "each", "ansible.builtin.debug": {"msg": "{{ item }}"}, "loop": "{{ kept }}"},
            {"name": "lookup", "ansible.builtin.debug": {"msg": "{{ lookup('crdb.cloud.cluster', 'orders').labels }}"}},
            {
                "name": "file",
                "ansible.builtin.copy": {
                    "dest": str(tmp_path / "x"),
                    "mode": "0600",
                    "content": "{{ kept | to_yaml }}",
                },
            },
            # And back to the API, as the name of an object.
            {
                "name": "delete",
                "crdb.cloud.database": {"cluster": "orders", "name": "{{ kept | sort | last }}", "state": "absent"},
            },
        ],
        direct=direct,
        verbosity=1,
        fails=None,
    )
    assert run["each"].items and {item["msg"] for item in run["each"].items} == set(hostile)
    assert run["lookup"]["msg"] == {"first": hostile[0], "third": hostile[2]}
    assert not marker.exists()


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_a_deeply_nested_answer_is_one_sentence(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    deep = '{"name":' * 900 + "1" + "}" * 900
    emulator.fault("status", "GET", "/organization$", status=200, body=deep)
    run = playbook(
        [{"name": name, "crdb.cloud.organization_info": {}, "ignore_errors": True} for name in ("deep", "next")],
        direct=direct,
        env={"CRDB_API_RETRIES": "0"},
    )
    run["deep"].fails_with("nested more than 64 levels deep")
    assert not run["next"].failed


@pytest.mark.parametrize("direct", [True, False], ids=["direct", "plain"])
def test_text_of_the_api_does_not_steer_the_terminal(playbook: Runner, emulator: Emulator, direct: bool) -> None:
    clear = "\x1b[2J\x1b]0;owned\x07"
    ours, other = emulator.add_cluster("orders"), emulator.add_cluster("billing")
    emulator.patch(
        clusters={
            ours["id"]: {"labels": {f"team{clear}": "x"}},
            other["id"]: {"labels": {"crdb-cloud-fleet": f"evil{clear}"}},
        }
    )
    emulator.fault("status", "GET", "/organization$", status=400, body=json.dumps({"code": 3, "message": f"no{clear}"}))
    run = playbook(
        [
            {"name": "refused", "crdb.cloud.organization_info": {}, "ignore_errors": True},
            {
                "name": "plan",
                "crdb.cloud.fleet": {"name": "shop", "clusters": [{"name": "orders", "labels": {}}]},
            },
            {
                "name": "foreign",
                "crdb.cloud.fleet": {"name": "shop", "clusters": [{"name": "billing"}]},
                "ignore_errors": True,
            },
        ],
        direct=direct,
        check=True,
        diff=True,
        verbosity=0,
    )
    assert "\x1b" not in run.output + run.log
    assert "\x07" not in run.output + run.log
    run["refused"].fails_with("no\\x1b[2J")
    run["foreign"].fails_with("evil\\x1b[2J")
    assert "labels.team\\x1b[2J\\x1b]0;owned\\x07: x -> (none)" in run.output
