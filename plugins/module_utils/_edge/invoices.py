# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module invoice_info reads: invoices, and what clusters, folders and labels cost by them, in exact decimals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .._base.errors import AnswerError, CrdbError, OptionError, explained
from .._http.answers import TEXT, Kind, ListOf, MapOf, Object, page
from .._nouns.cluster_rules import label_value
from .._nouns.declared import segment
from .._nouns.folder import ROOT, checked_folder
from .._nouns.options import Option
from .._reconcile.outcome import Run

MONTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
FILTERED_SINCE = "2024-09-16"
CENT = Decimal("0.01")
# A double has 15 digits that are sure: two of them are the cents.
LARGEST = 12
READERS = "BILLING_COORDINATOR, BILLING_VIEWER or CLUSTER_ADMIN"
NUMBER = Kind(float, int)
AMOUNT = Object(known={"amount": NUMBER, "currency": TEXT})
LINE = Object(known={"quantity": NUMBER, "unit_cost": NUMBER, "total": AMOUNT})
CLUSTER = Object({"id": TEXT, "name": TEXT}, {"parent_id": TEXT, "labels": MapOf(TEXT)})
INVOICE = Object(
    {"invoice_id": TEXT, "period_start": TEXT},
    {
        "status": TEXT,
        "totals": ListOf(AMOUNT),
        "balances": ListOf(AMOUNT),
        "adjustments": ListOf(Object({"name": TEXT}, {"amount": AMOUNT})),
        "invoice_items": ListOf(Object({"cluster": CLUSTER}, {"totals": ListOf(AMOUNT), "line_items": ListOf(LINE)})),
        "folder_resources": ListOf(
            Object(
                {"resource_id": TEXT}, {"labels": MapOf(TEXT), "path": ListOf(Object(known={"id": TEXT, "name": TEXT}))}
            )
        ),
    },
)
PARTS = ("totals", "balances", "adjustments", "invoice_items", "folder_resources")
NUMBERS = ("amount", "quantity", "unit_cost")
OPTIONS = (
    Option("id"),
    Option("month"),
    Option("status", choices=("FINALIZED", "DRAFT"), since=FILTERED_SINCE),
    Option("cluster"),
    Option("folder"),
    Option("labels", type="dict"),
    Option("label"),
    Option("summary", type="bool", default=False),
)
RULES = {"mutually_exclusive": [("id", "month"), ("id", "status")]}

Row = dict[str, Any]


def read_invoices(run: Run) -> Row:
    """The result of the module invoice_info."""
    params = run.params
    if params["month"] is not None and not MONTH.fullmatch(params["month"]):
        raise OptionError(f"month: '{params['month']}' is no month", "Write it as 2026-11; 2026 is the whole year")
    folder = checked_folder(params["folder"]) if params["folder"] is not None else ""
    labels = {key: label_value(value) for key, value in (params["labels"] or {}).items()}
    narrowed = bool(folder or labels or params["cluster"] is not None)

    def is_wanted(row: Row) -> bool:
        return (
            params["cluster"] in (None, row["cluster"], row["cluster_id"])
            and (not folder or folder in (ROOT, row["folder"], *row["_above"]))
            and all(row["labels"].get(key) == value for key, value in labels.items())
        )

    invoices, rows = [], []
    for invoice in _wanted(run):
        mine = (
            [row for row in _rows(invoice) if row["cluster_id"] and is_wanted(row)] if narrowed else [*_rows(invoice)]
        )
        rows += mine
        ids = {row["cluster_id"] for row in mine}
        items = [item for item in invoice.get("invoice_items") or () if not narrowed or item["cluster"]["id"] in ids]
        invoices.append(
            {name: value for name, value in invoice.items() if name not in PARTS}
            if params["summary"]
            else _in_decimals({**invoice, "invoice_items": items})
        )
    if narrowed and not rows:
        run.warn("No cluster in these invoices is what cluster, folder and labels ask for, so nothing is added up")
    label = params["label"]
    valued = [{**row, "value": row["labels"].get(label, "")} for row in rows]
    return {
        "invoices": invoices,
        "costs": [_shown(row) for row in rows],
        "totals": _summed(rows),
        "by_cluster": _summed(rows, "cluster", "cluster_id"),
        "by_folder": _summed(rows, "folder"),
        **({"by_label": _summed(valued, "value")} if label else {}),
    }


def _wanted(run: Run) -> list[Row]:
    """The invoices that the options name, oldest first."""
    params = run.params
    month, status = params["month"] or "", params["status"]
    path, query = "/invoices", {"status": status} if status else {}
    if month and run.api.version >= FILTERED_SINCE:
        query = {**query, "start_time": f"{month if '-' in month else f'{month}-01'}-01T00:00:00Z"}
    try:
        if params["id"] is not None:
            found = [run.api.get(f"{path}/{segment(params['id'])}", shape=INVOICE)]
        else:
            found = run.api.get(path, query, shape=page("invoices", INVOICE))["invoices"]
    except CrdbError as error:
        raise explained(error, "list the invoices", READERS) from None
    return [row for row in found if row["period_start"].startswith(month) and status in (None, row.get("status"))]


def _rows(invoice: Row) -> Iterator[Row]:
    """What each cluster costs, and what is set off against it or added, an entry for each currency."""
    resources = {row["resource_id"]: row for row in invoice.get("folder_resources") or ()}
    common = {
        "invoice_id": invoice["invoice_id"],
        "month": invoice["period_start"][:7],
        "status": invoice.get("status"),
    }
    for item in invoice.get("invoice_items") or ():
        cluster = item["cluster"]
        resource = resources.get(cluster["id"]) or {}
        outer = resource.get("path") or ()
        path = "".join(f"/{step.get('name')}" for step in outer)
        up = cluster.get("parent_id") or ROOT
        place = {
            "cluster": cluster["name"],
            "cluster_id": cluster["id"],
            "folder": path or ROOT if resource else up,
            "labels": cluster.get("labels") or resource.get("labels") or {},
            "adjustment": None,
            "_above": {up, *(step.get("id") for step in outer), *_paths(path)},
        }
        for amount in item.get("totals") or ():
            yield {**common, **place, **_money(amount)}
    nowhere: Row = {"cluster": None, "cluster_id": None, "folder": None, "labels": {}, "_above": ()}
    for adjustment in invoice.get("adjustments") or ():
        yield {**common, **nowhere, "adjustment": adjustment["name"], **_money(adjustment.get("amount") or {})}


def _paths(path: str) -> Iterable[str]:
    """*path* and those of the folders above."""
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(2, len(names) + 1)]


def _money(amount: Mapping[str, Any]) -> Row:
    return {"currency": amount.get("currency") or "", "amount": exact(amount.get("amount") or 0)}


def exact(value: float) -> Decimal:
    """The decimal number that the API has written, of which a double keeps 15 digits; AnswerError where cents are not among them."""
    found = Decimal(str(value))
    if not found.is_finite() or found.adjusted() > LARGEST:
        raise AnswerError(f"The API names an amount of {value}, which can't be read exactly to the cent")
    return found


def _shown(row: Row) -> Row:
    return {**{name: value for name, value in row.items() if not name.startswith("_")}, "amount": cents(row["amount"])}


def cents(amount: Decimal) -> str:
    """*amount* as text, rounded to cents."""
    return f"{amount.quantize(CENT, ROUND_HALF_UP) + 0:f}"


def _summed(rows: Iterable[Row], *by: str) -> list[Row]:
    """The sums of *rows* by the members *by*, and by currency."""
    found: dict[tuple[str, ...], tuple[Row, Decimal]] = {}
    for row in rows:
        group = {name: row[name] for name in (*by, "currency")}
        mark = tuple(str(value or "") for value in group.values())
        found[mark] = group, found.get(mark, (group, Decimal(0)))[1] + row["amount"]
    return [{**found[mark][0], "amount": cents(found[mark][1])} for mark in sorted(found)]


def _in_decimals(value: Any, name: str = "") -> Any:
    """*value* with the numbers of an invoice as decimal text, as exact as the API writes them."""
    if isinstance(value, dict):
        return {key: _in_decimals(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_decimals(inner) for inner in value]
    return f"{Decimal(str(value)):f}" if name in NUMBERS and value is not None else value
