# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of the organization, as far as an e-mail address leads to an id.

[D] ``GET /users/persons-by-email?email=`` -> ``{user}``, 404 when unknown. They come from the command line, the control
plane, or SCIM. Case of an e-mail address does not count [G, an option].
"""

from __future__ import annotations

from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import invalid, not_found
from crdb_emulator.objects import Row
from crdb_emulator.surface import surface


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


def _answer(call: Call, operation: str, answer: Row) -> Reply:
    facts = surface(call.version)
    return Reply(200, json_bytes(facts.shaped(facts.operations[operation].answer, answer, sparse=True)))
