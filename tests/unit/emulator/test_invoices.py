# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invoices that follow from the clusters."""

from __future__ import annotations

from typing import Any

DAY = 24 * 3600


def test_each_month_has_one_and_the_current_one_is_a_draft(api: Any) -> None:
    [draft] = api.ok("GET", "invoices")["invoices"]
    assert (draft["status"], draft["period_start"], draft["invoice_items"]) == (
        "DRAFT",
        "2026-01-01T00:00:00.000000Z",
        [],
    )
    cluster = api.create()
    api.clock.advance(20 * DAY)
    api.ok("DELETE", f"clusters/{cluster['id']}")
    api.clock.advance(40 * DAY)
    api.create(name="stock")
    api.clock.advance(DAY)
    january, february, march = api.ok("GET", "invoices")["invoices"]
    assert [each["status"] for each in (january, february, march)] == ["FINALIZED", "FINALIZED", "DRAFT"]
    assert january["period_end"] == february["period_start"]
    names = [[item["cluster"]["name"] for item in each["invoice_items"]] for each in (january, february, march)]
    assert names == [["orders-test"], ["orders-test"], ["stock-test"]]
    # 12 o'clock of January 15 to February 4: at a cent an hour.
    hours = [each["invoice_items"][0]["line_items"][0]["quantity"] for each in (january, february)]
    assert hours == [396.0, 84.0]
    assert january["totals"] == [{"amount": 3.96, "currency": "USD"}]
    assert api.ok("GET", f"invoices/{february['invoice_id']}") == february
    assert api.error("GET", "invoices/nothing")[:2] == (404, 5)


def test_they_are_chosen_by_state_and_time(api: Any) -> None:
    api.create()
    api.clock.advance(60 * DAY)

    def months(query: str, **more: Any) -> list[str]:
        return [each["period_start"][5:7] for each in api.ok("GET", f"invoices?{query}", **more)["invoices"]]

    assert months("status=DRAFT") == ["03"] and months("status=FINALIZED") == ["01", "02"]
    assert months("start_time=2026-02-01T00:00:00Z") == ["02", "03"]
    assert months("end_time=2026-03-01T00:00:01Z") == ["01", "02"]
    assert months("end_time=2026-03-01T00:00:00Z") == ["01"], "the end is not included"
    assert months("status=DRAFT", version="2023-04-10") == ["01", "02", "03"], "it has no such parameter"
    assert api.error("GET", "invoices?status=PAID")[:2] == (400, 3)
    assert api.error("GET", "invoices?start_time=soon")[:2] == (400, 3)
    assert api.error("GET", "invoices", version="2022-03-31")[:2] == (404, 5)


def test_only_those_who_handle_bills_see_them(api: Any) -> None:
    for role, status in (("BILLING_COORDINATOR", 200), ("CLUSTER_ADMIN", 200), ("ORG_ADMIN", 403)):
        granted = [{"name": role, "resource": {"type": "ORGANIZATION", "id": ""}}]
        account = api.ok("POST", "service-accounts", {"name": role, "description": "", "roles": granted})["id"]
        key = api.ok("POST", "api-keys", {"name": "key", "service_account_id": account})["secret"]
        assert api.send("GET", "/api/v1/invoices", key=key).status_code == status
