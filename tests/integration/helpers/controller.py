# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Launches the job templates of examples/awx as AWX does: with their credentials, inventories, surveys and slices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from awx_config import CONFIG, CREDENTIAL_TYPES, TEMPLATES, injected, rendered

from .awx import LOCALHOST, Awx, Job, slices

SOURCES = {entry["inventory"]: entry for entry in CONFIG["controller_inventory_sources"]}
CREDENTIALS = {rendered(entry["name"]): entry["credential_type"] for entry in CONFIG["controller_credentials"]}


class Controller(Awx):
    """``controller.launch("CockroachDB: provision", ...)``; *passwords* are those of the credential for SQL users."""

    def __init__(self, directory: Path, *arguments: Any) -> None:
        super().__init__(directory, *arguments)
        self.passwords: dict[str, str] = {}

    def inventory(self, name: str) -> dict[str, Any]:
        """The inventory of that name, after an update of its source."""
        if name not in SOURCES:
            (host,) = [entry for entry in CONFIG["controller_hosts"] if entry["inventory"] == name]
            assert LOCALHOST["_meta"]["hostvars"] == {host["name"]: host["variables"]}
            return LOCALHOST
        listed, stderr = self.update_inventory(SOURCES[name]["source_path"], env=SOURCES[name].get("source_vars"))
        assert listed, stderr
        return listed

    def injected(self, names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Environment and extra variables of the credentials of a job."""
        filled = {
            "CockroachDB Cloud": {"api_key": self.emulator.key, "api_url": self.emulator.url},
            "CockroachDB Cluster API": {
                "cluster_api_url": self.emulator.cluster_url,
                "cluster_api_username": "monitor",
                "cluster_api_password": self.passwords.get("monitor", ""),
            },
            "CockroachDB SQL passwords": {"passwords": json.dumps(self.passwords)},
        }
        assert filled.keys() == CREDENTIAL_TYPES.keys()
        env: dict[str, str] = {}
        variables: dict[str, str] = {}
        for name in names:
            kind = CREDENTIALS[rendered(name)]
            found = injected(kind, filled[kind], {})
            env.update(found["env"])
            variables.update(found["extra_vars"])
        return env, variables

    def launch(
        self,
        name: str,
        answers: Mapping[str, Any] | None = None,
        *,
        limit: str = "",
        check: bool = False,
        inventory: Mapping[str, Any] | None = None,
    ) -> Job:
        """Launch a job template and wait for its end; with more than one slice, the jobs of all slices are read as one."""
        template = TEMPLATES[name]
        assert template.get("ask_limit_on_launch") or not limit
        assert template.get("ask_job_type_on_launch") or not check
        env, hidden = self.injected(template["credentials"])
        options: dict[str, Any] = {
            "variables": survey(template.get("survey_spec", {}).get("spec", []), answers or {}),
            "hidden": hidden,
            "env": {"COCKROACH_API_KEY": None, "COCKROACH_SERVER": None, **env},
            "arguments": [
                *(["--diff"] if template.get("diff_mode") else []),
                *(["--check"] if check else []),
                *(["--limit", limit] if limit else []),
            ],
            "secrets": self.passwords.values(),
        }
        hosts = dict(inventory or self.inventory(template["inventory"]))
        count = template.get("job_slice_count", 1)
        if count == 1:
            return self.job(template["playbook"], inventory=hosts, **options)
        jobs = self.side_by_side(template["playbook"], slices(hosts, count), **options)
        return Job.joined(jobs)


def survey(spec: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that a survey gives: answers, else defaults, else empty text where AWX sends that."""
    given = {}
    for question in spec:
        name = question["variable"]
        if name in answers:
            given[name] = answers[name]
        elif "default" in question or question["type"] in ("text", "textarea"):
            given[name] = question.get("default", "")
        assert name in given or not question["required"], f"{name} wants an answer"
    assert answers.keys() <= given.keys(), "the survey does not ask that"
    return given
