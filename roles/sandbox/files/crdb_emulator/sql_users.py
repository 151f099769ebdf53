# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL users of a cluster.

[D] ``GET`` lists names, ``POST {name, password}`` creates, ``DELETE .../{name}`` deletes, ``PUT .../{name}/password``
sets a password; each answers ``{name}``; nothing ever returns a password. Names are folded to lower case. [C] While
the cluster is being created all of them answer 404 code 5. The names this emulator refuses are those CockroachDB
reserves [D]; beyond that only empty and over-long ones, because clients must cope with any other. A duplicate is 409
[G].
"""

from __future__ import annotations

import unicodedata

from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import already_exists, invalid, not_found
from crdb_emulator.model import Cluster
from crdb_emulator.settings import fingerprint

_RESERVED = frozenset({"none", "public", "root", "node", "admin"})
_RESERVED_PREFIXES = ("pg_", "crdb_internal")
MAX_NAME = 63
FINGERPRINT_LENGTH = 16


def list_sql_users(call: Call) -> Reply:
    """``{users: [{name}], pagination}``, by name."""
    cluster = call.ready_cluster()
    names = sorted(cluster.sql_users)
    page, block = call.pager.cut(f"users/{cluster.id}", names, [(name,) for name in names], call.query)
    return Reply(200, json_bytes({"users": [{"name": name} for name in page], "pagination": block}))


def create_sql_user(call: Call) -> Reply:
    """``{name}``; 400 on a bad name or an empty password, 409 on a name that is taken."""
    cluster = call.ready_cluster()
    name = _fold(call.message.string("name") or "")
    if not name:
        raise invalid("name is required")
    if len(name) > MAX_NAME:
        raise invalid(f"username is too long, the limit is {MAX_NAME} characters")
    if name in _RESERVED or name.startswith(_RESERVED_PREFIXES):
        raise invalid(f"username '{name}' is reserved")
    mark = _password(call)
    if name in cluster.sql_users:
        raise already_exists(f"a SQL user with the name '{name}' already exists")
    cluster.sql_users[name] = mark
    return _reply(name)


def delete_sql_user(call: Call) -> Reply:
    """``{name}``; 404 when unknown."""
    cluster = call.ready_cluster()
    name = _existing(call, cluster)
    del cluster.sql_users[name]
    # The running cluster must notice even if the same name comes back before it is next asked.
    call.emulator.running.sync()
    return _reply(name)


def set_password(call: Call) -> Reply:
    """``{name}``; 400 on an empty password, 404 when unknown."""
    cluster = call.ready_cluster()
    name = _existing(call, cluster)
    cluster.sql_users[name] = _password(call)
    return _reply(name)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name.lower())


def _existing(call: Call, cluster: Cluster) -> str:
    name = _fold(call.params[1])
    if name not in cluster.sql_users:
        raise not_found(f"SQL user '{name}' not found")
    return name


def _password(call: Call) -> str:
    password = call.message.string("password")
    if not password:
        raise invalid("password is required")
    # Only the fingerprint is kept: enough for a test to see which password is set.
    return fingerprint(password, FINGERPRINT_LENGTH)


def _reply(name: str) -> Reply:
    return Reply(200, json_bytes({"name": name}))
