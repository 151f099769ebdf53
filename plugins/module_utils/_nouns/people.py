# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of the organization, whom an e-mail address leads to. They come from elsewhere."""

from __future__ import annotations

from typing import Any

from .._base.errors import ApiError, OptionError
from .._http.answers import TEXT, Object
from .field import Field
from .noun import Noun, Row

LOOKERS = "ORG_ADMIN, CLUSTER_ADMIN or FOLDER_ADMIN"


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
