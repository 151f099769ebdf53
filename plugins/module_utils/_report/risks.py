# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The risks that a report counts, each told of a cluster by its fields: true, false, or None where that was not read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._base.moments import SECOND, moment
from .._nouns import cluster_state as state
from .._nouns.limits import HALVES

DAY = 86400 * SECOND
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Support:
    """Until when each major version is supported, in nanoseconds, and the moment before which that is near; no version where nobody has said."""

    ends: Mapping[str, int | None]
    near: int

    @classmethod
    def of(cls, versions: Any, now: int, days: int) -> Support:
        """*versions* are those of ``cluster_version_info``."""
        known = [each for each in versions or () if isinstance(each, Mapping)]
        return cls(
            {state.major(each.get("version")) or "": moment(each.get("support_end")) for each in known},
            now + days * DAY,
        )

    def ends_soon(self, version: Any) -> bool | None:
        """Whether the support of *version* ends soon, or has ended."""
        end = self.ends.get(state.major(version) or "")
        return None if end is None else end < self.near


@dataclass(frozen=True)
class Cluster:
    """What is told of a cluster at one time: its *fields* in the options' form, whether they are *whole*, and what else is known of it."""

    fields: Fields
    whole: bool
    open_to_everybody: bool | None
    money: str | None
    support: Support

    @property
    def is_basic(self) -> bool | None:
        edition = state.EDITIONS.get(str(self.fields.get("edition")))
        plan = self.fields.get("plan") or edition
        if edition == "STANDARD":
            # What Basic and Standard clusters are told apart by there.
            return "provisioned_virtual_cpus" not in (self.fields.get("usage_limits") or {})
        return None if plan is None else plan == "BASIC"


def _without_limit(cluster: Cluster) -> bool | None:
    """Only Basic clusters cost what is used: the others have a size."""
    if not cluster.is_basic:
        return None if cluster.is_basic is None else False
    limits, cents = cluster.fields.get("usage_limits"), cluster.fields.get("spend_limit")
    if cluster.money is not None or cents:
        return False
    if isinstance(limits, Mapping) and limits:
        return not all(limits.get(half) for half in HALVES)
    # In the versions of 2022 zero is the free tier, in later ones it is no limit.
    return None if cents == 0 or not (cluster.whole or limits == {}) else True


def _unprotected(cluster: Cluster) -> bool | None:
    protection = cluster.fields.get("delete_protection")
    return None if protection is None else protection not in ("ENABLED", True)


RISKS: Mapping[str, Callable[[Cluster], bool | None]] = {
    "without_limit": _without_limit,
    "open_to_everybody": lambda cluster: cluster.open_to_everybody,
    "unprotected": _unprotected,
    "near_end_of_support": lambda cluster: cluster.support.ends_soon(cluster.fields.get("cockroach_version")),
}
NOT_LISTED = "not_listed"
