# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came out of a run of ansible-playbook, as data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
# The emulator puts the first digits of an id into host names and account names, and ids of services into paths.
SHORT_ID = re.compile(
    r"(?<=crl-sandbox-)[0-9a-f]{3}\b|(?<=\.)[0-9a-f]{3}(?=\.(?:gcp|aws|azure)-)|(?<=/serviceAttachments/)[0-9a-f]+\b"
    r"|(?<=\bpsc-)[0-9a-f]{17}\b|\b[0-9a-f]{17}(?=\.endpoints\.)"
)
NIL_ID = "00000000-0000-0000-0000-000000000000"
# The cents that 2023-04-10 makes of usage limits.
DERIVED = ("spend_limit", "spend_limit", None)
# CockroachDB's own number of a job.
JOB = re.compile(r"\b\d{18,19}\b")
ROUTING = re.compile(r"\b([a-z0-9-]+?)-1\d{3}\b")


@dataclass
class Outcome:
    """The outcome of one task on one host; *requests* are those that the emulator saw during it (one host only)."""

    name: str
    host: str
    status: str
    result: dict[str, Any]
    items: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.result.get(key, default)

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    @property
    def msg(self) -> str:
        return str(self.result.get("msg"))

    @property
    def writes(self) -> list[str]:
        """The requests with a write effect, as "POST /api/v1/clusters"."""
        return [f"{entry['method']} {entry['path']}" for entry in self.requests if entry["effect"] == "write"]

    def fails_with(self, *parts: str) -> None:
        """It failed, with one sentence that holds all *parts*."""
        assert self.failed, f"{self.name} did not fail: {self.result}"
        assert "\n" not in self.msg, self.msg
        assert len(self.msg) < 600, self.msg
        assert "Traceback" not in self.msg, self.msg
        assert "Bug in crdb.cloud" not in self.msg, self.msg
        for part in parts:
            assert part in self.msg, f"{part!r} is not in: {self.msg}"


@dataclass
class Run:
    """One run of ansible-playbook: *outcomes* in the order in which they came, by name with ``run[name]``."""

    rc: int
    stdout: str
    stderr: str
    log: str
    outcomes: list[Outcome]
    warnings: list[str]
    seconds: float
    cpu: float

    def __getitem__(self, name: str | tuple[str, str]) -> Outcome:
        """The outcome of the task of that name; with several hosts ``run[name, host]``."""
        name, host = (name, None) if isinstance(name, str) else name
        found = [outcome for outcome in self.outcomes if outcome.name == name and host in (None, outcome.host)]
        assert len(found) == 1, f"{len(found)} outcomes named {name!r} in {[item.name for item in self.outcomes]}"
        return found[0]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    def no_traceback(self) -> None:
        assert "Traceback (most recent call last)" not in self.output + self.log, self.output[-3000:]


def normalise(value: Any, seen: dict[str, str] | None = None) -> Any:
    """*value* with ids, timestamps, routing and job numbers replaced, so that two runs can be compared."""
    seen = {} if seen is None else seen
    if isinstance(value, str):
        value = UUID.sub(lambda match: seen.setdefault(match[0], f"<id {len(seen)}>"), value)
        return JOB.sub("<job>", SHORT_ID.sub("<id>", ROUTING.sub(r"\1-<n>", TIME.sub("<time>", value))))
    if isinstance(value, dict):
        return {key: normalise(item, seen) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [normalise(item, seen) for item in value]
    return value


def dig(value: Any, path: str) -> Any:
    """``dig(cluster, "config.serverless.spend_limit")``; None where a part is missing; ``regions[].name`` maps."""
    for part in path.split("."):
        if part.endswith("[]"):
            rest = path.split("[].", 1)
            rows = (value or {}).get(part[:-2]) or []
            return [dig(row, rest[1]) for row in rows] if len(rest) == 2 else rows
        value = (value or {}).get(part)
    return value


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two results differ, for the message of a failed assertion."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [line for key in keys for line in differences(one.get(key), other.get(key), f"{path}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for number, (a, b) in pairs for line in differences(a, b, f"{path}[{number}]")]
    return [] if one == other else [f"{path}: {one!r} != {other!r}"]


def agree(where: str, predicted: Any, real: Any) -> None:
    """What was predicted of an object is there. What only the service knows is left out, or has a sign for that."""
    if isinstance(predicted, dict):
        for name, value in predicted.items():
            unknown = value == NIL_ID or (name, value) == ("sql_dns", "") or (where, name, value) == DERIVED
            assert unknown or isinstance(real, dict), f"{where}: predicted {predicted}, got {real}"
            if not unknown:
                assert name in real or value is None, f"{where}.{name}: predicted {value!r}, which is not there"
                agree(f"{where}.{name}", value, real.get(name))
    elif isinstance(predicted, list):
        assert len(predicted) == len(real), f"{where}: predicted {predicted}, got {real}"
        for number, (one, other) in enumerate(zip(predicted, real, strict=True)):
            agree(f"{where}[{number}]", one, other)
    else:
        assert predicted == real, f"{where}: predicted {predicted!r}, got {real!r}"


def read_outcomes(lines: Iterable[str], requests: list[dict[str, Any]]) -> list[Outcome]:
    """The outcomes that the callback plugin results_jsonl wrote down."""
    outcomes, at, items = [], 0, {}
    for line in lines:
        entry = json.loads(line)
        where = (entry["host"], entry["uuid"])
        if entry["event"] == "item":
            items.setdefault(where, []).append(entry["result"])
            continue
        upto = entry["requests"]
        outcomes.append(
            Outcome(
                entry["task"],
                entry["host"],
                entry["event"],
                entry["result"],
                items.pop(where, []),
                requests[at:upto],
            )
        )
        at = upto
    return outcomes
