# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the databases from the start, the same in every run.

``my-db`` is there because the Cluster API cannot address it; neither can it ``reporting."Daily Totals"`` of movr.
"""

from __future__ import annotations

import uuid
from typing import Any

from crdb_emulator.cluster_api.catalog import Catalog, Column, Index, Table

_NAMES = ("Amir", "Bea", "Chidi", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ines", "Jonas")
_CITIES = ("amsterdam", "boston", "new york", "rome", "seattle")
_TABLE_ID = {"movr": 106, "bank": 121, "my-db": 131, "system": 4}


def build(*, public_connects: bool) -> Catalog:
    """The catalog of a fresh cluster."""
    catalog = Catalog(public_connects=public_connects)
    for name, number in (("system", 1), ("defaultdb", 100), ("postgres", 102), ("movr", 104), ("bank", 120)):
        catalog.add_database(name, number=number)
    catalog.add_database("my-db", number=130)
    catalog.add_schema(catalog.databases["movr"], "reporting")
    catalog.databases["system"].schemas["public"].acl.entries.pop("public", None)
    for name, make in (("system", _system), ("movr", _movr), ("bank", _bank), ("my-db", _odd)):
        numbers = iter(range(_TABLE_ID[name], _TABLE_ID[name] + 100))
        for schema, table_name, columns, indexes, rows in make():
            owner = "node" if name == "system" else "root"
            catalog.add_table(Table(next(numbers), name, schema, table_name, columns, indexes, owner, rows))
    for table in catalog.databases["system"].tables():
        table.acl.entries.pop("node", None)
    return catalog


_Definition = tuple[str, str, tuple[Column, ...], tuple[Index, ...], list[list[Any]]]


def _columns(*lines: str) -> tuple[Column, ...]:
    """``name TYPE [!] [= default]``; ``!`` is NOT NULL."""
    result = []
    for line in lines:
        head, _unused, default = line.partition(" = ")
        name, kind, *rest = head.split()
        result.append(Column(name, kind, not rest, default))
    return tuple(result)


def _primary(table: str, *columns: str) -> Index:
    return Index(f"{table}_pkey", columns, unique=True, primary=True)


def _uuid(kind: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}/{number}"))


def _bank() -> list[_Definition]:
    accounts = [[number + 1, name, 1000 + 250 * number] for number, name in enumerate(_NAMES)]
    transfers = [[number + 1, number + 1, (number + 3) % 10 + 1, 25 * (number + 1)] for number in range(6)]
    return [
        (
            "public",
            "accounts",
            _columns("id INT8 !", "owner STRING !", "balance INT8 ! = 0:::INT8"),
            (_primary("accounts", "id"), Index("accounts_owner_idx", ("owner",))),
            accounts,
        ),
        (
            "public",
            "transfers",
            _columns("id INT8 !", "source INT8 !", "target INT8 !", "amount INT8 !"),
            (_primary("transfers", "id"), Index("transfers_source_idx", ("source",))),
            transfers,
        ),
    ]


def _movr() -> list[_Definition]:
    users = [[_uuid("user", at), _CITIES[at % 5], name, f"{at + 1} Main St"] for at, name in enumerate(_NAMES)]
    vehicles = [[_uuid("vehicle", at), _CITIES[at % 5], "scooter", users[at][0], "available"] for at in range(5)]
    rides = [[_uuid("ride", at), _CITIES[at % 5], users[at][0], vehicles[at % 5][0], float(10 + at)] for at in range(8)]
    codes = [["welcome", "10 off", "2026-12-31T00:00:00Z"]]
    city = ("city", "id")
    return [
        (
            "public",
            "users",
            _columns("id UUID !", "city VARCHAR !", "name VARCHAR", "address VARCHAR"),
            (_primary("users", *city),),
            users,
        ),
        (
            "public",
            "vehicles",
            _columns("id UUID !", "city VARCHAR !", "type VARCHAR", "owner_id UUID", "status VARCHAR"),
            (_primary("vehicles", *city), Index("vehicles_owner_idx", ("city", "owner_id"))),
            vehicles,
        ),
        (
            "public",
            "rides",
            _columns("id UUID !", "city VARCHAR !", "rider_id UUID", "vehicle_id UUID", "revenue FLOAT8"),
            (_primary("rides", *city), Index("rides_rider_idx", ("city", "rider_id"))),
            rides,
        ),
        (
            "public",
            "vehicle_location_histories",
            _columns("city VARCHAR !", "ride_id UUID !", "timestamp TIMESTAMP !", "lat FLOAT8", "long FLOAT8"),
            (_primary("vehicle_location_histories", "city", "ride_id", "timestamp"),),
            [],
        ),
        (
            "public",
            "promo_codes",
            _columns("code VARCHAR !", "description VARCHAR", "expiration_time TIMESTAMP"),
            (_primary("promo_codes", "code"),),
            codes,
        ),
        (
            "public",
            "user_promo_codes",
            _columns("city VARCHAR !", "user_id UUID !", "code VARCHAR !", "usage_count INT8"),
            (_primary("user_promo_codes", "city", "user_id", "code"),),
            [],
        ),
        (
            "reporting",
            "Daily Totals",
            _columns("day STRING !", "revenue FLOAT8"),
            (_primary("Daily Totals", "day"),),
            [["2026-01-14", 91.0]],
        ),
    ]


def _odd() -> list[_Definition]:
    return [("public", "notes", _columns("id INT8 !", "text STRING"), (_primary("notes", "id"),), [[1, "hello"]])]


def _system() -> list[_Definition]:
    return [
        (
            "public",
            "users",
            _columns("username STRING !", "hashedPassword BYTES", "isRole BOOL ! = false", "user_id INT8 !"),
            (Index("primary", ("username",), unique=True, primary=True),),
            [],
        ),
        (
            "public",
            "role_members",
            _columns("role STRING !", "member STRING !", "isAdmin BOOL !"),
            (Index("primary", ("role", "member"), unique=True, primary=True),),
            [],
        ),
        (
            "public",
            "eventlog",
            _columns("timestamp TIMESTAMP !", "eventType STRING !", "reportingID INT8 !", "info STRING"),
            (Index("primary", ("timestamp",), unique=True, primary=True),),
            [],
        ),
    ]
