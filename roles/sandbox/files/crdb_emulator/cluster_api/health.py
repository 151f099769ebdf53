# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health: of the API, the older one beside it, and whether a restart is safe."""

from __future__ import annotations

from typing import Any

from crdb_emulator.cluster_api.call import Call
from crdb_emulator.cluster_api.gojson import omit
from crdb_emulator.cluster_api.reply import HttpError, internal, json_reply
from crdb_emulator.context import Reply

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_UNHEALTHY = "node is not healthy"


def _ready(call: Call) -> bool:
    text = call.query.get("ready")
    if text is not None and text not in _TRUE | _FALSE:
        raise HttpError(400, "invalid ready value")
    return text in _TRUE


def health(call: Call) -> Reply:
    """``{}``; with ``ready=true`` 500 when the node is not ready, without the reason [H]."""
    if _ready(call) and not call.node.fit:
        raise internal()
    return json_reply({})


def legacy_health(call: Call) -> Reply:
    """``/health``: with ``ready=1`` 503 and JSON that says why when the node is not ready [H]."""
    try:
        ready = _ready(call)
    except HttpError:
        ready = False
    if ready and not call.node.fit:
        answer = {"error": _UNHEALTHY, "code": 14, "message": _UNHEALTHY, "details": []}
        return json_reply(answer, 503)
    return json_reply({})


def restart_safety(call: Call) -> Reply:
    """200 when the node can be restarted without harm, else 503, both with the counts [the names of the keys L].

    Only a node that drains is safe, and only while no range is underreplicated or unavailable.
    """
    if call.method not in ("GET", "HEAD"):
        raise HttpError(405, "Method not allowed")
    node, ranges = call.node, call.cluster.ranges
    counts: dict[str, Any] = {
        "unavailable_range_count": ranges.unavailable,
        "underreplicated_range_count": ranges.underreplicated,
        "raft_leadership_on_node_count": 0 if node.draining else len(ranges.led_by(node.id)),
        "store_not_draining_count": 0 if node.draining else 1,
    }
    safe = not any(counts.values())
    answer = omit(node_id=node.id, is_restart_safe=safe, **counts)
    return json_reply(answer, 200 if safe else 503)
