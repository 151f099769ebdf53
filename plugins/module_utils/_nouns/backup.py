# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backups that the service makes of a cluster, and which of them are asked for."""

from __future__ import annotations

from typing import Any

from .._base.moments import checked_moment, stamp
from .._http.answers import TEXT, Object
from .declared import OPERATORS
from .field import Field
from .noun import Noun, Row

BACKUP = Noun(
    "backup",
    "clusters/{cluster}/backups/{id}",
    """
    = as_of_time (str): The moment, in UTC, as of which it has the data.
    """,
    rows="backups",
    shape=Object({"id": TEXT, "as_of_time": TEXT}),
    creates="",
    updates="",
    deletes="",
    since="2024-09-16",
    readers=OPERATORS,
)
# Which of them are listed.
WHICH = (
    Field("latest", type="bool", default=False, text="Whether to list the newest backup alone."),
    Field(
        "before",
        text="Only the newest backup that is not later than this moment, an RFC 3339 timestamp: the one that has the data "
        "of that moment.",
    ),
    Field("start_time", text="Only backups of this moment or later, an RFC 3339 timestamp. Needs O(end_time)."),
    Field("end_time", text="Only backups of before this moment, an RFC 3339 timestamp. Needs O(start_time)."),
)
RULES = {
    "required_together": [("start_time", "end_time")],
    "mutually_exclusive": [(one, other) for one in ("before", "latest") for other in ("start_time", "id")],
}


def asked(params: Row) -> dict[str, Any]:
    """The query for what *params* ask for: all, those between *start_time* and *end_time*, or with *latest* or *before* one."""
    said = {name: params[name] for name in ("start_time", "end_time", "before") if params.get(name) is not None}
    moments = {name: checked_moment(name, text) for name, text in said.items()}
    found: dict[str, Any] = {}
    if "before" in moments:
        # The end of a range is not in it, and the API takes both ends or none.
        moments = {"start_time": 0, "end_time": moments.pop("before") + 1}
    if "before" in said or params.get("latest"):
        found = {"pagination.limit": 1, "pagination.sort_order": "DESC"}
    return {**found, **{name: stamp(value) for name, value in moments.items()}}
