# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, ranges, SQL sessions and events."""

from __future__ import annotations

from typing import Any

from crdb_emulator.cluster_api import paging
from crdb_emulator.cluster_api.call import GATEWAY, Call
from crdb_emulator.cluster_api.gojson import omit
from crdb_emulator.cluster_api.nodes import node_json
from crdb_emulator.cluster_api.profiles import HOT_MAP
from crdb_emulator.cluster_api.ranges import hot_json, hot_of_node, range_json, unreachable_json
from crdb_emulator.cluster_api.reply import HttpError, internal, json_reply
from crdb_emulator.cluster_api.sqlsessions import INTERNAL_PREFIX, session_json
from crdb_emulator.context import Reply


def nodes(call: Call) -> Reply:
    """``{nodes, next?}``; every node that was ever there, dead ones too."""
    cluster = call.cluster
    counts = cluster.ranges.counts()
    page = paging.cut(list(cluster.nodes.values()), call.query, exact=True)
    found = [node_json(node, cluster.profile, cluster.options.name, cluster.store.now, counts) for node in page.items]
    return json_reply({"nodes": found or None, **omit(next=page.next)})


def _node_id(text: str) -> int:
    number = GATEWAY if text == "local" else paging.atoi(text)
    if number is None or number <= 0:
        raise HttpError(400, "invalid node ID")
    return number


def node_ranges(call: Call) -> Reply:
    """``{ranges, next?}``; unknown ids in ``ranges`` are skipped, a node that is unknown or out of reach is 500."""
    node_id = _node_id(call.params[0])
    cluster = call.cluster
    wanted: list[int] = list(range(1, cluster.ranges.total + 1))
    if call.query.get("ranges"):
        numbers = [paging.atoi(part) for part in call.query["ranges"].split(",")]
        if None in numbers:
            raise HttpError(400, "invalid range ID")
        asked = {number for number in numbers if number is not None}
        wanted = [number for number in wanted if number in asked]
    node = cluster.nodes.get(node_id)
    if node is None or not node.reachable:
        raise internal()
    page = paging.cut(wanted, call.query, exact=True)
    tables = cluster.user_tables()
    found = [range_json(cluster.ranges, number, node_id, tables, cluster.profile) for number in page.items]
    return json_reply({"ranges": found, **omit(next=page.next)})


def one_range(call: Call) -> Reply:
    """``{responses_by_node_id}``; an unknown range is 200 and empty, a node that is down an entry with ``error``."""
    cluster = call.cluster
    number = int(call.params[0])
    if number >= 2**63:
        raise HttpError(400, "invalid range ID")
    tables = cluster.user_tables()
    answers: dict[str, Any] = {}
    for node in cluster.nodes.values():
        if not node.reachable:
            answers[str(node.id)] = unreachable_json(node.dial_error())
        elif 1 <= number <= cluster.ranges.total:
            info = range_json(cluster.ranges, number, node.id, tables, cluster.profile)
            answers[str(node.id)] = {"range_info": info}
    return json_reply({"responses_by_node_id": answers})


def hot_ranges(call: Call) -> Reply:
    """Hot ranges in the shape of the version; ``next`` is always there.

    ``node_id`` is checked always, and heeded only together with a ``limit`` [H].
    """
    cluster = call.cluster
    asked = call.query.get("node_id")
    only = _node_id(asked) if asked else None
    limit = paging.limit_of(call.query)
    tables = cluster.user_tables()
    errors: dict[int, str] = {}

    def ranges_of(node_id: int) -> list[int]:
        node = cluster.nodes.get(node_id)
        if node is None or not node.reachable:
            errors[node_id] = node.dial_error() if node else f"unable to look up descriptor for n{node_id}"
            return []
        return hot_of_node(cluster.ranges, node_id)

    numbers, token = _over_nodes(call, [only] if only and limit else list(cluster.nodes), limit, ranges_of)
    items = [(number, hot_json(cluster.ranges, number, tables, cluster.profile)) for number in numbers]
    answer: dict[str, Any] = {}
    if cluster.profile.hot == HOT_MAP:
        by_node: dict[str, list[Any]] = {}
        for number, item in items:
            by_node.setdefault(str(cluster.ranges.leaseholder(number)), []).append(item)
        answer["ranges_by_node_id"] = by_node
    else:
        answer["ranges"] = [item for _unused, item in items] or None
    failed = [{"error_message": text, "node_id": node_id} for node_id, text in errors.items()]
    return json_reply({**answer, **omit(response_error=failed), "next": token})


def _over_nodes(call: Call, node_ids: list[int], limit: int, items_of: Any) -> tuple[list[int], str]:
    """A page of numbers over nodes, and the token behind it."""
    if not limit:
        # Everything; the token is that of an empty cursor and leads nowhere.
        return [number for node_id in node_ids for number in items_of(node_id)], paging.NodeCursor().token()
    cursor = paging.NodeCursor.parse(call.query.get("start", ""))
    cursor.merge(node_ids)
    return cursor.collect(limit, items_of), cursor.token()


def sessions(call: Call) -> Reply:
    """``{sessions, errors, internal_app_name_prefix, next}``; a node that is down is an entry of ``errors``.

    Closed sessions are left out with ``exclude_closed_sessions=true`` (no other word), and in versions that do not
    know the parameter. A user with VIEWCLUSTERMETADATA sees everybody's [L].
    """
    cluster, profile = call.cluster, call.cluster.profile
    closed = profile.session_status and call.query.get("exclude_closed_sessions") != "true"
    errors: list[dict[str, Any]] = []

    def numbers_of(node_id: int) -> list[int]:
        node = cluster.nodes.get(node_id)
        if node is None or not node.reachable:
            errors.append({"node_id": node_id, "message": node.dial_error() if node else "unknown node"})
            return []
        return cluster.sessions.of_node(node_id, user=call.query.get("username", ""), closed=closed)

    limit = paging.limit_of(call.query)
    numbers, token = _over_nodes(call, list(cluster.nodes), limit, numbers_of)
    found = [session_json(number, profile) for number in sorted(numbers)]
    prefix = {"internal_app_name_prefix": INTERNAL_PREFIX} if profile.number >= (22, 1) else {}
    return json_reply({"sessions": found, "errors": errors, **prefix, "next": token})


def events(call: Call) -> Reply:
    """``{events, next?}``, newest first; without a limit the whole log.

    It reads ``system.eventlog`` as the user: VIEWCLUSTERMETADATA alone is 500 [M].
    """
    cluster = call.cluster
    if not cluster.accounts.is_admin(call.user):
        raise internal()
    target = paging.atoi(call.query.get("targetID"))
    found = cluster.events.listing(call.query.get("type", ""), target)
    page = paging.cut(found, call.query, exact=False)
    items = [cluster.events.event_json(number) for number in page.items]
    return json_reply({"events": items or None, **omit(next=page.next)})
