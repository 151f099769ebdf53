# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people and groups of the organization, as far as a name leads to an id.

[D] ``GET /users/persons-by-email?email=`` -> ``{user}``, 404 when unknown. ``GET /api/scim/v2/Groups`` takes ``filter``
and, since 2024-09-16, ``count`` (20) and ``startIndex`` (1). Both kinds come from the command line or the control plane.
Case of an e-mail address does not count [G, an option], of filters ``displayName eq "..."`` is understood alone [G].
"""

from __future__ import annotations

import re

from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import invalid, not_found
from crdb_emulator.objects import Row
from crdb_emulator.pagination import integer
from crdb_emulator.surface import surface

GROUPS = "scim/v2/Groups"
_PAGE = 20
_LIST, _GROUP = "urn:ietf:params:scim:api:messages:2.0:ListResponse", "urn:ietf:params:scim:schemas:core:2.0:Group"
_FILTER = re.compile(r'\s*displayName\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)


def person_by_email(call: Call) -> Reply:
    """The person of an e-mail address; the description requires ``users``, and declares ``user``."""
    email = call.query.get("email", "")
    if not email:
        raise invalid("email is required")
    for row in call.store.objects.rows("persons").values():
        known = str(row.get("email", ""))
        if known == email or (not call.settings.exact_email and known.casefold() == email.casefold()):
            return _answer(call, "GET users/persons-by-email", {"user": row, "users": [row]})
    raise not_found(f"no person has the e-mail address '{email}'")


def list_groups(call: Call) -> Reply:
    """``{Resources, totalResults, itemsPerPage, startIndex, schemas}``, by name."""
    operation = surface(call.version).operations[f"GET {GROUPS}"]
    rows = sorted(call.store.objects.rows("groups").values(), key=lambda row: str(row.get("displayName", "")))
    text = call.query.get("filter", "")
    if text:
        found = _FILTER.fullmatch(text)
        if found is None:
            raise invalid("the filter is not understood")
        name = re.sub(r"\\(.)", r"\1", found.group(1))
        rows = [row for row in rows if row.get("displayName") == name]
    start, count = 1, len(rows)
    if "count" in operation.query:
        start = max(integer(call.query, "startIndex"), 1)
        count = max(integer(call.query, "count"), 0) if call.query.get("count") else _PAGE
    page = [_group(row) for row in rows[start - 1 : start - 1 + count]]
    answer = {"schemas": [_LIST], "totalResults": len(rows), "itemsPerPage": len(page), "startIndex": start}
    return _answer(call, f"GET {GROUPS}", {**answer, "Resources": page})


def get_group(call: Call) -> Reply:
    """A group by its id."""
    row = call.store.objects.rows("groups").get(call.params[0])
    if row is None:
        raise not_found(f"group '{call.params[0]}' not found")
    return _answer(call, f"GET {GROUPS}/*", _group(row))


def _group(row: Row) -> Row:
    return {"schemas": [_GROUP], "members": [], **row}


def _answer(call: Call, operation: str, answer: Row) -> Reply:
    facts = surface(call.version)
    return Reply(200, json_bytes(facts.shaped(facts.operations[operation].answer, answer, sparse=True)))
