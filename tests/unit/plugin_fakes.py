# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for the world around the plugins: a clock, an API over a dict, a module's run."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import (
    AnswerError,
    ApiError,
    CrdbError,
    LostAnswerError,
)
from ansible_collections.crdb.cloud.plugins.module_utils._http.answers import ANY_OBJECT, Object, Shape, page, told
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.declared import Scope
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.noun import Desired, Noun
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.listings import Listings
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.wait import Waiter

CLUSTER_ID = "35c4abb2-bb66-46d7-afed-25ebef5ed2aa"
OTHER_ID = "11111111-2222-3333-4444-555555555555"
ORGANIZATION_ID = "00000000-aaaa-bbbb-cccc-000000000001"
NEWEST = "2024-09-16"
VERSIONS = ("2022-03-31", "2022-09-20", "2023-04-10", NEWEST, "2026-09-15")


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0, seconds
        self.sleeps.append(seconds)
        self.now += seconds


def cluster(**changes: Any) -> dict[str, Any]:
    """A settled Basic cluster as the newest version shows it, integers already converted."""
    return {
        "id": CLUSTER_ID,
        "name": "orders",
        "plan": "BASIC",
        "cloud_provider": "GCP",
        "state": "CREATED",
        "operation_status": "UNSPECIFIED",
        "upgrade_status": "FINALIZED",
        "cockroach_version": "v25.2.3",
        "delete_protection": "DISABLED",
        "labels": {},
        "parent_id": "root",
        "regions": [{"name": "us-central1", "node_count": 0, "primary": True}],
        "config": {"serverless": {"routing_id": "orders-1", "upgrade_type": "AUTOMATIC", "usage_limits": {}}},
        **changes,
    }


def advanced(**changes: Any) -> dict[str, Any]:
    """A settled Advanced cluster."""
    dedicated = {
        "machine_type": "n2-standard-4",
        "num_virtual_cpus": 4,
        "storage_gib": 150,
        "memory_gib": 16,
        "disk_iops": 450,
    }
    return cluster(
        **{
            "plan": "ADVANCED",
            "regions": [{"name": "us-east1", "node_count": 3}, {"name": "us-west1", "node_count": 3}],
            "config": {"dedicated": dedicated},
            "network_visibility": "PUBLIC",
            "cidr_range": "172.28.0.0/16",
            **changes,
        }
    )


def standard(**changes: Any) -> dict[str, Any]:
    """A settled Standard cluster in one region, upgraded by hand."""
    serverless = {"routing_id": "orders-1", "upgrade_type": "MANUAL", "usage_limits": {"provisioned_virtual_cpus": 4}}
    return cluster(**{"plan": "STANDARD", "config": {"serverless": serverless}, **changes})


def scope(label: str = "cluster 'orders'", version: str = NEWEST) -> Scope:
    """Below the cluster of cluster(), called *label* in messages."""
    return Scope({"cluster": CLUSTER_ID}, label, version)


def desired(noun: Noun, key: dict[str, Any], version: str = NEWEST, **params: Any) -> Desired:
    """What the options *params* want of the object of *noun* with that *key*."""
    return Desired(noun, key, noun.values(params, version))


def refusal(status: int, message: str = "no", *, busy: bool = False) -> ApiError:
    return ApiError(message, status=status, method="X", path="/x", busy=busy)


class FakeApi:
    """The part of CloudApi that the engine uses, over a dict; keeps the requests in *log*.

    *faults* and *after* are (method, pattern of the path, exception), each good for one request: the first are raised
    before the request takes effect, the second after it. *on_read* is called before each GET.
    """

    def __init__(self, *clusters: dict[str, Any], version: str = NEWEST, read_only: bool = False) -> None:
        self.version = version
        self.read_only = read_only
        self.clusters = {row["id"]: copy.deepcopy(row) for row in clusters}
        self.users: dict[str, dict[str, str]] = {row["id"]: {} for row in clusters}
        self.entries: dict[str, list[dict[str, Any]]] = {row["id"]: [] for row in clusters}
        self.regions = ["europe-west1", "us-central1", "us-east1", "us-west1"]
        self.faults: list[tuple[str, str, Any]] = []
        self.after: list[tuple[str, str, Any]] = []
        self.log: list[tuple[str, str, Any]] = []
        self.written = 0
        self.sent_secrets: list[tuple[Any, ...]] = []
        self.on_read = lambda api: None
        self.http = SimpleNamespace(settings=SimpleNamespace(retries=2))

    @property
    def writes(self) -> list[tuple[str, str, Any]]:
        return [entry for entry in self.log if entry[0] != "GET"]

    @property
    def written_here(self) -> int:
        return self.written

    def organization(self, _needed_by: str) -> dict[str, str]:
        return {"id": ORGANIZATION_ID, "label": "acme", "name": "Acme"}

    def telling(self) -> FakeApi:
        return self

    def get(self, path: str, query: Any = None, *, shape: Object = ANY_OBJECT, body: Any = None) -> Any:
        method = "GET" if body is None else "POST"
        return self._fitting(self.call(method, path, effect="read", query=query, body=body), shape)

    def write(
        self, method: str, path: str, body: Any = None, secrets: tuple[Any, ...] = (), *, shape: Shape = ANY_OBJECT
    ) -> Any:
        self.sent_secrets.append(secrets)
        answer = self.call(method, path, effect="write", body=body, secrets=secrets)
        return self._fitting(answer, shape) if answer else {}

    def pages(self, path: str, key: str, query: Any = None, *, shape: Shape = ANY_OBJECT) -> Iterator[dict[str, Any]]:
        yield self.get(path, query, shape=page(key, shape))

    def followed(self, path: str, query: Any = None, *, shape: Object = ANY_OBJECT) -> Iterator[dict[str, Any]]:
        yield self.get(path, query, shape=shape)

    def rows(self, path: str, key: str, query: Any = None, *, shape: Shape = ANY_OBJECT) -> list[Any]:
        return self.get(path, query, shape=page(key, shape))[key]

    @staticmethod
    def _fitting(answer: Any, shape: Shape) -> Any:
        if flaw := shape.flaw(answer):
            raise AnswerError(f"the answer can't be used: {told(flaw)}")
        return answer

    def call(
        self, method: str, path: str, *, effect: str, query: Any = None, body: Any = None, secrets: Any = ()
    ) -> Any:
        if effect == "write" and self.read_only:
            raise CrdbError(f"check mode was about to send {method} {path}")
        self.log.append((method, path, copy.deepcopy(body)))
        if method == "GET":
            self.on_read(self)
        try:
            self._fire(self.faults, method, path)
            answer = copy.deepcopy(self._answer(method, path, body))
            self._fire(self.after, method, path)
        except ApiError as error:
            self.written += effect == "write" and error.status >= 500
            raise
        except LostAnswerError:
            self.written += effect == "write"
            raise
        self.written += effect == "write"
        return answer

    @staticmethod
    def _fire(faults: list[tuple[str, str, Any]], method: str, path: str) -> None:
        for fault in faults:
            if fault[0] == method and re.search(fault[1], path):
                faults.remove(fault)
                raise fault[2]

    def _answer(self, method: str, path: str, body: Any) -> Any:
        parts = path.strip("/").split("/")
        if path == "/clusters/available-regions":
            return {"regions": [{"name": name} for name in self.regions]}
        if path == "/cluster-versions":
            return {"versions": []}
        if len(parts) == 1:
            return {"clusters": list(self.clusters.values())} if method == "GET" else self._create(body)
        row = self.clusters.get(parts[1])
        if row is None:
            raise refusal(404, "cluster not found")
        if len(parts) == 2:
            return self._cluster(method, row, body)
        if parts[2] == "sql-users":
            if row["state"] == "CREATING":
                raise refusal(404, "cluster not found")
            return self._user(method, self.users[parts[1]], parts[3:], body)
        if parts[2:] == ["spend-limit"] and self.version < NEWEST:
            row["config"]["serverless"]["spend_limit"] = body["spendLimit"]
            return None
        if parts[2] == "networking":
            return self._entry(method, self.entries[parts[1]], parts[4:], body)
        raise refusal(404, "Not Found")

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        spec = body["spec"]
        serverless = spec.get("serverless") or {}
        row = cluster(
            id=OTHER_ID,
            name=body["name"],
            plan=spec.get("plan", "BASIC"),
            cloud_provider=body["provider"],
            state="CREATING",
            labels=spec.get("labels", {}),
            delete_protection=spec.get("delete_protection", "DISABLED"),
            regions=[{"name": name, "node_count": 0} for name in serverless.get("regions", [])],
            config={"serverless": {"usage_limits": _numbers(serverless.get("usage_limits"))}},
        )
        self.clusters[row["id"]] = row
        self.users[row["id"]], self.entries[row["id"]] = {}, []
        return row

    def _cluster(self, method: str, row: dict[str, Any], body: Any) -> Any:
        if method == "DELETE":
            row["state"] = "DELETED"
        elif method == "PATCH":
            serverless, dedicated = body.get("serverless") or {}, body.get("dedicated") or {}
            row.update({key: value for key, value in body.items() if key not in ("serverless", "dedicated")})
            if "regions" in serverless:
                row["regions"] = [
                    {"name": n, "node_count": 0, "primary": n == serverless.get("primary_region")}
                    for n in serverless["regions"]
                ]
            for name in ("usage_limits", "spend_limit", "upgrade_type"):
                if name in serverless:
                    value = serverless[name]
                    row["config"]["serverless"][name] = _numbers(value) if name == "usage_limits" else value
            if "region_nodes" in dedicated:
                row["regions"] = [
                    {"name": name, "node_count": count} for name, count in dedicated["region_nodes"].items()
                ]
            if "hardware" in dedicated:
                hardware = dict(dedicated["hardware"])
                row["config"]["dedicated"].update({**hardware.pop("machine_spec", {}), **hardware})
        return row

    @staticmethod
    def _user(method: str, users: dict[str, str], rest: list[str], body: Any) -> Any:
        if method == "GET":
            return {"users": [{"name": name} for name in users]}
        if method == "POST":
            if body["name"] in users:
                raise refusal(409, "exists")
            users[body["name"]] = body["password"]
            return {"name": body["name"]}
        if rest[0] not in users:
            raise refusal(404, "user not found")
        if method == "PUT":
            users[rest[0]] = body["password"]
        else:
            del users[rest[0]]
        return {"name": rest[0]}

    @staticmethod
    def _entry(method: str, entries: list[dict[str, Any]], rest: list[str], body: Any) -> Any:
        if method == "GET":
            return {"allowlist": entries, "propagating": False, "pagination": None}
        if method == "POST":
            entries.append(body)
            return body
        found = next(row for row in entries if [row["cidr_ip"], str(row["cidr_mask"])] == rest)
        if method == "DELETE":
            entries.remove(found)
        else:
            found.update(body)
        return found


def _numbers(limits: dict[str, str] | None) -> dict[str, int]:
    return {name: int(value) for name, value in (limits or {}).items()}


@dataclass
class FakeRun:
    """The engine's Run, with a clock that passes only by sleeping."""

    api: FakeApi
    params: dict[str, Any]
    check_mode: bool = False
    diff: bool = False
    wait: bool = True
    wait_timeout: float = 600.0
    warnings: list[str] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)
    listings: Listings = field(default_factory=Listings)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.api.read_only = self.check_mode
        self.warn = self.warnings.append
        self.waiter = Waiter(
            timeout=self.wait_timeout,
            enabled=self.wait,
            notify=self.progress.append,
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    def before_change(self) -> None:
        """Nothing forbids a change."""
