# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can have roles beside service accounts: people and groups. Both come from elsewhere, and are only looked up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .._base.errors import ApiError, OptionError
from .._http.answers import TEXT, ListOf, Object
from .field import Field
from .noun import Noun, Row

LOOKERS = "ORG_ADMIN, CLUSTER_ADMIN or FOLDER_ADMIN"


@dataclass(frozen=True)
class Person(Noun):
    def key_of(self, params: Row) -> dict[str, Any]:
        email = params["email"].strip()
        if "@" not in email or not email.isprintable():
            raise OptionError(f"'{email}' is not an e-mail address")
        return {"email": email}

    def mark(self, key: Row) -> tuple[Any, ...]:
        return (str(key.get("email") or "").casefold(),)

    def pages(self, api: Any, path: str, query: Row | None) -> list[dict[str, Any]]:
        """There is one request for one address, which says 404 where nobody has it."""
        try:
            user = api.get(path, query, shape=Object(known={"user": self.shape})).get("user")
        except ApiError as error:
            if error.status != 404:
                raise
            user = None
        return [{self.rows: [user] if user else []}]


PERSON = Person(
    "person",
    "users/persons-by-email/{id}",
    """
    email: The e-mail address.
    """,
    rows="persons",
    shape=Object({"id": TEXT}, {"email": TEXT}),
    key=(Field("email", required=True),),
    creates="",
    updates="",
    deletes="",
    filters=("email",),
    listed=False,
    since="2023-04-10",
    roles=LOOKERS,
    readers=LOOKERS,
)


@dataclass(frozen=True)
class Group(Noun):
    def key_of(self, params: Row) -> dict[str, Any]:
        name = params["name"]
        if not name.strip() or not name.isprintable():
            raise OptionError(f"'{name}' can't be the name of a group")
        return {"name": name}

    def narrowed(self, key: Row) -> dict[str, Any]:
        return {"filter": f"displayName eq {json.dumps(key['name'], ensure_ascii=False)}"}

    def pages(self, api: Any, path: str, query: Row | None) -> list[dict[str, Any]]:
        """SCIM leaves the list out where it is empty."""
        found = api.get(path, query, shape=Object(known={self.rows: ListOf(self.shape)})).get(self.rows)
        return [{self.rows: found or []}]


GROUP = Group(
    "group",
    "api/scim/v2/Groups/{id}",
    rows="Resources",
    plural="groups",
    shape=Object({"id": TEXT}, {"displayName": TEXT}),
    key=(Field("name", api="displayName"),),
    creates="",
    updates="",
    deletes="",
    referred=True,
    since="2023-04-10",
    roles="ORG_ADMIN",
    readers="ORG_ADMIN",
)
