# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money and limits of serverless clusters: what a spend limit means in each API version. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .._base.errors import OptionError
from . import cluster_state as state

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
USAGE_LIMITS_SINCE = "2023-04-10"
SPEND_LIMIT_GONE = "2024-09-16"
# What says how much a cluster may cost: its limits, nothing at all, or its size.
LIMIT, NO_LIMIT, SIZE = "limit", "none", "size"
HALVES = {"request_unit_limit": "request units", "storage_mib_limit": "storage"}


def cents_to_limits(cents: int) -> dict[str, int]:
    """The service's own conversion of US cents a month: 80 % buys request units at 5,000,000 a dollar, 20 % storage at 2048 MiB."""
    return {
        "request_unit_limit": cents * 5_000_000 * 8 // 10 // 100,
        "storage_mib_limit": cents * 2048 * 2 // 10 // 100,
    }


def limits_to_cents(limits: Mapping[str, int]) -> int | None:
    """What *limits* let a cluster cost a month, in whole US cents rounded up; None where a half has no limit.

    The prices are those of cents_to_limits(). It rounds the storage down by less than 1 MiB, a twentieth of a cent, so
    rounding up gives the cents that a spend limit was set with, and never less than the limits allow.
    """
    units, mib = limits.get("request_unit_limit"), limits.get("storage_mib_limit")
    # 2023-04-10 shows a half without a limit as zero, which no limit can be.
    if not units or not mib:
        return None
    return -(-(units * 2048 + mib * 5_000_000) * 100 // (5_000_000 * 2048))


def cost(spend_limit: int | None, limits: Mapping[str, int], version: str) -> int | None:
    """Whole cents a month that the limits of a Basic cluster allow; None for no limit."""
    if version < USAGE_LIMITS_SINCE:
        return spend_limit or 0
    if limits:
        return limits_to_cents(limits)
    # In 2023-04-10 zero lifts the limit.
    return None if version >= SPEND_LIMIT_GONE else spend_limit or None


def cost_of(row: Mapping[str, Any], version: str) -> tuple[int | None, str]:
    """What a cluster of the API may cost in whole cents a month, None where nothing tells, and what it is determined by."""
    if state.is_advanced(row) or state.plan_of(row) == "STANDARD":
        return None, SIZE
    serverless = (row.get("config") or {}).get("serverless") or {}
    cents = cost(serverless.get("spend_limit"), state.limits(row), version)
    return cents, NO_LIMIT if cents is None else LIMIT


def lacking(limits: Mapping[str, int]) -> str:
    """What a cluster with these *limits* may have without end, in words."""
    without = [words for half, words in HALVES.items() if not limits.get(half)]
    return f"no limit on {without[0]}" if limits and len(without) == 1 else "no spend limit"


def in_dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def misread_cents(value: Any) -> str:
    """What is wrong with an amount as a person wrote it, "" where it is whole cents or no number at all."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    if isinstance(value, bool) or not amount.is_finite() or amount == amount.to_integral_value():
        return ""
    text = f"must be whole US cents, got {value}"
    cents = amount * 100
    return f"{text}: write {int(cents)} for {amount:.2f} dollars" if cents == int(cents) else text


def check_cents(cents: Any, version: str) -> int:
    """*cents* as an amount that *version* can hold, or OptionError: money is at stake, so nothing is guessed."""
    if isinstance(cents, bool) or not isinstance(cents, int):
        raise OptionError(f"spend_limit must be a whole number of US cents, got {cents!r}")
    if not 0 <= cents <= INT32_MAX:
        raise OptionError(f"spend_limit must be between 0 and {INT32_MAX} US cents, got {cents}")
    if cents == 0 and version >= SPEND_LIMIT_GONE:
        raise OptionError(
            f"spend_limit: 0 has no meaning in api_version {version}: it would be a limit of zero, which the API refuses",
            "Set a limit of at least 1 cent, or usage_limits; to lift the limit on purpose use the module spend_limit with unlimited: true",
        )
    if cents == 0 and version >= USAGE_LIMITS_SINCE:
        raise OptionError(
            f"spend_limit: 0 would lift the limit in api_version {version}, where it meant the free tier before",
            "Set a limit of at least 1 cent; to lift the limit on purpose use the module spend_limit with unlimited: true",
        )
    return cents


def check_limits(limits: Mapping[str, Any], version: str, option: str = "usage_limits") -> dict[str, int]:
    """*limits* without unset members, each from 1 to the largest 64-bit integer."""
    found = {name: value for name, value in limits.items() if value is not None}
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= INT64_MAX:
            way_out = "leave it out for no limit" if value == 0 else f"it must be a whole number from 1 to {INT64_MAX}"
            raise OptionError(f"{option}.{name} can't be {value}: {way_out}")
    if found and version < SPEND_LIMIT_GONE and not {"request_unit_limit", "storage_mib_limit"} <= set(found):
        raise OptionError(f"{option} needs both request_unit_limit and storage_mib_limit in api_version {version}")
    return found


def small_limit(wanted: Mapping[str, Any]) -> list[str]:
    """What to tell somebody whose spend limit is below a dollar, and may have been meant in dollars; [] for all others."""
    limits = wanted.get("usage_limits") or {}
    cents = wanted.get("spend_limit") or limits_to_cents(limits) or 0
    # Usage limits that are no amount of money are meant as they are.
    if not 0 < cents < 100 or (limits and limits != cents_to_limits(cents)):
        return []
    return [
        f"A limit of {cents} US cents a month is less than a dollar: if dollars were meant, spend_limit is {cents * 100}"
    ]


def as_strings(limits: Mapping[str, int]) -> dict[str, str]:
    """Limits as the API takes them: 64-bit integers are strings in its JSON."""
    return {name: str(value) for name, value in limits.items()}
