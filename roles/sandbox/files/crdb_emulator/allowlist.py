# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The IP allowlist of a cluster.

[D] Entries ``{cidr_ip, cidr_mask, ui, sql, name}`` with the key (cidr_ip, cidr_mask); ``POST`` and ``PUT`` add,
``PATCH`` changes what is given, ``DELETE`` answers with the entry; the list says ``propagating`` while a change is
being rolled out. Limits by plan [D]. Adding an existing key overwrites it, or is a conflict [G, an option]; set host
bits and IPv6 are 400 [G].
"""

from __future__ import annotations

import ipaddress
import re

from crdb_emulator.catalog import (
    ALLOWLIST_LIMIT_ADVANCED,
    ALLOWLIST_LIMIT_ADVANCED_AWS,
    ALLOWLIST_LIMIT_SERVERLESS,
)
from crdb_emulator.context import Call, Reply, json_bytes
from crdb_emulator.errors import already_exists, failed_precondition, invalid, not_found
from crdb_emulator.jsonin import Message
from crdb_emulator.model import AllowEntry, Cluster
from crdb_emulator.times import SECOND
from crdb_emulator.versions import ApiVersion

_MAX_MASK = 32
Key = tuple[int, int]


def list_entries(call: Call) -> Reply:
    """``{allowlist, propagating, pagination}``, by address and mask."""
    cluster = call.cluster()
    keys = sorted(cluster.allowlist)
    entries = [cluster.allowlist[key] for key in keys]
    page, block = call.pager.cut(f"allowlist/{cluster.id}", entries, keys, call.query)
    answer = {
        "allowlist": [entry.to_json() for entry in page],
        "propagating": call.store.now < cluster.propagating_until,
        "pagination": block,
    }
    return Reply(200, json_bytes(answer))


def add_entry(call: Call) -> Reply:
    """``POST``: the entry; 400 on a bad CIDR or a full list, 409 on an existing one with ``--allowlist-conflict``."""
    cluster, message = call.cluster(), call.message
    key, address = _key(message.string("cidr_ip") or "", message.integer("cidr_mask") or 0)
    if key in cluster.allowlist and call.settings.allowlist_conflict:
        raise already_exists(f"allowlist entry {address}/{key[1]} already exists")
    return _put(call, cluster, key, address)


def put_entry(call: Call) -> Reply:
    """``PUT .../{ip}/{mask}``: add or replace; the entry."""
    cluster = call.cluster()
    key, address = _path_key(call)
    return _put(call, cluster, key, address)


def patch_entry(call: Call) -> Reply:
    """``PATCH .../{ip}/{mask}``: the entry with what was given changed; 404 when absent."""
    cluster, message = call.cluster(), call.message
    if call.version == ApiVersion.V2022_03_31 and call.query.get("field_mask"):
        message = message.masked(call.query["field_mask"].split(","))
    entry = _existing(call, cluster)[1]
    ui, sql, name = _flags(message)
    entry.ui = entry.ui if ui is None else ui
    entry.sql = entry.sql if sql is None else sql
    entry.name = entry.name if name is None else name
    return _written(call, cluster, entry)


def delete_entry(call: Call) -> Reply:
    """``DELETE .../{ip}/{mask}``: the entry that was there; 404 when absent."""
    cluster = call.cluster()
    key, entry = _existing(call, cluster)
    del cluster.allowlist[key]
    return _written(call, cluster, entry)


def _flags(message: Message) -> tuple[bool | None, bool | None, str | None]:
    return message.boolean("ui"), message.boolean("sql"), message.string("name")


def _put(call: Call, cluster: Cluster, key: Key, address: str) -> Reply:
    ui, sql, name = _flags(call.message)
    limit = _limit(cluster)
    if key not in cluster.allowlist and len(cluster.allowlist) >= limit:
        raise failed_precondition(f"the IP allowlist is full: at most {limit} entries")
    entry = AllowEntry(address, key[1], bool(ui), bool(sql), name or "")
    cluster.allowlist[key] = entry
    return _written(call, cluster, entry)


def _written(call: Call, cluster: Cluster, entry: AllowEntry) -> Reply:
    cluster.propagating_until = call.store.now + int(call.settings.propagate_seconds * SECOND)
    return Reply(200, json_bytes(entry.to_json()))


def _limit(cluster: Cluster) -> int:
    if cluster.serverless:
        return ALLOWLIST_LIMIT_SERVERLESS
    return ALLOWLIST_LIMIT_ADVANCED_AWS if cluster.provider == "AWS" else ALLOWLIST_LIMIT_ADVANCED


def _key(ip: str, mask: int) -> tuple[Key, str]:
    try:
        address = ipaddress.IPv4Address(ip)
    except ValueError:
        raise invalid(f"invalid cidr_ip '{ip}'") from None
    if not 0 <= mask <= _MAX_MASK:
        raise invalid(f"cidr_mask must be between 0 and {_MAX_MASK}")
    number = int(address)
    if number & ((1 << (_MAX_MASK - mask)) - 1):
        raise invalid(f"invalid CIDR {ip}/{mask}: host bits are set")
    return (number, mask), str(address)


def _path_key(call: Call) -> tuple[Key, str]:
    mask = call.params[2]
    if not re.fullmatch(r"\d{1,3}", mask, re.ASCII):
        raise invalid(
            f'type mismatch, parameter: cidr_mask, error: strconv.ParseInt: parsing "{mask}": invalid syntax',
            prefix=False,
        )
    return _key(call.params[1], int(mask))


def _existing(call: Call, cluster: Cluster) -> tuple[Key, AllowEntry]:
    key, address = _path_key(call)
    entry = cluster.allowlist.get(key)
    if entry is None:
        raise not_found(f"allowlist entry {address}/{key[1]} not found")
    return key, entry
