# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info modules of the Cluster API read: one function each. Numbers get words beside them, never instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, Protocol

from .._base.errors import AnswerError, ApiError, CrdbError, OptionError
from .._http.answers import ANY_OBJECT, ANYTHING, TEXT, ListOf, MapOf, Object, harmless, loaded, told
from .._reconcile.outcome import Surrounding
from .._reconcile.wait import Waiter
from .client import PREFIX, ClusterApi, addressable, checked

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]

# The last second of the year 9999, from where on nothing can say a date.
LATEST = 253402300799
OBJECTS, TEXTS = ListOf(ANY_OBJECT), ListOf(TEXT)
NODE = Object(known={"ServerVersion": ANY_OBJECT})
GRANT = Object(known={"user": TEXT, "privileges": TEXTS})
HOT_RANGES = Object(
    known={
        "ranges": OBJECTS,
        "ranges_by_node_id": MapOf(OBJECTS, numbered=True),
        "response_error": ListOf(ANYTHING),
        "next": TEXT,
    }
)
SESSIONS = Object(
    known={"sessions": ListOf(Object(known={"active_queries": OBJECTS})), "errors": ListOf(ANYTHING), "next": TEXT}
)
ANSWERS = Object({"responses_by_node_id": MapOf(ANY_OBJECT, numbered=True)})
USERS = Object(known={"users": OBJECTS})
TABLE = Object(known={"grants": ListOf(GRANT)})
RULES = MapOf(Object(known={"rules": OBJECTS}))
LIVENESS = ("UNKNOWN", "DEAD", "UNAVAILABLE", "LIVE", "DECOMMISSIONING", "DECOMMISSIONED", "DRAINING")
SESSION_STATUS = ("ACTIVE", "CLOSED", "IDLE")
QUERY_PHASE = ("PREPARING", "EXECUTING")
ZONE_CONFIG_LEVEL = ("UNKNOWN", "CLUSTER", "DATABASE", "TABLE")


class ClusterRun(Surrounding, Protocol):
    """One run of one module of the Cluster API."""

    params: Mapping[str, Any]
    hides: bool
    api: ClusterApi
    waiter: Waiter


def word(words: tuple[str, ...], number: Any) -> str:
    return words[number] if isinstance(number, int) and 0 <= number < len(words) else f"UNKNOWN ({number})"


def moment(nanoseconds: Any) -> str | None:
    """An RFC 3339 stamp in UTC of a count of nanoseconds since 1970."""
    if not isinstance(nanoseconds, int) or nanoseconds <= 0:
        return None
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    if seconds > LATEST:
        return None
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"


def _bounds(run: ClusterRun) -> dict[str, Any]:
    """The options limit and page_size, checked."""
    for name in ("limit", "page_size"):
        if run.params.get(name) is not None and run.params[name] < 1:
            raise OptionError(f"{name} must be at least 1, got {run.params[name]}")
    return {"limit": run.params.get("limit"), "page_size": run.params.get("page_size") or 1000}


def _told(run: ClusterRun, doing: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except CrdbError as error:
        raise error.during(doing) from None


def health(run: ClusterRun) -> Any:
    """Whether the node runs and, with ``ready``, takes SQL; the reason where it does not."""
    wanted = run.params["ready"]

    def look() -> dict[str, Any]:
        answer = run.api.call(
            "GET", "/health", query={"ready": "true"} if wanted else None, accept=(500, 503), login=False
        )
        if answer.ok:
            return {"healthy": True, "ready": True if wanted else None, "reason": None}
        # The Cluster API does not say why a node is not ready; the older endpoint does.
        old = run.api.call(
            "GET", "/health", query={"ready": "1"}, prefix="", accept=(404, 500, 503), text=True, login=False
        )
        said = old.body.get("error") if isinstance(old.body, dict) else None
        return {
            "healthy": True,
            "ready": False,
            "reason": str(said or "") or f"the node is not ready (HTTP {answer.status})",
        }

    found: dict[str, Any] = _told(run, "read the health of the cluster", look)
    if run.waiter.enabled and found["ready"] is False:
        found = run.waiter.until(
            "the node",
            lambda: _told(run, "read the health of the cluster", look),
            settled=lambda state: state["ready"] is not False,
            failed=lambda state: "",
            describe=lambda state: "ready" if state["ready"] is not False else f"not ready ({state['reason']})",
            latest=found,
            shown="health",
        )
    return found


def nodes(run: ClusterRun) -> Any:
    rows = _told(run, "list the nodes", lambda: run.api.rows("/nodes", "nodes", shape=NODE, **_bounds(run)))
    metrics = run.params["metrics"]
    found = []
    for row in rows:
        node = {name: value for name, value in row.items() if metrics or name not in ("metrics", "store_metrics")}
        server = row.get("ServerVersion") or {}
        node["liveness"] = word(LIVENESS, row.get("liveness_status", 0))
        node["version"] = row.get("build_tag") or ".".join(
            str(server.get(name, server.get(f"{name}_val", 0))) for name in ("major", "minor")
        )
        for name in ("started_at", "updated_at"):
            node[f"{name}_time"] = moment(row.get(name))
        found.append(node)
    return found


def node_ranges(run: ClusterRun) -> Any:
    node = _node(run.params["node_id"])
    ranges = run.params.get("ranges") or []
    query = {"ranges": ",".join(str(number) for number in ranges)} if ranges else None
    path = f"/nodes/{node}/ranges"
    try:
        return run.api.rows(path, "ranges", query, **_bounds(run))
    except ApiError as error:
        if error.status == 500:
            error.hint = f"Most often there is no node {node}, or it can't be reached: see cluster_api_node_info"
        raise error.during(f"list the ranges of node {node}") from None


def ranges(run: ClusterRun) -> Any:
    """What each node knows of one range. A range that does not exist has no answers at all."""
    number = run.params["range_id"]
    if number < 1:
        raise OptionError(f"range_id must be at least 1, got {number}")
    body = _told(run, f"read range {number}", lambda: run.api.get(f"/ranges/{number}", shape=ANSWERS))
    return [
        {"node_id": int(node), **(answer or {})}
        for node, answer in sorted(body["responses_by_node_id"].items(), key=lambda item: int(item[0]))
    ]


def hot_ranges(run: ClusterRun) -> Any:
    """Hot ranges in one shape for all versions, each with the server's own object under ``raw``."""
    bounds = _bounds(run)
    query = {"node_id": _node(run.params["node_id"])} if run.params.get("node_id") else None
    found: list[dict[str, Any]] = []
    errors: list[Any] = []

    def read() -> None:
        for body in run.api.token_pages("/ranges/hot", query, shape=HOT_RANGES, page_size=bounds["page_size"]):
            errors.extend(body.get("response_error") or [])
            found.extend(_hot_range(row, node) for node, row in _hot_rows(body))
            if bounds["limit"] is not None and len(found) >= bounds["limit"]:
                return

    _told(run, "list the hot ranges", read)
    return {"hot_ranges": found[: bounds["limit"]], "errors": errors}


def _hot_rows(body: Mapping[str, Any]) -> list[tuple[int | None, dict[str, Any]]]:
    if body.get("ranges_by_node_id"):
        return [(int(node), row) for node, rows in body["ranges_by_node_id"].items() for row in rows or []]
    return [(None, row) for row in body.get("ranges") or []]


def _hot_range(row: dict[str, Any], node: int | None) -> dict[str, Any]:
    def names(many: str, one: str) -> list[Any]:
        several = row.get(many) or ([row[one]] if row.get(one) else [])
        return several if isinstance(several, list) else [several]

    shape: dict[str, Any] = {
        "range_id": row.get("range_id"),
        "node_id": row.get("node_id", node),
        "store_id": row.get("store_id"),
        "leaseholder_node_id": row.get("leaseholder_node_id"),
        "replica_node_ids": row.get("replica_node_ids") or [],
        "qps": row.get("qps", row.get("queries_per_second", 0.0)),
        "databases": names("databases", "database_name"),
        "tables": names("tables", "table_name"),
        "indexes": names("indexes", "index_name"),
    }
    for rate in ("writes", "reads", "write_bytes", "read_bytes", "cpu_time"):
        shape[f"{rate}_per_second"] = row.get(f"{rate}_per_second")
    return {**shape, "raw": row}


def databases(run: ClusterRun) -> Any:
    """All databases, or one; with its id, and on request its grants and tables."""
    name = run.params.get("name")
    bounds = _bounds(run)
    names = [addressable("database", name)] if name else []
    if not name:
        names = _told(run, "list the databases", lambda: run.api.rows("/databases", "databases", shape=TEXT, **bounds))
    found = []
    for database in names:
        row: dict[str, Any] = {"name": database}
        if name or run.params["details"] or run.params["grants"] or run.params["tables"]:
            _fill(run, row)
        found.append(row)
    return found


def _fill(run: ClusterRun, row: dict[str, Any]) -> None:
    try:
        path = f"/databases/{addressable('database', row['name'])}"
    except OptionError as error:
        # One odd name must not hide all the others.
        run.warn(str(error))
        return
    row.update(_told(run, f"read the database '{row['name']}'", lambda: run.api.get(path)))
    if run.params["grants"]:
        row["grants"] = _grants(run, row["name"])
    if run.params["tables"]:
        row["tables"] = _tables(run, row["name"])


def _grants(run: ClusterRun, database: str) -> list[Any]:
    """Grants with one entry a user; newer servers send one a privilege."""
    path = f"/databases/{addressable('database', database)}/grants"
    rows = _told(
        run,
        f"list the grants on database '{database}'",
        lambda: run.api.rows(path, "grants", shape=GRANT, limit=None, page_size=1000),
    )
    return merge_grants(rows)


def merge_grants(rows: list[Any]) -> list[dict[str, Any]]:
    merged: dict[str, list[str]] = {}
    for row in rows or []:
        known = merged.setdefault(row.get("user", ""), [])
        known += [privilege for privilege in row.get("privileges") or [] if privilege not in known]
    return [{"user": user, "privileges": privileges} for user, privileges in merged.items()]


def _tables(run: ClusterRun, database: str) -> list[Any]:
    path = f"/databases/{addressable('database', database)}/tables"
    rows: list[Any] = _told(
        run,
        f"list the tables of database '{database}'",
        lambda: run.api.rows(path, "table_names", shape=TEXT, limit=None, page_size=1000),
    )
    return rows


def database_grants(run: ClusterRun) -> Any:
    return _grants(run, run.params["database"])


def tables(run: ClusterRun) -> Any:
    """The names of a database's tables, or one table with all its details."""
    database, table = run.params["database"], run.params.get("table")
    if not table:
        return [{"name": name} for name in _tables(run, database)]
    path = f"/databases/{addressable('database', database)}/tables/{addressable('table', table)}"
    row = _told(run, f"read the table '{table}' of database '{database}'", lambda: run.api.get(path, shape=TABLE))
    row["grants"] = merge_grants(row.get("grants") or [])
    row["zone_config_level_name"] = word(ZONE_CONFIG_LEVEL, row.get("zone_config_level", 0))
    return [{"name": table, **row}]


def events(run: ClusterRun) -> Any:
    query = {"type": run.params["type"]} if run.params.get("type") else None
    rows = _told(run, "list the events", lambda: run.api.rows("/events", "events", query, **_bounds(run)))
    return [{**row, "info": _parsed(row.get("info"))} for row in rows]


def _parsed(info: Any) -> Any:
    try:
        return loaded(info) if info else {}
    except (ValueError, TypeError, RecursionError):
        return info


def sql_sessions(run: ClusterRun) -> Any:
    bounds = _bounds(run)
    query: dict[str, Any] = {}
    if run.params.get("username"):
        query["username"] = run.params["username"]
    if run.params["exclude_closed"]:
        query["exclude_closed_sessions"] = "true"
    found: list[dict[str, Any]] = []
    errors: list[Any] = []

    def read() -> None:
        for body in run.api.token_pages("/sessions", query, shape=SESSIONS, page_size=bounds["page_size"]):
            errors.extend(body.get("errors") or [])
            found.extend(_session(row) for row in body.get("sessions") or [])
            if bounds["limit"] is not None and len(found) >= bounds["limit"]:
                return

    _told(run, "list the SQL sessions", read)
    rows = [row for row in found if not (run.params["exclude_closed"] and row["status_name"] == "CLOSED")]
    return {"sessions": rows[: bounds["limit"]], "errors": errors}


def _session(row: dict[str, Any]) -> dict[str, Any]:
    queries = [
        {**query, "phase_name": word(QUERY_PHASE, query.get("phase", 0))} for query in row.get("active_queries") or []
    ]
    return {**row, "active_queries": queries, "status_name": word(SESSION_STATUS, row.get("status", 0))}


def users(run: ClusterRun) -> Any:
    # The server fails when it is asked for a page of users, so all are read at once.
    body = _told(run, "list the users", lambda: run.api.get("/users", shape=USERS))
    return body.get("users") or []


def rules(run: ClusterRun) -> Any:
    """The recommended alerting and recording rules, which the server sends as YAML."""
    if yaml is None:
        raise CrdbError("The rules come as YAML, and the Python package PyYAML is missing where this module runs")
    answer = _told(run, "read the rules", lambda: run.api.call("GET", "/rules", text=True, login=False))
    try:
        # YAML knows more than results can hold: dates, sets, names that are no text.
        groups = harmless(json.loads(json.dumps(yaml.safe_load(answer.text) or {}, default=str)))
    except (yaml.YAMLError, TypeError, ValueError, RecursionError):
        raise AnswerError("The server sent rules that are no YAML") from None
    if flaw := RULES.flaw(groups):
        raise AnswerError(f"the answer to GET {PREFIX}/rules/ can't be used: {told(flaw)}").during("read the rules")
    found = []
    for group, content in groups.items():
        found += [{"group": group, **rule} for rule in (content or {}).get("rules") or []]
    kind = run.params.get("kind")
    return [rule for rule in found if kind is None or ("alert" in rule) == (kind == "alert")]


def restart_safety(run: ClusterRun) -> Any:
    """Whether the answering node can be restarted; 503 is the server's "no", with the reasons as numbers."""
    answer = _told(
        run,
        "read the restart safety",
        lambda: run.api.call("GET", "/health/restart_safety", accept=(503,), login=False),
    )
    if answer.ok:
        # What is nothing like the answer must not be taken for a yes.
        checked(answer, "GET", f"{PREFIX}/health/restart_safety/", ANY_OBJECT)
    details = answer.body if isinstance(answer.body, dict) else {}
    return {"restart_safe": answer.ok, "details": details}


def _node(value: str) -> str:
    if value != "local" and not (value.isascii() and value.isdigit() and int(value) > 0):
        raise OptionError(f"node_id must be the number of a node, or local, got '{value}'")
    return value
