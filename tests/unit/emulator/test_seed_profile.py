# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request of the first public documentation page, sent as its curl examples send it.

``curl --data`` sends a form content type; the examples carry no ``Cc-Version`` except for the audit log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crdb_emulator.settings import SEED
from crdb_emulator.versions import ApiVersion

MOOSE = '{"name":"notorious-moose","provider":"GCP","spec":{"serverless":{"regions":["us-central1"],"spendLimit":0}}}'
CLUSTER = {
    "cloud_provider", "created_at", "creator_id", "deleted_at", "id", "operation_status", "name", "plan", "regions",
    "config", "state", "updated_at",
}  # fmt: skip
INTEGERS = {"next", "last", "limit", "total_results"}


@pytest.fixture(params=["/api/v1", "/v1"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seed(make_api: Callable[..., Any]) -> Any:
    return make_api(profile=SEED, default_version=ApiVersion.V2022_03_31)


def curl(api: Any, method: str, path: str, data: str | None = None, version: str | None = None) -> Any:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if data is not None else {}
    answer = api.send(method, path, data, version=version, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json() if answer.content else None


def check_block(block: Any) -> None:
    assert set(block) == INTEGERS | {"time", "order"}
    assert all(isinstance(block[name], int) and not isinstance(block[name], bool) for name in INTEGERS)
    assert block["order"] == "ASC"


def check_cluster(cluster: Any) -> None:
    assert set(cluster) >= CLUSTER
    assert cluster["plan"] == "SERVERLESS"
    assert cluster["operation_status"] == "CLUSTER_STATUS_UNSPECIFIED"
    assert cluster["cloud_provider"] == "GCP"
    assert set(cluster["regions"][0]) >= {"name", "sql_dns", "ui_dns"}
    assert cluster["regions"][0]["ui_dns"] == ""
    serverless = cluster["config"]["serverless"]
    assert set(serverless) == {"regions", "spend_limit", "routing_id"}
    assert serverless["regions"] == ["us-central1"]
    assert serverless["routing_id"].startswith("notorious-moose-")


def test_the_documentation_page(seed: Any, prefix: str) -> None:
    assert curl(seed, "GET", f"{prefix}/clusters")["clusters"] == []
    assert curl(seed, "GET", f"{prefix}/clusters", version="2022-03-31")["clusters"] == []

    made = curl(seed, "POST", f"{prefix}/clusters", MOOSE)
    check_cluster(made)
    assert made["state"] == "CREATING"
    assert made["config"]["serverless"]["spend_limit"] == 0
    seed.clock.advance(3)
    path = f"{prefix}/clusters/{made['id']}"
    check_cluster(curl(seed, "GET", path))

    nodes = curl(seed, "GET", f"{path}/nodes")
    assert set(nodes) == {"nodes", "pagination"}
    check_block(nodes["pagination"])

    assert curl(seed, "PUT", f"{path}/spend-limit", '{"spendLimit": 1000}') is None
    assert curl(seed, "GET", path)["config"]["serverless"]["spend_limit"] == 1000

    log = curl(
        seed,
        "GET",
        f"{prefix}/auditlogevents?starting_from=2022-03-14T14:15:22Z&sort_order=ASC&limit=200",
        version="2022-03-31",
    )
    assert set(log) == {"entries", "next_starting_from"}
    assert len(log["entries"]) == 2
    assert set(curl(seed, "GET", f"{prefix}/auditlogevents?sort_order=DESC")) == {"entries"}

    listed = curl(seed, "GET", f"{prefix}/clusters")
    check_cluster(listed["clusters"][0])
    check_block(listed["pagination"])

    regions = curl(seed, "GET", f"{prefix}/clusters/available-regions?provider=GCP")["regions"]
    assert "us-central1" in regions
    assert all(isinstance(region, str) for region in regions)

    assert curl(seed, "GET", f"{path}/sql-users")["users"] == []
    created = curl(seed, "POST", f"{path}/sql-users", '{"name":"maxroach","password":"first-secret"}')
    assert created == {"name": "maxroach"}
    assert curl(seed, "GET", f"{path}/sql-users")["users"] == [{"name": "maxroach"}]
    answer = curl(seed, "PUT", f"{path}/sql-users/maxroach/password", '{"password":"second-secret"}')
    assert answer == {"name": "maxroach"}
    assert curl(seed, "DELETE", f"{path}/sql-users/maxroach") == {"name": "maxroach"}

    assert curl(seed, "DELETE", path) is None
    assert curl(seed, "GET", f"{prefix}/clusters")["clusters"] == []
    gone = curl(seed, "GET", f"{prefix}/clusters?show_inactive=true")["clusters"]
    assert [cluster["state"] for cluster in gone] == ["DELETED"]

    wrong = seed.send("GET", f"{prefix}/clusters", version="2022-13-31")
    assert (wrong.status_code, wrong.json()["message"]) == (400, "invalid Cc-Version")


def test_offsets(make_api: Callable[..., Any]) -> None:
    api = make_api(profile=SEED, default_version=ApiVersion.V2022_03_31, seed_clusters=25, page_size=10)
    names: list[str] = []
    start = 0
    for _unused in range(3):
        answer = curl(api, "GET", f"/api/v1/clusters?pagination.start={start}&pagination.limit=10")
        names += [cluster["name"] for cluster in answer["clusters"]]
        block = answer["pagination"]
        assert (block["limit"], block["total_results"], block["last"]) == (10, 25, max(start - 10, 0))
        start = block["next"]
    assert start == 0
    assert len(set(names)) == 25
    assert api.error("GET", "clusters?pagination.start=-1", version=None)[:2] == (400, 3)


def test_later_versions_keep_their_paging_in_the_seed_profile(seed: Any) -> None:
    assert seed.ok("GET", "clusters", version="2024-09-16")["pagination"] is None
    assert seed.ok("GET", "clusters/available-regions", version="2024-09-16")["regions"][0] == "us-east-1"
