# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cluster API: login, logout, tokens, roles, insecure clusters."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

HEADER = "X-Cockroach-API-Session"
UNVALIDATED = (401, "the provided authentication session could not be validated")
FORBIDDEN = (403, "user not allowed to access this endpoint")
GUARDED = ("nodes/", "nodes/1/ranges/", "ranges/hot/", "ranges/1/", "sessions/", "events/")
UNGUARDED = ("databases/", "databases/movr/", "databases/movr/grants/", "databases/movr/tables/")


def with_token(cluster: Any, token: str, path: str = "databases/", **headers: str) -> tuple[int, str]:
    answer = cluster.node.get(f"/api/v2/{path}", headers={HEADER: token, **headers})
    return answer.status_code, answer.text.rstrip("\n")


def counts(cluster: Any) -> list[int]:
    state = cluster.control("GET", "state")["cluster_api"]
    return [state[name] for name in ("sessions_open", "logins", "logouts")]


def test_login(cluster: Any) -> None:
    answer = cluster.login("ann")
    assert (answer.status_code, list(answer.json())) == (200, ["session"])
    assert cluster.login("ANN", "ann-pw").status_code == 200
    wrong = (401, "the provided credentials did not match any account on the server\n")
    for user, password in (("ann", "no"), ("ann", ""), ("nobody", "x"), ("root", "x"), ("admin", "x"), ("public", "x")):
        failed = cluster.login(user, password)
        assert (failed.status_code, failed.text) == wrong
    assert counts(cluster) == [2, 2, 0]


def test_login_reads_forms_only(cluster: Any) -> None:
    missing = (400, "username not specified\n")
    values = {"username": "ann", "password": "ann-pw"}
    for answer in (cluster.node.post("/api/v2/login/"), cluster.node.post("/api/v2/login/", json=values)):
        assert (answer.status_code, answer.text) == missing
    assert cluster.node.post("/api/v2/login/", params=values).status_code == 200
    odd = cluster.node.get("/api/v2/login/", params=values)
    assert odd.status_code == 404
    first, _unused, rest = odd.text.partition("\n")
    assert first == "not found"
    token = rest.removeprefix('{"session":"').removesuffix('"}')
    assert with_token(cluster, token)[0] == 200


def test_sessions_that_are_none(cluster: Any) -> None:
    assert cluster.text("databases/", user=None) == (401, "invalid session header")
    assert with_token(cluster, "yes") == (400, "illegal base64 data at input byte 0")
    assert with_token(cluster, "a b") == (400, "illegal base64 data at input byte 1")
    for message in (b"", b"\xff\xff", b"\x08\x01\x12\x02ab", b"\x0a\x01x"):
        if message:
            assert with_token(cluster, base64.b64encode(message).decode()) == UNVALIDATED
    raw = bytearray(base64.b64decode(cluster.token()))
    raw[-1] ^= 1
    assert with_token(cluster, base64.b64encode(raw).decode()) == UNVALIDATED


def test_cookie(cluster: Any) -> None:
    token = cluster.token()
    assert with_token(cluster, "cookie") == (400, "invalid session header")
    assert with_token(cluster, "cookie", Cookie="other=x") == (400, "invalid session header")
    assert with_token(cluster, "cookie", Cookie=f"session={token}")[0] == 200
    assert with_token(cluster, "cookie", Cookie=f"session={token},system")[0] == 200


def test_sessions_expire(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(session_seconds=10)
    token = cluster.token()
    cluster.clock.advance(9)
    assert with_token(cluster, token)[0] == 200
    cluster.clock.advance(1)
    assert with_token(cluster, token) == UNVALIDATED
    second = cluster.login("ann").json()["session"]
    cluster.patch(expire_sessions=True)
    assert with_token(cluster, second) == UNVALIDATED
    assert cluster.node.post("/api/v2/logout/", headers={HEADER: second}).json() == {"logged_out": True}
    assert counts(cluster) == [0, 2, 1]


def test_logout(cluster: Any) -> None:
    token = cluster.token()

    def out(method: str = "POST", **headers: str) -> tuple[int, str]:
        answer = cluster.node.request(method, "/api/v2/logout/", headers=headers)
        return answer.status_code, answer.text

    assert out() == (400, "invalid or unspecified session\n")
    assert out(**{HEADER: "CAESAA=="}) == (400, "invalid session\n")
    for junk in ("yes", "cookie", base64.b64encode(b"\xff").decode()):
        assert out(**{HEADER: junk})[0] == 500
    assert out(**{HEADER: token}) == (200, '{"logged_out":true}')
    assert with_token(cluster, token) == UNVALIDATED
    assert out(**{HEADER: token}) == (200, '{"logged_out":true}')
    other = cluster.login("bob").json()["session"]
    assert out("GET", **{HEADER: other}) == (404, 'not found\n{"logged_out":true}')
    assert with_token(cluster, other) == UNVALIDATED
    assert counts(cluster) == [0, 2, 2]


def test_roles(cluster: Any) -> None:
    for path in GUARDED:
        assert cluster.get(path).status_code == 200
        assert cluster.text(path, user="bob") == FORBIDDEN
        # The event log is read through SQL as the user, who lacks the privilege on the table.
        assert cluster.get(path, user="vera").status_code == (500 if path == "events/" else 200)
    for path in UNGUARDED:
        assert cluster.get(path, user="bob").status_code == 200
        assert cluster.text(path, user=None) == (401, "invalid session header")
    assert cluster.get("users/", user="bob").status_code == 500
    assert cluster.get("databases/movr/tables/users/", user="bob").status_code == 500


@pytest.mark.parametrize("version", ["21.2", "22.1", "23.1"])
def test_older_versions_want_admin(make_cluster: Callable[..., Any], version: str) -> None:
    cluster = make_cluster(version=version)
    for path in GUARDED:
        assert cluster.text(path, user="vera") == FORBIDDEN
        assert cluster.get(path).status_code == 200


def test_metadata_can_be_granted(cluster: Any) -> None:
    cluster.rows("GRANT SYSTEM VIEWCLUSTERMETADATA TO bob")
    assert cluster.get("nodes/", user="bob").status_code == 200
    cluster.rows("REVOKE SYSTEM VIEWCLUSTERMETADATA FROM bob")
    assert cluster.text("nodes/", user="bob") == FORBIDDEN


def test_insecure(make_cluster: Callable[..., Any]) -> None:
    cluster = make_cluster(insecure=True)
    for path in (*GUARDED, *UNGUARDED, "users/"):
        assert cluster.get(path, user=None).status_code == 200
    assert with_token(cluster, "rubbish")[0] == 200
    assert cluster.node.post("/api/v2/login/", data={"username": "root"}).status_code == 401
    body = {"statements": [{"sql": "SELECT current_user"}], "execute": True}
    answer = cluster.node.post("/api/v2/sql/", json=body).json()
    assert answer["execution"]["txn_results"][0]["rows"] == [{"current_user": "root"}]
