# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays against the running cluster of an emulator: who logs in, and what every run must leave behind."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from crdb_emulator.cluster_api import tokens

from .emulator import Emulator
from .results import Run
from .runner import BOTH_WAYS, Runner

VERSIONS = ("21.2", "22.1", "23.1", "24.2", "25.4")
WITH_SQL = VERSIONS[2:]
PASSWORDS = {
    "owner": "planted-owner-password",
    "monitor": "planted-monitor:password",
    "reader": "planted-reader password&more",
}
KINDS = {"owner": "admin", "monitor": "VIEWCLUSTERMETADATA", "reader": "plain"}
USERS = tuple(text for name, kind in KINDS.items() for text in ("--cluster-user", f"{name}:{PASSWORDS[name]}:{kind}"))
CANDIDATE = re.compile(r"[A-Za-z0-9+/]{32,}={0,2}")
DOORS = ("/api/v2/login/", "/api/v2/logout/")


def task(name: str, module: str, args: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, f"crdb.cloud.cluster_api_{module}": dict(args or {}), **more}


def tokens_in(text: str) -> list[str]:
    """Everything in *text* that is a session token."""
    found = []
    for candidate in CANDIDATE.findall(text):
        try:
            tokens.decode(candidate)
        except (tokens.NotBase64, tokens.NotAToken):
            continue
        found.append(candidate)
    return found


class Cluster:
    """``cluster(tasks)``: a run as *user* of the cluster, in process and as plain modules side by side.

    After it everybody has logged out, and no password and no token is in any output.
    """

    def __init__(self, emulator: Emulator, runner: Runner) -> None:
        self.emulator = emulator
        self.runner = runner

    def __call__(
        self,
        tasks: Sequence[Mapping[str, Any]] = (),
        *,
        user: str | None = "owner",
        both: bool = True,
        env: Mapping[str, str | None] | None = None,
        secrets: Sequence[str] = (),
        variables: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Run:
        self.emulator.reset("requests", "faults")
        ways = {"direct": None, "hosts": BOTH_WAYS} if both else {}
        run = self.runner(
            tasks,
            env={**self.env(user), **(env or {})},
            # A failed task is printed as the playbook has it, so a secret in it has to be a variable.
            variables={"passwords": PASSWORDS, **(variables or {})},
            secrets=[*PASSWORDS.values(), *secrets],
            **{**ways, **more},
        )
        texts = (run.stdout, run.stderr, run.log, json.dumps([outcome.result for outcome in run.outcomes]))
        assert not [found for text in texts for found in tokens_in(text)]
        self.balanced()
        return run

    def env(self, user: str | None) -> dict[str, str]:
        login = {"CRDB_CLUSTER_API_USERNAME": user, "CRDB_CLUSTER_API_PASSWORD": PASSWORDS[user]} if user else {}
        return {"CRDB_CLUSTER_API_URL": self.emulator.cluster_url, **login}

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.emulator.state()["cluster_api"]
        return found

    def balanced(self) -> None:
        state = self.state
        assert state["logins"] == state["logouts"], state
        assert state["sessions_open"] == 0

    def requests(self) -> list[dict[str, Any]]:
        return [entry for entry in self.emulator.requests() if entry["api"] == "cluster"]

    def paths(self) -> list[str]:
        """What was asked, without logins and logouts."""
        return [entry["path"] for entry in self.requests() if entry["path"] not in DOORS]

    def writes(self) -> list[dict[str, Any]]:
        """The requests that can have changed something; one whose statements do not parse can not."""
        return [entry for entry in self.requests() if entry["effect"] == "write" and entry["status"] != 400]

    def patch(self, **change: Any) -> None:
        self.emulator.patch(cluster_api=change)


def outcomes(run: Run, name: str) -> list[Any]:
    """The outcome of a task on each host, which are in all that a user sees the same."""
    found = [outcome for outcome in run.outcomes if outcome.name == name]
    assert found, f"no outcome named {name!r}"
    return found


def same(run: Run, name: str, *keys: str) -> Any:
    """The value that all hosts returned at result[key][key]...; it is the same."""
    values = []
    for outcome in outcomes(run, name):
        value: Any = outcome.result
        for key in keys:
            assert key in value, f"{name} on {outcome.host}: {value}"
            value = value[key]
        values.append(value)
    assert all(value == values[0] for value in values), values
    return values[0]


def fails(run: Run, name: str, *parts: str) -> None:
    """The task failed on every host, with one sentence that holds all *parts*."""
    for outcome in outcomes(run, name):
        outcome.fails_with(*parts)
