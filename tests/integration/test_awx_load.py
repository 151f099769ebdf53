# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/awx/load.yml as it is, with stand-ins for the modules of awx.awx."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from awx_config import AWX, CONFIG, KINDS
from integration.helpers import awx_modules
from integration.helpers.runner import COLLECTIONS, Runner
from integration.helpers.secrets import API_KEY

Loaded = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def load(playbook: Runner, tmp_path: Path) -> Callable[..., Loaded]:
    """``load(**environment)``: the modules that load.yml calls, in order, each with its options."""
    awx_modules.install(tmp_path / "collections")

    def run(*arguments: str, **env: str) -> Loaded:
        written = tmp_path / "written"
        written.write_text("")
        Path(f"{written}.environment").write_text("")
        playbook(
            playbook=str(AWX / "load.yml"),
            arguments=["-e", "crdb_awx_project_url=https://git.example.com/ours.git", *arguments],
            env={
                "ANSIBLE_COLLECTIONS_PATH": f"{tmp_path / 'collections'}:{COLLECTIONS}",
                "AWX_STAND_IN": str(written),
                "COCKROACH_API_KEY": None,
                "COCKROACH_SERVER": None,
                **env,
            },
            secrets=[value for name, value in env.items() if name.endswith(("KEY", "PASSWORD", "TOKEN"))],
        )
        return [tuple(json.loads(line)) for line in written.read_text().splitlines()]

    return run


def inputs(found: Loaded) -> dict[str, Any]:
    return {options["name"]: options["inputs"] for kind, options in found if kind == "credential"}


def test_every_object_is_loaded_with_all_that_its_file_says(load: Callable[..., Loaded]) -> None:
    secret = "planted-awx-password"
    passwords = '{"app": "planted-sql-password"}'
    found = load(COCKROACH_API_KEY=API_KEY, CRDB_CLUSTER_API_PASSWORD=secret, CRDB_SQL_PASSWORDS=passwords)
    # Each kind after those that it refers to.
    assert list(dict.fromkeys(kind for kind, _options in found)) == list(awx_modules.MODULES)
    given = [(kind, options.keys()) for kind, options in found]
    said = [(module, entry.keys()) for name, module in KINDS.items() for entry in CONFIG[name]]
    assert len(given) == len(said)
    for kind, module in KINDS.items():
        pairs = zip(
            (keys for name, keys in said if name == module),
            (keys for name, keys in given if name == module),
            strict=True,
        )
        for ours, theirs in pairs:
            # The one option that may stay blank.
            assert ours - theirs <= {"credential"}, f"load.yml leaves out {ours - theirs} of {kind}"
    assert inputs(found) == {
        "CockroachDB Cloud": {"api_key": API_KEY, "api_url": ""},
        "CockroachDB Cluster API": {
            "cluster_api_url": "",
            "cluster_api_username": "",
            "cluster_api_password": secret,
        },
        "CockroachDB SQL passwords": {"passwords": ' {"app": "planted-sql-password"}'},
    }


def test_what_is_loaded(load: Callable[..., Loaded]) -> None:
    found = load()
    assert inputs(found) == {}, "without secrets in the environment there are no credentials"
    by_name = {(kind, options["name"]): options for kind, options in found}
    project = by_name["project", "CockroachDB"]
    assert project["scm_url"] == "https://git.example.com/ours.git" and "credential" not in project
    # AWX fills in what stands between braces, and nobody before it.
    injectors = by_name["credential_type", "CockroachDB Cloud"]["injectors"]
    assert injectors["env"]["COCKROACH_API_KEY"] == "{{ api_key }}"
    assert by_name["host", "localhost"]["variables"]["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    template = by_name["job_template", "CockroachDB: spend limits"]
    assert template["credentials"] == [] and template["diff_mode"] is True
    assert template["survey_spec"]["spec"][0]["variable"] == "spend_limits_clusters"
    assert template["survey_spec"]["spec"][1]["min"] == 1
    workflow = by_name["workflow_job_template", "CockroachDB: decommission with approval"]
    assert [node["identifier"] for node in workflow["workflow_nodes"]] == ["rehearse", "approve", "delete"]


def test_with_one_key_no_job_template_names_a_credential_that_is_not_there(load: Callable[..., Loaded]) -> None:
    found = load(COCKROACH_API_KEY=API_KEY)
    assert inputs(found).keys() == {"CockroachDB Cloud"}
    for kind, options in found:
        if kind == "job_template":
            (ours,) = [entry for entry in CONFIG["controller_templates"] if entry["name"] == options["name"]]
            assert set(options["credentials"]) <= {"CockroachDB Cloud"}
            # What is left out is asked for before the launch.
            assert len(options["credentials"]) == len(ours["credentials"]) or options["ask_credential_on_launch"]
    assert load(COCKROACH_API_KEY=API_KEY) == found


def test_credentials_that_were_made_by_hand(load: Callable[..., Loaded]) -> None:
    found = load("-e", '{"crdb_awx_existing_credentials": ["CockroachDB Cloud", "CockroachDB Cluster API"]}')
    named = {name for kind, options in found if kind == "job_template" for name in options["credentials"]}
    assert inputs(found) == {} and named == {"CockroachDB Cloud", "CockroachDB Cluster API"}


@pytest.mark.parametrize("controller", ["", "https://controller.example.com"])
def test_the_gateway_of_the_automation_platform(load: Callable[..., Loaded], tmp_path: Path, controller: str) -> None:
    """AAP_HOSTNAME and AAP_TOKEN stand for the controller below the gateway, unless a controller is named itself."""
    load(AAP_HOSTNAME="https://aap.example.com", AAP_TOKEN="planted-aap-token", CONTROLLER_HOST=controller)
    said = set((tmp_path / "written.environment").read_text().splitlines())
    gateway = {
        "CONTROLLER_HOST": "https://aap.example.com",
        "CONTROLLER_OAUTH_TOKEN": "planted-aap-token",
        "CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX": "/api/controller/",
    }
    assert [json.loads(line) for line in said] == [{} if controller else gateway]
