# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys of service accounts. The secret of one is told once, so a key that nobody has is replaced, and never in use before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._base.errors import CrdbError, OptionError
from .._base.moments import SECOND, moment
from .access import ADMINS, KEY
from .declared import NIL_ID, Scope
from .field import Field
from .noun import Desired, Noun, Reader, Row
from .plan import CREATE, Plan

DAY = 86400.0


def made(row: Row) -> float:
    """When the key *row* was made, in seconds; CrdbError where that can't be read."""
    found = moment(row.get("created_at"))
    if found is None:
        raise CrdbError(
            f"The API says of the key {row.get('id')} that it was made at '{row.get('created_at')}', which is no time"
        )
    return found / SECOND


class ApiKey(Noun):
    def spelled(self, reader: Reader, params: Row) -> Row:
        """*params* with the time, in which nothing may pass until all is planned."""
        days, seconds = params.get("max_age_days"), params.get("keep_old_for")
        if days is not None and days <= 0:
            raise OptionError(f"max_age_days must be above 0, got {days:g}")
        if seconds is not None and seconds < 0:
            raise OptionError(f"keep_old_for must not be negative, got {seconds:g}")
        return {**params, "now": reader.now}

    def values(self, params: Row, version: str) -> dict[str, Any]:
        return {**super().values(params, version), **{name: params.get(name) for name in ("now", "stored")}}

    def usable(self, desired: Desired, found: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """The newest is the key; those before it were replaced by it."""
        return sorted(found, key=lambda row: (made(row), row["id"]))[-1:]

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        if desired.key["service_account"] != row["service_account_id"]:
            raise OptionError(
                f"{desired.label} is of another service account ({row['service_account_id']}), which can't be changed",
                "Make another key",
            )
        days = desired.values.get("max_age_days")
        if not desired.values.get("rotate") and (not days or made(row) >= desired.values["now"] - days * DAY):
            return super().update(scope, desired, row)
        plan = self.create(scope, desired)
        plan.steps = [replace(plan.steps[0], doing=f"make {desired.label} anew")]
        plan.before, plan.after = {**self.identity(row), "id": row["id"]}, {**desired.key, "id": NIL_ID}
        return plan

    def update_body(self, desired: Desired, body: dict[str, Any], version: str) -> dict[str, Any]:
        return {"name": body["name"]}

    def outlived(
        self, reader: Reader, desired: Desired, row: Row | None, others: Sequence[Row], plan: Plan
    ) -> Sequence[Row]:
        line, own = sorted([*others, *([row] if row else [])], key=made), reader.api.own_key
        if desired.absent:
            if any(each["id"] == own for each in line):
                raise OptionError(
                    f"The task itself uses {desired.label} ({own}); nothing was deleted", "Use another key to delete it"
                )
            return others
        anew = any(step.action == CREATE for step in plan.steps)
        stored = self._check_stored(reader, desired, row, line, anew=anew)
        if "keep_old_for" not in desired.values:
            return ()
        now = desired.values["now"]
        # Each ends when the next one begins.
        ends = [*(made(each) for each in line[1:]), *([now] if anew else [])]
        gone = [each for each, end in zip(line, ends, strict=False) if end <= now - desired.values["keep_old_for"]]
        if not stored and any(each["id"] == own for each in gone):
            reader.warn(
                f"{desired.label}: {own} stays, since the task itself uses it and no file at secret_path has its successor"
            )
            gone = [each for each in gone if each["id"] != own]
        # Our own is the last that can be deleted with itself.
        return sorted(gone, key=lambda each: each["id"] == own)

    def _check_stored(
        self, reader: Reader, desired: Desired, row: Row | None, line: Sequence[Row], *, anew: bool
    ) -> bool:
        """Whether the secret of the newest key is in a file when the plan is done; OptionError where another one would be lost."""
        path, stored = desired.values.get("secret_path"), desired.values.get("stored")
        if not path:
            return False
        mine = {each["id"] for each in (line if anew else [row]) if each}
        if stored and stored not in mine and not desired.values.get("rotate"):
            wanted = f", and not of {row['id']}" if row else ""
            raise OptionError(
                f"The file {path} has the secret of the key {stored}{wanted}",
                "Name another file, or set rotate: true to make a new key, whose secret replaces it",
            )
        if not stored and not anew:
            reader.warn(
                f"{desired.label} is there, and its secret is not in {path}: it was told once, when the key was made. "
                "With rotate: true a new key is made"
            )
        return anew or bool(stored)


API_KEY = ApiKey(
    "api_key",
    "api-keys/{id}",
    """
    Manages one API key of a service account: makes it, replaces it when it is too old, renames it, deletes it.
    The API tells the secret of a key once. With O(secret_path) it is written to a file; without, it is returned, and the result is not printed.
    Where the module does not run inside the Ansible process, it makes a key only with O(secret_path), or with C(no_log) on the task.
    Of several keys of one account and name the newest is the key. The others are those that it replaced; O(state=absent) deletes all of them.
    The key that the task itself uses is never deleted before its successor is in the file O(secret_path).
    service_account: The account that the key is of.
    name: Name of the key.
    secret_path: The file for the secret of a new key, for its owner alone (mode C(0600)). That it can be written is tried before the key is made.
    | Where the key is there and the file is not, a warning says so. A file with the secret of another key is an error, unless O(rotate=true).
    rotate: V(true) makes a new key of this name, on each run.
    max_age_days: How old a key may become, in days. One that is older is replaced by a new one.
    keep_old_for: For how many seconds a key that was replaced still works. It is deleted by the first run after that, with V(0) by the run that replaces it,
      once the new secret is stored. If this is not set, it stays.
    = created_at (str): When it was made.
    """,
    title="API key",
    rows="api_keys",
    shape=KEY,
    key=(Field("service_account", api="service_account_id", ref="service_account"), Field("name")),
    how=(
        Field("secret_path", type="path"),
        Field("rotate", type="bool"),
        Field("max_age_days", type="float"),
        Field("keep_old_for", type="float"),
    ),
    rules={
        "required_one_of": [("name", "id"), ("service_account", "id")],
        "mutually_exclusive": [("id", name) for name in ("rotate", "max_age_days", "keep_old_for", "renamed_from")],
    },
    wrapped="api_key",
    reveals="secret",
    renames=True,
    filters=("service_account",),
    since="2023-04-10",
    roles="ORG_ADMIN",
    readers=ADMINS,
)
