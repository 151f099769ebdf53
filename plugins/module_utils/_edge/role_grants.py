# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module role_grant_info reads: the roles of one, or of all."""

from __future__ import annotations

from typing import Any

from .._nouns.role_grant import ROLE_GRANT, everybody, holder
from .._reconcile.reconciler import Reconciler


def chosen(finder: Reconciler, _rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The roles of the one that the options name, or of everybody that the service lists."""
    if not holder(finder.params)[0]:
        return [ROLE_GRANT.completed(finder, row) for row in everybody(finder)]
    row = finder.only_one(ROLE_GRANT)
    return [row] if row else []
