# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the audit log for a module: the bounds that it was given, and one page after the other."""

from __future__ import annotations

from typing import Any

from .._base.errors import CrdbError, OptionError, explained
from .._reconcile.outcome import Run
from .log import PATH, SHAPE, read_audit_log


def audit_log(run: Run) -> Any:
    return read_audit_log(
        lambda query: audit_log_page(run, query),
        **audit_log_bounds(run),
        starting_from=run.params.get("starting_from"),
        exclude_ids=run.params.get("exclude_ids") or (),
        sort_order=run.params["sort_order"],
    )


def audit_log_page(run: Run, query: dict[str, Any]) -> dict[str, Any]:
    try:
        return run.api.get(PATH, query, shape=SHAPE)
    except CrdbError as error:
        raise explained(error, "read the audit log", "ORG_ADMIN", limited="the audit log") from None


def audit_log_bounds(run: Run) -> dict[str, int | None]:
    bounds = {name: run.params.get(name) for name in ("limit", "max_entries")}
    for name, value in bounds.items():
        if value is not None and value < 1:
            raise OptionError(f"{name} must be at least 1, got {value}")
    return bounds
