# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every curl command of the first public documentation page, sent as written, gets the answer documented there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from contract.conftest import QUICKER
from contract.helpers.seed import FORM, PAGE, Curl, Page, fill, mismatches
from contract.helpers.specs import directory
from integration.helpers.emulator import FAST, Emulator
from integration.helpers.secrets import API_KEY

THE_PAGE = directory("seeds", "CRDB_SEED_DIR", PAGE) / PAGE
SEED = Page(THE_PAGE)
SERVICE = "https://cockroachlabs.cloud"
CREATE = "POST /api/v1/clusters"
# What the page documents by a placeholder that no living cluster can have: the time of its deletion.
ONLY_WHEN_DELETED = "deleted_at: documented as str, is None"
VALUES = {
    "secret_key": API_KEY,
    "version": "2022-03-31",
    "api_version": "2022-03-31",
    "cluster_name": "funky-skunk",
    "cloud_provider": "GCP",
    "region_name": "us-west2",
    "spend_limit": "1000",
    "timestamp": "2022-03-14T14:15:22Z",
    "sort_order": "ASC",
    "limit": "200",
    "sql_username": "maxroach",
    "password": "set-by-the-test",
    "new_password": "set-again-by-the-test",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"), "--profile", "seed", *FAST, *QUICKER)
    yield emulator
    emulator.stop()


@pytest.fixture
def emulator(shared: Emulator) -> Emulator:
    """In the seed profile, with nothing in it."""
    shared.reset()
    return shared


def send(emulator: Emulator, curl: Curl, values: dict[str, str]) -> requests.Response:
    """The command as curl would send it, but for the host."""
    assert curl.url.startswith(SERVICE)
    url = emulator.url + fill(curl.url.removeprefix(SERVICE), values)
    every = {name: fill(value, values) for name, value in curl.headers.items()}
    data = None
    if curl.data is not None:
        data = fill(curl.data, values).encode()
        every.setdefault("Content-Type", FORM)
    with requests.Session() as session:
        session.trust_env = False
        return session.request(curl.method, url, headers=every, data=data, timeout=30, allow_redirects=False)


def prepared(emulator: Emulator, curl: Curl) -> dict[str, str]:
    """The values for *curl*, and what it needs to be there: a cluster, an entry of the audit log, a SQL user."""
    values = dict(VALUES)
    if curl.operation == CREATE:
        return values
    create, user = (
        next(item for item in SEED.curls if item.operation.endswith(path) and item.method == "POST")
        for path in ("/clusters", "/sql-users")
    )
    values["cluster_id"] = send(emulator, create, values).json()["id"]
    emulator.until(lambda: emulator.cluster(values["cluster_name"])["state"] == "CREATED")
    if "sql-users" in curl.path and curl.operation != user.operation:
        assert send(emulator, user, values).status_code == 200
    if curl.path.endswith("/nodes"):
        # Serverless clusters show no nodes, so there is nothing documented to compare; a dedicated one has some.
        hardware = {"machine_spec": {"num_virtual_cpus": 4}, "storage_gib": 15}
        spec = {"dedicated": {"region_nodes": {"us-west2": 3}, "hardware": hardware}}
        values["cluster_id"] = emulator.add_cluster("dedicated", **spec)["id"]
    return values


@pytest.mark.parametrize("curl", SEED.curls, ids=str)
def test_curl(emulator: Emulator, curl: Curl) -> None:
    values = prepared(emulator, curl)
    answer = send(emulator, curl, values)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cc-Version"] == "2022-03-31"
    documented = SEED.answers[curl.operation]
    if documented is None:
        assert answer.content == b""
        return
    assert answer.headers["Content-Type"] == "application/json"
    found = mismatches(documented, answer.json())
    assert [line for line in found if not line.endswith(ONLY_WHEN_DELETED)] == []


def test_a_deleted_cluster_has_the_documented_time(emulator: Emulator) -> None:
    delete, listing = (
        next(curl for curl in SEED.curls if curl.method == method and ending in curl.url)
        for method, ending in (("DELETE", "/clusters/{cluster_id}"), ("GET", "?show_inactive=true"))
    )
    values = prepared(emulator, delete)
    assert send(emulator, delete, values).content == b""
    assert mismatches(SEED.answers[listing.operation], send(emulator, listing, values).json()) == []


def test_what_was_sent_has_happened(emulator: Emulator) -> None:
    """A form content type and camelCase are understood, not just tolerated."""
    limit = next(curl for curl in SEED.curls if curl.path.endswith("/spend-limit"))
    values = prepared(emulator, limit)
    get = next(curl for curl in SEED.curls if curl.operation == "GET /api/v1/clusters/{cluster_id}")
    for cents in ("1000", "2500"):
        values["spend_limit"] = cents
        assert send(emulator, limit, values).content == b""
        row = send(emulator, get, values).json()
        assert row["config"]["serverless"]["spend_limit"] == int(cents)
    assert (row["name"], row["cloud_provider"], row["plan"]) == ("funky-skunk", "GCP", "SERVERLESS")
    assert row["config"]["serverless"]["regions"] == ["us-west2"]


def test_an_invalid_version(emulator: Emulator) -> None:
    versioned = next(curl for curl in SEED.curls if "Cc-Version" in curl.headers)
    for version in ("2022-04-31", "1", "latest"):
        answer = send(emulator, versioned, {**VALUES, "version": version})
        assert answer.status_code == 400
        assert answer.json()["message"] == "invalid Cc-Version"


def test_pages_are_counted(emulator: Emulator) -> None:
    listing = next(curl for curl in SEED.curls if curl.url.endswith("/sql-users") and curl.method == "GET")
    values = prepared(emulator, listing)
    emulator.add_users(values["cluster_id"], ["anna", "otto", "zoe"])
    answer = send(emulator, listing, values)
    block = answer.json()["pagination"]
    integers = ("next", "last", "limit", "total_results")
    assert {type(block[name]) for name in integers} == {int}
    assert (block["next"], block["total_results"], block["order"]) == (0, 4, "ASC")


def test_audit_log_cursor(emulator: Emulator) -> None:
    """Ascending there is always a cursor; descending until the oldest entry is reached."""
    log = next(curl for curl in SEED.curls if curl.path.endswith("/auditlogevents"))
    values = prepared(emulator, log)
    far_ahead = {**values, "timestamp": "2099-01-01T00:00:00Z"}
    assert isinstance(send(emulator, log, far_ahead).json()["next_starting_from"], str)
    everything = send(emulator, log, {**far_ahead, "sort_order": "DESC"}).json()
    assert everything["entries"]
    assert "next_starting_from" not in everything
    emulator.add_users(values["cluster_id"], ["anna"])
    first = send(emulator, log, {**far_ahead, "sort_order": "DESC", "limit": "1"}).json()
    assert isinstance(first["next_starting_from"], str)


def test_the_page_was_read_in_whole() -> None:
    text = THE_PAGE.read_text()
    assert len(SEED.curls) == text.count("\ncurl ") > 10
    assert {curl.operation for curl in SEED.curls} == set(SEED.answers)
    assert [operation for operation, answer in SEED.answers.items() if answer is None] == [
        "PUT /api/v1/clusters/{cluster_id}/spend-limit",
        "DELETE /api/v1/clusters/{cluster_id}",
    ]
    # Lists whose items would go uncompared.
    assert not [answer for answer in SEED.answers.values() if answer is not None and "[]" in json.dumps(answer)]


@pytest.mark.parametrize(
    ("documented", "found", "expected"),
    [
        ({"a": "x"}, {"a": "y", "b": 1}, []),
        ({"a": "x"}, {}, [".a: missing"]),
        ({"a": "x"}, {"a": None}, [".a: documented as str, is None"]),
        ({"a": 0}, {"a": True}, [".a: documented as int, is True"]),
        ({"a": [{"b": 0}]}, {"a": [{"b": 1}, {"b": "1"}]}, [".a[].b: documented as int, is '1'"]),
        ({"a": [{"b": 0}]}, {"a": []}, [".a: empty"]),
        ({"a": ["{region_array}"]}, {"a": [{"name": "x"}]}, [".a[]: documented as str, is {'name': 'x'}"]),
        ({"a": ["{entry_array}"]}, {"a": ["x"]}, [".a[]: documented as dict, is 'x'"]),
        ({"a": {"b": 0}}, {"a": {}}, [".a.b: missing"]),
    ],
)
def test_a_mismatch_is_seen(documented: Any, found: Any, expected: list[str]) -> None:
    assert mismatches(documented, found) == expected
