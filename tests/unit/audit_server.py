# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with an audit log, which takes the cursor as one likes."""

from __future__ import annotations

from typing import Any

EXCLUSIVE, INCLUSIVE, INCLUSIVE_LAST = "exclusive", "inclusive", "inclusive, cursor at the last entry sent"


def stamp(moment: int) -> str:
    """A timestamp; the digits vary, as they do with the service."""
    text = f"2026-05-12T10:{11 + moment // 240}:{moment // 4 % 60:02}"
    return text + ("Z" if moment % 4 == 0 else f".{moment % 4 * 25:02}".rstrip("0") + "Z")


class Log:
    """A server. All entries of a page's last timestamp are sent, as the service documents it."""

    def __init__(self, moments: list[int], kind: str) -> None:
        self.kind, self.requests = kind, 0
        self.entries = [{"id": f"e{number}", "moment": moment} for number, moment in enumerate(sorted(moments))]

    @property
    def ids(self) -> list[str]:
        return [str(row["id"]) for row in self.entries]

    @property
    def end(self) -> int:
        """A moment behind all that is there, and behind the cursor of a reader."""
        return max((row["moment"] for row in self.entries), default=0) + 4

    def add(self, start: int, moments: list[int]) -> None:
        """More entries, behind those that are there."""
        self.entries += [{"id": f"e{start}-{n}", "moment": start + moment} for n, moment in enumerate(sorted(moments))]

    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        self.requests += 1
        assert self.requests < 500, "it goes round in circles"
        down = query["sort_order"] == "DESC"
        rows = self.entries[::-1] if down else self.entries
        start = query.get("starting_from")
        inclusive = self.kind != EXCLUSIVE
        if start is not None:
            at = next(moment for moment in range(-1, 2000) if stamp(moment) == start)
            rows = [
                row
                for row in rows
                if (inclusive and row["moment"] == at) or (row["moment"] < at if down else row["moment"] > at)
            ]
        page = rows[: query.get("limit", 3)]
        page += [row for row in rows[len(page) :] if row["moment"] == page[-1]["moment"]]
        rest = rows[len(page) :]
        if self.kind == INCLUSIVE and rest:
            following = stamp(rest[0]["moment"])
        elif down and not rest:
            following = None
        elif self.kind == INCLUSIVE and page:
            following = stamp(page[-1]["moment"] + 1)
        else:
            following = stamp(page[-1]["moment"]) if page else start
        rows = [{"id": row["id"], "created_at": stamp(row["moment"]), "payload": "{}"} for row in page]
        return {"entries": rows, "next_starting_from": following}
