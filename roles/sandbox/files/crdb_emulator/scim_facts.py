# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the SCIM service says of itself, in the form of RFC 7643. What it can do is [G]."""

from __future__ import annotations

from crdb_emulator.objects import Row

_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:"
CONFIG: Row = {
    "schemas": [f"{_SCHEMA}ServiceProviderConfig"],
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": 100},
    "changePassword": {"supported": False},
    "sort": {"supported": False},
    "etag": {"supported": False, "maxResults": 0},
    "authenticationSchemes": [
        {"name": "OAuth Bearer Token", "description": "A key of a service account", "type": "oauthbearertoken"}
    ],
}
RESOURCE_TYPES: tuple[Row, ...] = tuple(
    {
        "schemas": [f"{_SCHEMA}ResourceType"],
        "id": name,
        "name": name,
        "endpoint": f"/{name}s",
        "schema": _SCHEMA + name,
    }
    for name in ("User", "Group")
)


def _attribute(name: str, kind: str = "string", *, required: bool = False, several: bool = False) -> Row:
    return {"name": name, "type": kind, "required": required, "multiValued": several, "mutability": "readWrite"}


SCHEMAS: tuple[Row, ...] = (
    {
        "id": f"{_SCHEMA}User",
        "name": "User",
        "attributes": [
            _attribute("userName"),
            _attribute("displayName"),
            _attribute("name", "complex"),
            _attribute("emails", "complex", required=True, several=True),
            _attribute("active", "boolean"),
            _attribute("externalId"),
        ],
    },
    {
        "id": f"{_SCHEMA}Group",
        "name": "Group",
        "attributes": [
            _attribute("displayName", required=True),
            _attribute("members", "complex", several=True),
            _attribute("externalId"),
        ],
    },
)
