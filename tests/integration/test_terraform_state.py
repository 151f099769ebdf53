# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole organizations that Terraform manages, taken over: nothing differs, and nothing of a state is executed or told.

Other seeds by hand: ``TERRAFORM_SEEDS=100-200``.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.helpers import terraform
from integration.helpers.documents import examples
from integration.helpers.emulator import Emulator
from integration.helpers.exported import given, loaded
from integration.helpers.in_process import execute, module_of
from integration.helpers.runner import CHECKOUT, Runner
from integration.helpers.traps import Traps
from integration.helpers.worlds import NEWEST, SETTLED, USUAL, World

from ansible_collections.crdb.cloud.plugins.module_utils._export.document import dump
from ansible_collections.crdb.cloud.plugins.module_utils._export.terraform import take_over
from ansible_collections.crdb.cloud.plugins.module_utils._export.terraform_file import read_state
from ansible_collections.crdb.cloud.plugins.module_utils._export.terraform_types import DOMAIN_NAMES, TYPES

GUIDE = CHECKOUT / "docs" / "docsite" / "rst" / "guide_terraform.rst"
FIRST, LAST = (int(text) for text in os.environ.get("TERRAFORM_SEEDS", "0-8").split("-"))
PLANTED = (terraform.PASSWORD, terraform.KEY_SECRET, terraform.DATADOG)


def written(content: bytes, directory: Path, **options: Any) -> tuple[dict[str, Any], str]:
    """The result of the module for a state with this *content*, and the text of the file."""
    module, warnings = module_of("terraform_state"), []
    (directory / "state").write_bytes(content)
    params = {"src": str(directory / "state"), "dest": str(directory / "org.yml"), "force": False, **options}
    result = module.execute(
        params,
        check_mode=True,
        diff=True,
        warn=warnings.append,
        open_session=lambda: module.open(params, check_mode=True, agent="test"),
    )
    assert "exception" not in result, result["exception"]
    text = Path(params["dest"]).read_text() if not result.get("failed") else ""
    assert not [secret for secret in PLANTED if secret in f"{result} {warnings} {text}"]
    return {**result, "warnings": warnings}, text


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), *SETTLED)
    yield emulator
    emulator.stop()


def world_with_scanning(emulator: Emulator, seed: int) -> World:
    """A world as the provider's version of the API has it, but for what is newer there."""
    world = World(emulator, seed, USUAL)
    cluster = next(iter(world.clusters.values()))
    emulator.api("POST", f"/clusters/{cluster['id']}/runtime-scanning", {"type": "WIZ"}, NEWEST)
    emulator.reset("requests")
    return world


def test_an_organization_of_terraform_plans_to_no_change(settled: Emulator, tmp_path: Path) -> None:
    lacking = {f"cockroach_{kind}" for kind in (*TYPES, DOMAIN_NAMES)} - {
        *("cockroach_provisioned_user", "cockroach_sql_role", "cockroach_log_export_config")
    }
    for seed in range(FIRST, LAST):
        world_with_scanning(settled, seed)
        rows = terraform.resources(settled, seed)
        (file, text), (told, same) = (
            written(content, tmp_path, force=True) for content in (terraform.state(rows), terraform.shown(rows))
        )
        assert (file["counts"], file["not_taken_over"], text) == (told["counts"], told["not_taken_over"], same)
        assert file["others"] == {"registry.terraform.io/hashicorp/random": 2}
        actions = {"restore", "physical_replication_stream", "finalize_version_upgrade"}
        assert {each["type"].removeprefix("cockroach_") for each in file["not_taken_over"]} <= {*actions, "egress_rule"}
        lacking -= {*file["counts"], *(each["type"] for each in file["not_taken_over"])}
        variables = given(loaded(tmp_path / "org.yml"))
        settled.reset("requests")
        result = execute("fleet", {**variables, "api_version": NEWEST}, settled, check=True)
        assert not result.get("failed"), f"seed {seed}: {result['msg']}"
        assert result["plan"] == [], f"seed {seed}"
        assert not result["changed"]
        assert settled.writes() == []
    assert not lacking, f"no world has {lacking}"


def test_every_log_export_that_terraform_can_make(settled: Emulator, tmp_path: Path) -> None:
    settled.reset()
    cluster = settled.add_cluster(
        "orders-prod",
        plan="STANDARD",
        serverless={"regions": ["us-central1"], "usage_limits": {"provisioned_virtual_cpus": "2"}},
    )
    groups = [{"log_name": "security", "channels": ["PRIVILEGES"], "min_level": "WARNING", "redact": True}]
    body = {"type": "GCP_CLOUD_LOGGING", "log_name": "orders", "auth_principal": "logs@example.com", "redact": False}
    settled.api("POST", f"/clusters/{cluster['id']}/logexport", {**body, "groups": groups, "omitted_channels": ["OPS"]})
    result, _text = written(terraform.state(terraform.resources(settled)), tmp_path)
    assert result["counts"]["cockroach_log_export_config"] == 1
    assert execute("fleet", given(loaded(tmp_path / "org.yml")), settled, check=True)["plan"] == []


@pytest.mark.every_core
def test_a_hostile_state_executes_nothing(playbook: Runner, tmp_path: Path) -> None:
    traps = Traps(tmp_path / "traps")
    row = {"mode": "managed", "provider": f'provider["{terraform.PROVIDER}"]'}
    rows = []
    for number, (key, text) in enumerate(zip(traps.texts("key"), traps.texts("value"), strict=True)):
        own = f"{number:08}-0000-4000-8000-000000000000"
        attributes = {
            "id": own,
            "name": text,
            "cloud_provider": "GCP",
            "regions": [{"name": text}],
            "labels": {key: text},
        }
        instance = {"attributes": attributes, "index_key": text}
        rows.append({**row, "type": "cockroach_cluster", "name": text, "module": key, "instances": [instance]})
        unknown = {**row, "type": f"cockroach_{key}", "name": "it", "instances": [{"attributes": {}}]}
        rows += [unknown, {**row, "type": "x", "name": "y", "provider": f'provider["{key}"]', "instances": [{}]}]
        user = {"cluster_id": own, "name": "app", "password": terraform.PASSWORD}
        rows.append({**row, "type": "cockroach_sql_user", "name": f"u{number}", "instances": [{"attributes": user}]})
    (tmp_path / "state").write_bytes(terraform.state(rows))
    dest = tmp_path / "org.yml"
    run = playbook(
        [
            {"crdb.cloud.terraform_state": {"src": str(tmp_path / "state"), "dest": str(dest)}, "register": "found"},
            {"ansible.builtin.include_vars": {"file": str(dest), "name": "org"}},
            {"ansible.builtin.debug": {"msg": ["{{ found }}", "{{ found.not_taken_over }}", "{{ org }}"]}},
            {"ansible.builtin.set_fact": {"all": "{{ org }}"}},
            {"name": "names", "ansible.builtin.debug": {"msg": "{{ all.clusters | map(attribute='name') | list }}"}},
        ],
        check=True,
        secrets=PLANTED,
        warns=["The state holds secrets"],
    )
    assert traps.executed() == []
    assert sorted(run.outcomes[-1].result["msg"]) == sorted(traps.texts("value"))
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert not run.outcomes[0].result["changed"]


def test_a_file_of_somebody_else_is_kept(tmp_path: Path) -> None:
    empty, dest = b'{"version": 4}', tmp_path / "org.yml"
    result, text = written(empty, tmp_path)
    assert (result["changed"], result["files"]) == (False, [str(dest)])
    assert text == dump({}, heading="Written by crdb.cloud.terraform_state: options of crdb.cloud.fleet, from state.")
    dest.write_text(f"{text}# more\n")
    assert written(empty, tmp_path)[1] == text
    dest.write_text("clusters: []\n")
    kept, _text = written(empty, tmp_path)
    assert "was not written by this module, and stays as it is. Name another file, or set force: true" in kept["msg"]
    assert dest.read_text() == "clusters: []\n"
    assert written(empty, tmp_path, force=True)[1] == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["org.yml", "state"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"src": "/nowhere/terraform.tfstate"}, "There is no file '/nowhere/terraform.tfstate'. Correct src"),
        ({"src": "/tmp"}, "'/tmp' is not a regular file"),
        ({"src": "/dev/zero"}, "'/dev/zero' is not a regular file"),
        ({"src": "/dev/null", "dest": "/dev/../dev/null", "force": True}, "src and dest are the same file"),
        ({"dest": "/tmp", "force": True}, "'/tmp' is a directory. Name a file"),
        ({"dest": "/nowhere/org.yml"}, "There is no directory '/nowhere'"),
        ({"content": b"[" * 100_000}, "is nested deeper than any state"),
        ({"content": b'{"a":' * 100_000 + b"1" + b"}" * 100_000}, "is nested deeper than any state"),
        (
            {"content": b"{"},
            "/state' can't be taken over: it is not JSON that can be read. Give what 'terraform state pull'",
        ),
    ],
)
def test_what_can_not_be_read_or_written_is_said_in_a_sentence(
    options: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    result, _text = written(options.pop("content", b'{"version": 4}'), tmp_path, **options)
    assert result["failed"]
    assert reason in result["msg"]


def test_the_guide_shows_what_is_written_and_knows_every_type() -> None:
    shown = examples(GUIDE)
    (state,) = (example.text for example in shown if example.mark == "terraform.tfstate")
    (variables,) = (example.text for example in shown if example.text.startswith("# organization.yml\n"))
    assert variables == dump(take_over(read_state(state.encode())).variables).replace("---", "# organization.yml")
    named = {*re.findall(r"``cockroach_(\w+)``", GUIDE.read_text())}
    assert {*TYPES, DOMAIN_NAMES} <= named
