# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of a migration assistant, which goes to a file and into no result; and which clusters are virtual."""

from __future__ import annotations

import os
from typing import Any

from .._base.disk import SecretFile, read_secret
from .._nouns.continuum import MIGRATION_ASSISTANT
from .._reconcile.reconciler import Reconciler
from .module import ModuleRun

Row = dict[str, Any]


def ensure_assistant(run: ModuleRun) -> Row:
    """Bring the assistant to the wanted state, and its password to the file that is for it."""
    path = run.params["secret_path"]
    if not path or run.params["state"] == "absent":
        return Reconciler(run).ensure(MIGRATION_ASSISTANT)
    with SecretFile("" if run.check_mode else path) as file:
        result = Reconciler(run).ensure(MIGRATION_ASSISTANT)
        password = str((Reconciler(run).only_one(MIGRATION_ASSISTANT) or {}).get("password") or "")
        if not password or password == read_secret(os.path.abspath(path)):
            return result
        file.keep(password)
    return {**result, "changed": True}


def only_virtual(_finder: Reconciler, rows: list[Row]) -> list[Row]:
    """Those of the clusters *rows* that are virtual."""
    return [row for row in rows if (row.get("config") or {}).get("virtual")]
