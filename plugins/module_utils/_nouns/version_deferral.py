# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long after its release a patch of CockroachDB reaches a cluster by itself."""

from __future__ import annotations

from typing import Any

from .declared import OPERATORS
from .field import Field
from .noun import Noun, Row

BY_DAYS_SINCE = "2024-09-16"
OLD, NEVER = "FIXED_DEFERRAL", "NOT_DEFERRED"
POLICIES = {days: f"DEFERRAL_{days}_DAYS" for days in (30, 60, 90)}


class VersionDeferral(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        """The policy, in the word that *version* has for it."""
        found = super().values(params, version)
        policy = POLICIES[found["days"]] if "days" in found else found.get("policy")
        if policy in (OLD, POLICIES[60]):
            policy = POLICIES[60] if version >= BY_DAYS_SINCE else OLD
        return {"policy": policy} if policy else {}


VERSION_DEFERRAL = VersionDeferral(
    "version_deferral",
    "clusters/{cluster}/version-deferral",
    """
    Says how long an Advanced cluster waits with a new patch of its CockroachDB version, which it gets in its maintenance window.
    V(absent) lets it have patches as soon as they are released. Major versions never come by themselves.
    policy: The policy in the words of the API. V(FIXED_DEFERRAL) means 60 days, and V(NOT_DEFERRED) the same as O(state=absent).
    days: How many days it waits, instead of O(policy).
    = deferral_policy (str): The policy, such as V(DEFERRAL_60_DAYS).
    = deferred_until (str, when one waits): When the patch that waits may come.
    """,
    fields=(
        Field(
            "policy",
            api="deferral_policy",
            choices=(NEVER, OLD, *POLICIES.values()),
            choices_since=dict.fromkeys((POLICIES[30], POLICIES[90]), BY_DAYS_SINCE),
            compare=lambda policy: POLICIES[60] if policy == OLD else policy,
        ),
    ),
    how=(Field("days", type="int", choices=tuple(POLICIES), choices_since={30: BY_DAYS_SINCE, 90: BY_DAYS_SINCE}),),
    rules={"mutually_exclusive": [("policy", "days")]},
    creates="PUT",
    updates="PUT",
    deletes="PUT",
    off={"deferral_policy": NEVER},
    requires={"plan": ("ADVANCED",)},
    since="2023-04-10",
    readers=OPERATORS,
)
