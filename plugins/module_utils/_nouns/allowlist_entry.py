# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a cluster's IP allowlist: networks that may reach its SQL port and its DB Console."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, TRUTH, WHOLE, Object
from . import cluster_rules as rules
from .field import Field
from .noun import Desired, Noun, Row

ANY = "0.0.0.0"
LIKE_A_NETWORK = re.compile(r"\d+(\.\d+){3}(/\d+)?")


class AllowlistEntry(Noun):
    def key_of(self, params: Row) -> dict[str, Any]:
        """The network of ``cidr`` or of ``cidr_ip`` and ``cidr_mask``; an address without a mask is a network of its own."""
        text = params.get("cidr")
        if text is None:
            text = params.get("cidr_ip") or ""
            if params.get("cidr_mask") is not None:
                text = f"{text}/{params['cidr_mask']}"
        text = text.strip()
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise OptionError(
                f"'{text}' is not an IPv4 network: write it as 203.0.113.0/24, or 203.0.113.7 for one address"
            ) from None
        if network.version != 4:
            raise OptionError(f"'{text}' is an IPv6 network: allowlists take IPv4 only")
        address = ipaddress.ip_address(text.partition("/")[0])
        if text == ANY:
            # As an address it lets nobody in, and who writes it mostly means everybody.
            raise OptionError(
                f"'{ANY}' needs a mask: write {ANY}/0 to let the whole world in, or {ANY}/32 for that one address"
            )
        if address != network.network_address:
            raise OptionError(
                f"'{text}' has the address of a host and the mask of a network: write {network} for the network, or {address} for the host"
            )
        return {"cidr_ip": str(network.network_address), "cidr_mask": network.prefixlen}

    def identity(self, row: Row) -> dict[str, Any]:
        return {name: row[name] for name in self.address}

    def mark(self, key: Row) -> tuple[Any, ...]:
        return tuple(key.get(name) for name in self.address)

    def called(self, key: Row) -> str:
        return "/".join(str(key[name]) for name in self.address)

    def can_be_called(self, name: str) -> bool:
        # What is meant as a network and is none shall be refused, and not be taken for the name of something else.
        return bool(LIKE_A_NETWORK.fullmatch(name.strip())) or super().can_be_called(name)

    def initial(self, parent: Row) -> list[dict[str, Any]]:
        """Basic and Standard clusters begin open to everybody, unless they were asked not to."""
        if parent.get("with_empty_ip_allowlist") or rules.inferred_plan(parent) == "ADVANCED":
            return []
        return [{"cidr_ip": "0.0.0.0", "cidr_mask": 0, "name": "", "sql": True, "ui": True}]

    def view(self, row: Row) -> dict[str, Any]:
        return {**super().view(row), "name": row.get("name") or ""}

    def exported(self, row: Row) -> dict[str, Any]:
        return {"cidr": self.called(row), **self.view(row)}

    def update_body(self, desired: Desired, body: dict[str, Any], version: str) -> dict[str, Any]:
        # The first version repeats the key in the body, later ones have it in the path alone.
        return {**(desired.key if version == "2022-03-31" else {}), **body}


ALLOWLIST_ENTRY = AllowlistEntry(
    "allowlist_entry",
    "clusters/{cluster}/networking/allowlist/{cidr_ip}/{cidr_mask}",
    """
    cidr: The IPv4 network, such as V(203.0.113.0/24), or one address such as V(203.0.113.7), which is V(203.0.113.7/32). IPv6 is not supported by the service.
    | A mask that does not fit the address, as in V(203.0.113.7/24), is refused, and so is V(0.0.0.0) without a mask.
    | Give either this or O(cidr_ip).
    cidr_ip: The address of the network, in the API's own words.
    cidr_mask: The length of the network's prefix, 0 to 32. V(32) if not set.
    ui: Whether the network may reach the DB Console. A new entry may if this is not set.
    sql: Whether the network may reach the SQL port. A new entry may if this is not set.
    name: What the entry is for. An empty string removes the text.
    = cidr
    """,
    rows="allowlist",
    plural="allowlist",
    shape=Object({"cidr_ip": TEXT, "cidr_mask": WHOLE}, {"name": TEXT, "ui": TRUTH, "sql": TRUTH}),
    key=(Field("cidr"), Field("cidr_ip"), Field("cidr_mask", type="int")),
    rules={
        "required_one_of": [("cidr", "cidr_ip")],
        "mutually_exclusive": [("cidr", "cidr_ip"), ("cidr", "cidr_mask")],
    },
    fields=(
        Field("ui", type="bool", create_default=True),
        Field("sql", type="bool", create_default=True),
        Field("name", create_default=""),
    ),
    whole=True,
    propagating="propagating",
)
