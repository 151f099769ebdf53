# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cluster API: slashes, names it cannot address, methods, redirects, headers."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

NOT_FOUND = (404, "404 page not found")


@pytest.mark.parametrize(
    "path",
    [
        "nodes",
        "health",
        "login",
        "databases/movr",
        "databases/my-db/",
        "databases/my-db/grants/",
        "databases/my%20db/tables/",
        "databases/%22Quoted%22/",
        "databases/b%C3%BCcher/",
        "databases/a%2Fb/",
        "databases/movr/tables/my-table/",
        "databases/movr/tables/reporting.Daily%20Totals/",
        "ranges/abc/",
        "ranges/-1/",
        "ranges/1",
        "nothing/",
        "",
    ],
)
def test_404_of_the_router_comes_before_the_session(cluster: Any, path: str) -> None:
    assert cluster.text(path, user=None) == NOT_FOUND
    assert cluster.text(path) == NOT_FOUND


def test_paths_are_cleaned(cluster: Any) -> None:
    for path, target in (
        ("/api/v2", "/api/v2/"),
        ("//api/v2/nodes/", "/api/v2/nodes/"),
        ("/api/v2//nodes/?limit=1", "/api/v2/nodes/?limit=1"),
        ("/api/v2/nodes/../users/", "/api/v2/users/"),
    ):
        answer = cluster.node.get(f"http://testserver{path}")
        if answer.status_code != 301:
            # The test client cleans some paths by itself.
            assert str(answer.request.url).endswith(target)
            continue
        assert answer.headers["location"] == target
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_get_routes_have_no_method_filter(cluster: Any, method: str) -> None:
    assert cluster.json("databases/", method=method) == cluster.json("databases/")


def test_head_has_no_body(cluster: Any) -> None:
    answer = cluster.get("databases/", method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")


def test_headers(cluster: Any) -> None:
    answer = cluster.get("nodes/")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in cluster.get("databases/").headers
    plain = cluster.node.get(
        "/api/v2/nodes/", headers={"X-Cockroach-API-Session": cluster.token(), "Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in plain.headers
    assert plain.json() == answer.json()


def test_json_is_that_of_go() -> None:
    from crdb_emulator.cluster_api.gojson import go_json, omit
    from crdb_emulator.cluster_api.reply import finish, json_reply

    assert go_json({"a": "<&>\u2028é", "b": None}) == rb'{"a":"\u003c\u0026\u003e\u2028' + "é".encode() + b'","b":null}'
    assert omit(a=0, b="", c=False, d=None, e=[], f={}, g=1, h="x") == {"f": {}, "g": 1, "h": "x"}
    packed = finish(json_reply("x" * 2000), {"accept-encoding": "deflate, gzip;q=0.5"})
    assert json.loads(gzip.decompress(packed.body)) == "x" * 2000


def test_virtual_clusters_have_few_endpoints(cluster: Any) -> None:
    cluster.patch(virtual_cluster=True)
    assert cluster.text("nodes/") == (501, "Not Available on Tenants")
    assert cluster.text("databases/") == (501, "Not Available on Tenants")
    assert cluster.text("nodes/", user="bob") == (403, "user not allowed to access this endpoint")
    assert cluster.get("rules/").status_code == 200
    assert cluster.rows("SELECT 1") == [[1]]
