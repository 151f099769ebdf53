# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys with their secrets, which are told once: kept in a file, or returned by a task whose result is hidden. And lists of keys."""

from __future__ import annotations

from typing import Any

from .._base.errors import OptionError
from .._nouns.access import ADMINS, KEY
from .._nouns.api_key import API_KEY, DAY, made
from .._reconcile.keeper import SecretKeeper
from .._reconcile.reconciler import Reconciler
from .module import ModuleRun

Row = dict[str, Any]


PRINTED = OptionError(
    "The secret of the key would be printed: this task does not run inside the Ansible process, and has no no_log",
    "Set secret_path, or add no_log: true to the task",
)


def ensure_key(run: ModuleRun) -> Row:
    """Bring a key to the wanted state, and its secret to where it belongs."""
    keeper = SecretKeeper(run.params["secret_path"], None if run.hides else PRINTED)
    run.params = {**run.params, "stored": keeper.stored()}
    result = Reconciler(run).ensure(API_KEY, keeper)
    return {**result, "secret": keeper.told, **({"_ansible_no_log": True} if keeper.told else {})}


def old_enough(finder: Reconciler, rows: list[Row]) -> list[Row]:
    """Those of the keys *rows* that are older than the options say."""
    days = finder.params["older_than_days"]
    return [row for row in rows if days is None or made(row) < finder.now - days * DAY]


def with_keys(finder: Reconciler, rows: list[Row]) -> list[Row]:
    """The accounts *rows*, with their keys where they are wanted."""
    if not finder.params["with_keys"]:
        return rows
    doing = f"list the {API_KEY.many}"
    keys = finder.rows_at(API_KEY.collection({}), API_KEY.rows, shape=KEY, doing=doing, roles=ADMINS)
    return [{**row, "api_keys": [key for key in keys if key["service_account_id"] == row["id"]]} for row in rows]
