# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts, their API keys and, since 2026-09-15, their credentials.

[D] An account gets ORG_MEMBER beside the roles of its creation; afterwards roles go through ``/roles`` only. A key's
secret, ``<id>_<40 letters>``, is told once. The keys of an account die with it; what was deleted is still known to
``/roles``, without any [C]. Two of one name are legal [G, an option]. A credential is a public key, which is not told
again; it ends in the future, and can't be changed [D].
"""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Callable

from crdb_emulator.auth import full_mark
from crdb_emulator.context import Call
from crdb_emulator.errors import invalid, not_found
from crdb_emulator.grants import from_groups, granted, set_grants
from crdb_emulator.objects import Row
from crdb_emulator.pagination import enum
from crdb_emulator.roles import check_grants, keep_an_admin
from crdb_emulator.times import format_ns, parse_ns

_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 22
_SECRET_LENGTH = 40


def check_name(_call: Call, after: Row, _before: Row) -> None:
    """A name must not be empty [G]."""
    if not after.get("name"):
        raise invalid("name is required")


def makes_account(call: Call, row: Row) -> Row:
    """Who made it and when."""
    check_grants(call, row["roles"])
    return {"created_at": format_ns(call.store.now), "creator_name": call.caller.name}


def told_account(call: Call, row: Row) -> Row:
    """The new account, with its roles."""
    set_grants(call.store, row["id"], row.pop("roles"))
    return {**row, **shows_account(call, row)}


def shows_account(call: Call, row: Row) -> Row:
    """The roles it has, and those it has from groups."""
    return {"roles": granted(call.store, row["id"]), "group_roles": from_groups(call.store, row["id"])}


def account_goes(call: Call, row: Row) -> None:
    """Its keys and credentials go with it, and its roles."""
    keep_an_admin(call, row["id"], [])
    for noun in ("api-keys", "credentials"):
        rows = call.store.objects.rows(noun)
        for key in [key for key, each in rows.items() if each["service_account_id"] == row["id"]]:
            del rows[key]


def account_left(call: Call, row: Row) -> None:
    """The id stays known, without roles."""
    call.store.objects.rows("grants")[row["id"]] = {"roles": []}


def makes_key(call: Call, row: Row) -> Row:
    """Its id and secret; 400 without such an account [G]."""
    if row["service_account_id"] not in call.store.objects.rows("service-accounts"):
        raise invalid("the service account must exist")
    key = "CCDB1_" + "".join(secrets.choice(_LETTERS) for _each in range(_ID_LENGTH))
    secret = f"{key}_" + "".join(secrets.choice(_LETTERS) for _each in range(_SECRET_LENGTH))
    return {"id": key, "created_at": format_ns(call.store.now), "_mark": full_mark(secret), "_secret": secret}


def told_key(_call: Call, row: Row) -> Row:
    """The key and, this once, its secret."""
    return {"api_key": row, "secret": row.pop("_secret")}


def makes_credential(call: Call, row: Row) -> Row:
    """Refuses what is no public key, and what is over; the key itself is forgotten, since nobody logs in with it here."""
    account = _account_of(call)
    if not row["name"]:
        raise invalid("name is required")
    if not row.pop("public_key").lstrip().startswith("-----BEGIN PUBLIC KEY-----"):
        raise invalid("public_key must be a PEM-encoded public key")
    if parse_ns(row["expires_at"]) <= call.store.now:
        raise invalid("expires_at must be in the future")
    made = {"created_at": format_ns(call.store.now), "client_id": str(uuid.uuid4())}
    return {"service_account_id": account, "credential_type": "JWT_BEARER", **made}


def credentials_of(call: Call) -> Callable[[Row], bool]:
    """Those of the account of the path, of ``status_filter``; 404 without such an account [G]."""
    account, status = _account_of(call), enum(call.query, "status_filter", ("ACTIVE", "DISABLED"))
    return lambda row: (
        row["service_account_id"] == account and status in ("", "DISABLED" if row.get("disabled_at") else "ACTIVE")
    )


def _account_of(call: Call) -> str:
    if call.params[0] not in call.store.objects.rows("service-accounts"):
        raise not_found(f"service account '{call.params[0]}' not found")
    return call.params[0]


def credential_goes(call: Call, row: Row) -> None:
    """404 where it is of another account."""
    if row["service_account_id"] != call.params[0]:
        raise not_found(f"credential '{row['id']}' not found")
