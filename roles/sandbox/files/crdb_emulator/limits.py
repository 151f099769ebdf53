# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spend limits and usage limits of Basic and Standard clusters.

[D] Before 2023-04-10 there is only ``spend_limit`` (US cents a month, 0 = free), required wherever it can stand; 2023-04-10 knows both and returns
both [C]; 2024-09-16 knows only ``usage_limits``, where zero is an error, absence means unlimited and Standard needs
``provisioned_virtual_cpus``. [C] Money turns into limits at fixed rates (``catalog.py``); a spend limit of 0 clears
them.
"""

from __future__ import annotations

from dataclasses import dataclass

from crdb_emulator.catalog import (
    BASIC,
    MAX_STANDARD_VCPUS,
    MIN_STANDARD_VCPUS,
    STANDARD,
    request_units,
    storage_mib,
)
from crdb_emulator.errors import invalid
from crdb_emulator.jsonin import Message
from crdb_emulator.model import Cluster
from crdb_emulator.versions import ApiVersion


@dataclass(frozen=True, slots=True)
class UsageLimits:
    """A ``usage_limits`` message; ``None`` is unlimited."""

    request_units: int | None = None
    storage_mib: int | None = None
    vcpus: int | None = None


def read_usage_limits(spec: Message, version: ApiVersion) -> UsageLimits | None:
    """``usage_limits`` of a request, ``None`` when absent.

    Raises ``ApiError`` 400 on a limit that is not positive, and in 2023-04-10 where a member lacks [D].
    """
    if version < ApiVersion.V2023_04_10:
        return None
    message = spec.message("usage_limits")
    if message is None:
        return None
    names = ["request_unit_limit", "storage_mib_limit"]
    if version >= ApiVersion.V2024_09_16:
        names.append("provisioned_virtual_cpus")
    values: list[int | None] = [message.integer(name, bits=64) for name in names]
    for name, value in zip(names, values, strict=True):
        if value is not None and value <= 0:
            raise invalid(f"usage_limits.{name} must be greater than zero")
    if version < ApiVersion.V2024_09_16 and None in values:
        raise invalid(f"usage_limits.{names[values.index(None)]} is required")
    return UsageLimits(*values)


def read_spend_limit(spec: Message, version: ApiVersion) -> int | None:
    """``spend_limit`` of a request in the versions that have it.

    Raises ``ApiError`` 400 on a negative one, and on a missing one in the versions that require it [D].
    """
    if version >= ApiVersion.V2024_09_16:
        return None
    cents = spec.integer("spend_limit")
    if cents is None and version <= ApiVersion.V2022_09_20:
        raise invalid("spend_limit is required")
    if cents is not None and cents < 0:
        raise invalid("spend_limit must not be negative")
    return cents


def check_limits(plan: str, limits: UsageLimits) -> None:
    """Raise ``ApiError`` 400 when the limits do not fit the plan [D/C]."""
    if plan == BASIC:
        if limits.vcpus is not None:
            raise invalid("usage_limits.provisioned_virtual_cpus is not supported for plan BASIC")
        return
    if limits.request_units is not None or limits.storage_mib is not None:
        raise invalid("request_unit_limit and storage_mib_limit are not supported for plan STANDARD")
    if limits.vcpus is None:
        raise invalid("usage_limits.provisioned_virtual_cpus is required for plan STANDARD")
    if not MIN_STANDARD_VCPUS <= limits.vcpus <= MAX_STANDARD_VCPUS:
        raise invalid(f"provisioned_virtual_cpus must be between {MIN_STANDARD_VCPUS} and {MAX_STANDARD_VCPUS}")


def set_usage_limits(cluster: Cluster, limits: UsageLimits) -> None:
    """Replace all limits; the spend limit is no longer the one that was set."""
    cluster.request_unit_limit = limits.request_units
    cluster.storage_mib_limit = limits.storage_mib
    cluster.provisioned_vcpus = limits.vcpus
    cluster.spend_limit = None


def set_spend_limit(cluster: Cluster, cents: int) -> None:
    """Set a spend limit and the usage limits it buys [C]; 0 leaves no usage limits."""
    if cluster.plan == STANDARD:
        raise invalid("spend_limit is not supported for plan STANDARD")
    cluster.spend_limit = cents
    cluster.request_unit_limit = request_units(cents) if cents else None
    cluster.storage_mib_limit = storage_mib(cents) if cents else None
