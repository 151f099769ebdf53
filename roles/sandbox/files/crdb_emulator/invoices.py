# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invoices, one for each month since the first cluster was made; the current one is a DRAFT, the others FINALIZED [D].

The list has no pages, and is sorted by the beginning of the month [D]. ``start_time`` is included, ``end_time`` is not
[D]. A cluster costs its hours times a price of its plan [G]. An invoice of the control plane takes the place of the one
of its month.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

from crdb_emulator.backups import moment
from crdb_emulator.catalog import ADVANCED, BASIC, STANDARD
from crdb_emulator.context import ORGANIZATION_ID, Call, Reply, json_bytes
from crdb_emulator.errors import not_found
from crdb_emulator.folders import shows
from crdb_emulator.model import Cluster
from crdb_emulator.objects import Row
from crdb_emulator.pagination import enum
from crdb_emulator.render import cluster_json
from crdb_emulator.surface import surface
from crdb_emulator.times import HOUR, SECOND, format_ns, parse_ns

_PRICES = {BASIC: 0.01, STANDARD: 0.18, ADVANCED: 0.6}


def list_invoices(call: Call) -> Reply:
    """``GET /invoices?status&start_time&end_time`` -> ``{invoices}``."""
    facts = surface(call.version)
    operation, rows = facts.operations["GET invoices"], _invoices(call)
    if operation.query:
        status = enum(call.query, "status", ("FINALIZED", "DRAFT"))
        start, end = moment(call, "start_time"), moment(call, "end_time")
        rows = [
            row
            for row in rows
            if status in ("", row["status"])
            and (start is None or parse_ns(row["period_start"]) >= start)
            and (end is None or parse_ns(row["period_end"]) < end)
        ]
    return Reply(200, json_bytes(facts.shaped(operation.answer, {"invoices": rows})))


def get_invoice(call: Call) -> Reply:
    """``GET /invoices/{id}`` -> the invoice; 404 code 5 when unknown."""
    facts = surface(call.version)
    for row in _invoices(call):
        if row["invoice_id"] == call.params[0]:
            return Reply(200, json_bytes(facts.shaped(facts.operations["GET invoices/*"].answer, row)))
    raise not_found(f"invoice '{call.params[0]}' not found")


def _invoices(call: Call) -> list[Row]:
    given = {row["period_start"]: row for row in call.store.objects.rows("invoices").values()}
    made = {row["period_start"]: row for row in (_invoice(call, *month) for month in _months(call))}
    return [row for _start, row in sorted({**made, **given}.items())]


def _months(call: Call) -> Iterator[tuple[int, int]]:
    first = min((each.created for each in call.store.clusters.values()), default=call.store.now)
    year, month = time.gmtime(first // SECOND)[:2]
    start = _begins(year, month)
    while start <= call.store.now:
        year, month = year + month // 12, month % 12 + 1
        yield start, _begins(year, month)
        start = _begins(year, month)


def _begins(year: int, month: int) -> int:
    return parse_ns(f"{year}-{month:02}-01T00:00:00Z")


def _invoice(call: Call, start: int, end: int) -> Row:
    clusters = sorted(call.store.clusters.values(), key=lambda each: each.name)
    items = [
        _item(call, each, hours) for each in clusters if (hours := _hours(each, start, min(end, call.store.now))) > 0
    ]
    resources = [
        {"resource_id": each.id, "name": each.name, "parent_id": each.parent_id, "labels": each.labels}
        for each in clusters
    ]
    return {
        "invoice_id": str(uuid.uuid5(uuid.UUID(ORGANIZATION_ID), str(start))),
        "period_start": format_ns(start),
        "period_end": format_ns(end),
        "status": "DRAFT" if end > call.store.now else "FINALIZED",
        "totals": [_usd(round(sum(item["totals"][0]["amount"] for item in items), 2))] if items else [],
        "balances": [],
        "adjustments": [],
        "invoice_items": items,
        "folder_resources": [{**row, **shows(call, row), "resource_type": "CLUSTER"} for row in resources],
    }


def _hours(cluster: Cluster, start: int, end: int) -> float:
    ends = end if cluster.deleted is None else min(end, cluster.deleted)
    return round((ends - max(start, cluster.created)) / HOUR, 2)


def _item(call: Call, cluster: Cluster, hours: float) -> Row:
    price = _PRICES[cluster.plan]
    cost = _usd(round(hours * price, 2))
    line = {"description": cluster.plan, "quantity": hours, "quantity_unit": "HOURS", "unit_cost": price, "total": cost}
    return {"cluster": cluster_json(cluster, call.version), "line_items": [line], "totals": [cost]}


def _usd(amount: float) -> Row:
    return {"amount": amount, "currency": "USD"}
