# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exports of logs and of metrics share: there are several kinds, and each write replaces all that was there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._base.errors import OptionError
from .declared import Scope
from .field import Field
from .noun import Desired, Noun, Reader, Row
from .plan import Plan

UPDATE_SECRET = Field(
    "update_secret",
    choices=("on_create", "always"),
    default="on_create",
    text=(
        "Secrets can't be read back, so nobody can tell whether another one is set.",
        "With V(on_create) a secret is sent with a new export, and with whatever else changes.",
        "With V(always) it is sent in every run, which then always reports C(changed).",
    ),
)


@dataclass(frozen=True, eq=False)
class Export(Noun):
    """*kind* is the option that says where it goes. *needs* and *allows* have for each kind the fields that not all have."""

    kind: str = ""
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def foreign(self, kind: Any) -> set[str]:
        """The fields that belong to other kinds alone."""
        every = {kind: {*self.needs[kind], *self.allows.get(kind, ())} for kind in self.needs}
        return set().union(*every.values()) - every[kind] if kind in every else set()

    def exported(self, row: Row) -> dict[str, Any]:
        found = super().exported(row)
        foreign = self.foreign(found[self.kind])
        return {name: value for name, value in found.items() if name not in foreign}

    def needed_secrets(self, row: Row) -> tuple[str, ...]:
        foreign = self.foreign(super().exported(row)[self.kind])
        return tuple(name for name in self.secret_names() if name not in foreign)

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse what the service would: all that a kind needs has to be in each write, and nothing of another kind."""
        if desired.absent:
            return
        wanted = {**(self.view(row) if row else {}), **desired.values}
        kind = desired.key.get(self.kind) or wanted.get(self.kind)
        where, with_kind = f"T{desired.label[1:]}{scope.behind('of')}", f"with the {self.kind} {kind}"
        foreign = sorted(desired.values.keys() & self.foreign(kind))
        if foreign:
            raise OptionError(f"{where} can't have {' and '.join(foreign)} {with_kind}")
        missing = [name for name in self.needs.get(str(kind), ()) if not wanted.get(name)]
        if missing and plan.steps:
            why = "Each change sends the whole configuration, and a secret can't be read back" if row else ""
            raise OptionError(f"{where} needs {' and '.join(missing)} {with_kind}", why)
