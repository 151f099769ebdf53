# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a cluster is backed up by the service, and how long that is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .backup import BACKUP
from .declared import OPERATORS, Scope
from .field import Field
from .noun import Desired, Noun, Row
from .plan import Plan

# What every cluster begins with. It can be changed once.
FIRST_RETENTION = 30
FIRST = {"enabled": True, "frequency_minutes": 60, "retention_days": FIRST_RETENTION}


class BackupConfiguration(Noun):
    def create(self, scope: Scope, desired: Desired) -> Plan:
        """The prediction for a cluster that is not there yet; a real run never gets here."""
        return self.update(scope, desired, FIRST)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        plan = super().update(scope, desired, row)
        if not plan.steps:
            return plan
        (step,) = plan.steps
        if "retention_days" in step.changes:
            plan.notes.append(_once(scope, desired, step.changes["retention_days"]))
        if step.body.get("enabled") is False and len(step.body) > 1:
            # The service takes nothing else along with it. What else is to be so is said before, while there are backups.
            plan.steps = [
                replace(
                    step,
                    body={name: step.body[name] for name in part},
                    changes={name: step.changes[name] for name in part},
                )
                for part in ([name for name in step.changes if name != "enabled"], ["enabled"])
            ]
        return plan


def _once(scope: Scope, desired: Desired, change: tuple[Any, Any]) -> str:
    """The warning that this is the only *change*; OptionError where it was used up."""
    before, after = change
    label = f"retention_days{scope.behind('of')}"
    if before != FIRST_RETENTION:
        raise OptionError(
            f"{label} is {before} and can't become {after}: the service allows one change, and it was made",
            "Open a support ticket to change it, or ask for what it is",
        )
    return f"{label} can be changed once: after {after} only a support ticket changes it"


BACKUP_CONFIGURATION = BackupConfiguration(
    "backup_configuration",
    "clusters/{cluster}/backups-config",
    f"""
    Says whether and how often the service backs a cluster up, and how long it keeps that. What is not set stays as it is.
    Each cluster has one, so there is nothing to create or delete. That of a Basic cluster can't be changed.
    A change begins a full backup, which costs the cluster some CPU.
    enabled: Whether there are backups. V(false) is sent in a request of its own, behind that for the other options.
    frequency_minutes: How many minutes lie between two backups. A new cluster has 60, a Basic one 1440.
    retention_days: How many days backups are kept. A new cluster has {FIRST_RETENTION}.
    | It can be changed once, also while backups are disabled. The task warns of that, in check mode, too, and refuses a second change.
    """,
    fields=(
        Field("enabled", type="bool"),
        Field("frequency_minutes", type="int", choices=(5, 10, 15, 30, 60, 240, 1440)),
        Field("retention_days", type="int", choices=(2, 7, 30, 90, 365)),
    ),
    rules={"required_one_of": [("enabled", "frequency_minutes", "retention_days")]},
    creates="",
    deletes="",
    requires={"plan": ("STANDARD", "ADVANCED")},
    since=BACKUP.since,
    roles=OPERATORS,
    readers=OPERATORS,
)
