# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invoices: exact decimals, whatever clusters, folders and labels are added up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from integration.helpers.emulator import Emulator
from integration.helpers.in_process import execute

OCTOBER, MAY = "11111111-0000-4000-8000-000000000010", "11111111-0000-4000-8000-000000000005"
ORDERS, STOCK, OLD = (f"22222222-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
PLATFORM, PROD = ({"id": f"33333333-0000-4000-8000-00000000000{n}", "name": name} for n, name in ((1, "a"), (2, "b")))


def usd(amount: float, currency: str = "USD") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def item(id_: str, name: str, *totals: dict[str, Any], parent: str = "root", **labels: str) -> dict[str, Any]:
    cluster = {"id": id_, "name": name, "parent_id": parent, "labels": labels}
    line = {"description": "vCPU", "quantity": 1e15, "unit_cost": 0.1, "quantity_unit": "HOURS", "total": totals[0]}
    return {"cluster": cluster, "totals": [*totals], "line_items": [line]}


def invoice(month: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    year, number = month.split("-")
    ends = f"{year}-{int(number) + 1:02}-01T00:00:00Z"
    return {
        "period_start": f"{month}-01T00:00:00Z",
        "period_end": ends,
        "status": "FINALIZED",
        "totals": [],
        "balances": [],
        "adjustments": [],
        "invoice_items": [*items],
        "folder_resources": [],
        **more,
    }


@pytest.fixture
def bills(emulator: Emulator) -> Emulator:
    """May and October of 2020, of which the binary sums are known to be wrong."""
    lies = [
        {"resource_id": ORDERS, "resource_type": "CLUSTER", "name": "orders", "path": [PLATFORM, PROD]},
        {"resource_id": STOCK, "resource_type": "CLUSTER", "name": "stock", "path": [PLATFORM]},
    ]
    october = invoice(
        "2020-10",
        item(ORDERS, "orders", usd(0.1), usd(2.5, "CRDB_CLOUD_CREDITS"), parent=PROD["id"], team="a", tier="1"),
        item(STOCK, "stock", usd(0.2), parent=PLATFORM["id"], team="a"),
        item(OLD, "orders", usd(1.005), team="b"),
        adjustments=[{"name": "Free credit", "amount": usd(-1.0)}],
        folder_resources=lies,
    )
    may = invoice("2020-05", *(item(each, "x", usd(0.005)) for each in (ORDERS, STOCK)), status="DRAFT")
    emulator.patch(objects={"invoices": {OCTOBER: october, MAY: may}})
    return emulator


def read(emulator: Emulator, **options: Any) -> dict[str, Any]:
    found = execute("invoice_info", options, emulator)
    assert not found.get("failed"), found
    return found


def test_sums_are_those_of_decimals_and_not_of_binary_numbers(bills: Emulator) -> None:
    assert 0.1 + 0.2 != 0.3
    found = read(bills, month="2020-10", label="team")
    assert found["totals"] == [
        {"currency": "CRDB_CLOUD_CREDITS", "amount": "2.50"},
        {"currency": "USD", "amount": "0.31"},
    ]
    assert {(row["value"], row["currency"]): row["amount"] for row in found["by_label"]} == {
        ("", "USD"): "-1.00",
        ("a", "USD"): "0.30",
        ("a", "CRDB_CLOUD_CREDITS"): "2.50",
        ("b", "USD"): "1.01",
    }
    assert {(row["folder"], row["currency"]): row["amount"] for row in found["by_folder"]} == {
        (None, "USD"): "-1.00",
        ("/a", "USD"): "0.20",
        ("/a/b", "USD"): "0.10",
        ("/a/b", "CRDB_CLOUD_CREDITS"): "2.50",
        ("root", "USD"): "1.01",
    }
    by_cluster = {(row["cluster_id"], row["currency"]): row["amount"] for row in found["by_cluster"]}
    assert len(by_cluster) == 5 and by_cluster[OLD, "USD"] == "1.01"


def test_sums_are_rounded_at_the_end_alone(bills: Emulator) -> None:
    found = read(bills, month="2020-05")
    assert [row["amount"] for row in found["costs"]] == ["0.01", "0.01"]
    assert found["totals"] == [{"currency": "USD", "amount": "0.01"}]


def test_amounts_of_invoices_are_text_as_exact_as_the_api_writes_them(bills: Emulator) -> None:
    [shown] = read(bills, id=OCTOBER)["invoices"]
    line = shown["invoice_items"][2]["line_items"][0]
    assert (line["total"]["amount"], line["unit_cost"], Decimal(line["quantity"])) == ("1.005", "0.1", 10**15)
    assert shown["adjustments"] == [{"name": "Free credit", "amount": {"amount": "-1.0", "currency": "USD"}}]
    [brief] = read(bills, id=OCTOBER, summary=True)["invoices"]
    assert set(brief) == {"invoice_id", "period_start", "period_end", "status"}


@pytest.mark.parametrize(
    ("options", "clusters"),
    [
        ({"cluster": "orders"}, {ORDERS, OLD}),
        ({"cluster": STOCK}, {STOCK}),
        ({"folder": "/a"}, {ORDERS, STOCK}),
        ({"folder": "/a/b/"}, {ORDERS}),
        ({"folder": PLATFORM["id"]}, {ORDERS, STOCK}),
        ({"folder": "root"}, {ORDERS, STOCK, OLD}),
        ({"labels": {"team": "a", "tier": 1}}, {ORDERS}),
        ({"labels": {"team": "a"}, "folder": "/a", "cluster": "stock"}, {STOCK}),
        ({"cluster": "ordres"}, set()),
        ({"folder": "/b"}, set()),
    ],
)
def test_some_clusters_alone(bills: Emulator, options: dict[str, Any], clusters: set[str]) -> None:
    found = read(bills, month="2020-10", **options)
    assert {row["cluster_id"] for row in found["costs"]} == clusters
    assert {each["cluster"]["id"] for each in found["invoices"][0]["invoice_items"]} == clusters
    assert len(found["warnings"]) == (not clusters), "a sum of nothing has to be noticed"


@pytest.mark.parametrize("version", ["2022-09-20", "2023-04-10", "2024-09-16"])
def test_months_and_states(bills: Emulator, version: str) -> None:
    at = {"api_version": version, "summary": True}
    months = [row["period_start"][:7] for row in read(bills, **at)["invoices"]]
    assert months[:2] == ["2020-05", "2020-10"] and len(months) == 3
    for month, count in (("2020", 2), ("2020-05", 1), ("2019", 0)):
        assert len(read(bills, month=month, **at)["invoices"]) == count
    if version == "2024-09-16":
        assert len(read(bills, status="FINALIZED", **at)["invoices"]) == 1
    refused = execute("invoice_info", {"month": "10/2020"}, bills)
    assert refused["failed"] and "Write it as 2026-11" in refused["msg"]


def test_what_can_not_be_exact_is_refused(bills: Emulator) -> None:
    bad = invoice("2020-11", item(ORDERS, "orders", usd(1e15)))
    bills.patch(objects={"invoices": {ORDERS: bad}})
    found = execute("invoice_info", {"month": "2020-11"}, bills)
    assert found["failed"] and "can't be read exactly to the cent" in found["msg"]
